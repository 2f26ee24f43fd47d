#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The known defects of msmtp in robustness, speed (C) and towards other
# programs (D), one test each: what happens here; see defects.bats.  Speed is
# counted: writes, reads, round trips.  That time is linear, `make bench' shows.

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
	# -q and -bp: there is no queue, and each says so
	submit -bp
	expect 0
	submit -q
	expect 0 'there is no queue'
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
