#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Messages in several chunks (RFC 3030).

load ../helper

# More than a chunk, and no line that looks like a command.
large() {
	message
	head -c "${1:-3500000}" /dev/zero | tr '\0' x | fold -w 70
	echo
}

# The first N chunks of four are read; then the replies.
chunks() {
	local n=$1

	begin PIPELINING CHUNKING <<END
C: MAIL *
C: RCPT *
S: 250 sender
S: 250 one
$(yes '! chunk body' | head -n "$n")
$(cat)
END
}

@test "chunks do not wait for each other, and each needs a 2yz" {
	needs chunking
	chunks 4 <<'END'
C: QUIT
S: 250 a
S: 250 b
S: 250 c
S: 250 taken
S: 221 bye
END
	large >text
	submit bob@example.net <text
	smarthost_wait
	expect 0
	sed 's/$/\r/' text >wanted
	same wanted body
}

@test "a chunk that is refused in any place" {
	needs pipelining chunking
	local place i

	large >text
	for place in 1 2 3 4; do
		chunks 4 <<END
C: QUIT
$(for i in 1 2 3 4; do
			if [ "$i" -eq "$place" ]; then
				echo 'S: 452 4.3.1 full'
			else
				echo "S: 250 chunk $i"
			fi
		done)
END
		submit bob@example.net <text
		smarthost_wait
		expect 75 '452 4.3.1 full'
		if [ "$place" -eq 4 ]; then
			expect_not 'may have been delivered'
		else
			expect 75 'may have been delivered'
		fi
	done
}

@test "a chunk refused and the rest as well: the first refusal is told" {
	needs pipelining chunking
	large >text
	chunks 4 <<'END'
C: QUIT
S: 250 a
S: 554 5.7.1 spam
S: 503 5.5.1 RSET first
S: 503 5.5.1 RSET first
END
	submit bob@example.net <text
	smarthost_wait
	expect 69 '554 5.7.1 spam'
	expect_not 'may have been delivered'
}

@test "without PIPELINING each chunk waits, behind a refused one there is none" {
	needs chunking
	local place

	large >text
	for place in 1 2 3; do
		begin CHUNKING <<END
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
$(yes $'! chunk -\nS: 250 chunk' | head -n "$((2 * place - 2))")
! chunk -
S: 552 5.3.4 enough
C: QUIT
S: 221 bye
END
		submit bob@example.net <text
		smarthost_wait
		expect 65 '552 5.3.4 enough'
	done
}

@test "a connection that breaks amid the chunks" {
	needs chunking
	# more than the window and the system's buffers take
	chunks 2 <<'END'
S: 250 a
! close
END
	large 30000000 | submit bob@example.net
	smarthost_wait || true
	expect 75
	expect_not 'may have been delivered'
	large >text
	chunks 4 <<'END'
C: QUIT
S: 250 a
S: 250 b
S: 250 c
! close
END
	submit bob@example.net <text
	smarthost_wait
	expect 75 'may have been delivered'
}

@test "a success before the end of a chunk is none" {
	needs chunking
	begin CHUNKING <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
C: BDAT *
! flood 250 2.0.0 queued
END
	large 20000000 | submit bob@example.net
	smarthost_wait || true
	expect 76 'out of step'
}

@test "more replies than chunks are no success" {
	needs chunking
	chunks 4 <<'END'
C: QUIT
S: 250 a
S: 250 b
S: 250 b, did I say
S: 250 c
S: 554 5.7.1 spam
S: 221 bye
END
	large >text
	submit bob@example.net <text
	smarthost_wait
	expect 76 'out of step' 'may have been delivered'
}
