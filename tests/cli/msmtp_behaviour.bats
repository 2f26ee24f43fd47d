#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What msmtp's users know beyond words and options: files and their grammar,
# which account is taken, patterns, header, aliases, secrets, exit statuses,
# the log.  In tables; what needs more stands in accountfile.bats, sender.bats,
# aliases.bats, secret.bats, stages.bats and log.bats.  A system file cannot
# be written here: tests/config/account_load merges one.

load ../helper

setup() {
	postrider_setup
	BASE=('host 127.0.0.1' 'port 1' 'from a@example.org')
	TWO=('account one' 'host 127.0.0.1' 'port 1' 'from one@example.org'
		'account two' 'host 127.0.0.2' 'port 2')
}

# shows LINE...: --pretend printed the beginnings of lines, "!": did not
shows() {
	local line

	expect 0 || return
	for line in "$@"; do
		case $line in
		!*) ! grep -q -e "^${line#!}" stdout ;;
		*) grep -q -e "^$line" stdout ;;
		esac && continue
		printf 'not so: %s\n' "$line" >&2
		cat stdout >&2
		return 1
	done
}

# chosen ARGUMENTS PATTERN: for each pair, what --pretend then shows
chosen() {
	while [ $# -gt 0 ]; do
		# shellcheck disable=SC2086 # words
		message | submit -P $1 b@example.org
		shows "$2" || { echo "arguments: $1" >&2 && return 1; }
		shift 2
	done
}

# wrong LINE TEXT [HINT]: as the fourth line of a file that is right
wrong() {
	account_file "${BASE[@]}" "$1"
	message | submit -P b@example.org
	expect 78 "$ACCOUNT:4:" "${@:2}" || { echo "line: $1" >&2 && false; }
}

@test "1.2 files: what is read, where it is looked for" {
	local folder

	mkdir -p .config/msmtp xdg/msmtp
	printf '%s\n' "${BASE[@]}" | tee .config/msmtp/config >xdg/msmtp/config
	message | postrider -P b@example.org
	shows "read: $HOME/.config/msmtp/config"
	message | XDG_CONFIG_HOME=$PWD/xdg postrider -P b@example.org
	shows "read: $PWD/xdg/msmtp/config"
	printf '%s\n' "${BASE[@]}" >.msmtprc
	message | postrider -P b@example.org
	shows "read: $HOME/.msmtprc"
	# the system's is looked for as well, with -C too; without any with --host
	folder=$("$POSTRIDER" --version |
		sed -n 's,^system account file: \(.*\)/postrider/accounts$,\1,p')
	message | postrider -P -C .msmtprc b@example.org
	shows 'read: .msmtprc' '!.*\.config' '.*: '"$folder/"
	message | postrider -P --host h -f a@example.org b@example.org
	shows 'account: of the command line' '!read' '!not there'
}

@test "1.2 files: the environment when there is none" {
	message | SMTPSERVER=mail.example.org EMAIL=e@example.org \
		postrider -P b@example.org
	if grep -q '^read: ' stdout; then
		skip 'there is a system account file'
	fi
	shows 'host = mail.example.org  \[the environment' \
		'reverse-path: e@example.org'
	account_file "${TWO[@]}" 'account default' "${BASE[@]}"
	message | SMTPSERVER=mail.example.org EMAIL=e@example.org \
		submit -P b@example.org
	shows 'host = 127.0.0.1'
}

@test "1.2 grammar: comments, quotes, blanks, CRLF, long lines" {
	local long

	long=$(printf '%0999d' 0)
	account_file '# a comment' '   # another' '' $'\t \r' \
		$'host\t 127.0.0.1 \t\r' $'  port 1\r' \
		'from "a@example.org"' 'user "two words"' 'ntlmdomain "one' \
		'maildomain "' 'tls_host_override ""' "passwordeval echo $long" \
		'logfile_time_format # is text'
	message | submit -P b@example.org
	shows 'host = 127.0.0.1 ' 'port = 1 ' 'from = a@example.org ' \
		'user = two words ' 'ntlmdomain = "one ' \
		'tls_host_override = (host' "passwordeval = echo $long " \
		'logfile_time_format = # is text '
}

@test "1.2 grammar: what msmtp took by accident, and harms" {
	wrong 'port 025' "port '025' is not a plain decimal number" \
		"write 'port 25', or 'port 21' if an octal number was meant"
	wrong 'port 0x19' "port '0x19' is not" "write 'port 25'"
	wrong 'timeout 010' "timeout '010'" "write 'timeout 10', or 'timeout 8'"
	wrong 'port 587 # submission' "unexpected text '# submission'" \
		'give the comment a line of its own'
	wrong 'tls on # always' "unexpected text '# always'" 'line of its own'
	wrong 'tls on off' "unexpected text 'off'" "write 'tls on'"
	wrong 'host mail.example.org 25' "unexpected text '25'" \
		"write 'host mail.example.org'"
	wrong 'auth plain # yes' 'unexpected' 'line of its own'
	wrong 'auth on # yes' 'unexpected' 'line of its own'
	wrong 'dsn_notify failuredelay,' 'dsn_notify' 'success,failure,delay'
	wrong 'logfile ~bob/log' '~bob/log' 'write ~/... or the whole path'
	wrong 'host mail.example.org:25' 'holds a port as well' \
		"write 'host mail.example.org' and 'port 25'"
	wrong 'protocol smtp # x' protocol
	wrong 'domain x # y' "unexpected text '# y'"
}

@test "1.2 grammar: what is wrong has a place and a remedy" {
	wrong 'prot 1' "unknown setting 'prot'" "did you mean 'port'?"
	wrong 'tls ON' "tls cannot be 'ON'" "did you mean 'on'?"
	wrong 'tls yes' "tls cannot be 'yes'" "write 'tls on'"
	wrong 'allow_from_override maybe' allow_from_override 'on or off'
	wrong 'port' 'port needs a value'
	wrong 'host' 'host needs a value'
	wrong 'timeout' 'timeout needs a value'
	wrong 'timeout 0' 'out of range'
	wrong 'dsn_notify' 'dsn_notify'
	wrong 'dsn_return' 'dsn_return'
	wrong 'account default' "account 'default' is defined twice"
	wrong 'account' 'account needs a name'
	wrong 'account a:b:c' "account 'b:c'"
	wrong 'account a,b' 'an account name has no comma in it'
	wrong 'account a : none' "account 'none' is not defined"
	wrong 'defaults x' 'defaults'
	wrong 'auth nonsense' "auth cannot be 'nonsense'"
	wrong 'tls_fingerprint AA:BB' 'tls_fingerprint'
	wrong 'set_to_header maybe' 'undisclosed_recipients'
	wrong 'syslog LOG_KERN' 'LOG_LOCAL7'
}

@test "1.2 accounts: defaults, and what one has from another" {
	# several "defaults" add up, and an account after them has them all
	account_file 'defaults' 'port 1' 'timeout 5' 'account one' \
		'host 127.0.0.1' 'from one@example.org' 'defaults' 'port 2' \
		'account two : one' 'account three' 'host 127.0.0.3' \
		'user three' 'account four : two, three' 'timeout 7' \
		'account five : three, two'
	chosen '-a one' 'port = 1 ' '-a two' 'port = 2 ' '-a two' 'timeout = 5 ' \
		'-a two' 'host = 127.0.0.1 ' '-a two' 'from = one@' \
		'-a four' 'host = 127.0.0.3 ' '-a four' 'user = three ' \
		'-a four' 'from = one@' '-a four' 'timeout = 7 ' \
		'-a five' 'host = 127.0.0.1 ' '-a five' 'user = three '
	# an empty value in "defaults" is one, as in an account
	account_file 'defaults' 'tls_trust_file' 'account one' "${BASE[@]}"
	chosen '' 'tls_trust_file =   *\[.*:2\]'
	account_file "${BASE[@]}" 'account two : default' 'port 2'
	chosen '-a two' 'host = 127.0.0.1 ' '-a two' 'port = 2 '
}

@test "1.2 modes: a password that others can read" {
	ACCOUNT=$HOME/.msmtprc
	account_file "${BASE[@]}" 'password x'
	chmod 604 "$ACCOUNT"
	message | postrider -P b@example.org
	expect 78 'holds a password' "run: chmod 600 $ACCOUNT"
	chmod 600 "$ACCOUNT"
	chosen '' 'password = \*'
	account_file "${BASE[@]}" 'eval echo password x'
	chmod 644 "$ACCOUNT"
	chosen '' 'password = \*'
}

@test "1.5 patterns" {
	local user host

	user=$(id -un)
	host=$(uname -n)
	account_file 'host h' 'from %U@%H.example.org' 'domain %H.example.org' \
		'user %U' 'maildomain %H'
	chosen '' "reverse-path: $user@$host.example.org" '' 'user = %U ' \
		'-f a%Hb@example.org' 'reverse-path: a%Hb@example.org' \
		'-f x%Mail@example.org' 'reverse-path: x%Mail@example.org' \
		'x%U@example.org' 'recipient: x%U@example.org'
	account_file 'host h' 'from %F'
	chosen '' 'reverse-path: alice@example.org'
	account_file 'host h' 'from 100%%@example.org'
	chosen '' 'reverse-path: 100%@example.org'
}

@test "1.6 the account: in this order" {
	account_file "${TWO[@]}" 'from two@example.org, *@two.example.org' \
		'account default' 'host 127.0.0.3' 'from d@example.org' \
		'account plus' 'host 127.0.0.4' 'from u+d@example.org' \
		'account user' 'host 127.0.0.5' 'from u@example.org' \
		'account %U' 'host 127.0.0.6' 'from %U@p.example.org'
	chosen '' 'account: default' '-a one' 'account: one' \
		'-a one -f two@example.org' 'account: one' \
		'-a one -f two@example.org' 'reverse-path: two@' \
		'-f two@example.org' 'account: two' \
		'-f TWO@EXAMPLE.ORG' 'account: two' \
		'-f any@two.example.org' 'account: two' \
		'-f any@TWO.example.org' 'account: two' \
		'-f two+tag@example.org' 'account: two' \
		'-f two+tag@example.org' 'reverse-path: two+tag@' \
		'-f u+d@example.org' 'account: plus' \
		'-f u+x@example.org' 'account: user' \
		"-f $(id -un)@p.example.org" 'account: %U' \
		'-f nobody@else.example.org' 'account: default' \
		'-f <>' 'account: default' \
		'--host=127.0.0.9 -f two@example.org' 'account: of the command'
	message | submit -a none b@example.org
	expect 78 "there is no account 'none'"
	account_file "${TWO[@]}" 'from two@example.org'
	message | submit -f else@example.org b@example.org
	expect 78 'account'
	account_file 'host h' 'from *@example.org'
	message | submit -P b@example.org
	expect_not 'reverse-path: *@'
}

@test "1.7 header: what is added; who is read from it" {
	account_file "${BASE[@]}" 'set_to_header on'
	printf '%s\n' 'Subject: x' '' y | submit -P b@example.org
	expect 0
	sed -n 's/^add: \([A-Za-z-]*\): .*/\1/p' stdout | sort |
		tr '\n' ' ' >added
	[ "$(cat added)" = 'Date From Message-ID To ' ]
	account_file "${BASE[@]}" 'domain client.example.org'
	printf '%s\n' '' y | submit -P b@example.org
	shows 'add: Message-ID: <.*@example.org>'
	# a Resent-From is one, and its block alone names the recipients
	printf '%s\n' 'Resent-From: r@example.org' 'Resent-To: s@example.org' \
		'Resent-Bcc: t@example.org' 'To: not@example.org' '' y |
		submit -P -t
	shows 'recipient: s@' 'recipient: t@' '!recipient: not@' \
		'remove: Resent-Bcc' '!add: From'
	# groups, comments, folds, semicolons
	printf '%s\n' 'To: g: a@example.net, b@example.net;,' \
		' (x (y)) c@example.net (z),' ' "D, E" <d@example.net>;' \
		' "e f"@example.net' '' y | submit -P -t
	shows 'recipient: a@' 'recipient: b@' 'recipient: c@' \
		'recipient: d@' 'recipient: "e f"@example.net'
}

@test "1.8 aliases" {
	printf '%s\n' '# comment' '' 'a: b, c@example.net # more' 'b: d' \
		'd: d@example.net' 'default: e@example.net' >names
	account_file "${BASE[@]}" "aliases $PWD/names"
	message | submit -P a x f@example.net
	shows 'recipient: d@example.net' 'recipient: c@example.net' \
		'recipient: e@example.net' 'recipient: f@example.net' \
		'!recipient: a$'
	for line in 'a b' 'a: b' 'a: : b'; do
		printf '%s\n' 'a: c@example.net' "$line" >names
		message | submit -P a
		expect 78 "$PWD/names:2" || {
			echo "line: $line" >&2
			return 1
		}
	done
	message | submit -P --aliases=/nowhere a
	expect 78 /nowhere
}

@test "1.9 secrets: one order" {
	smarthost_serve --user me:right --mechs PLAIN
	mkdir home
	(umask 077 && printf 'machine 127.0.0.1 login me password right\n' \
		>home/.netrc)
	export HOME=$PWD/home
	account 'from a@example.org' 'auth plain' 'user me' 'password right' \
		'passwordeval echo wrong'
	message | submit b@example.net
	expect 0
	account 'from a@example.org' 'auth plain' 'user me' \
		'passwordeval printf "right\r\nmore\n"'
	message | submit b@example.net
	expect 0
	account 'from a@example.org' 'auth plain' 'user me'
	message | PATH=/nowhere submit b@example.net || true
	message | submit b@example.net
	expect 0
	message | submit --user=you b@example.net
	[ "$(cat status)" -ne 0 ]
}

# exits STATUS STAGE REPLY: as the server says so to EHLO and what follows
exits() {
	local stage line

	{
		for stage in greeting EHLO MAIL RCPT DATA end; do
			case $stage in
			greeting) ;;
			end) echo '! body -' ;;
			*) echo "C: $stage*" ;;
			esac
			line='S: 250 ok'
			[ "$stage" != greeting ] || line='S: 220 hello'
			[ "$stage" != DATA ] || line='S: 354 go'
			[ "$stage" != "$2" ] || line="S: $3"
			echo "$line"
			[ "$stage" != "$2" ] || break
		done
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'from a@example.org' 'timeout 20'
	message | submit b@example.net
	smarthost_wait
	expect "$1" || { echo "row: $*" >&2 && false; }
}

