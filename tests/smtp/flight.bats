#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# One flight: what goes out without waiting, and that every refusal in every
# place of it ends as it would have without.

load ../helper

# A flight with two recipients up to its end; the replies follow.
fly() {
	begin PIPELINING CHUNKING <<END
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<carol@example.net>
! bdat body
C: QUIT
$(cat)
END
}

both() {
	message "$@" | submit bob@example.net carol@example.net
	smarthost_wait
}

# More than a chunk, and no line that looks like a command.
large() {
	message
	head -c "${1:-3500000}" /dev/zero | tr '\0' x | fold -w 70
	echo
}

@test "MAIL, RCPT, BDAT and QUIT are one flight" {
	fly <<'END'
S: 250 2.1.0 sender
S: 250 2.1.5 one
S: 250 2.1.5 two
S: 250 2.0.0 taken
S: 221 2.0.0 bye
END
	both
	expect 0
	message | sed 's/$/\r/' >wanted
	same wanted body
}

@test "dots are not stuffed in a chunk" {
	needs chunking
	fly <<'END'
S: 250 sender
S: 250 one
S: 250 two
S: 250 taken
S: 221 bye
END
	both . .. .a 'a.' ''
	expect 0
	message . .. .a 'a.' '' | sed 's/$/\r/' >wanted
	same wanted body
}

# table STATUS REPLIES TEXT: REPLIES, each with ";" behind it, to the flight.
flight_row() {
	local wanted=$1 replies=$2 reply

	shift 2
	fly <<END
$(while [ -n "$replies" ]; do
		reply=${replies%%;*}
		replies=${replies#*;}
		case $reply in
		!*) echo "! ${reply#!}" ;;
		*) echo "S: $reply" ;;
		esac
	done)
END
	both || { echo "row: $wanted $*" >&2; return 1; }
	expect "$wanted" "$@" || { echo "row: $wanted $*" >&2; return 1; }
}

@test "refusals in every place, all replies in their places" {
	flight_row 67 '250 s;550 5.1.1 no;250 two;250 taken;221 bye;' \
		'1 of 2 recipients' '<bob@example.net>: 550 5.1.1 no'
	flight_row 75 '250 s;250 one;451 4.2.0 later;250 taken;221 bye;' \
		'1 of 2 recipients' '<carol@example.net>: 451 4.2.0 later'
	flight_row 67 '250 s;550 no;550 nor this;503 no recipients;221 bye;' \
		'refused all 2 recipients' '<carol@example.net>: 550 nor this'
	flight_row 75 '250 s;550 no;450 later;503 no recipients;221 bye;' \
		'refused all 2 recipients' '<carol@example.net>: 450 later'
	flight_row 67 '250 s;550 no;550 nor this;250 whatever;221 bye;' \
		'refused all 2 recipients'
	flight_row 69 '550 5.7.1 not you;503 MAIL;503 MAIL;503 MAIL;221 bye;' \
		'refused the sender' '550 5.7.1 not you'
	expect_not 'refused: <' ': 503'
	flight_row 75 '451 4.7.1 later;503 MAIL;503 MAIL;503 MAIL;221 bye;' \
		'refused the sender' '451 4.7.1 later'
	flight_row 69 '250 s;250 one;250 two;554 5.7.1 spam;221 bye;' \
		'refused the message: 554 5.7.1 spam'
	flight_row 65 '250 s;250 one;250 two;552 5.3.4 large;221 bye;' \
		'refused the message: 552 5.3.4 large'
	flight_row 75 '250 s;250 one;250 two;452 4.3.1 full;221 bye;' \
		'refused the message: 452 4.3.1 full'
	flight_row 76 '250 s;250 one;250 two;354 go;221 bye;' '354 go'
	flight_row 76 '354 s;250 one;250 two;250 taken;221 bye;'
}

