#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# fallback: another account carries the message while nothing of it can have
# been accepted; and retry_for, which goes on trying.

# shellcheck disable=SC2034,SC2153 # helper.bash's variables

load ../helper
load ../modes/serve

setup() {
	postrider_setup
	mkdir other
	cd other || return
	smarthost_serve
	cd "$BATS_TEST_TMPDIR" || return
	OTHER=$PORT OTHER_PID=$SERVER_PID SERVER_KIND=
}

teardown() {
	kill "$OTHER_PID" 2>/dev/null
	wait "$OTHER_PID" || true
	postrider_teardown
}

# accounts PORT [LINE...]: the first account there, with these lines
accounts() {
	local port=$1

	shift
	account_file 'account a' 'host 127.0.0.1' "port $port" 'tls off' \
		'from a@example.org' 'fallback b' 'logfile log' "$@" \
		'account b' 'host 127.0.0.1' "port $OTHER" 'tls off' \
		'from b@example.org' 'logfile log' 'account default : a'
}

# carried N: that many messages have come to the fallback
carried() {
	local n

	n=$(find capture -name '*.message' | wc -l)
	[ "$n" -eq "$1" ] || {
		echo "$n messages have come to the fallback" >&2
		return 1
	}
}

# ends STATUS CARRIED TEXT <<'END': so ends a message when the first account's
# smarthost plays that
ends() {
	local wanted=$1 number=$2

	shift 2
	play
	accounts "$PORT" 'timeout 20'
	message | submit bob@example.net
	smarthost_wait
	expect "$wanted" "$@"
	carried "$number"
}

@test "a smarthost that cannot be reached: the fallback carries it" {
	accounts 1
	message | submit bob@example.net
	expect 0 "cannot connect" "now by account 'b'"
	carried 1
	grep -q "^from <b@example.org>" capture/1.envelope
	grep -q ' exitcode=EX_OK .* account=b ' log
	[ "$(wc -l <log)" -eq 1 ]
}

@test "its own from applies as if it had been chosen" {
	accounts 1
	printf 'Subject: no sender\n\ntext\n' | submit bob@example.net
	expect 0
	grep -q '^From: b@example.org' capture/1.message
	# a Message-ID may end so
	lacks '^From:.*a@example.org' capture/1.message
}

@test "a reverse-path that was given stays" {
	accounts 1
	message | submit -f carol@example.org bob@example.net
	expect 0
	grep -q "^from <carol@example.org>" capture/1.envelope
}

@test "without an account by that name nothing is sent" {
	accounts 1
	sed -i 's/^fallback b/fallback bb/' "$ACCOUNT"
	message | submit bob@example.net
	expect 78 'bb'
}

