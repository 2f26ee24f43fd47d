#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -bs: what becomes of messages, addresses and settings on their way through.

load ../helper
load serve

@test "a message of 3 MiB in both forms, the same on arrival" {
	smarthost_serve
	account 'tls off'
	mailbag >message
	head -c 2300000 /dev/urandom | base64 | sed 's/$/\r/' >>message
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' DATA
		cat message
		crlf . 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
			"BDAT $(wc -c <message | tr -d ' ') LAST"
		cat message
		crlf QUIT
	} | serve
	expect 0
	smarthost_stop
	sed '1,/^From:/{/^From:/!d}' capture/1.message >one
	sed '1,/^From:/{/^From:/!d}' capture/2.message >two
	same message one
	same message two
}

@test "Received: more than 100 of them go round in circles" {
	local i

	smarthost_serve
	account 'tls off'
	for n in 100 101; do
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' DATA
		for ((i = 0; i < n; i++)); do
			crlf "Received: from a$i by b; Mon, 01 Jan 2024 12:00:00 +0000"
		done
		crlf 'Subject: x' '' text .
	done >input
	serve <input
	expect 0
	replied '554 5.4.6 '
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 1 ]
	[ "$(grep -c ^Received: capture/1.message)" -eq 101 ]
}

@test "a run of CRs in front of LF is one line end, by DATA and by BDAT" {
	smarthost_serve
	account 'tls off'
	printf 'Subject: x\r\r\nBcc: c@example.net\r\r\r\nTo: b@example.net\r\r\n\r\r\nHello\r\r\n' \
		>message
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' DATA
		cat message
		crlf . 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
			"BDAT $(wc -c <message | tr -d ' ') LAST"
		cat message
		crlf QUIT
	} | serve
	expect 0
	smarthost_stop
	for i in 1 2; do
		lacks '^Bcc' "capture/$i.message"
		tr -d '\r' <"capture/$i.message" | sed -n '/^Subject/,$p' >got
		printf '%s\n' 'Subject: x' 'To: b@example.net' '' Hello >wanted
		same wanted got
	done
}

@test "Bcc goes, unless the account keeps it" {
	smarthost_serve
	account 'tls off'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		DATA 'Bcc: b@example.net' '' text . >input
	serve <input
	account 'tls off' 'remove_bcc_headers off'
	serve <input
	smarthost_stop
	lacks '^Bcc' capture/1.message
	grep -q '^Bcc: b@example.net' capture/2.message
}

@test "SMTPUTF8: declared by the client, to the server, in Received" {
	smarthost_serve
	account 'tls off'
	crlf 'EHLO x' 'MAIL FROM:<alice@example.org> SMTPUTF8' \
		'RCPT TO:<böb@example.net>' DATA text . \
		'MAIL FROM:<alice@example.org>' 'RCPT TO:<böb@example.net>' \
		'MAIL FROM:<älice@example.org>' QUIT | serve
	expect 0
	smarthost_stop
	replied '553 5.6.7'
	grep -q '^rcpt <böb@example.net>' capture/1.envelope
	grep -q 'with UTF8SMTP;' capture/1.message
}

@test "SMTPUTF8 that the server has not: those who need it are refused" {
	smarthost_serve --no SMTPUTF8
	account 'tls off'
	crlf 'EHLO x' 'MAIL FROM:<alice@example.org> SMTPUTF8' \
		'RCPT TO:<böb@example.net>' 'RCPT TO:<bob@example.net>' \
		DATA text . 'MAIL FROM:<älice@example.org> SMTPUTF8' QUIT | serve
	expect 0
	smarthost_stop
	replied '553 5.6.7 ' '554 5.0.0 '
	[ "$(grep -c ^rcpt capture/1.envelope)" -eq 1 ]
}

