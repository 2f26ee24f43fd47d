#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -bs: SMTP on standard input and output, and what the smarthost hears of it.

load ../helper
load serve

@test "EHLO says what can be honoured; a dialogue without mail" {
	account_file 'host 127.0.0.1' 'port 1'
	crlf 'EHLO client.example.org' 'NOOP' 'VRFY bob' 'HELP' 'RSET' \
		'HELO client' 'QUIT' | serve
	expect 0
	answers 220 250- 250 250 252 214 \
		250 250 221
	replied 'PIPELINING' 'SIZE' '8BITMIME' 'SMTPUTF8' 'DSN' 'CHUNKING' \
		'ENHANCEDSTATUSCODES' 'ESMTP postrider'
	not_replied AUTH STARTTLS
}

@test "by the name sendmail, with the options of Alpine, nmh and Symfony" {
	local options

	mkdir -p bin
	ln -s "$POSTRIDER" bin/sendmail
	for options in '-bs -odb -oem' '-bs -odi -oem' '-bs'; do
		# shellcheck disable=SC2086 # words are meant
		crlf 'EHLO x' QUIT | timeout 20 bin/sendmail $options >stdout
		replied '250 HELP' '221 2.0.0'
	done
}

@test "a message: the group travels as a group, its replies are the server's" {
	begin PIPELINING SIZE 8BITMIME ENHANCEDSTATUSCODES <<'END'
C: MAIL FROM:<alice@example.org> SIZE=200 BODY=8BITMIME
C: RCPT TO:<bob@example.net>
C: RCPT TO:<nobody@example.net>
S: 250 2.1.0 sender ok
S: 250 2.1.5 bob is here
S: 550-5.1.1 there is
S: 550 5.1.1 no such user
C: DATA
S: 354 go
! body body
S: 250 2.0.0 Ok: queued as 4XyZ1b2c3D
C? QUIT
END
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org> SIZE=200' \
		'RCPT TO:<bob@example.net>' 'RCPT TO:<nobody@example.net>' DATA
	hear '250 2.1.0 sender ok' '250 2.1.5 bob is here' \
		'550-5.1.1 there is' '550 5.1.1 no such user' 354
	say 'From: alice@example.org' 'Subject: x' '' '..dot' .
	hear '250 2.0.0 Ok: queued as 4XyZ1b2c3D'
	say QUIT
	hear '221 '
	serve_end 0
	smarthost_wait
	grep -q '^\.\.dot' body
	head -n 3 body | tr -d '\r\n' | grep -qE 'Received: from client\.example\.org \(uid [0-9]+\).by .* \(postrider\) with ESMTP;.[A-Z][a-z][a-z], .*[0-9]$'
	grep -q '^Message-ID: <' body
}

@test "a client that waits for each reply; a server without PIPELINING" {
	begin <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 one
C: RCPT TO:<bob@example.net>
S: 251 two
C: DATA
S: 354 go
! body -
S: 250 three
C? QUIT
END
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>'
	hear '250 2.0.0 one'
	say 'RCPT TO:<bob@example.net>'
	hear '251 2.0.0 two'
	say DATA
	hear 354
	say 'Subject: x' '' 'Hello.' .
	hear '250 2.0.0 three'
	serve_end 0
	smarthost_wait
}

@test "three messages over one session" {
	local i

	smarthost_serve --user you:secret --require-auth
	account 'tls off' 'auth on' 'user you' 'password secret'
	serve_start
	hello
	for i in 1 2 3; do
		say 'MAIL FROM:<alice@example.org>' \
			"RCPT TO:<bob$i@example.net>" DATA
		hear '250 ' '250 ' 354
		say "Subject: number $i" '' text .
		hear '250 '
	done
	say QUIT
	hear 221
	serve_end 0
	smarthost_stop
	for i in 1 2 3; do
		grep -q "Subject: number $i" "capture/$i.message"
		grep -q "^rcpt <bob$i@example.net>" "capture/$i.envelope"
	done
	[ "$(grep -c '^C: EHLO' transcript)" -eq 1 ]
	[ "$(grep -c '^C: QUIT' transcript)" -eq 1 ]
}

