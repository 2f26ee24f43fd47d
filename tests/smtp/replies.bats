#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Every class of reply at every stage of a submission, and the exit status
# that each ends in (postrider(1), EXIT STATUS).

load ../helper

# The dialogue up to the reply of a stage, exclusive: greeting ehlo mail rcpt
# data end, then the lines of standard input.
lead_to() {
	local stage=$1 step

	for step in greeting ehlo mail rcpt data end; do
		case $step in
		ehlo) printf '%s\n' 'S: 220 mail.example.org ESMTP' 'C: EHLO *' ;;
		mail) printf '%s\n' 'S: 250 mail.example.org' \
			'C: MAIL FROM:<alice@example.org>' ;;
		rcpt) printf '%s\n' 'S: 250 2.1.0 ok' 'C: RCPT TO:<bob@example.net>' ;;
		data) printf '%s\n' 'S: 250 2.1.5 ok' 'C: DATA' ;;
		end) printf '%s\n' 'S: 354 go ahead' '! body -' ;;
		esac
		[ "$step" != "$stage" ] || break
	done
	cat
}

# row STAGE STATUS TEXT LINE...: the server does LINEs at that stage; postrider
# ends with STATUS and says TEXT.
row() {
	local stage=$1 wanted=$2 text=$3

	shift 3
	printf '%s\n' "$@" | lead_to "$stage" >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' "timeout ${TIMEOUT:-20}"
	message | submit bob@example.net
	if ! smarthost_wait || ! expect "$wanted" ${text:+"$text"}; then
		echo "row: $stage: $*" >&2
		return 1
	fi
}

# A refusal and what follows it: QUIT, without waiting for a reply.
refusal() {
	row "$1" "$2" "$3" "S: $3" 'C? QUIT'
}

@test "4yz is temporary at every stage" {
	refusal greeting 75 '421 4.3.2 not now'
	refusal greeting 75 '450 4.3.2 not now'
	refusal ehlo 75 '450 4.3.2 not now'
	refusal mail 75 '451 4.3.0 try again'
	refusal mail 75 '452 4.3.1 no room'
	refusal rcpt 75 '450 4.2.1 greylisted'
	refusal rcpt 75 '452 4.5.3 too many'
	refusal data 75 '451 4.3.0 try again'
	refusal end 75 '451 4.3.0 try again'
	refusal end 75 '452 4.3.1 no room'
}

@test "421 is temporary at every stage, and nothing is sent after it" {
	local stage

	for stage in greeting ehlo mail rcpt data end; do
		row "$stage" 75 '421 4.3.2 shutting down' \
			'S: 421 4.3.2 shutting down' '! eof'
	done
}

@test "5yz is permanent: 69, 65 or 67 by stage and enhanced status code" {
	refusal greeting 69 '554 5.7.1 go away'
	refusal ehlo 69 '550 5.7.1 go away'
	refusal mail 69 '550 5.7.1 not your address'
	refusal mail 69 '530 5.7.0 authenticate first'
	refusal mail 65 '553 5.1.8 bad sender domain'
	refusal mail 65 '552 5.3.4 too big'
	refusal rcpt 67 '550 5.1.1 no such user'
	refusal rcpt 67 '553 no such user'
	refusal rcpt 69 '554 5.7.1 relaying denied'
	refusal data 69 '554 5.5.0 no'
	refusal end 69 '554 5.7.1 looks like spam'
	refusal end 65 '550 5.6.0 malformed'
	refusal end 65 '552 5.3.4 too big'
	refusal end 69 '550 no'
}

@test "2yz that is not 250 is a success wherever 250 is" {
	row ehlo 0 '' 'S: 251 mail.example.org' 'C: MAIL FROM:<*' 'S: 252 ok' \
		'C: RCPT TO:<*' 'S: 251 will forward' 'C: DATA' 'S: 354 go' \
		'! body -' 'S: 252 fine' 'C? QUIT'
	row end 0 '' 'S: 200 fine' 'C? QUIT'
	row end 0 '' 'S: 299-fine' 'S: 299 really' 'C? QUIT'
	row greeting 0 '' 'S: 221 odd' 'C: EHLO *' 'S: 250 x' 'C: MAIL *' 'S: 250' \
		'C: RCPT *' 'S: 250' 'C: DATA' 'S: 354' '! body -' 'S: 250' \
		'C? QUIT'
}

@test "1yz, 3yz and a 2yz to DATA are faults in the protocol" {
	local stage

	for stage in greeting ehlo mail end; do
		refusal "$stage" 76 '354 go ahead'
		row "$stage" 76 'not SMTP' 'S: 150 hold on' 'C? QUIT'
	done
	refusal data 76 '250 ok'
	row rcpt 75 '' 'S: 354 go ahead' 'C? QUIT'
}

