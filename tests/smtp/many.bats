#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# More recipients than one transaction takes: further ones, and what becomes
# of whom.

load ../helper

@test "more recipients than a transaction takes: further transactions" {
	begin PIPELINING CHUNKING 'LIMITS MAILMAX=9 RCPTMAX=2' <<'END'
C: MAIL *
C: RCPT TO:<a@*
C: RCPT TO:<b@*
! bdat -
S: 250 sender
S: 250 a
S: 250 b
S: 250 taken
C: MAIL *
C: RCPT TO:<c@*
C: RCPT TO:<d@*
! bdat -
S: 250 sender
S: 250 c
S: 550 d
S: 250 taken
C: MAIL *
C: RCPT TO:<e@*
! bdat -
C: QUIT
S: 250 sender
S: 250 e
S: 250 taken
END
	message | submit a@example.net b@example.net c@example.net \
		d@example.net e@example.net
	smarthost_wait
	expect 67 '4 of 5'
}

@test "452 4.5.3 behind accepted recipients: they come next" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<a@*
C: RCPT TO:<b@*
C: RCPT TO:<c@*
C: DATA
S: 250 sender
S: 250 a
S: 452 4.5.3 too many
S: 452 4.5.3 too many
S: 354 go
! body -
S: 250 taken
C: MAIL *
C: RCPT TO:<b@*
C: DATA
S: 250 sender
S: 250 b
S: 354 go
! body -
S: 250 taken
C: MAIL *
C: RCPT TO:<c@*
C: DATA
S: 250 sender
S: 452 4.5.3 even so
S: 503 nobody
C? QUIT
END
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 75 '2 of 3' '<c@example.net>: 452 4.5.3 even so'
}

# overflow REPLY...: each, to the second recipient, means the next transaction
overflow() {
	local reply

	for reply in "$@"; do
		begin <<END
C: MAIL *
S: 250 sender
C: RCPT TO:<a@*
S: 250 a
C: RCPT TO:<b@*
S: $reply
C: DATA
S: 354 go
! body -
S: 250 taken
C: MAIL *
S: 250 sender
C: RCPT TO:<b@*
S: 250 b
C: DATA
S: 354 go
! body -
S: 250 taken
C? QUIT
END
		message | submit a@example.net b@example.net
		smarthost_wait
		expect 0 || { echo "reply: $reply" >&2; return 1; }
	done
}

@test "too many recipients, as servers say it: the next transaction" {
	overflow '552 5.5.3 too many recipients' '552 too many' \
		'452 not so many' '550 5.5.3 enough' '451 4.5.3 enough' \
		'550 5.7.1 Too many recipients' '554 Too Many Recipients'
}

