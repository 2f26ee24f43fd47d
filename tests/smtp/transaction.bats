#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The transaction: what goes out for which capabilities, in how many flights,
# and what becomes of each recipient.

load ../helper

@test "PIPELINING: MAIL, RCPT and DATA are one flight" {
	begin PIPELINING <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
C: DATA
S: 250 sender
S: 250 one
S: 250 two
S: 354 go
! body -
C: QUIT
S: 250 ok
END
	message | submit bob@example.net carol@example.net
	smarthost_wait
	expect 0
}

@test "without PIPELINING each command waits" {
	begin <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 sender
C: RCPT TO:<bob@example.net>
S: 250 one
C: RCPT TO:<carol@example.net>
S: 250 two
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit bob@example.net carol@example.net
	smarthost_wait
	expect 0
}

@test "a refused recipient: the others get it, 67, each refusal is told" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<bad@example.net>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<worse@example.net>
C: DATA
S: 250 sender
S: 550 5.1.1 no such user
S: 250 fine
S: 550-5.1.1 nobody
S: 550 5.1.1 at all
S: 354 go
! body body
C: QUIT
S: 250 ok
END
	message | submit bad@example.net bob@example.net worse@example.net
	smarthost_wait
	expect 67 '1 of 3 recipients' \
		'refused: <bad@example.net>: 550 5.1.1 no such user' \
		'refused: <worse@example.net>: 550 5.1.1 nobody / 5.1.1 at all'
	grep -q 'Hello, Bob' body
}

@test "refusals that are all temporary: 75" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<slow@example.net>
C: RCPT TO:<bob@example.net>
C: DATA
S: 250 sender
S: 450 4.2.1 greylisted
S: 250 fine
S: 354 go
! body -
C: QUIT
S: 250 ok
END
	message | submit slow@example.net bob@example.net
	smarthost_wait
	expect 75 '<slow@example.net>: 450 4.2.1 greylisted'
}

@test "one refusal for good among temporary ones: 67; 75 if nobody was accepted" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<a@example.net>
C: RCPT TO:<b@example.net>
C: RCPT TO:<c@example.net>
C: DATA
S: 250 sender
S: 450 later
S: 550 never
S: 250 fine
S: 354 go
! body -
C: QUIT
S: 250 ok
END
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 67
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<a@example.net>
C: RCPT TO:<b@example.net>
C: DATA
S: 250 sender
S: 450 later
S: 550 never
S: 554 no valid recipients
C? QUIT
END
	message | submit a@example.net b@example.net
	smarthost_wait
	expect 75 '<a@example.net>: 450 later' '<b@example.net>: 550 never'
}

@test "354 although every recipient was refused: an end of data, no message" {
	needs pipelining
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<a@example.net>
C: DATA
S: 250 sender
S: 550 5.1.1 never
S: 354 go
C: .
S: 554 nobody to send it to
C? QUIT
END
	message | submit a@example.net
	smarthost_wait
	expect 67 '550 5.1.1 never'
}

@test "354 although the sender was refused: an end of data, no message" {
	needs pipelining
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<a@example.net>
C: DATA
S: 550 5.7.1 not you
S: 503 MAIL first
S: 354 go
C: .
S: 554 no
C? QUIT
END
	message | submit a@example.net
	smarthost_wait
	expect 69 '550 5.7.1 not you'
}

@test "a refused sender without PIPELINING: no RCPT is sent" {
	begin <<'END'
C: MAIL *
S: 550 5.7.1 not you
C? QUIT
END
	message | submit a@example.net b@example.net
	smarthost_wait
	expect 69 '550 5.7.1 not you' 'set "from"'
}

@test "421 in the middle of a flight is temporary" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<a@example.net>
C: RCPT TO:<b@example.net>
C: DATA
S: 250 sender
S: 421 4.3.2 going down
! eof
END
	message | submit a@example.net b@example.net
	smarthost_wait
	expect 75 '421 4.3.2 going down'
}

@test "fewer replies than commands, then silence or a hang-up: 75" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 250 fine
! close
END
	message | submit a@example.net
	smarthost_wait
	expect 75
}

@test "more replies than commands: a fault, nothing is sent" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 250 fine
S: 354 go
S: 250 ok
C? QUIT
END
	message | submit a@example.net
	smarthost_wait
	expect 76 'out of step'
}

@test "the null reverse-path" {
	local path

	for path in '<>' '' MAILER-DAEMON mailer-Daemon '<Mailer-Daemon>'; do
		begin <<'END'
C: MAIL FROM:<>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
		message | submit -f "$path" bob@example.net
		smarthost_wait
		expect 0
	done
}

@test "dots are stuffed, and nothing in a message ends it early" {
	begin <<'END'
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	message . .. 'a.b' '.a' '' '.' 'QUIT' | submit bob@example.net
	smarthost_wait
	expect 0
	message .. ... 'a.b' '..a' '' '..' 'QUIT' | sed 's/$/\r/' >wanted
	same wanted body
}

@test "a lone CR or LF before a dot is no way to smuggle a command" {
	begin <<'END'
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	{ message x; printf 'a\r.\rb\n.\r\nc\r\r\n.\n\rMAIL FROM:<evil@example.com>\r'; } |
		submit bob@example.net
	smarthost_wait
	expect 0
	run grep -c '^\.\.' body
	[ "$output" -eq 3 ]
	run grep -c '^\.[^.]' body
	[ "$output" -eq 0 ]
}

