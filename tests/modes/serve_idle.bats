#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -bs and a smarthost that has gone while the client was busy with its message:
# nothing of it had been sent, so that another session can have it.

load ../helper
load serve

taken=('S: 250 fine' 'S: 250 fine' 'S: 250 fine' 'S: 354 go' '! body body'
	'S: 250 2.0.0 done')

# first LINE...: a dialogue that ends with these, behind the envelope
first() {
	greet PIPELINING >first
	cat >>first <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
S: 250 fine
S: 250 fine
S: 250 fine
END
	printf '%s\n' "$@" >>first
}

# second LINE...: that of the other session, behind DATA
second() {
	greet PIPELINING >second
	cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
C: DATA
END
	printf '%s\n' "$@" >>second
}

# both REPLY [TEXT]: the client's side, which waits for the text in the
# transcript before it sends its message
both() {
	smarthost_play first --play second
	account 'tls off' 'timeout 20' 'logfile log'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' \
		'RCPT TO:<carol@example.net>' DATA
	hear 250 250 250 354
	[ "$#" -eq 1 ] || serve_await "$2"
	say 'Subject: late' '' text .
	hear "$1"
}

finish() {
	say QUIT
	hear 221
	serve_end 0
	smarthost_wait
}

@test "it says 421 while the client is busy: MAIL and RCPT once more" {
	first '! pause 1' 'S: 421 4.4.2 idle for too long'
	second "${taken[@]}" 'C? QUIT'
	both '250 2.0.0 done' 'S: 421'
	finish
	grep -q '^Subject: late' body
	[ "$(wc -l <log)" -eq 1 ]
	grep -q 'recipients=bob@example.net,carol@example.net .*EX_OK' log
}

@test "the same, where the message goes in chunks" {
	needs chunking
	greet PIPELINING CHUNKING >first
	cat >>first <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
S: 250 fine
S: 250 fine
S: 250 fine
! pause 1
S: 421 4.4.2 idle for too long
END
	greet PIPELINING CHUNKING >second
	cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
! bdat body
S: 250 fine
S: 250 fine
S: 250 fine
S: 250 2.0.0 done
C? QUIT
END
	both '250 2.0.0 done' 'S: 421'
	finish
	grep -q '^Subject: late' body
}

@test "it goes without a word" {
	first '! close'
	second "${taken[@]}" 'C? QUIT'
	both '250 2.0.0 done' '== turns'
	finish
	grep -q '^Subject: late' body
}

@test "it says 421 to DATA" {
	first 'C: DATA' 'S: 421 4.4.2 idle for too long'
	second "${taken[@]}" 'C? QUIT'
	both '250 2.0.0 done'
	finish
	grep -q '^Subject: late' body
}

@test "it hangs up on DATA" {
	first 'C: DATA' '! close'
	second "${taken[@]}" 'C? QUIT'
	both '250 2.0.0 done'
	finish
	grep -q '^Subject: late' body
}

@test "it hangs up on the second one's DATA, too: there is no third" {
	first 'C: DATA' '! close'
	second '! close'
	both '451 4.4.0 '
	finish
}

@test "a recipient that it does not take the second time: no success" {
	first 'C: DATA' '! close'
	second 'S: 250 fine' 'S: 250 fine' 'S: 550 5.1.1 who is carol' \
		'S: 354 go' '! body body' 'S: 250 2.0.0 done' 'C? QUIT'
	both '550 5.1.0 '
	finish
	grep -q 'refused=.carol@example.net: 550 5.1.1 who is carol' log
}

@test "one that it put off, and would take now, makes up for nobody" {
	greet PIPELINING >first
	cat >>first <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
C: RCPT TO:<dave@example.net>
S: 250 fine
S: 451 4.2.0 not now
S: 250 fine
S: 250 fine
C: DATA
! close
END
	greet PIPELINING >second
	cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<carol@example.net>
C: RCPT TO:<dave@example.net>
C: DATA
S: 250 fine
S: 550 5.1.1 who is carol
S: 250 fine
S: 354 go
! body body
S: 250 2.0.0 done
C? QUIT
END
	smarthost_play first --play second
	account 'tls off' 'timeout 20'
	serve_start
	hello
	say 'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' \
		'RCPT TO:<carol@example.net>' 'RCPT TO:<dave@example.net>' DATA
	hear 250 '451 4.2.0 not now' 250 250 354
	say 'Subject: late' '' text .
	hear '550 5.1.0 '
	finish
}

@test "nobody is taken the second time" {
	first 'C: DATA' '! close'
	second 'S: 550 5.7.1 no more from you' 'S: 503 no MAIL' \
		'S: 503 no MAIL' 'S: 503 no MAIL' 'C? QUIT'
	both '550 5.7.1 no more from you'
	finish
}

@test "it hangs up behind 354: the client decides, some of it was sent" {
	first 'C: DATA' 'S: 354 go' '! close'
	cp first second
	both '451 '
	say QUIT
	hear 221
	serve_end 0
	[ "$(grep -c '^C: EHLO' transcript)" -eq 1 ]
	server_end || true
}

@test "the client's next message goes by the session that has replaced it" {
	first 'C: DATA' '! close'
	second "${taken[@]}" 'C: MAIL FROM:<alice@example.org>' 'S: 250 fine' \
		'C: RCPT TO:<dave@example.net>' 'S: 250 fine' 'C: DATA' \
		'S: 354 go' '! body last' 'S: 250 2.0.0 again' 'C? QUIT'
	both '250 2.0.0 done'
	say 'MAIL FROM:<alice@example.org>'
	hear 250
	say 'RCPT TO:<dave@example.net>'
	hear 250
	say DATA
	hear 354
	say 'Subject: next' '' text .
	hear '250 2.0.0 again'
	finish
	grep -q '^Subject: next' last
}