# The statuses of msmtp, but where a caller could not tell what to try again:
# every 4yz is 75 (69 or 77 there), a recipient who is refused is 67 (65),
# what is refused for another reason than its content is 69 (65).
@test "1.15 exit statuses: what the server says" {
	exits 0 none ''
	exits 75 greeting '421 busy'
	exits 69 greeting '554 no'
	exits 76 greeting 'hello'
	exits 69 MAIL '550 no'
	exits 65 MAIL '552 5.3.4 too large'
	exits 75 MAIL '451 later'
	exits 67 RCPT '550 no such user'
	exits 75 RCPT '450 later'
	exits 69 DATA '554 no'
	exits 75 DATA '451 later'
	exits 65 end '554 5.6.0 malformed'
	exits 69 end '554 no'
	exits 75 end '451 later'
	exits 76 end 'what?'
}

@test "1.15 exit statuses: what is wrong here" {
	local row

	account_file "${BASE[@]}" 'timeout 5'
	for row in '64|--nonsense b' '64|' '64|-bx b' '65|a..@@b' \
		'66|--tls --tls-trust-file=/nowhere b@example.net' \
		'68|--host=nowhere.invalid -f a@b.example b@example.net' \
		'78|--auth --user=u --passwordeval=cat b@example.net' \
		'75|b@example.net' '78|-a none b@example.net' \
		'78|--auth b@example.net' '78|-C /nowhere b@example.net' \
		'78|--tls-priorities=NONSENSE --tls b@example.net' \
		'78|--aliases=/nowhere b'; do
		# shellcheck disable=SC2086 # words
		message | submit ${row#*|}
		case $row in
		# a resolver that is not there is no answer
		68*) [ "$(cat status)" = 75 ] || expect 68 ;;
		*) expect "${row%%|*}" ;;
		esac || { echo "row: $row" >&2 && false; }
	done
}