@test "hang-ups in every place" {
	needs pipelining chunking
	flight_row 75 '!close;' 'closed the connection' 'may have been delivered'
	flight_row 75 '250 s;!close;' 'may have been delivered'
	flight_row 75 '250 s;250 one;!close;' 'may have been delivered'
	flight_row 75 '250 s;250 one;250 two;!close;' 'may have been delivered'
	flight_row 75 '250 s;250 one;250 two;!reset;' 'may have been delivered'
	flight_row 0 '250 s;250 one;250 two;250 taken;!close;'
	flight_row 0 '250 s;250 one;250 two;250 taken;!reset;'
	# what was refused before is known
	flight_row 69 '550 5.7.1 not you;!close;' '550 5.7.1 not you'
	flight_row 67 '250 s;550 no;550 nor this;!close;' 'refused all 2'
	expect_not 'may have been delivered'
	flight_row 75 '250 s;550 no;!close;' 'may have been delivered'
}

@test "421 in every place" {
	flight_row 75 '421 4.3.2 down;!close;' '421 4.3.2 down'
	flight_row 75 '250 s;421 4.3.2 down;!close;' '421 4.3.2 down'
	flight_row 75 '250 s;250 one;421 4.3.2 down;!close;' '421 4.3.2 down'
	expect_not 'may have been delivered'
	flight_row 75 '250 s;250 one;250 two;421 4.3.2 down;!close;' \
		'421 4.3.2 down'
	expect_not 'may have been delivered'
	flight_row 0 '250 s;250 one;250 two;250 taken;421 4.3.2 down;'
}

@test "fewer replies than commands are no success" {
	needs pipelining chunking
	# the message's seems a recipient's, and QUIT's the message's
	flight_row 76 '250 s;250 one;554 5.7.1 spam;221 bye;' \
		'out of step' 'may have been delivered'
	flight_row 76 '250 s;250 one and two;250 taken;221 bye;' \
		'out of step' 'may have been delivered'
	flight_row 75 '250 s and one and two;250 taken;221 bye;!close;' \
		'may have been delivered'
	flight_row 67 '250 s;550 no;503 no recipients;221 bye;' 'refused all 2'
}

@test "more replies than commands are no success" {
	needs pipelining chunking
	flight_row 76 '250 s;250 s;250 one;250 two;554 5.7.1 spam;221 bye;' \
		'out of step' 'may have been delivered'
	flight_row 76 '250 s;250 one;250 two;250 more;451 later;221 bye;' \
		'out of step'
	# the message's own reply may be the success behind a refusal
	flight_row 76 '250 s;250 one;250 two;451 more;250 taken;221 bye;' \
		'out of step' 'may have been delivered'
	flight_row 76 '250 s;250 one;250 two;500 more;250 taken;221 bye;' \
		'out of step' 'may have been delivered'
	flight_row 76 '250 s;550 more;250 one;250 two;250 taken;221 bye;' \
		'out of step' 'may have been delivered'
	# nor is it sure that what was refused is what seems to be
	flight_row 76 '250 s;550 more;550 one;250 two;250 taken;221 bye;' \
		'out of step' 'may have been delivered'
	flight_row 76 '550 more;250 s;250 one;550 two;250 taken;221 bye;' \
		'out of step' 'may have been delivered'
	expect_not 'reverse-path'
	# as long as all are successes the place makes no difference
	flight_row 0 '250 s;250 one;250 two;250 taken;250 more;221 bye;'
}

@test "garbage in the flight" {
	needs pipelining chunking
	flight_row 76 '250 s;250 one;what?;250 taken;221 bye;' 'not SMTP' \
		'may have been delivered'
	flight_row 76 '250 s;250 one;250 two;what?;221 bye;' 'not SMTP'
	flight_row 0 '250 s;250 one;250 two;250 taken;what?;'
}

@test "QUIT's reply is not waited for for long" {
	flight_row 0 '250 s;250 one;250 two;250 taken;!stall;'
}

