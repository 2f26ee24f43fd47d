#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# rejected_recipients abort: all of them, or nobody.

load ../helper

# all CAPABILITY... <<'END': play that behind EHLO, with the setting.
all() {
	begin "$@"
	echo 'rejected_recipients abort' >>"$ACCOUNT"
}

@test "all accepted: the message goes when every reply is there" {
	all PIPELINING <<'END'
C: MAIL *
C: RCPT *
C: RCPT *
S: 250 sender
S: 250 one
S: 250 two
C: DATA
S: 354 go
! body -
C: QUIT
S: 250 ok
END
	message | submit bob@example.net carol@example.net
	smarthost_wait
	expect 0
	all PIPELINING CHUNKING <<'END'
C: MAIL *
C: RCPT *
C: RCPT *
S: 250 sender
S: 250 one
S: 250 two
! bdat -
C: QUIT
S: 250 ok
END
	message | submit bob@example.net carol@example.net
	smarthost_wait
	expect 0
}

@test "one refused: nobody gets it, and the status is that of the refusal" {
	local row words

	for words in PIPELINING 'PIPELINING CHUNKING'; do
		for row in '550 5.1.1 nobody=67' '451 4.2.0 later=75'; do
			# shellcheck disable=SC2086 # words
			all $words <<END
C: MAIL *
C: RCPT *
C: RCPT *
C: RCPT *
S: 250 sender
S: 250 one
S: ${row%=*}
S: 250 three
C: QUIT
S: 221 bye
END
			message | submit a@example.net b@example.net \
				c@example.net
			smarthost_wait
			expect "${row#*=}" '1 of 3 recipients' \
				'nobody gets the message' \
				"refused: <b@example.net>: ${row%=*}"
		done
	done
}

@test "without PIPELINING all refusals are heard, and nothing is sent" {
	all CHUNKING <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 550 5.1.1 nobody
C: RCPT *
S: 452 4.5.3 too many
C: RCPT *
S: 250 three
C: QUIT
S: 221 bye
END
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 67 '2 of 3 recipients' '<b@example.net>: 452 4.5.3 too many'
}

@test "more recipients than a transaction takes: nothing is sent" {
	all PIPELINING 'LIMITS RCPTMAX=2' <<'END'
C? QUIT
END
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 69 'takes 2 recipients at a time' 'rejected_recipients'
}