@test "a greeting by 4yz or 5yz, a foreign one" {
	for reply in '450 busy' '554 5.7.1 not you' 'HTTP/1.1 400 Bad Request'; do
		rm -rf capture/*
		printf 'S: %s\nC? QUIT\n' "$reply" | ends 0 1
	done
}

@test "4yz to MAIL" {
	{
		greet
		printf 'C: MAIL *\nS: 451 4.3.0 later\nC? QUIT\n'
	} | ends 0 1 '451 4.3.0 later'
}

@test "5yz to MAIL is about the message: no fallback" {
	{
		greet
		printf 'C: MAIL *\nS: 550 5.1.8 no\nC? QUIT\n'
	} | ends 65 0 '550 5.1.8 no'
}

@test "5yz to RCPT is about the recipient: no fallback" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
			'S: 550 5.1.1 nobody' 'C? QUIT'
	} | ends 67 0 '550 5.1.1 nobody'
}

@test "4yz to RCPT waits: no fallback" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' \
			'S: 450 4.2.0 greylisted' 'C? QUIT'
	} | ends 75 0 '450 4.2.0 greylisted'
}

@test "421 before the end of data" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 421 4.3.2 going down'
	} | ends 0 1 '421 4.3.2 going down'
}

@test "421 to the end of data is an answer: no fallback" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' \
			'S: 421 4.3.2 going down'
	} | ends 75 0 '421 4.3.2 going down'
}

@test "an unanswered end of data: no fallback" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' '! close'
	} | ends 75 0 'it may have been delivered'
}

@test "refused credentials" {
	{
		greet 'AUTH PLAIN'
		printf 'C: AUTH PLAIN *\nS: 535 5.7.8 no\nC? QUIT\n'
	} >dialogue
	smarthost_play dialogue
	accounts "$PORT" 'auth plain' 'user a' 'password x' \
		'auth_without_tls on'
	message | submit bob@example.net
	smarthost_wait
	expect 0 '535 5.7.8 no'
	carried 1
}

@test "several, in turn" {
	accounts 1
	sed -i 's/^fallback b/fallback c, d b/' "$ACCOUNT"
	{
		printf '%s\n' 'account c' 'host 127.0.0.1' 'port 1' 'tls off'
		printf '%s\n' 'account d' 'host 127.0.0.1' 'port 1' 'tls off'
	} >>"$ACCOUNT"
	message | submit bob@example.net
	expect 0 "now by account 'c'" "now by account 'd'" "now by account 'b'"
	carried 1
}

@test "none of them: the first one's status, and what each said" {
	accounts 1
	sed -i "s/^port $OTHER/port 2/" "$ACCOUNT"
	message | submit bob@example.net
	expect 75 '127.0.0.1:1: cannot connect' \
		"by account 'b': 127.0.0.1:2: cannot connect"
	carried 0
	[ "$(wc -l <log)" -eq 1 ]
	lacks ' account=' log
}

@test "none of them, and settings of the command line: it is kept" {
	accounts 1
	sed -i "s/^port $OTHER/port 2/" "$ACCOUNT"
	message | submit --queue=on --queue-directory="$PWD/queue" \
		bob@example.net
	expect 0 'kept in the queue as'
	grep -q '^account: default$' queue/msg/*
}

@test "the fallback's smarthost defers it: it is kept for that account" {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' 'S: 451 4.3.0 later' \
			'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account_file 'account a' 'host 127.0.0.1' 'port 1' 'tls off' \
		'from a@example.org' 'fallback b' 'queue on' \
		"queue_directory $PWD/queue" 'account b' 'host 127.0.0.1' \
		"port $PORT" 'tls off' 'from b@example.org' 'timeout 20'
	message | submit -a a bob@example.net
	smarthost_wait
	expect 0 'kept in the queue as' '451 4.3.0 later'
	grep -q '^account: b$' queue/msg/*
	grep -q '^sender: <b@example.org>$' queue/msg/*
}

@test "-bs: the fallback carries what the smarthost cannot be reached for" {
	accounts 1
	printf '%s\r\n' 'EHLO client.example.org' 'MAIL FROM:<>' \
		'RCPT TO:<bob@example.net>' DATA 'Subject: x' '' text . QUIT |
		submit -bs
	expect 0
	grep -q '^250 2.0.0 ok: accepted as 1' stdout
	carried 1
}

@test "retry_for goes on until the smarthost is there" {
	# the dialogue's first client is sent away
	printf 'S: 450 busy\nC? QUIT\n' >first
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' 'S: 250 ok' 'C: QUIT' \
			'S: 221 bye'
	} >second
	smarthost_play first --play second
	account 'tls off' 'from a@example.org' 'retry_for 30'
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "retry_for is not for refusals" {
	{
		greet
		printf 'C: MAIL *\nS: 451 4.3.0 later\nC? QUIT\n'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from a@example.org' 'retry_for 30'
	message | submit bob@example.net
	smarthost_wait
	expect 75
}

# refuses_one: the first account's smarthost refuses bob for good, then goes
refuses_one() {
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT TO:<bob@*' \
			'S: 550 5.1.1 nobody' 'C: RCPT TO:<dave@*' \
			'S: 250 ok' 'C: DATA' 'S: 421 4.3.2 going down'
	} >dialogue
	smarthost_play dialogue
}

@test "a recipient who was refused for good is refused, whoever comes next" {
	refuses_one
	accounts "$PORT" 'timeout 20'
	message | submit bob@example.net dave@example.net
	smarthost_wait
	expect 67 '<bob@example.net>: 550 5.1.1 nobody'
	carried 1
	! grep -q '^C: RCPT TO:<bob@' other/transcript || false
}

@test "and is not kept with those who wait" {
	refuses_one
	accounts "$PORT" 'timeout 20' 'queue on' "queue_directory $PWD/queue"
	sed -i "s/^port $OTHER\$/port 1/" "$ACCOUNT"
	message | submit bob@example.net dave@example.net
	smarthost_wait
	expect 67 '550 5.1.1 nobody' 'kept in the queue as '
	grep -q '^recipient: <dave@' queue/msg/*
	! grep -q '^recipient: <bob@' queue/msg/* || false
}
