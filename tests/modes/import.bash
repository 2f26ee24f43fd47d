# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# For the tests of --import.  The folders of import/ have configuration that
# people have published, with their names, addresses and passwords replaced:
#
#	want	what --import prints
#	sent	what the old program sends with it: a line for each of three
#		messages, in the form of sent_as()
#
#	differs	what it sends otherwise, where that is so: tests/interop/import.bats
#		has seen it; ssmtp is not in Debian 12, and has been built and tried
#	server	options of the smarthost of that test
#
# LOGIN stands in all of them for whoever runs the tests, HOST for this machine.

# shellcheck disable=SC2034 # for the tests
SETS=$ROOT/tests/modes/import

# configuration SET: the file or folder to name
configuration() {
	case $1 in
	exim-*) echo "$1/exim4" ;;
	esmtp-gmail) echo "$1/.esmtprc" ;;
	*) echo "$1" ;;
	esac
}

# old_message N: three messages as callers give them
old_message() {
	case $1 in
	1) printf '%s\n' "From: $(id -un) (Cron Daemon)" ;;
	3) printf '%s\n' 'From: App <app@example.net>' ;;
	esac
	printf '%s\n' 'To: bob@example.com' "Subject: $1" '' text
}

# arguments N: what they give with it
arguments() {
	case $1 in
	1 | 2) echo '-i -t' ;;
	3) echo '-t -f alice@example.net' ;;
	esac
}

# sent_as N: how message N came to the smarthost: TLS, who logged in, the
# reverse-path, the recipients, and the fields that say whom it is from
sent_as() {
	awk '
	/^from / { from = $2 }
	/^rcpt / { rcpt = rcpt " " $2 }
	/^auth / { user = $2 }
	/^tls / { tls = "TLS" }
	END { print tls == "" ? "clear" : tls, user == "" ? "-" : user,
	    from rcpt }' "$CAPTURE/$1.envelope"
	tr -d '\r' <"$CAPTURE/$1.message" | sed '/^$/,$d' |
		grep -i -e '^From:' -e '^Sender:' -e '^Reply-To:' |
		sed 's/: <\([^>]*\)>$/: \1/' | sort
}

# names: those of this machine and of the user in what is compared
names() {
	sed -e "s/\\b$(uname -n)\\b/HOST/g" \
		-e "s/\\b$(id -un)\\([+@ ]\\)/LOGIN\\1/g"
}

# credentials: "USER:PASSWORD" of each account in the file `accounts'
credentials() {
	awk '
	function bare(s) { return s ~ /^".*"$/ ? substr(s, 2, length(s) - 2) : s }
	{ value = bare(substr($0, length($1) + 2)) }
	$1 == "user" { user = value }
	$1 == "password" { print user ":" value }' accounts
}