@test "a reply that would deceive: printable, in short lines, with a status" {
	begin PIPELINING <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 \x1b[31mred\xff
S: 550 5.1.1 umlaut \xc3\xa4
C: RSET
S: 250 ok
C? QUIT
END
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' RSET
	hear '250 2.0.0 \x1b[31mred\xff' '550 5.1.1 umlaut \xc3\xa4' 250
	serve_end 0
	smarthost_wait
}

@test "a line in the log for each message, and for what came to nothing" {
	smarthost_serve --refuse 'RCPT TO:<no*=550 5.1.1 no such user'
	account 'tls off' 'logfile log'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		'RCPT TO:<no@example.net>' DATA text . \
		'MAIL FROM:<a@example.org>' 'RCPT TO:<no@example.net>' RSET \
		'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' RSET \
		'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' DATA \
		'and then' | serve
	expect 74 'hung up in the middle'
	smarthost_stop
	[ "$(wc -l <log)" -eq 3 ]
	sed -n 1p log | grep -q 'recipients=b@example.net,no@example.net mailsize=.*1 of 2.*EX_NOUSER.*refused='
	sed -n 2p log | grep -q 'refused 1 of 1 recipients.*EX_NOUSER'
	sed -n 3p log | grep -q 'hung up.*EX_IOERR'
	[ "$(find capture -name '*.message' | wc -l)" -eq 1 ]
}

@test "-a, settings of the command line, -F and -n" {
	printf 'root: bob@example.net\n' >aliases
	smarthost_serve
	account_file 'account other' 'host 192.0.2.1' 'from a@example.org' \
		'account this' 'host 127.0.0.1' "port $PORT" 'tls off' \
		'aliases aliases' 'account default : other'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
		'RCPT TO:<root@localhost>' DATA text . >input
	serve -a this -F 'A. Lice' <input
	serve -a this -n <input
	serve --host=127.0.0.1 --port="$PORT" --tls=off -n <input
	smarthost_stop
	grep -q '^rcpt <bob@example.net>' capture/1.envelope
	grep -q '^From: "A. Lice" <a@example.org>' capture/1.message
	grep -q '^rcpt <root@localhost>' capture/2.envelope
	grep -q '^rcpt <root@localhost>' capture/3.envelope
}

@test "the secret is fetched once in a session" {
	smarthost_serve --user you:secret
	account 'tls off' 'auth on' 'user you' \
		'passwordeval "echo asked >>asked; echo secret"'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		DATA text . 'MAIL FROM:<a@example.org>' \
		'RCPT TO:<b@example.net>' DATA text . QUIT | serve
	expect 0
	smarthost_stop
	[ "$(wc -l <asked)" -eq 1 ]
	[ "$(find capture -name '*.message' | wc -l)" -eq 2 ]
}

@test "standard error is not the dialogue's, even if it is the same pipe" {
	smarthost_serve --no DSN
	account 'tls off'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		DATA text . QUIT |
		timeout 20 "$POSTRIDER" -C "$ACCOUNT" -v -bs 2>&1 | cat >stdout
	smarthost_stop
	lacks -v '^[2-5][0-9][0-9][- ]' stdout
	replied 221
}

@test "BDAT that a server announces and does not know: DATA, unseen by the client" {
	needs chunking
	begin PIPELINING CHUNKING <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<no@example.net>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 550 no
S: 250 fine
! chunk -
S: 502 5.5.1 what?
C: RSET
S: 250 fine
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: DATA
S: 250 fine
S: 250 fine
S: 354 go
! body body
S: 250 2.0.0 done
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body -
S: 250 2.0.0 again
C? QUIT
END
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<no@example.net>' \
		'RCPT TO:<bob@example.net>' DATA
	hear 250 550 250 354
	say text .
	hear '250 2.0.0 done'
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear 250 250 354
	say text .
	hear '250 2.0.0 again'
	serve_end 0
	smarthost_wait
	grep -q text body
}

@test "on a terminal, LF ends lines and the message, too" {
	command -v script >/dev/null || skip 'no script'
	smarthost_serve
	account 'tls off'
	printf '%s\n' 'EHLO x' 'MAIL FROM:<a@example.org>' \
		'RCPT TO:<b@example.net>' DATA 'Subject: typed' '' '..' . \
		QUIT >input
	mkfifo keys
	exec 5<>keys
	timeout -k 5 "$LIMIT" script -qefc "'$POSTRIDER' -C '$ACCOUNT' -bs" \
		typescript <keys >screen 3>&- 5>&- &
	script_pid=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		grep -qs 'ESMTP postrider' screen && break
		sleep 0.02
	done
	cat input >&5
	wait "$script_pid"
	exec 5>&-
	smarthost_stop
	grep -q 'Subject: typed' capture/1.message
	tr -d '\r' <capture/1.message | tail -n 1 >last
	echo . >wanted
	same wanted last
}

@test "long lines and 8-bit text that the server cannot take are encoded" {
	smarthost_serve --no 8BITMIME --no CHUNKING
	account 'tls off'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' DATA 'Subject: x' ''
		head -c 3000 /dev/zero | tr '\0' x
		printf '\r\n\303\244\r\n'
		crlf . 'MAIL FROM:<a@example.org> BODY=8BITMIME' \
			'RCPT TO:<b@example.net>' DATA plain . QUIT
	} | serve
	expect 0
	smarthost_stop
	grep -qi '^Content-Transfer-Encoding: quoted-printable' \
		capture/1.message
	grep -q '=C3=A4' capture/1.message
	lacks -i '^Content-Transfer' capture/2.message
}