@test "the account is the reverse-path's; another one means another session" {
	smarthost_serve --user you:secret --user me:other
	account_file 'defaults' 'host 127.0.0.1' "port $PORT" 'tls off' \
		'auth on' \
		'account one' 'from one@example.org' 'user you' \
		'password secret' \
		'account two' 'from two@example.org' 'user me' 'password other'
	crlf 'EHLO x' 'MAIL FROM:<one@example.org>' 'RCPT TO:<b@example.net>' \
		DATA text . 'MAIL FROM:<one@example.org>' \
		'RCPT TO:<b@example.net>' DATA text . \
		'MAIL FROM:<two@example.org>' 'RCPT TO:<b@example.net>' DATA \
		text . 'MAIL FROM:<one@example.org>' \
		'RCPT TO:<b@example.net>' DATA text . QUIT | serve
	expect 0
	smarthost_stop
	grep -q '^auth you' capture/1.envelope
	grep -q '^auth you' capture/2.envelope
	grep -q '^auth me' capture/3.envelope
	grep -q '^auth you' capture/4.envelope
	[ "$(grep -c '^C: EHLO' transcript)" -eq 3 ]
}

@test "BDAT, in chunks that cut line ends; SIZE and BODY; nothing is stuffed" {
	smarthost_serve
	account 'tls off'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org> BODY=8BITMIME SIZE=30' \
			'RCPT TO:<b@example.net>' 'BDAT 12'
		printf 'Subject: x\r\n'
		crlf 'BDAT 3'
		printf '\r\n.'
		crlf 'BDAT 2'
		printf '\r\n'
		crlf 'BDAT 5'
		printf '..a\rb'
		crlf 'BDAT 0 LAST' QUIT
	} | serve
	expect 0
	answers 220 250- 250 250 250 250 250 250 250 250 221
	smarthost_stop
	sed '1,/^\r$/d' capture/1.message >got
	crlf . ..a b >wanted
	same wanted got
}

@test "delivery status wishes go through, each recipient's its own" {
	begin PIPELINING DSN <<'END'
C: MAIL FROM:<alice@example.org> RET=HDRS ENVID=a+2Bb
C: RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2B@example.net
C: RCPT TO:<eve@example.net> NOTIFY=NEVER ORCPT=rfc822;eve@example.net
S: 250 ok
S: 250 ok
S: 250 ok
C: RSET
S: 250 ok
C? QUIT
END
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org> RET=HDRS ENVID=a+2Bb' \
		'RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2B@example.net' \
		'RCPT TO:<eve@example.net> NOTIFY=NEVER' RSET
	hear 250 250 250 250
	serve_end 0
	smarthost_wait
}

@test "an alias that fans out has the worst of its replies" {
	printf 'team: bob@example.net, gone@example.net\nboss: bob@example.net\n' >aliases
	begin PIPELINING <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<gone@example.net>
S: 250 sender
S: 250 fine
S: 550 5.1.1 gone away
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	account 'tls off' 'aliases aliases' 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<team>' 'RCPT TO:<boss>' \
		DATA
	hear 250 '550 5.1.1 gone away' 250 354
	say 'To: boss' '' text .
	hear 250
	serve_end 0
	smarthost_wait
	grep -q '^To: bob@example.net' body
}

@test "an alias that cannot be resolved is that RCPT's refusal" {
	printf 'prog: |/bin/true\n' >aliases
	smarthost_serve
	account 'tls off' 'aliases aliases'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<prog>' \
		'RCPT TO:<b@example.net>' DATA text . QUIT | serve
	expect 0
	replied '451 4.3.5 ' 'aliases:1'
	smarthost_stop
	[ "$(grep -c ^rcpt capture/1.envelope)" -eq 1 ]
}

