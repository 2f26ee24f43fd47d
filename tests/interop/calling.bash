# SPDX-License-Identifier: ISC
#
# What the tests of callers share: programs that send their mail through a
# sendmail, with ours as it, inside the tree.  They are run by the user you,
# whose account file is found by itself, or by root, who has the machine's.
#
# What arrives must be what the caller wrote.  Each is therefore run twice,
# first with a sendmail that keeps what it is told, then with ours; what is of
# its time (dates, identifiers, MIME boundaries) is made the same before the
# two are compared.
# shellcheck shell=bash

# Where the callers see them.
SENDMAIL=/home/you/bin/sendmail
RECORDER=/opt/recorder/sendmail

# What comes as the reverse-path: the account's, unless a caller says another.
ENVELOPE_SENDER=sender@example.org

# The machine's account file, which only some tests have.
MACHINE=$INTEROP_ROOT/etc/postrider

setup()
{
	common_setup
	HOME_OF_YOU=$INTEROP_ROOT/home/you
	rm -rf "$HOME_OF_YOU"/record/* "$HOME_OF_YOU/work" "$MACHINE"
	install -d -o 1000 -g 1000 "$HOME_OF_YOU/work"
	account starttls
	sed -i 's|^tls_trust_file .*|tls_trust_file /etc/certs/ca.pem|' \
	    accounts
	install -d -o 1000 -g 1000 "$HOME_OF_YOU"/.config{,/postrider}
	install -m 600 -o 1000 -g 1000 accounts \
	    "$HOME_OF_YOU/.config/postrider/accounts"
	export SENDMAIL RECORDER
	default_sendmail /opt/postrider/postrider
}

# What a test started in the background and did not end.
teardown()
{
	[ -z "${daemon_pid-}" ] || end_daemon
	rm -rf "$MACHINE"
}

# settings LINE ...: more lines for your account file.
settings()
{
	printf '%s\n' "$@" >>"$HOME_OF_YOU/.config/postrider/accounts"
}

# machine LINE ...: the account file of the machine, with these lines more.
machine()
{
	install -d "$MACHINE"
	{ cat accounts && printf '%s\n' "$@"; } >"$MACHINE/accounts"
	chmod 600 "$MACHINE/accounts"
}

# default_sendmail PROGRAM: for callers that have its name compiled in.
default_sendmail()
{
	ln -sf "$1" "$INTEROP_ROOT/usr/sbin/sendmail"
}

# as_you COMMAND ...: in ~/work, with an environment as after a login.
as_you()
{
	timeout "$GUARD" chroot --userspec=1000:1000 "$INTEROP_ROOT" \
	    /usr/bin/env -i HOME=/home/you USER=you LOGNAME=you \
	    PATH=/usr/bin:/bin LC_ALL=C.UTF-8 \
	    /bin/sh -c 'cd ~/work && exec "$@"' sh "$@"
}

# as_root COMMAND ...: with an environment as from init.
as_root()
{
	timeout "$GUARD" chroot "$INTEROP_ROOT" /usr/bin/env -i \
	    PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# script NAME: standard input becomes that file in ~/work.
script()
{
	install -o 1000 -g 1000 /dev/stdin "$HOME_OF_YOU/work/$1"
}

# run_daemon CONDITION ... -- COMMAND ...: the command in the background, as
# root, until the condition holds.
run_daemon()
{
	local condition=() daemon_fails=

	while [ "$1" != -- ]; do
		condition+=("$1")
		shift
	done
	shift
	timeout -k 10 "$GUARD" chroot "$INTEROP_ROOT" /usr/bin/env -i \
	    PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" 3>&- &
	daemon_pid=$!
	within "${condition[@]}" || daemon_fails=1
	end_daemon
	[ -z "$daemon_fails" ]
}

end_daemon()
{
	kill "$daemon_pid" 2>/dev/null || :
	wait "$daemon_pid" || :
	daemon_pid=
}

recorded()
{
	compgen -G "$HOME_OF_YOU/record/whole.*" >/dev/null
}

# alike FILE [FIELD ...]: it, with what differs from run to run made the same,
# and with LF for CRLF, which is how it comes to the mailbox.  A Date and a
# Message-ID that only one of the two has must be the ones we add; fields that
# ours is to add, change or remove are named, in lower case, and left out.
alike()
{
	LC_ALL=C awk -v ours=" ${*:2} " '
	function masked(line,    at, out) {
		while (boundary != "" && (at = index(line, boundary)) > 0) {
			out = out substr(line, 1, at - 1) "BOUNDARY"
			line = substr(line, at + length(boundary))
		}
		return out line
	}
	{ sub(/\r$/, "") }
	/^$/ { body = 1 }
	!body && /^[^ \t]/ {
		name = tolower($1)
		skip = name == "date:" || name == "message-id:" ||
		    index(ours, " " substr(name, 1, length(name) - 1) " ")
		if (skip && ++seen[name] > 1)
			print "another", name
		if (name == "in-reply-to:" || name == "references:") {
			print name
			skip = 1
		}
	}
	!body && match($0, /boundary="?[^"; ]*"?/) {
		boundary = substr($0, RSTART + 9, RLENGTH - 9)
		gsub(/"/, "", boundary)
	}
	body && /^(Content-ID: | *Processing Initiated: )/ { print $1; next }
	body || !skip { print masked($0) }' "$1"
}

# once FIELD FILE: its header has one such field.
once()
{
	[ "$(sed '/^$/q' "$2" | grep -ci "^$1:")" -eq 1 ]
}

# carried [NUMBER [FIELD ...]]: what arrived in our mailbox is what was
# recorded, and as many, but for those fields.
carried()
{
	local file sent=() number=${1-1} ours=("${@:2}")

	sent=("$HOME_OF_YOU"/record/whole.*)
	[ "${#sent[@]}" -eq "$number" ]
	arrived "$BOX" "$number"
	for file in "${sent[@]}"; do
		alike "$file" "${ours[@]}" | cksum
	done | sort >sent.sums
	for file in "$(folder "$BOX")"/*; do
		split_trace "$file"
		grep -q "^Return-Path: <$ENVELOPE_SENDER>\$" trace
		once Date arrived
		once Message-ID arrived
		once From arrived
		alike arrived "${ours[@]}" | cksum
	done | sort >arrived.sums
	cmp sent.sums arrived.sums || {
		diff <(alike "${sent[0]}" "${ours[@]}") \
		    <(alike arrived "${ours[@]}") | cat -v | head -n 20
		return 1
	}
}

# has_text: the body that arrived is the text that the mailers are given.
has_text()
{
	text >expected
	sed '1,/^$/d' arrived | cmp expected
}

# blind: the copy that nobody else was to know of came, and is not told.
blind()
{
	run ! grep -qi '^Bcc' <(sed '/^$/q' arrived)
	arrived "copy-$BOX"
	arrived "blind-$BOX"
}

# noise: something to attach, in ~/work.
noise()
{
	awk 'BEGIN { for (i = 0; i < 9000; i++)
		printf "%c%015d\n", 1 + i % 255, i * 40503 }' | script noise
}

# text: what the mailers are given to send.
text()
{
	printf '%s\n' 'Dear reader,' '' . '..' 'From here: Grüße, 今日は' \
	    'QUIT' '-- ' 'me'
}
