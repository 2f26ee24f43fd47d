#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The known defects of msmtp that deliver wrongly, lose, crash (A), leak (B),
# are slow or not robust (C), or harm other programs (D), one test each: what
# happens here.  Their numbers are those of the list that this program is
# measured by.  Speed is counted: writes, reads, round trips.  That time is
# linear, `make bench' shows.

# shellcheck disable=SC2034 # the helper reads some of these variables

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

# traced CALLS ARGUMENT...: the program's calls of that kind, in calls.  What
# it would do without a tracer; leaks cannot be looked for under one.
traced() {
	local status=0

	command -v strace >/dev/null || skip 'no strace'
	ASAN_OPTIONS=detect_leaks=0 timeout -k 5 "$LIMIT" strace -f -o calls \
		-e "trace=$1" "$POSTRIDER" -C "$ACCOUNT" "${@:2}" \
		>stdout 2>stderr || status=$?
	if grep -q 'PTRACE\|ptrace' stderr; then
		skip 'nothing can be traced here'
	fi
	echo "$status" >status
	expect 0
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

@test "1.18 C 23: timeout counts under TLS and in the handshake" {
	local where

	for where in handshake session; do
		printf '%s\n' 'S: 220 mail.example.org' 'C: EHLO *' \
			'S: 250-mail.example.org' 'S: 250 STARTTLS' \
			'C: STARTTLS' 'S: 220 go' >dialogue
		[ "$where" = handshake ] || echo '! tls' >>dialogue
		echo '! stall' >>dialogue
		smarthost_play dialogue
		account_file 'host localhost' "port $PORT" 'tls on' \
			"tls_trust_file $CERTS/ca.pem" 'timeout 1' \
			'from alice@example.org'
		message | submit "$TO"
		smarthost_wait
		expect 75 'no answer in time'
	done
}

@test "1.18 C 24: as many writes as the octets need, not as there are lines" {
	local tls

	seq -f 'line %.0f' 100000 >body
	for tls in off on; do
		serve
		echo "tls $tls" >>"$ACCOUNT"
		echo 'tls_certcheck off' >>"$ACCOUNT"
		message "$(cat body)" >text
		traced sendto,sendmsg,write,writev "$TO" <text
		# 1.2 MB in windows of 16 KiB, and some for partial writes
		[ "$(grep -c '(' calls)" -lt 400 ]
		smarthost_stop
	done
	SERVER_KIND=
}

@test "1.18 C 25: small writes do not wait for each other" {
	needs pipelining
	serve
	message >text
	traced setsockopt,sendto,sendmsg,write,writev "$TO" <text
	grep -q 'TCP_NODELAY, \[1\]' calls
	# EHLO; the envelope; the message and QUIT: no write, no wait more
	[ "$(grep -c 'send\|write' calls)" -le 4 ]
	[ "$(sed -n 's/^== turns //p' transcript)" -le 4 ]
}

@test "1.18 C 26: the message is not read octet by octet" {
	serve
	message "$(seq 100000)" >text
	# a pipe, so that it cannot just be kept as the file it is
	command -v strace >/dev/null || skip 'no strace'
	# shellcheck disable=SC2002 # a pipe cannot be kept as the file it is
	cat text | traced read "$TO"
	[ "$(grep -c 'read(0' calls)" -lt 1000 ]
}

@test "1.18 C 27: 40,000 aliases" {
	seq 40000 | sed 's/.*/n&: u&@example.net/' >names
	account_file 'host h' 'from a@example.org' "aliases $PWD/names"
	submit -bi
	expect 0
	grep -q ': 40000 aliases' stdout
	message | submit -P n1 n40000
	grep -qx 'recipient: u40000@example.net' stdout
}

@test "1.18 C 28: 20,000 accounts" {
	awk 'BEGIN { for (i = 1; i <= 20000; i++)
		printf "account a%d\nhost h%d\nfrom a%d@example.org\n", \
			i, i, i }' >accounts
	message | submit -P -a a20000 "$TO"
	grep -q '^host = h20000 ' stdout
	message | submit -P -f a19999@example.org "$TO"
	grep -q '^host = h19999 ' stdout
}

@test "1.18 C 29: aliases of aliases do not multiply" {
	awk 'BEGIN {
		for (i = 1; i <= 16; i++) {
			printf "n%d: ", i
			for (k = 1; k <= 32; k++)
				printf "n%d, ", i + 1
			printf "n%d\n", i + 1
		}
		print "n17: a@example.net, b@example.net"
	}' >names
	account_file 'host h' 'from a@example.org' "aliases $PWD/names"
	message | submit -P n1
	expect 0
	[ "$(grep -c '^recipient: ' stdout)" -eq 2 ]
}

@test "1.18 C 30: an address field of 3 MB" {
	account_file 'host h' 'from a@example.org'
	{
		printf 'To: "'
		head -c 3000000 /dev/zero | tr '\0' x
		printf '" <%s>\n\nx\n' "$TO"
	} | submit -P -t
	expect 0
	grep -qx "recipient: $TO" stdout
}

@test "1.18 C 31: descriptors above 1024, and writes in part" {
	local fd opened=0

	serve
	ulimit -n 4096 2>/dev/null || skip 'no 4096 descriptors'
	message "$(seq 200000)" >text
	(
		while [ "$opened" -lt 1100 ]; do
			exec {fd}</dev/null
			opened=$((opened + 1))
		done
		submit "$TO" <text
	)
	expect 0
	sed 's/$/\r/' text >wanted
	same wanted "$CAPTURE/1.message"
}