@test "addresses with line ends are refused before any connection" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	local evil

	for evil in $'a@example.org\r\nRCPT TO:<evil@example.com>' $'a\n@example.org' \
		$'"a\r\n"@example.org' 'a@example.org> SIZE=1' '<>' '@example.org' \
		'a@' '<a@b><c@d>' 'a@b@c'; do
		message | submit -f alice@example.org "$evil"
		expect 65
		message | submit -f "$evil" bob@example.net
		[ "$evil" = '<>' ] || expect 65
	done
}

@test "a server that says much while it does not read cannot block us" {
	local i recipients=()

	for ((i = 0; i < 2000; i++)); do
		recipients+=("recipient-number-$i-with-a-long-name@example.net")
	done
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit "${recipients[@]}"
	expect 0
	[ "$(grep -c '^rcpt' "$CAPTURE/1.envelope")" -eq 2000 ]
}

@test "QUIT is sent and not waited for; what follows 250 changes nothing" {
	needs pipelining
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 ok
S: 250 ok
S: 354 go
! body -
C: QUIT
S: 250 2.0.0 accepted
! reset
END
	message | submit bob@example.net
	smarthost_wait
	expect 0
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 ok
S: 250 ok
S: 354 go
! body -
C: QUIT
S- 250 2.0.0 accepted\r\n421 bye\r\ngarbage
! stall
END
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "552 in the middle of a long body is told, not the reset behind it" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 ok
S: 250 ok
S: 354 go
! pause 300
! early
S: 552 5.3.4 enough
! pause 100
! close
END
	{ message; head -c 30000000 /dev/zero | tr '\0' 'x' | fold -w 76; } |
		submit bob@example.net
	smarthost_wait || true
	expect 65 '552 5.3.4 enough'
}

@test "a server that stops reading ends at the deadline" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 ok
S: 250 ok
S: 354 go
! stall
END
	account 'tls off' 'from alice@example.org' 'timeout 1'
	{ message; head -c 30000000 /dev/zero | tr '\0' 'x' | fold -w 76; } |
		submit bob@example.net
	smarthost_wait || true
	expect 75 'stopped reading'
}

@test "of many refused recipients 20 are named, and the rest is counted" {
	smarthost_serve --refuse 'RCPT TO:<bad*=550 5.1.1 nobody'
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit bad{1..25}@example.net bob@example.net
	expect 67 '1 of 26 recipients' 'refused: 5 more'
	[ "$(grep -c '^refused: <bad' stderr)" -eq 20 ]
}

@test "a failure is two lines: what, and the remedy" {
	begin <<'END'
C: MAIL *
S: 550-5.7.1 not
S: 550 5.7.1 you
C? QUIT
END
	message | submit a@example.net
	smarthost_wait
	expect 69 'postrider: 127.0.0.1:' '550 5.7.1 not / 5.7.1 you' 'hint: '
	[ "$(wc -l <stderr)" -eq 2 ]
}

@test "a success before the end of the message is none" {
	begin <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
C: DATA
S: 354 go
C: From: *
! flood 250 2.0.0 queued
END
	{
		message
		head -c 20000000 /dev/zero | tr '\0' x | fold -w 72
	} | submit bob@example.net
	smarthost_wait
	expect 76 'out of step'
}

@test "who stops reading has until the deadline to say why, not longer" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 ok
S: 250 ok
S: 354 go
! noread
! pause 2000
S: 552 5.3.4 enough
! stall
END
	account 'tls off' 'from alice@example.org' 'timeout 1'
	{ message; head -c 30000000 /dev/zero | tr '\0' 'x' | fold -w 76; } |
		submit bob@example.net
	smarthost_wait || true
	expect 75 'stopped reading'
}

@test "an ordinary submission by AUTH LOGIN, word for word" {
	play <<'END'
S: 220 smtp.example.net ESMTP Welcome
C: EHLO *
S: 250-smtp.example.net
S: 250-8BITMIME
S: 250-ENHANCEDSTATUSCODES
S: 250-AUTH PLAIN LOGIN
S: 250-AUTH=PLAIN LOGIN
S: 250 STARTTLS
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: YWxpY2U=
S: 334 UGFzc3dvcmQ6
C: Y29ycmVjdCBob3JzZQ==
S: 235 2.7.0 Authentication successful
C: MAIL FROM:<alice@example.org>
S: 250 2.1.0 Ok
C: RCPT TO:<bob@example.net>
S: 250 2.1.0 Ok
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
! body body
S: 250 2.0.0 Ok: queued as q422cl78
C: QUIT
S: 221 2.0.0 Bye
END
	account 'tls off' 'from alice@example.org' 'auth login' 'user alice' \
		'password correct horse' 'logfile log'
	message | submit bob@example.net
	smarthost_wait
	expect 0
	[ ! -s stderr ]
	grep -q " smtpstatus=250 .* queueid=q422cl78 " log
	tr -d '\r' <body | tail -n 1 | grep -qx 'Hello, Bob.'
}