@test "the upstream cannot be had: MAIL says why, and nothing else goes on" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		DATA 'MAIL FROM:<a@example.org>' QUIT | serve
	expect 0
	answers 220 250- 250 451 503 503 451 221
	replied '451 4.4.0 127.0.0.1:1: cannot connect'
	account_file 'host'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT | serve
	replied "451 4.3.5 $ACCOUNT:1:"
	play <<'END'
S: 554 5.7.1 go away
C? QUIT
END
	account 'tls off'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT | serve
	smarthost_wait
	replied '554 5.0.0 127.0.0.1' '554 5.7.1 go away'
}

@test "no secret in any reply" {
	smarthost_serve --user you:secret
	account 'tls off' 'auth on' 'user you' 'password hunter22'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' QUIT | serve
	expect 0
	replied '451 4.7.0 '
	not_replied hunter22
	smarthost_stop
}

@test "a refused sender: its reply; the next MAIL needs no RSET" {
	begin PIPELINING <<'END'
C: MAIL FROM:<bad@example.org>
C: RCPT TO:<bob@example.net>
S: 553 5.7.1 not yours
S: 503 5.5.1 no MAIL
C: MAIL FROM:<alice@example.org>
S: 250 fine
C: RSET
S: 250 fine
C? QUIT
END
	serve_start
	hello
	say 'MAIL FROM:<bad@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear '553 5.7.1 not yours' '503 5.5.1' '503 5.5.1 MAIL was'
	say 'MAIL FROM:<alice@example.org>'
	hear '250 2.0.0 fine'
	say RSET
	hear 250
	serve_end 0
	smarthost_wait
}

@test "the message is refused: its reply, and the session goes on" {
	begin PIPELINING <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body -
S: 554-5.7.1 this is spam
S: 554 5.7.1 and so are you
C: RSET
S: 250 fine
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 452 4.3.1 no room
C: RSET
S: 250 fine
C? QUIT
END
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear 250 250 354
	say text .
	hear '554-5.7.1 this is spam' '554 5.7.1 and so are you'
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear 250 250 354
	say text .
	hear '452 4.3.1 no room'
	serve_end 0
	smarthost_wait
}

@test "421 to a recipient is 451 to the client; the next message gets a new session" {
	greet PIPELINING >first
	cat >>first <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 421 4.3.2 going down
END
	greet PIPELINING >second
	cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	smarthost_play first --play second
	account 'tls off' 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear 250 '451 4.3.2 going down' '451 4.4.0 '
	say RSET
	hear 250
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear 250 250 354
	say text .
	hear 250
	serve_end 0
	smarthost_wait
}

@test "a server that has had enough between messages: a new session" {
	greet PIPELINING >first
	cat >>first <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body -
S: 250 ok
! pause 1
S: 421 4.4.2 idle for too long
END
	greet PIPELINING >second
	cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<carol@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	smarthost_play first --play second
	account 'tls off' 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear 250 250 354
	say text .
	hear 250
	serve_await 'S: 421'
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<carol@example.net>' DATA
	hear 250 250 354
	say 'again' .
	hear 250
	serve_end 0
	smarthost_wait
	grep -q again body
}

@test "421 to MAIL in an idle session: a new session" {
	greet PIPELINING >first
	cat >>first <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body -
S: 250 ok
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<carol@example.net>
S: 421 4.4.2 idle for too long
END
	greet PIPELINING >second
	cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<carol@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	smarthost_play first --play second
	account 'tls off' 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' DATA
	hear 250 250 354
	say text .
	hear 250
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<carol@example.net>' DATA
	hear '250 2.0.0 fine' '250 2.0.0 fine' 354
	say 'again' .
	hear 250
	serve_end 0
	smarthost_wait
	grep -q again body
}

