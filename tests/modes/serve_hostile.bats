#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -bs and clients that err, or mean harm: nothing wrong is delivered, every
# session comes to its end, and the smarthost never sees a broken rule (it is
# the honest one: a violation fails the test).

load ../helper
load serve

setup() {
	postrider_setup
	smarthost_serve
	account 'tls off' 'from alice@example.org'
}

# begun LINE...: a transaction so far, then these
begun() {
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		"$@"
}

# hostile N STATUS: the dialogue in `input'; N messages must arrive
hostile() {
	local n=$1 wanted=$2

	serve <input
	expect "$wanted"
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq "$n" ] || {
		sed 's/^/stdout: /' stdout >&2
		return 1
	}
}

@test "a command line of 5000 octets" {
	{
		crlf 'EHLO x' "NOOP $(head -c 5000 /dev/zero | tr '\0' x)"
		begun DATA text . QUIT
	} >input
	hostile 1 0
	replied '500 5.5.2 line too long' '221 '
}

@test "a command line of 100 KB, MAIL in it, and what follows" {
	{
		crlf 'EHLO x'
		head -c 100000 /dev/zero | tr '\0' x
		crlf 'MAIL FROM:<evil@example.org>' 'RCPT TO:<b@example.net>' \
			DATA QUIT
	} >input
	hostile 0 0
	replied '500 5.5.2 line too long' '503 '
}

@test "a line without end: the session ends" {
	{
		crlf 'EHLO x'
		head -c 3000000 /dev/zero | tr '\0' x
		crlf '' 'MAIL FROM:<a@example.org>' QUIT
	} >input
	hostile 0 0
	not_replied '221 '
}

@test "commands out of order: RCPT, DATA, BDAT and MAIL before their time" {
	{
		crlf 'MAIL FROM:<a@example.org>' 'EHLO x' \
			'RCPT TO:<b@example.net>' DATA 'BDAT 4 LAST'
		printf 'QUIT'
		crlf 'MAIL FROM:<a@example.org>' DATA QUIT
	} >input
	hostile 0 0
	answers 220 503 250- 250 503 503 503 250 503 221
}

@test "two MAILs" {
	begun 'MAIL FROM:<other@example.org>' 'RCPT TO:<c@example.net>' \
		DATA text . QUIT >input
	hostile 1 0
	replied '503 5.5.1 there is a transaction'
	grep -q '^from <a@example.org>' capture/1.envelope
	grep -q '^rcpt <c@example.net>' capture/1.envelope
}

@test "EHLO and RSET in a transaction forget it" {
	begun 'EHLO x' DATA 'MAIL FROM:<a@example.org>' \
		'RCPT TO:<c@example.net>' RSET DATA QUIT >input
	hostile 0 0
}

@test "bare LF ends a command: the session ends" {
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>'
		printf 'RCPT TO:<b@example.net>\nRCPT TO:<c@example.net>\r\n'
		crlf DATA text . QUIT
	} >input
	hostile 0 0
	replied '554 5.5.2 a line that does not end in CRLF'
	not_replied '354 '
}

@test "bare CR in a command" {
	{
		crlf 'EHLO x'
		printf 'MAIL FROM:<a@example.org>\rRCPT TO:<b@example.net>\r\n'
		crlf QUIT
	} >input
	hostile 0 0
	replied '500 5.5.2 a control character'
}

@test "NUL in a command" {
	{
		crlf 'EHLO x'
		printf 'MAIL FROM:<a\0@example.org>\r\n'
		printf 'NOOP\0\r\n'
		crlf QUIT
	} >input
	hostile 0 0
	[ "$(grep -c '^500 5.5.2' stdout)" -eq 2 ]
}

@test "8-bit octets in commands, UTF-8 or none" {
	{
		crlf 'EHLO x'
		printf 'MAIL FROM:<\xff\xfe@example.org> SMTPUTF8\r\n'
		printf 'MAIL FROM:<\xc3\xa4@example.org>\r\n'
		printf 'HE\xc3\xa4\xff HELO\r\n'
		begun 'RCPT TO:<ö@example.net>' DATA text . QUIT
	} >input
	hostile 1 0
	[ "$(grep -c ^rcpt capture/1.envelope)" -eq 1 ]
}