@test "BDAT refused by 500 to 504: once more with DATA" {
	needs chunking
	local code

	for code in 500 501 502 503 504; do
		fly >first <<END
S: 250 sender
S: 550 5.1.1 nobody
S: 250 two
S: $code 5.5.1 what?
S: 221 bye
END
		server_end || true
		cp dialogue first
		greet PIPELINING CHUNKING >second
		cat >>second <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<carol@example.net>
C: DATA
S: 250 sender
S: 250 one
S: 354 go
! body body
C: QUIT
S: 250 taken
END
		smarthost_play first --play second
		account 'tls off' 'from alice@example.org' 'timeout 20'
		both
		expect 67 '1 of 2' 'chunking off' \
			'<bob@example.net>: 550 5.1.1 nobody'
		message | sed 's/$/\r/' >wanted
		same wanted body
	done
}

@test "BDAT refused unread: the message's lines are no commands" {
	needs pipelining chunking
	local lines

	message 'one' 'two' >text
	lines=$(sed -e 's/[*\\]/\\&/g' -e 's/^/C: /' text)
	greet PIPELINING CHUNKING >first
	cat >>first <<END
C: MAIL *
C: RCPT *
C: BDAT * LAST
$lines
C: QUIT
S: 250 sender
S: 250 one
S: 500 what?
$(yes 'S: 500 what?' | head -n "$(wc -l <text)")
S: 221 bye
END
	greet PIPELINING CHUNKING >second
	cat >>second <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 250 one
S: 354 go
! body -
C: QUIT
S: 250 taken
END
	smarthost_play first --play second
	account 'tls off' 'from alice@example.org' 'timeout 20'
	submit bob@example.net <text
	smarthost_wait
	expect 0
}

@test "DATA on the second connection is refused, too: no third" {
	needs chunking
	greet PIPELINING CHUNKING >first
	cat >>first <<'END'
C: MAIL *
C: RCPT *
! bdat -
C: QUIT
S: 250 sender
S: 250 one
S: 502 what?
END
	greet PIPELINING CHUNKING >second
	cat >>second <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 250 one
S: 502 what?
C? QUIT
END
	smarthost_play first --play second
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit bob@example.net
	smarthost_wait
	expect 69 'refused DATA: 502 what?'
}

@test "a line that could be run as a command: DATA" {
	local line

	for line in 'MAIL FROM:<evil@example.com>' '  rcpt TO:<x@example.com>' \
		'=44ATA' 'quit' $'\tRsEt' $'\xc2\xa0RCPT' $'\xa0data' \
		"$(printf '%0510dQUIT' 0)"; do
		begin PIPELINING CHUNKING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 250 one
S: 354 go
! body -
C: QUIT
S: 250 taken
END
		message "$line" | submit bob@example.net
		smarthost_wait
		expect 0
	done
}

@test "chunking off, pipelining off" {
	begin PIPELINING CHUNKING <<'END'
C: MAIL *
C: RCPT *
C: DATA
S: 250 sender
S: 250 one
S: 354 go
! body -
C: QUIT
S: 250 taken
END
	message | submit --chunking=off bob@example.net
	smarthost_wait
	expect 0
	begin PIPELINING CHUNKING <<'END'
C: MAIL *
S: 250 sender
C: RCPT *
S: 250 one
! bdat -
S: 250 taken
C: QUIT
END
	echo 'pipelining off' >>"$ACCOUNT"
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "32 KiB ride, more waits for the envelope" {
	needs chunking
	fly <<'END'
S: 250 sender
S: 250 one
S: 250 two
S: 250 taken
S: 221 bye
END
	large 31000 | submit bob@example.net carol@example.net
	smarthost_wait
	expect 0
	begin PIPELINING CHUNKING <<'END'
C: MAIL *
C: RCPT *
S: 250 sender
S: 250 one
! bdat -
C: QUIT
S: 250 taken
S: 221 bye
END
	large 34000 | submit bob@example.net
	smarthost_wait
	expect 0
}
