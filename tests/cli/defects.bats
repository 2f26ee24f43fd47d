#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The known defects of msmtp that deliver wrongly, lose, crash (A) or leak (B),
# one test each: what happens here.  Their numbers are those of the list that
# this program is measured by; C and D are in defects_more.bats.

load ../helper

setup() {
	postrider_setup
	TO=bob@example.net
}

serve() {
	smarthost_serve "$@"
	account 'from alice@example.org' 'timeout 20'
}

# recipients: of the last message, sorted
recipients() {
	local files=("$CAPTURE"/*.envelope)

	sed -n 's/^rcpt <\(.*\)>.*/\1/p' "${files[-1]}" | sort |
		tr '\n' ' ' | sed 's/ $//'
}

# absent PATTERN FILE...
absent() {
	if grep -e "$1" "${@:2}" >&2; then
		echo "$1 is in ${*:2}" >&2
		return 1
	fi
}

# reads TEXT ADDRESS: who a To field with that text names
reads() {
	printf 'To: %s\n\nx\n' "$1" | submit -P -t
	expect 0 || { echo "To: $1" >&2 && return 1; }
	grep -qxF -e "recipient: $2" stdout || { cat stdout >&2 && return 1; }
	[ "$(grep -c '^recipient: ' stdout)" -eq 1 ]
}

@test "1.18 A 1: a + behind the @ of a sender is a character like others" {
	local long path

	long=$(printf '%04000d' 0)
	account_file 'account a' 'host h' 'from a@example.org' \
		'account default' 'host h' 'from d@example.org'
	for path in "u@${long}+b" 'u@a+b' 'u+x@a+b' '+@+' 'u+@+'; do
		message | submit -P -f "$path" "$TO"
		case $(cat status) in
		0) grep -qxF -e "reverse-path: $path" stdout ;;
		*) expect 65 ;;
		esac
		printf 'From: %s\n\nx\n' "$path" |
			submit -P --read-envelope-from "$TO"
		[ "$(cat status)" -le 78 ]
	done
}

@test "1.18 A 2: authors are no recipients" {
	serve
	printf '%s\n' 'From: a@example.org, b@example.org' "To: $TO" '' x |
		submit -t
	expect 0
	[ "$(recipients)" = "$TO" ]
	printf '%s\n' 'Resent-From: a@example.org' "Resent-To: $TO" \
		'Resent-From: b@example.org, c@example.org' '' x | submit -t
	expect 0
	[ "$(recipients)" = "$TO" ]
}

@test "1.18 A 3: comments within comments" {
	account_file 'host h' 'from a@example.org'
	reads 'x@example.net ((a) b)' x@example.net
	reads '(x()) x@example.net' x@example.net
	reads 'x@example.net (\) q)' x@example.net
	reads '((x)((y)z)) x@example.net' x@example.net
	reads 'x@example.net (a@example.org, (b@example.org))' x@example.net
	printf 'To: x@example.net (\n\nx\n' | submit -P -t
	expect 65
}

@test "1.18 A 4: quoted local parts stay whole" {
	account_file 'host h' 'from a@example.org'
	reads '"jane doe"@example.net' '"jane doe"@example.net'
	reads '<"john doe"@example.net>' '"john doe"@example.net'
	reads '"a\"b,c"@example.net' '"a\"b,c"@example.net'
	message | submit -P '"jane doe"@example.net'
	grep -qx 'recipient: "jane doe"@example.net' stdout
}

@test "1.18 A 5: an alias with more than 32 addresses" {
	serve
	{
		printf 'team: '
		printf 'n%d@example.net, ' {1..999}
		echo n1000@example.net
	} >names
	message | submit --aliases=names team
	expect 0
	[ "$(recipients | wc -w)" -eq 1000 ]
}

@test "1.18 A 6: an alias of nothing is nobody's empty address" {
	local line

	for line in 'team: a@example.net,' 'team: , a@example.net' 'team:' \
		'team: ,' 'team: ""' 'team: <>'; do
		echo "$line" >names
		account_file 'host 127.0.0.1' 'port 1' 'from a@example.org'
		message | submit -P --aliases=names team
		if [ "$(cat status)" -eq 0 ]; then
			grep -qx 'recipient: a@example.net' stdout
			[ "$(grep -c '^recipient: ' stdout)" -eq 1 ]
		else
			expect 78 'names:1'
		fi
	done
}