@test "seven recipients, and a server that takes three and says 552" {
	local i

	{
		greet
		for i in {1..7}; do
			((i % 3 != 1)) || printf '%s\n' 'C: MAIL *' 'S: 250 ok'
			printf '%s\n' "C: RCPT TO:<r$i@*" 'S: 250 ok'
			# the limit is known from then on
			((i != 3)) || printf '%s\n' 'C: RCPT TO:<r4@*' \
				'S: 552 5.5.3 too many recipients'
			((i % 3 != 0 && i != 7)) || printf '%s\n' 'C: DATA' \
				'S: 354 go' '! body -' 'S: 250 taken'
		done
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit r{1..7}@example.net
	smarthost_wait
	expect 0
}

@test "552 that is about the mailbox, or to the first: a refusal" {
	begin <<'END'
C: MAIL *
S: 250 sender
C: RCPT TO:<a@*
S: 552 5.5.3 too many recipients
C: RCPT TO:<b@*
S: 250 b
C: RCPT TO:<c@*
S: 552 5.2.2 mailbox full
C: DATA
S: 354 go
! body -
S: 250 taken
C? QUIT
END
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 67 '1 of 3' '<a@example.net>: 552 5.5.3 too many' \
		'<c@example.net>: 552 5.2.2 mailbox full'
}

@test "452 4.5.3 although QUIT was sent: on a new connection" {
	needs pipelining chunking
	greet PIPELINING CHUNKING >first
	cat >>first <<'END'
C: MAIL *
C: RCPT TO:<a@*
C: RCPT TO:<b@*
! bdat -
C: QUIT
S: 250 sender
S: 250 a
S: 452 4.5.3 too many
S: 250 taken
S: 221 bye
END
	greet PIPELINING CHUNKING >second
	cat >>second <<'END'
C: MAIL *
C: RCPT TO:<b@*
! bdat -
C: QUIT
S: 250 sender
S: 250 b
S: 250 taken
S: 221 bye
END
	smarthost_play first --play second
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit a@example.net b@example.net
	smarthost_wait
	expect 0
}

@test "a later transaction fails: who has it keeps it, the others are told" {
	needs pipelining chunking
	begin PIPELINING CHUNKING 'LIMITS RCPTMAX=1' <<'END'
C: MAIL *
C: RCPT TO:<a@*
! bdat -
S: 250 sender
S: 250 a
S: 250 taken
C: MAIL *
C: RCPT TO:<b@*
! bdat -
S: 452 4.3.1 full
S: 503 MAIL
S: 503 MAIL
C? QUIT
END
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 75 '1 of 3' '452 4.3.1 full'
	expect_not 'refused: <a@'
	begin PIPELINING CHUNKING 'LIMITS RCPTMAX=1' <<'END'
C: MAIL *
C: RCPT TO:<a@*
! bdat -
S: 250 sender
S: 250 a
S: 250 taken
C: MAIL *
C: RCPT TO:<b@*
! bdat -
S: 250 sender
! close
END
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 75 '1 of 3 recipients have the message' \
		'for the others it may have been delivered'
}

@test "more replies than commands, when QUIT was not sent along" {
	needs chunking
	begin PIPELINING CHUNKING <<END
C: MAIL *
$(yes 'C: RCPT *' | head -n 101)
! bdat -
$(yes 'S: 250 ok' | head -n 103)
C: QUIT
S: 554 5.7.1 spam
S: 221 bye
END
	message | submit user{1..101}@example.net
	smarthost_wait
	expect 76 'out of step' 'may have been delivered'
}

@test "QUIT does not ride when a hundred recipients may be too many" {
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit user{1..100}@example.net
	expect 0
	message | submit user{1..101}@example.net
	expect 0
	smarthost_stop
	[ "$(grep -c '^rcpt' "$CAPTURE/2.envelope")" -eq 101 ]
}

@test "many recipients, and a server that does not read while it speaks" {
	smarthost_serve --no PIPELINING
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit user{1..300}@example.net
	expect 0
	smarthost_stop
	smarthost_serve --refuse 'RCPT TO:<user1*=550-5.1.1 nobody\r\n550 5.1.1 here'
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit user{1..3000}@example.net
	expect 67
	smarthost_stop
}

@test "more replies than commands: no transaction of the session is sure" {
	begin PIPELINING CHUNKING 'LIMITS RCPTMAX=1' <<'END'
C: MAIL *
C: RCPT TO:<bob@example.net>
! bdat -
S: 250 more
S: 250 sender
S: 250 bob
C: MAIL *
C: RCPT TO:<carol@example.net>
! bdat -
C: QUIT
S: 554 5.7.1 spam
S: 250 sender
S: 250 carol
S: 250 taken
S: 221 bye
END
	message | submit bob@example.net carol@example.net
	smarthost_wait
	expect 76 'out of step' 'may have been delivered'
	expect_not 'have the message' 'reverse-path'
}

@test "more replies than commands, and nothing was sent ahead" {
	needs chunking
	begin CHUNKING <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
! bdat -
S: 250 one, did I say
C: QUIT
S: 554 5.7.1 spam
S: 221 bye
END
	message | submit bob@example.net
	smarthost_wait
	expect 76 'out of step' 'may have been delivered'
}

@test "a refusal behind DATA, and then a success: out of step" {
	begin PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 250 one
S: 354 go
! body -
C: QUIT
S: 550 5.1.1 more
S: 250 taken
S: 221 bye
END
	message | submit bob@example.net
	smarthost_wait
	expect 76 'out of step' 'may have been delivered'
}