@test "smuggling: a lone dot between bare LFs, and what seems to follow" {
	{
		begun DATA
		printf 'Subject: x\r\n\r\none\n.\nMAIL FROM:<evil@example.org>'
		printf '\nRCPT TO:<c@example.net>\nDATA\ntwo\n.\r\n'
		crlf . QUIT
	} >input
	hostile 1 0
	grep -q 'MAIL FROM:<evil' capture/1.message
	tr -d '\r' <capture/1.message | sed '1,/^$/d' >got
	printf '%s\n' one . 'MAIL FROM:<evil@example.org>' \
		'RCPT TO:<c@example.net>' DATA two . >wanted
	same wanted got
}

@test "smuggling: CR.CR, CR.CRLF, LF.CRLF and CRLF.LF are no ends" {
	{
		begun DATA
		printf 'Subject: x\r\n\r\na\r.\rb\r.\r\nc\n.\r\nd\r\n.\ne'
		crlf '' . QUIT
	} >input
	hostile 1 0
	tr -d '\r' <capture/1.message | sed '1,/^$/d' >got
	printf '%s\n' a . b . c . d '' e >wanted
	same wanted got
}

@test "dots: stuffed ones lose one, others stay" {
	begun DATA 'Subject: x' '' '..' '...' '.x' '. ' 'a.' . QUIT >input
	hostile 1 0
	tr -d '\r' <capture/1.message | sed '1,/^$/d' >got
	printf '%s\n' . .. x ' ' a. >wanted
	same wanted got
}

@test "NUL in a message: encoded in text, refused where it cannot be" {
	{
		begun DATA
		printf 'Content-Type: multipart/mixed; boundary=b\r\n\r\na\0b\r\n'
		crlf .
		begun DATA
		printf 'Subject: x\r\n\r\na\0b\r\n'
		crlf . QUIT
	} >input
	hostile 1 0
	replied '554 5.6.0 '
	grep -q '^a=00b' capture/1.message
}

@test "garbage pipelined behind a refused DATA is commands, and wrong ones" {
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' DATA 'Subject: x' '' \
		'RCPT TO:<not@yet.example>' . QUIT >input
	hostile 0 0
	replied '503 5.5.1 RCPT comes first'
}

@test "pipelined garbage: 20 errors in a row are the end" {
	local i

	{
		crlf 'EHLO x'
		for ((i = 0; i < 30; i++)); do
			crlf "garbage $i"
		done
		begun DATA text . QUIT
	} >input
	hostile 0 0
	replied '421 4.7.0 too many errors'
	[ "$(grep -c '^500' stdout)" -eq 20 ]
}

@test "binary garbage" {
	head -c 300000 /dev/urandom >input
	hostile 0 0
}

@test "GET, POST, CONNECT and the like end the session" {
	local verb

	for verb in GET POST PUT CONNECT OPTIONS HEAD get; do
		crlf "$verb / HTTP/1.1" 'Host: localhost' '' 'EHLO x' \
			'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
			DATA text . QUIT | serve
		expect 0
		answers 220 554
	done
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 0 ]
}

@test "hang-ups at each stage: nothing is delivered" {
	local stage=0 part

	begun DATA 'Subject: x' '' text . QUIT >whole
	while [ "$stage" -lt "$(($(wc -c <whole) - 9))" ]; do
		head -c "$stage" whole | serve
		part=$(cat status)
		[ "$part" -eq 0 ] || [ "$part" -eq 74 ]
		stage=$((stage + 3))
	done
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 0 ]
}

@test "a hang-up in the middle of DATA's end" {
	local end

	for end in '\r\n.' '\r\n.\r' '\r' '\n.\n' '.\r\n'; do
		{
			begun DATA
			# shellcheck disable=SC2059 # the format is meant
			printf "Subject: x\r\n\r\ntext$end"
		} | serve
		expect 74 'hung up'
	done
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 0 ]
}

@test "BDAT: a hang-up in a chunk, and before LAST" {
	{
		begun 'BDAT 100 LAST'
		printf 'Subject: x\r\n'
	} | serve
	expect 74
	{
		begun 'BDAT 12'
		printf 'Subject: x\r\n'
	} | serve
	expect 74
	{
		begun 'BDAT 12'
		printf 'Subject: x\r\n'
		crlf QUIT
	} >input
	hostile 0 0
}