@test "1.18 A 7: commands do not eat the message" {
	serve --user me:secret --mechs PLAIN
	account 'from alice@example.org' 'auth plain' 'user me' \
		'passwordeval cat >/dev/null; echo secret' \
		'eval cat >/dev/null; echo timeout 20'
	message "$(seq 20000)" | submit "$TO"
	expect 0
	message "$(seq 20000)" | sed 's/$/\r/' >wanted
	same wanted "$CAPTURE/1.message"
}

# Number 8, for a server of mail on standard input: where -bs is tested.
@test "1.18 A 8: an input that fails half way is no message" {
	local status=0

	serve
	submit "$TO" </
	expect 74
	"$POSTRIDER" -C "$ACCOUNT" "$TO" <&- 2>stderr || status=$?
	[ "$status" -ne 0 ]
	[ -z "$(ls "$CAPTURE")" ]
}

# Number 9, the same.
@test "1.18 A 9: a dot and a NUL end no message" {
	serve
	{ message && printf '.\0\nthe rest\n'; } >text
	sed '1iContent-Type: image/x' text | submit "$TO"
	expect 65 NUL
	[ -z "$(ls "$CAPTURE")" ]
	message . .. 'the rest' | submit "$TO"
	expect 0
	grep -q 'the rest' "$CAPTURE/1.message"
}

@test "1.18 A 10: netrc: a login without password is no crash" {
	serve --user me:secret --mechs PLAIN
	account 'from alice@example.org' 'auth plain' 'user me'
	(umask 077 && echo 'machine 127.0.0.1 login me' >.netrc)
	message | submit "$TO"
	expect 78 netrc
	(umask 077 && printf 'machine 127.0.0.1 login me\n%s\n' \
		'default login me password secret' >.netrc)
	message | submit "$TO"
	expect 0
}

@test "1.18 A 11: an argument cannot be a header" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org'
	for evil in $'a@example.net\nResent-From: x@example.net' \
		$'\nResent-From:' $'a@example.net\r\nResent-To: b@example.net' \
		$'\n'; do
		message | submit -P "$evil"
		expect 65
	done
}

@test "1.18 A 12: one bad recipient does not keep the mail from the others" {
	serve --refuse 'RCPT TO:<no@*=550 5.1.1 unknown'
	message | submit a@example.net no@example.net b@example.net
	expect 67 'accepted for 2 of 3' '<no@example.net>: 550 5.1.1 unknown'
	[ "$(recipients)" = 'a@example.net b@example.net' ]
}

@test "1.18 A 13: text without a header is text" {
	serve
	printf 'just text\nSubject: no field\n' | submit "$TO"
	expect 0
	tr -d '\r' <"$CAPTURE/1.message" >got
	[ "$(sed '1,/^$/d' got)" = $'just text\nSubject: no field' ]
	sed '/^$/q' got >header
	absent 'text\|Subject' header
}