@test "garbage instead of a reply is a fault in the protocol" {
	local stage

	for stage in greeting ehlo mail rcpt data end; do
		row "$stage" 76 'not SMTP' 'S: HTTP/1.1 400 Bad Request' 'C? QUIT'
		row "$stage" 76 'not SMTP' 'S- \xff\x00\x01\r\n' 'C? QUIT'
		row "$stage" 76 'not SMTP' 'S: 25' 'C? QUIT'
		row "$stage" 76 'not SMTP' 'S: 999 what' 'C? QUIT'
		row "$stage" 76 'not SMTP' 'S: 250_what' 'C? QUIT'
		row "$stage" 76 'not SMTP' 'S: 250-one' 'S: 251 two' 'C? QUIT'
	done
}

@test "silence ends at the deadline" {
	local stage

	for stage in greeting ehlo mail rcpt data end; do
		TIMEOUT=1 row "$stage" 75 'no answer in time' '! stall'
	done
}

@test "half a reply is silence, too" {
	TIMEOUT=1 row mail 75 'no answer in time' 'S- 250-half' '! stall'
	TIMEOUT=1 row end 75 'no answer in time' 'S- 250 fin' '! stall'
}

@test "a hang-up and a reset are temporary" {
	local stage

	for stage in greeting ehlo mail rcpt data end; do
		row "$stage" 75 'closed the connection' '! close'
		row "$stage" 75 '' '! reset'
	done
}

@test "a reply lost after the end of data may mean delivery, and it says so" {
	row end 75 'may have been delivered' '! close'
	row end 75 'may have been delivered' '! reset'
	TIMEOUT=1 row end 75 'may have been delivered' '! stall'
	row data 75 '' '! close'
	expect_not 'may have been delivered'
}

@test "replies are read byte by byte as well" {
	row greeting 0 '' '! slow 0' 'S: 220-mail.example.org' 'S: 220 ESMTP' \
		'C: EHLO *' 'S: 250-mail.example.org' 'S: 250 8BITMIME' \
		'C: MAIL *' 'S: 250 2.1.0 ok' 'C: RCPT *' 'S: 250 2.1.5 ok' \
		'C: DATA' 'S: 354 go' '! body -' 'S: 250 2.0.0 queued' 'C? QUIT'
}

@test "a reply without text, byte by byte" {
	row greeting 0 '' '! slow 0' 'S: 220' 'C: EHLO *' 'S: 250' 'C: MAIL *' \
		'S: 250' 'C: RCPT *' 'S: 250-' 'S: 250' 'C: DATA' 'S: 354' \
		'! body -' 'S: 250' 'C? QUIT'
}

@test "a reply of many lines, with and without text, is one reply" {
	row mail 0 '' 'S: 250-' 'S: 250-' 'S: 250-2.1.0 long' 'S: 250' \
		'C: RCPT *' 'S: 250' 'C: DATA' 'S: 354' '! body -' 'S: 250' \
		'C? QUIT'
}

@test "endless and over-long replies end in a fault" {
	row greeting 76 'not SMTP' '! flood 220-still talking'
	row mail 76 'not SMTP' '! flood 250-still talking'
	row end 76 'not SMTP' '! flood 250-still talking'
}

@test "the reply is shown, its control characters are not" {
	row mail 69 '550 5.7.1 \x1b[31mred\x07' 'S: 550 5.7.1 \x1b[31mred\x07' \
		'C? QUIT'
	if grep -q "$(printf '\033')" stderr; then
		return 1
	fi
}

@test "replies out of step are a fault in the protocol" {
	row mail 76 'out of step' 'S: 250 ok' 'S: 250 ok again' 'C? QUIT'
	row ehlo 76 'out of step' 'S: 250 mail.example.org' 'S: 250 and more' \
		'C? QUIT'
}

@test "HELO only where EHLO is not recognised" {
	row ehlo 0 '' 'S: 502 5.5.1 what' 'C: HELO *' 'S: 250 mail' 'C: MAIL *' \
		'S: 250' 'C: RCPT *' 'S: 250' 'C: DATA' 'S: 354' '! body -' \
		'S: 250' 'C? QUIT'
	row ehlo 0 '' 'S: 500 what' 'C: HELO *' 'S: 250 mail' 'C: MAIL *' \
		'S: 250' 'C: RCPT *' 'S: 250' 'C: DATA' 'S: 354' '! body -' \
		'S: 250' 'C? QUIT'
	row ehlo 69 '550 no' 'S: 500 what' 'C: HELO *' 'S: 550 no' 'C? QUIT'
	row ehlo 75 '451 later' 'S: 451 later' 'C? QUIT'
}