@test "BDAT: sizes that are none end the session" {
	local size

	for size in '' abc -1 1x '5 LASTING' '5 LAST x' 0x10 \
		99999999999999999999 '+5'; do
		{
			begun "BDAT $size"
			crlf 'RSET' 'MAIL FROM:<evil@example.org>'
		} | serve
		answers 220 250- 250 250 250 501
	done
	smarthost_stop
}

@test "BDAT: a chunk that nobody wants is not commands" {
	{
		crlf 'EHLO x' 'BDAT 69 LAST'
		crlf 'MAIL FROM:<evil@example.org>' 'RCPT TO:<c@example.net>' \
			'NOOP NOOP NO'
		crlf QUIT
	} >input
	hostile 0 0
	answers 220 250- 250 503 221
}

@test "BDAT: MAIL, RCPT and DATA between chunks are refused; RSET forgets" {
	{
		begun 'BDAT 12'
		printf 'Subject: x\r\n'
		crlf 'MAIL FROM:<c@example.org>' 'RCPT TO:<c@example.net>' \
			DATA 'BDAT 6 LAST'
		printf '\r\none\n'
		begun 'BDAT 12'
		printf 'Subject: y\r\n'
		crlf RSET 'BDAT 0 LAST' QUIT
	} >input
	hostile 1 0
	[ "$(grep -c '^503' stdout)" -eq 4 ]
	[ "$(grep -c ^rcpt capture/1.envelope)" -eq 1 ]
}

@test "BDAT: NUL and a dot; what is refused goes by, the session goes on" {
	{
		begun 'BDAT 46'
		printf 'Content-Type: multipart/mixed; boundary=b\r\n\r\n\0'
		crlf 'BDAT 5 LAST'
		printf '\r\n.\r\n'
		begun 'BDAT 17 LAST'
		printf 'Subject: x\r\n\r\n.\r\n'
		crlf QUIT
	} >input
	hostile 1 0
	[ "$(grep -c '^554 5.6.0' stdout)" -eq 1 ]
}

@test "paths that are none" {
	local path

	{
		crlf 'EHLO x'
		for path in 'a@example.org' '<a@example.org' '<a b@example.org>' \
			'<a@example.org>x' '<a@@example.org>' '<a@ex ample>' \
			'<a,b@example.org>' '<"a@example.org>' \
			'<a(c)@example.org>' '<|/bin/sh>@'; do
			crlf "MAIL FROM:$path"
		done
		crlf 'MAIL <a@example.org>' 'MAIL FROM' MAIL \
			'MAIL FROM:<a@example.org>' 'RCPT TO:<>' \
			'RCPT TO:b@example.net' 'RCPT TO:<b@example.net' \
			'RCPT FROM:<b@example.net>' DATA QUIT
	} >input
	hostile 0 0
	[ "$(grep -c '^501 5.1.7' stdout)" -eq 13 ]
	[ "$(grep -c '^501 5.1.3' stdout)" -eq 4 ]
}

@test "parameters that are none, or stand twice" {
	local p

	for p in 'SIZE=' 'SIZE=x' 'SIZE=1 SIZE=1' 'BODY=9BIT' 'AUTH=<>' \
		'=x' 'RET=NONE' 'ENVID=a+b' 'SMTPUTF8=1' 'X' 'SIZE=-1' \
		'ENVID==' 'SIZE=99999999999999999999999'; do
		crlf 'EHLO x' "MAIL FROM:<a@example.org> $p" 'RSET' QUIT |
			serve
		grep -qE '^5(01|52|55) ' stdout || {
			echo "$p" >&2
			false
		}
	done
	{
		begun
		for p in 'NOTIFY=NEVER,SUCCESS' 'NOTIFY=' 'NOTIFY=X' \
			'ORCPT=x' 'ORCPT=rfc822;' 'ORCPT=;x' 'ORCPT=a;b+c' \
			'NOTIFY=NEVER NOTIFY=NEVER' 'SIZE=1' \
			'NOTIFY=NEVER,NEVER;x'; do
			crlf "RCPT TO:<c@example.net> $p"
		done
		crlf DATA text . QUIT
	} >input
	hostile 1 0
	[ "$(grep -c ^rcpt capture/1.envelope)" -eq 1 ]
	[ "$(grep -cE '^5(01|55) ' stdout)" -eq 10 ]
}