@test "1.18 B 14: Resent-Bcc and \"Bcc :\" do not leave" {
	serve
	printf '%s\n' 'Resent-From: a@example.org' "Resent-To: $TO" \
		'Resent-Bcc: r@example.net,' ' s@example.net' '' x |
		submit -t
	expect 0
	printf '%s\n' "To: $TO" 'Bcc : t@example.net' 'BCC	: u@example.net' \
		'' x | submit -t
	expect 0
	absent '[rstu]@example.net\|[Bb][Cc][Cc]' "$CAPTURE"/*.message
	grep -q 's@example.net' "$CAPTURE/1.envelope"
	[ "$(recipients)" = "$TO t@example.net u@example.net" ]
}

@test "1.18 B 15: a NUL in the header hides no Bcc" {
	serve
	printf 'To: %s\n\0X: y\nBcc: c@example.net\n\nx\n' "$TO" | submit -t
	expect 65 NUL
	[ -z "$(ls "$CAPTURE")" ]
}

@test "1.18 B 16: no command, log line or field by a line end" {
	local evil=$'a@example.org>\r\nRCPT TO:<evil@example.org'

	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		"logfile $PWD/log"
	message | submit -f "$evil" "$TO"
	expect 65
	message | submit --domain "$evil" "$TO"
	expect 64 'control character'
	message | submit --user "$evil" "$TO"
	expect 64 'control character'
	message | submit -F $'x\r\nBcc: y' "$TO"
	expect 64 'control character'
	message | HOSTNAME=$evil USER=$evil LOGNAME=$evil submit -P "$TO"
	absent evil stdout
	absent '^RCPT' log stdout stderr
}

@test "1.18 B 17: set_to_header shows no blind copy" {
	serve
	printf '%s\n' "To: $TO" 'Bcc: secret@example.net' '' x |
		submit -t --set-to-header=on hidden@example.net
	expect 0
	[ "$(recipients)" = "$TO hidden@example.net secret@example.net" ]
	absent 'secret\|hidden' "$CAPTURE/1.message"
}

@test "1.18 B 18: a lone CR does not leave" {
	serve
	{
		message foo
		printf 'a\rb\r.\r\nMAIL FROM:<evil@example.org>\r\n.\rc\n'
	} | submit "$TO"
	expect 0
	grep -v $'\r$' "$CAPTURE/1.message" >bare || true
	[ ! -s bare ]
	[ "$(tr -cd '\r' <"$CAPTURE/1.message" | wc -c)" -eq \
		"$(tr -cd '\n' <"$CAPTURE/1.message" | wc -c)" ]
	[ ! -e "$CAPTURE/2.envelope" ]
}

@test "1.18 B 19: patterns are those of the account only" {
	serve
	message | submit -f 'a%Hb%M%U@example.org' 'c%U@example.net'
	expect 0
	grep -q '^from <a%Hb%M%U@example.org>' "$CAPTURE/1.envelope"
	[ "$(recipients)" = 'c%U@example.net' ]
	printf '%s\n' 'From: a%Mail@example.org' "To: $TO" '' x |
		submit --read-envelope-from -t
	expect 0
	grep -q '^from <a%Mail@example.org>' "$CAPTURE/2.envelope"
}

@test "1.18 B 20: a passwordeval that fails; modes before commands" {
	serve --user me:sec --mechs PLAIN
	account 'from alice@example.org' 'auth plain' 'user me' \
		'passwordeval printf sec; exit 1'
	message | submit "$TO"
	expect 78 'exit status 1'
	expect_not sec
	account 'from alice@example.org' 'password x' \
		'eval touch ran; echo user me'
	chmod 666 "$ACCOUNT"
	message | submit "$TO"
	expect 78 'run: chmod'
	[ ! -e ran ]
}

@test "1.18 B 21: no SNI for an address; USER makes no sender" {
	smarthost_serve
	account 'tls on' "tls_trust_file $CERTS/ca.pem" \
		'from %U@example.org' 'timeout 20'
	message | USER=eve LOGNAME=eve HOSTNAME=evil submit "$TO"
	expect 0
	absent '^== sni' transcript
	grep -q "^from <$(id -un)@example.org>" "$CAPTURE/1.envelope"
}

# A name that is this machine and is not known to be before it is asked for
# cannot be had everywhere: sasl's own rows show the rest.
@test "1.18 B 22: a password does not go out in clear by chance" {
	local host

	host=$(ip -4 -o addr show scope global 2>/dev/null |
		awk '{ sub("/.*", "", $4); print $4; exit }')
	[ -n "$host" ] || skip 'no address but loopback'
	smarthost_serve --listen "$host:0" --user me:hunter2 --mechs PLAIN
	account_file "host $host" "port $PORT" 'from alice@example.org' \
		'tls off' 'auth plain' 'user me' 'password hunter2'
	message | submit "$TO"
	expect 69 PLAIN
	absent 'C: AUTH' transcript
	message | submit --auth-without-tls=on "$TO"
	expect 0
}