@test "1.16 the log: msmtp's fields in msmtp's order" {
	smarthost_serve --user me:secret --mechs PLAIN \
		--refuse 'RCPT TO:<no@*=550 5.1.1 unknown'
	account 'from a@example.org' 'auth plain' 'user me' \
		'passwordeval echo secret' "logfile $PWD/log" \
		'logfile_time_format none'
	message | submit b@example.net c@example.net
	expect 0
	grep -qE "^host=127\.0\.0\.1 tls=off auth=on user=me from=a@example\.org recipients=b@example\.net,c@example\.net mailsize=[0-9]+ smtpstatus=250 smtpmsg='250 .*' exitcode=EX_OK( |$)" log
	rm log
	message | submit no@example.net
	expect 67
	grep -qE "^host=127\.0\.0\.1 tls=off auth=on user=me from=a@example\.org recipients=no@example\.net smtpstatus=550 smtpmsg='550 5\.1\.1 unknown' errormsg='.*' exitcode=EX_NOUSER( |$)" log
	rm log
	message | submit --port=1 b@example.net
	expect 75
	grep -qE "^host=127\.0\.0\.1 tls=off auth=on user=me from=a@example\.org recipients=b@example\.net errormsg='.*' exitcode=EX_TEMPFAIL( |$)" log
}
