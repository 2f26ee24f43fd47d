#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -bs with a queue: what the smarthost cannot take now is kept, and the client
# is told so at the end of data.

# shellcheck disable=SC2034,SC2153 # helper.bash's variables

load ../helper
load serve

# queueing PORT [LINE...]: an account with a queue, and its smarthost there
queueing() {
	local port=$1

	shift
	account_file 'host 127.0.0.1' "port $port" 'tls off' 'queue on' \
		"queue_directory $PWD/queue" 'from alice@example.org' \
		'logfile log' 'timeout 20' "$@"
}

# says LINE...: a client that says these, waiting for nothing
says() {
	crlf 'EHLO client.example.org' "$@" QUIT | serve
}

kept() {
	local n

	n=$(find queue/msg -type f | wc -l)
	[ "$n" -eq "$1" ] || {
		echo "$n messages are in the queue" >&2
		return 1
	}
}

@test "a smarthost that cannot be reached turns nothing down" {
	queueing 1
	says 'MAIL FROM:<carol@example.org>' 'RCPT TO:<bob@example.net>' \
		'RCPT TO:<dave@example.net>' DATA 'Subject: x' '' text . \
		'MAIL FROM:<carol@example.org>' 'RCPT TO:<bob@example.net>' \
		'BDAT 12 LAST'$'\r\n''Subject: y'
	expect 0
	answers 220 250- 250 250 250 250 \
		354 250 250 250 250 221
	replied '250 2.0.0 kept as ' 'cannot connect'
	kept 2
	grep -q '^sender: <carol@example.org>$' queue/msg/*
	[ "$(cat queue/msg/* | grep -c '^recipient: <dave@example.net>$')" = 1 ]
	[ "$(grep -c ' exitcode=EX_OK .* queued=' log)" = 2 ]
	smarthost_serve
	queueing "$PORT"
	submit -q
	expect 0
	kept 0
	grep -q '^Received: from client.example.org (' capture/1.message
	grep -q '^text' capture/1.message
}

@test "4yz to MAIL, with RCPT behind it" {
	{
		greet PIPELINING
		printf '%s\n' 'C: MAIL *' 'C: RCPT *' 'S: 451 4.3.0 later' \
			'S: 503 5.5.1 MAIL first' 'C: MAIL *' 'C: RCPT *' \
			'C: DATA' 'S: 451 4.3.0 later' \
			'S: 503 5.5.1 MAIL first' 'S: 503 5.5.1 MAIL first' \
			'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	queueing "$PORT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA '' \
		text .
	smarthost_wait
	expect 0
	replied '250 2.1.0 ok' '250 2.1.5 ok' '250 2.0.0 kept as '
	kept 1
}

@test "4yz to one of two recipients: he waits, the other has it" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT TO:<bob@*' \
			'S: 450 4.2.0 greylisted' 'C: RCPT TO:<dave@*' \
			'S: 250 ok' 'C: DATA' 'S: 354 go' '! body -' \
			'S: 250 ok' 'C? RSET' 'S: 250 ok' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	queueing "$PORT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' \
		'RCPT TO:<dave@example.net>' DATA '' text .
	smarthost_wait
	replied '250 2.0.0 kept as ' 'accepted for 1 of 2 recipients'
	kept 1
	grep -q '^waiting: 1 450 4.2.0 greylisted' queue/state/*
	grep -q '^recipient: <bob@example.net>$' queue/msg/*
	lacks dave@example.net queue/msg/*
}

@test "who waits and cannot be kept is no success, whoever has the message" {
	mkdir queue
	chmod 777 queue
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT TO:<bob@*' \
			'S: 450 4.2.0 greylisted' 'C: RCPT TO:<dave@*' \
			'S: 250 ok' 'C: DATA' 'S: 354 go' '! body -' \
			'S: 250 ok' 'C? RSET' 'S: 250 ok' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	queueing "$PORT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' \
		'RCPT TO:<dave@example.net>' DATA '' text .
	smarthost_wait
	answers 220 250- 250 250 250 250 \
		354 451 221
	replied '450 4.2.0 greylisted' 'not kept in the queue'
}

@test "who was taken, and is refused for good when he is asked, is told" {
	smarthost_serve --refuse 'RCPT TO:<bob@*=550 5.1.1 nobody'
	account_file 'account default' 'host 127.0.0.1' 'port 1' 'tls off' \
		'queue on' "queue_directory $PWD/queue" 'fallback two' \
		'from alice@example.org' 'account two' 'host 127.0.0.1' \
		"port $PORT" 'tls off' 'from alice@example.org'
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' \
		'RCPT TO:<dave@example.net>' DATA '' text .
	answers 220 250- 250 250 250 250 \
		354 550 221
	replied 'accepted for 1 of 2 recipients; bob@example.net: 550 5.1.1 '
}

@test "451 to the message" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' 'S: 451 4.3.0 later' \
			'C? RSET' 'S: 250 ok' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	queueing "$PORT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA '' \
		text .
	smarthost_wait
	replied '250 2.0.0 kept as ' '451 4.3.0 later'
	kept 1
}

@test "an unanswered end of data is kept, and marked" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' '! close'
	} >dialogue
	smarthost_play dialogue
	queueing "$PORT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA '' \
		text .
	smarthost_wait
	replied '250 2.0.0 kept as ' 'may have been delivered'
	grep -q '^unsure: ' queue/state/*
}

@test "5yz is the client's to hear, and nothing is kept" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
			'S: 550 5.1.1 nobody' 'C? RSET' 'S: 250 ok' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	queueing "$PORT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA
	smarthost_wait
	replied '550 5.1.1 nobody' '554 5.5.1 no recipient'
	[ ! -e queue/msg ] || kept 0
}

@test "a queue that will not do: the failure, and why" {
	mkdir queue
	chmod 777 queue
	queueing 1
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA '' \
		text .
	replied 'cannot connect' 'not kept in the queue' \
		'can be written by others'
	lacks '250 2.0.0 kept' stdout
}

@test "without a queue nothing is new" {
	queueing 1
	sed -i '/^queue/d' "$ACCOUNT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA
	replied '451 4.4.0 ' '503 5.5.1 MAIL was refused'
}

@test "what waits rides along with what was accepted" {
	queueing 1
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA '' \
		first .
	kept 1
	sed -i 's/^next: .*/next: 1/' queue/state/*
	smarthost_serve
	queueing "$PORT"
	says 'MAIL FROM:<a@example.org>' 'RCPT TO:<bob@example.net>' DATA '' \
		second .
	kept 0
	grep -q '^second' capture/1.message
	grep -q '^first' capture/2.message
	[ "$(grep -c '^== from' transcript)" = 1 ]
}
