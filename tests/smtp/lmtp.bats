#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# protocol lmtp (RFC 2033): LHLO, and a verdict for each recipient.

load ../helper

# deliver CAPABILITY... <<'END': a dialogue from behind the reply to LHLO.
deliver() {
	local word

	{
		printf '%s\n' 'S: 220 mail.example.org LMTP' 'C: LHLO *' \
			'S: 250-mail.example.org'
		for word in "$@"; do
			printf 'S: 250-%s\n' "$word"
		done
		printf 'S: 250 ENHANCEDSTATUSCODES\n'
		cat
	} >dialogue
	smarthost_play dialogue
	account 'protocol lmtp' 'tls off' 'from alice@example.org' 'timeout 20'
}

@test "LHLO, and a reply for each recipient" {
	deliver PIPELINING <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
C: DATA
S: 250 2.1.0 sender
S: 250 2.1.5 one
S: 250 2.1.5 two
S: 354 go
! body -
C: QUIT
S: 250 2.0.0 bob has it
S: 250 2.0.0 carol has it
S: 221 bye
END
	message | submit bob@example.net carol@example.net
	smarthost_wait
	expect 0
}

@test "the reply for the last recipient is waited for" {
	deliver <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
C: RCPT *
S: 250 two
C: DATA
S: 354 go
! body -
S: 250 bob has it
! pause 300
S: 250 carol has it
C: QUIT
S: 221 bye
END
	message | submit bob@example.net carol@example.net
	smarthost_wait
	expect 0
}

@test "a server that does not know LHLO: no HELO" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: LHLO *
S: 500 5.5.1 what?
C? QUIT
END
	account 'protocol lmtp' 'tls off' 'from alice@example.org'
	message | submit bob@example.net
	smarthost_wait
	expect 69 'the server refused LHLO: 500 5.5.1 what?'
}

@test "verdicts that differ: each is told, the status is that of refusals" {
	deliver PIPELINING <<'END'
C: MAIL *
C: RCPT TO:<no@example.net>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<full@example.net>
C: RCPT TO:<later@example.net>
C: DATA
S: 250 sender
S: 550 5.1.1 nobody
S: 250 two
S: 250 three
S: 250 four
S: 354 go
! body -
C: QUIT
S: 250 2.0.0 bob has it
S: 552 5.2.2 over quota
S: 451 4.2.0 busy
END
	message | submit -X log no@example.net bob@example.net \
		full@example.net later@example.net
	smarthost_wait
	expect 67 '1 of 4 recipients' \
		'refused: <no@example.net>: 550 5.1.1 nobody' \
		'refused: <full@example.net>: 552 5.2.2 over quota' \
		'refused: <later@example.net>: 451 4.2.0 busy'
	expect_not 'refused: <bob'
	grep -qF 'full@example.net: 552 5.2.2 over quota' log
	grep -qF 'later@example.net: 451 4.2.0 busy' log
}

@test "nobody gets it: 67, 75 if any refusal is temporary" {
	local second

	for second in '550 5.1.1 never=67' '450 4.2.0 later=75'; do
		deliver <<END
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
C: RCPT *
S: 250 two
C: DATA
S: 354 go
! body -
S: 550 5.2.1 gone
S: ${second%=*}
C? QUIT
END
		message | submit bob@example.net carol@example.net
		smarthost_wait
		expect "${second#*=}" 'refused all 2 recipients' \
			'<bob@example.net>: 550 5.2.1 gone' "${second%=*}"
	done
}

@test "354 although every recipient was refused: an end that nobody answers" {
	needs pipelining
	deliver PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 550 5.1.1 nobody
S: 354 go
C: .
C: QUIT
END
	message | submit bob@example.net
	smarthost_wait
	expect 67 '550 5.1.1 nobody'
}

@test "one recipient: its reply is the error" {
	deliver <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
C: DATA
S: 354 go
! body -
S: 552 5.2.2 over quota
C? QUIT
END
	message | submit bob@example.net
	smarthost_wait
	expect 67 '<bob@example.net>: 552 5.2.2 over quota'
}

@test "a connection that breaks between the verdicts: who has it, who may" {
	deliver PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: RCPT *
C: RCPT *
C: DATA
S: 250 sender
S: 250 one
S: 250 two
S: 250 three
S: 354 go
! body -
C: QUIT
S: 250 bob has it
S: 550 5.2.1 carol is gone
! close
END
	message | submit bob@example.net carol@example.net dan@example.net
	smarthost_wait
	expect 75 '1 of 3 recipients have the message' \
		'for the others it may have been delivered' \
		'<carol@example.net>: 550 5.2.1 carol is gone'
	deliver <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
C: DATA
S: 354 go
! body -
! close
END
	message | submit bob@example.net
	smarthost_wait
	expect 75 'it may have been delivered'
}

@test "BDAT: one reply for each chunk, and for each recipient at the end" {
	needs chunking
	deliver PIPELINING CHUNKING <<'END'
C: MAIL *
C: RCPT *
C: RCPT *
C: RCPT *
S: 250 sender
S: 250 one
S: 550 5.1.1 nobody
S: 250 three
! chunk body
! chunk body
C: QUIT
S: 250 2.0.0 octets
S: 250 2.0.0 bob has it
S: 451 4.2.0 busy
END
	{ message; head -c 1500000 /dev/zero | tr '\0' x | fold -w 70; echo; } >text
	submit bob@example.net no@example.net dan@example.net <text
	smarthost_wait
	expect 67 '1 of 3 recipients' 'dan@example.net>: 451 4.2.0 busy'
	sed 's/$/\r/' text >wanted
	same wanted body
}

@test "BDAT: a chunk that is refused is a verdict for all" {
	needs chunking
	deliver CHUNKING <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
C: RCPT *
S: 250 two
! chunk -
S: 452 4.3.1 full
C? QUIT
END
	{ message; head -c 1500000 /dev/zero | tr '\0' x | fold -w 70; } |
		submit bob@example.net dan@example.net
	smarthost_wait
	expect 75 '452 4.3.1 full'
}

@test "without port: 78" {
	account_file 'host 127.0.0.1' 'protocol lmtp' 'tls off' \
		'from alice@example.org'
	message | submit bob@example.net
	expect 78 'LMTP' "'port NUMBER'"
	message | postrider --host=127.0.0.1 --protocol=lmtp \
		-f alice@example.org bob@example.net
	expect 78 'LMTP'
	account_file 'host 127.0.0.1' 'protocol esmtp'
	message | submit bob@example.net
	expect 78 "$ACCOUNT:2:10:" 'smtp or lmtp'
}

@test "a reply for each recipient, the refused ones too: out of step" {
	needs chunking
	deliver PIPELINING CHUNKING <<'END'
C: MAIL *
C: RCPT *
C: RCPT *
C: RCPT *
S: 250 sender
S: 250 one
S: 550 5.1.1 two
S: 250 three
! bdat -
C: QUIT
S: 250 one has it
S: 550 5.1.1 two
S: 250 three has it
S: 221 bye
END
	message | submit bob@example.net no@example.net dan@example.net
	smarthost_wait
	expect 76 'out of step' 'may have been delivered'
	expect_not '1 of 3'
}

@test "a reply too few, and QUIT's comes: out of step" {
	needs pipelining
	deliver PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: RCPT *
C: DATA
S: 250 sender
S: 250 one
S: 250 two
S: 354 go
! body -
C: QUIT
S: 250 both have it
S: 221 bye
END
	message | submit bob@example.net dan@example.net
	smarthost_wait
	expect 76 'out of step' 'may have been delivered'
	expect_not '221 '
}