@test "a client that is not waited for any more says nothing more" {
	smarthost_serve
	account 'tls off'
	# it has stopped listening, so that it gets 2 s and not 5 min
	{
		sleep 1
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' DATA 'Subject: half' ''
		sleep 3
		crlf 'BDAT 0 LAST' QUIT
	} | timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" -bs 2>stderr | :
	smarthost_stop
	[ -z "$(find capture -name '*.message')" ]
}

@test "a server that says yes to DATA has not got the message" {
	begin <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 one
C: RCPT TO:<bob@example.net>
S: 250 two
C: DATA
S: 250 2.0.0 done
C? QUIT
END
	account 'tls off' 'logfile log'
	crlf 'EHLO x' 'MAIL FROM:<alice@example.org>' \
		'RCPT TO:<bob@example.net>' DATA text . QUIT | serve
	expect 0
	smarthost_wait
	replied '451 4.5.0 '
	lacks '^250.*done' stdout
	grep -q exitcode=EX_PROTOCOL log
}

@test "a client that sends much, and reads later, hears every reply" {
	smarthost_serve
	account 'tls off'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>'
		yes 'RCPT TO:<bob@example.net>' | head -n 9990 |
			sed 's/$/\r/'
		crlf QUIT
	} >input
	timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" -bs <input |
		{ sleep 2; cat; } >stdout
	smarthost_stop
	[ "$(wc -l <stdout)" -eq 10003 ]
	replied '221 '
}

@test "credentials that were refused are not tried again" {
	smarthost_serve --user you:secret --require-auth
	account 'tls off' 'auth plain' 'user you' 'password wrong' \
		'from alice@example.org'
	crlf 'EHLO x' 'MAIL FROM:<alice@example.org>' RSET \
		'MAIL FROM:<alice@example.org>' QUIT >input
	submit -bs <input
	expect 0
	[ "$(grep -c '^451 4.7.0 .*535' stdout)" -eq 2 ]
	[ "$(grep -c '^C: AUTH' transcript)" -eq 1 ]
	smarthost_stop
}

@test "a recipient without a domain gets the account's, and one may be root" {
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'aliases' \
		'qualify_domain example.org' 'root you@example.net'
	crlf 'EHLO x' 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob>' \
		'RCPT TO:<root>' DATA 'To: bob' '' text . QUIT >input
	submit -bs <input
	expect 0
	smarthost_stop
	grep '^rcpt' "$CAPTURE/1.envelope" | cut -d' ' -f2 >got
	printf '%s\n' '<bob@example.org>' '<you@example.net>' >want
	same want got
	grep -q '^To: bob@example.org' "$CAPTURE/1.message"
}