@test "addresses that would be commands, with quotes and escapes" {
	{
		crlf 'EHLO x'
		printf 'MAIL FROM:<"a\\\r\nRCPT TO:<c@example.net>"@example.org>\r\n'
		crlf 'RSET' 'MAIL FROM:<"a> b"@example.org>' \
			'RCPT TO:<"b\"<>@"@example.net>' DATA text . QUIT
	} >input
	hostile 1 0
	grep -q '^from <"a> b"@example.org>' capture/1.envelope
	grep -qF 'rcpt <"b\"<>@"@example.net>' capture/1.envelope
}

@test "more recipients than anybody has" {
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>'
		seq -f 'RCPT TO:<b%.0f@example.net>' 1 10050 | sed 's/$/\r/'
		crlf RSET QUIT
	} >input
	hostile 0 0
	[ "$(grep -c '^452 4.5.3' stdout)" -ge 50 ]
}

@test "the same recipient a thousand times is one" {
	{
		begun
		yes 'RCPT TO:<b@example.net>' | head -n 1000 | sed 's/$/\r/'
		crlf DATA text . QUIT
	} >input
	hostile 1 0
	[ "$(grep -c ^rcpt capture/1.envelope)" -eq 1 ]
}

@test "a client that sends and never reads: no deadlock, then its replies" {
	{
		begun
		seq -f 'RCPT TO:<b%.0f@example.net>' 1 9990 | sed 's/$/\r/'
		crlf DATA text . QUIT
	} >input
	mkfifo replies
	timeout 60 "$POSTRIDER" -C "$ACCOUNT" -bs <input >replies 2>stderr 3>&- &
	(
		exec <replies
		sleep 0.5
		cat >stdout
	)
	wait "$!"
	smarthost_stop
	replied 221
	[ "$(grep -c '^250 2' stdout)" -eq 9993 ]
	[ -e capture/1.message ]
}

@test "a client that goes away without reading" {
	begun >input
	seq -f 'RCPT TO:<b%.0f@example.net>' 1 9990 | sed 's/$/\r/' >>input
	timeout 60 "$POSTRIDER" -C "$ACCOUNT" -bs <input 2>stderr | head -c 10 \
		>stdout
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 0 ]
}

@test "a header that does not end, and lines of a megabyte" {
	{
		begun DATA
		printf 'Subject: '
		head -c 1000000 /dev/zero | tr '\0' x
		printf '\r\n\r\n'
		head -c 1000000 /dev/zero | tr '\0' y
		crlf '' . QUIT
	} >input
	hostile 1 0
	replied 221
}

@test "Received fields that the client makes up do not become ours" {
	crlf 'EHLO evil) by x (' 'MAIL FROM:<a@example.org>' \
		'RCPT TO:<b@example.net>' DATA text . QUIT >input
	hostile 1 0
	grep -q '^Received: from unknown (uid' capture/1.message
}

@test "AUTH, STARTTLS, EXPN, TURN and what else there is" {
	crlf 'EHLO x' 'AUTH PLAIN AGEAYg==' STARTTLS 'EXPN list' TURN \
		'XCLIENT NAME=x' 'ETRN x' 'SEND FROM:<a@example.org>' \
		'QUIT now' 'DATA now' 'RSET now' '' . 'EHLO' QUIT >input
	hostile 0 0
	answers 220 250- 250 502 502 502 502 500 500 500 501 501 501 500 500 501 221
}

@test "what is behind QUIT is nobody's" {
	{
		crlf 'EHLO x' QUIT
		begun DATA text .
	} >input
	hostile 0 0
	answers 220 250- 250 221
}

@test "a message that is all dots, or nothing" {
	{
		begun DATA .
		begun DATA
		yes .. | head -n 5000 | sed 's/$/\r/'
		crlf . QUIT
	} >input
	hostile 2 0
	[ "$(grep -c '^\.' capture/2.message)" -eq 5000 ]
}