# Dead addresses behind one name need a resolver of ours: see tests/interop.
@test "1.18 C 32: of the addresses of a name the one that answers is taken" {
	serve
	account_file 'host localhost' "port $PORT" 'from alice@example.org' \
		'timeout 20'
	message | submit "$TO"
	expect 0
	# a port where nobody is, at every address: one error, which names it
	message | submit --port=1 "$TO"
	expect 75 'localhost' ':1'
	[ "$(grep -c '^postrider: ' stderr)" -eq 1 ]
}

@test "1.18 C 33: no limits on lines, replies and commands" {
	local long i

	long=$(printf '%05000d' 0)
	account_file 'host h' 'from a@example.org' "user $long"
	message | submit -P "$TO"
	grep -q "^user = $long " stdout
	printf '%s: %s\n' team "$(printf 'n%d@example.net, ' {1..500})$TO" >names
	message | submit -P --aliases=names team
	[ "$(grep -c '^recipient: ' stdout)" -eq 501 ]
	{
		echo 'S: 220 mail.example.org'
		echo 'C: EHLO *'
		for ((i = 0; i < 200; i++)); do
			echo "S: 250-X$i ${long:0:250}"
		done
		echo "S: 250 X ${long:0:3000}"
		echo 'C: MAIL *'
		echo 'S: 250'
		echo "C: RCPT TO:<$long$long@example.net>"
		echo "S: 250 $long"
		printf '%s\n' 'C: DATA' 'S: 354' '! body -' 'S: 250' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'from alice@example.org' 'timeout 20'
	message | submit "$long$long@example.net"
	smarthost_wait
	expect 0
}

# What of this number concerns -bs (input that comes in one piece, no end of
# time) is tested there.
@test "1.18 C 34: there is no daemon that could end" {
	account_file 'host h' 'from a@example.org'
	for mode in d D l; do
		submit "-b$mode" </dev/null
		expect 64 "-b$mode is not supported"
	done
}

@test "1.18 C 35: no name is looked up for a Message-ID" {
	serve
	printf 'To: %s\n\nx\n' "$TO" >text
	traced connect,openat,socket -t <text
	absent 'resolv.conf\|htons(53)\|"/etc/hosts"' calls
	grep -q '^Message-ID: <[^@]*@example.org>' "$CAPTURE/1.message"
}

@test "1.18 D: replies without text, and other 2yz" {
	play <<'END'
S: 220
C: EHLO *
S: 250
C: MAIL *
S: 250
C: RCPT *
S: 252
C: DATA
S: 354
! body -
S: 251
C? QUIT
END
	account 'from alice@example.org' 'timeout 20'
	message | submit "$TO"
	smarthost_wait
	expect 0
}

@test "1.18 D: capabilities are whole words, the host's name is none" {
	play <<'END'
S: 220 dsn.example.net
C: EHLO *
S: 250-DSN
S: 250-STARTTLSX
S: 250-PIPELININGS
S: 250-SIZEABLE 10
S: 250-8BITMIMES
S: 250-dsn-less
S: 250 AUTHOR PLAIN
C: MAIL FROM:<alice@example.org>
S: 250
C: RCPT TO:<bob@example.net>
S: 250
C: DATA
S: 354
! body -
S: 250
C? QUIT
END
	account 'from alice@example.org' 'timeout 20' 'dsn_return full'
	message é | submit -N success "$TO"
	smarthost_wait
	expect 0
}

@test "1.18 D: -r -V -U -e, <address> and upper case in their values" {
	serve
	message | submit -r r@example.org -V id -U -em -N SUCCESS -R FULL "$TO"
	expect 0
	grep -q '^from <r@example.org> .*RET=FULL.*' "$CAPTURE/1.envelope"
	grep -q 'ENVID=id' "$CAPTURE/1.envelope"
	grep -q 'SMTPUTF8' "$CAPTURE/1.envelope"
	grep -q "^rcpt <$TO> NOTIFY=SUCCESS" "$CAPTURE/1.envelope"
	message | submit -f '<f@example.org>' "<$TO>"
	expect 0
	grep -q '^from <f@example.org>' "$CAPTURE/2.envelope"
	# -q and -bp: there is nothing in the queue
	submit -bp
	expect 0
	submit -q
	expect 0
}

@test "1.18 D: SIZE and 8BITMIME are used, SMTPUTF8 for local parts only" {
	serve
	message 'Grüße' | submit "$TO"
	expect 0
	grep -qE '^from <alice@example.org> .*SIZE=[0-9]+' \
		"$CAPTURE/1.envelope"
	grep -q 'BODY=8BITMIME' "$CAPTURE/1.envelope"
	message | submit 'bob@bücher.example'
	expect 0
	absent SMTPUTF8 "$CAPTURE/2.envelope"
	grep -q '^rcpt <bob@xn--bcher-kva.example>' "$CAPTURE/2.envelope"
	message | submit 'jürgen@example.net'
	expect 0
	grep -q SMTPUTF8 "$CAPTURE/3.envelope"
	smarthost_stop
	serve --size 100
	message "$(seq 1000)" | submit "$TO"
	expect 65 'the server takes 100'
	absent 'C: MAIL' transcript
}

@test "1.18 D: a wish for notifications does not fail the message" {
	serve --no DSN
	message | submit -N success,failure -R full -V id "$TO"
	expect 0 DSN
	absent 'NOTIFY\|RET=\|ENVID' "$CAPTURE/1.envelope"
}