@test "LMTP: a second recipient is for another transaction" {
	play <<'END'
S: 220 mail.example.org LMTP
C: LHLO *
S: 250-mail.example.org
S: 250 PIPELINING
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body -
S: 552 5.2.2 bob is full
C: RSET
S: 250 ok
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<carol@example.net>
S: 250 fine
S: 250 fine
C: DATA
S: 354 go
! body -
S: 250 carol has it
C? QUIT
END
	account 'protocol lmtp' 'tls off' 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' \
		'RCPT TO:<carol@example.net>' DATA
	hear 250 250 '452 4.5.3 ' 354
	say text .
	hear '552 5.2.2 bob is full'
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<carol@example.net>' DATA
	hear 250 250 354
	say text .
	hear '250 2.0.0 carol has it'
	serve_end 0
	smarthost_wait
}

@test "a server that has gone without a word between messages: a new session" {
	# takes one message in each connection, and leaves
	cat >server <<'END'
printf '220 x\r\n'
while IFS= read -r line; do
	case $line in
	DATA*) printf '354 go\r\n' ;;
	.*) printf '250 ok\r\n'; break ;;
	EHLO* | MAIL* | RCPT*) printf '250 fine\r\n' ;;
	*) printf '%s\n' "$line" >>got ;;
	esac
done
END
	timeout "$LIMIT" "$BUILD/tests/socket" accept 0 port 2 sh server 3>&- &
	SERVER_PID=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		[ -s port ] && break
		sleep 0.02
	done
	PORT=$(cat port)
	account 'tls off' 'timeout 20'
	serve_start
	hello
	for i in one two; do
		say 'MAIL FROM:<alice@example.org>' \
			'RCPT TO:<bob@example.net>' DATA
		hear 250 250 354
		say "$i" .
		hear 250
	done
	serve_end 0
	wait "$SERVER_PID"
	grep -q one got
	grep -q two got
}

@test "one that breaks while the next MAIL is on its way: tried again, once" {
	greet PIPELINING >first
	cat >>first <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 fine
C: RSET
S: 250 fine
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
! close
END
	greet PIPELINING >second
	cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
S: 250 fine
S: 550 5.1.1 but not he
C: RSET
S: 250 fine
C? QUIT
END
	smarthost_play first --play second
	account 'tls off' 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' RSET
	hear 250 250
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>'
	hear 250 '550 5.1.1 but not he'
	say RSET
	hear 250
	serve_end 0
	smarthost_wait
}

@test "what the server cannot take is known once there is a session" {
	smarthost_serve --size 20000 --no DSN --no SMTPUTF8
	account 'tls off'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' 'EHLO x' \
			'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
			DATA
		mailbag "$(head -c 30000 /dev/zero | tr '\0' 'x' | fold -w 70)"
		crlf . 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
			DATA
		head -c 200000 /dev/zero | tr '\0' x | fold -w 70 |
			sed 's/$/\r/'
		crlf '' . 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' DATA 'small enough' . QUIT
	} | serve
	expect 0
	smarthost_stop
	replied 'SIZE 20000' '552 5.3.4 '
	[ "$(grep -c 'DSN' stdout)" -eq 1 ]
	[ "$(grep -c '^552' stdout)" -eq 2 ]
	[ "$(find capture -name '*.message' | wc -l)" -eq 1 ]
}

@test "SIZE above the server's limit: 552 to MAIL, of which it does not hear" {
	greet 'SIZE 1000' >dialogue
	cat >>dialogue <<'END'
C: MAIL FROM:<alice@example.org> SIZE=1000
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C? QUIT
END
	smarthost_play dialogue
	account 'tls off' 'timeout 20' 'logfile log'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org> SIZE=1001'
	hear '552 5.3.4 '
	say 'RCPT TO:<bob@example.net>'
	hear '503 5.5.1 MAIL was refused'
	say 'MAIL FROM:<alice@example.org> SIZE=1000' \
		'RCPT TO:<bob@example.net>' QUIT
	hear 250 250 221
	serve_end 0
	smarthost_wait
	grep -q 'errormsg=.*1000 octets' log
}
