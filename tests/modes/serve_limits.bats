#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What one client of -bs may cost: commands, time, errors; and what is no SMTP.

# shellcheck disable=SC2016

load ../helper
load serve

teardown() {
	[ -z "${ACCEPTING:-}" ] || kill -TERM "$ACCEPTING" 2>/dev/null || true
	[ -z "${CLIENT:-}" ] || kill -TERM "$CLIENT" 2>/dev/null || true
	postrider_teardown
}

# times N LINE: that line, so often
times() {
	local i

	for ((i = 0; i < $1; i++)); do
		crlf "$2"
	done
}

one() {
	crlf 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' DATA text .
}

# ---- Commands.

@test "1000 commands, and no message: 421" {
	account_file 'host 127.0.0.1' 'port 1'
	times 1001 NOOP | serve
	expect 0
	[ "$(grep -c '^250 ' stdout)" -eq 1000 ]
	tail -n 1 stdout | grep -q '^421 4.7.0 '
	{
		times 999 NOOP
		crlf QUIT
	} | serve
	not_replied '421 '
	replied '221 '
}

@test "MAIL and RSET are no less, nothing behind the 421 is obeyed" {
	local i

	smarthost_serve
	account 'tls off'
	{
		crlf 'EHLO x'
		for ((i = 0; i < 500; i++)); do
			crlf 'MAIL FROM:<a@example.org>' RSET
		done
		one
		crlf QUIT
	} | serve
	expect 0
	replied '421 4.7.0 '
	not_replied '354 ' '221 '
	smarthost_stop
	[ -z "$(find capture -name '*.message')" ]
}

@test "an accepted message begins the count anew" {
	local i

	smarthost_serve
	account 'tls off'
	{
		crlf 'EHLO x'
		for i in 1 2 3; do
			times 900 NOOP
			one
		done
		crlf QUIT
	} | serve
	expect 0
	replied '221 '
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 3 ]
}

@test "a refused one does not" {
	local i

	smarthost_serve --refuse '.=554 5.7.1 spam'
	account 'tls off'
	{
		crlf 'EHLO x'
		for i in 1 2; do
			times 600 NOOP
			one
		done
	} | serve
	expect 0
	replied '421 4.7.0 '
	[ "$(grep -c '^554 5.7.1 spam' stdout)" -eq 1 ]
	smarthost_stop
}

@test "recipients that are accepted have their own limit, refused ones count" {
	smarthost_serve --refuse 'RCPT TO:<no*=550 5.1.1 no such user'
	account 'tls off'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>'
		seq -f 'RCPT TO:<b%.0f@example.net>' 1 3000 | sed 's/$/\r/'
		crlf DATA text . 'MAIL FROM:<a@example.org>'
		seq -f 'RCPT TO:<no%.0f@example.net>' 1 1100 | sed 's/$/\r/'
		crlf QUIT
	} | serve
	expect 0
	smarthost_stop
	[ "$(grep -c ^rcpt capture/1.envelope)" -eq 3000 ]
	[ "$(grep -c '^550 ' stdout)" -eq 999 ]
	replied '421 4.7.0 '
	not_replied '221 '
}

@test "a message in more than 1000 chunks, of which empty ones count" {
	local i

	smarthost_serve
	account 'tls off'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>'
		for ((i = 0; i < 1500; i++)); do
			printf 'BDAT 5\r\nabcd\n'
		done
		crlf 'BDAT 0 LAST' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>'
		times 1100 'BDAT 0'
		crlf QUIT
	} | serve
	expect 0
	replied '421 4.7.0 '
	smarthost_stop
	[ "$(grep -c '^abcd' capture/1.message)" -eq 1500 ]
}

# ---- Time.

# a client that says what comes through the pipe `words`; its replies in stdout
client_at_socket() {
	local look

	"$BUILD/tests/socket" accept unix:sock accepting 1 env \
		LD_PRELOAD="$BUILD/tests/clock.so" CLOCK_FILE="$PWD/later" \
		"$POSTRIDER" -C "$ACCOUNT" -bs 3>&- &
	ACCEPTING=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		[ -s accepting ] && break
		sleep 0.02
	done
	mkfifo words
	"$BUILD/tests/socket" connect unix:sock <words >stdout 3>&- &
	CLIENT=$!
	exec 5>words
	await_reply 220
}

need_clock() {
	[ -e "$BUILD/tests/clock.so" ] || skip 'no clock to put forward'
	[ -z "$SANITIZE" ] || skip 'nothing can be preloaded'
}

await_reply() {
	local look

	for ((look = 0; look < PORT_LOOKS; look++)); do
		grep -q "^$1" stdout && return
		sleep 0.02
	done
	sed 's/^/stdout: /' stdout >&2
	return 1
}

# at once: it is there before the file is looked at
seconds_later() {
	echo "$1" >soon
	mv soon later
}

@test "a socket: five minutes of silence are the end" {
	need_clock
	account_file 'host 127.0.0.1' 'port 1'
	client_at_socket
	crlf NOOP >&5
	await_reply '250 2.0.0 ok'
	seconds_later 290
	crlf RSET >&5
	sleep 0.1
	lacks '^421' stdout
	seconds_later 600
	await_reply '421 4.4.2 nothing was said'
	wait "$CLIENT"
	exec 5>&-
}

@test "a socket: an hour is the end, whatever is said" {
	local i

	need_clock
	account_file 'host 127.0.0.1' 'port 1'
	client_at_socket
	for ((i = 1; i < 15; i++)); do
		seconds_later $((i * 250))
		crlf "VRFY $i" >&5
		while [ "$(grep -c '^252 ' stdout)" -lt "$i" ]; do
			sleep 0.02
			kill -0 "$CLIENT"
		done
	done
	lacks '^421' stdout
	seconds_later 3601
	await_reply '421 4.4.2 .* hour'
	wait "$CLIENT"
	exec 5>&-
}

@test "a pipe is its caller's own: days of silence" {
	need_clock
	smarthost_serve
	account 'tls off'
	export LD_PRELOAD=$BUILD/tests/clock.so CLOCK_FILE=$PWD/later
	serve_start
	unset LD_PRELOAD CLOCK_FILE
	hello
	seconds_later 1000000
	# longer than it takes to notice
	sleep 0.2
	say NOOP
	hear '250 2.0.0 ok'
	seconds_later 2000000
	say 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' DATA
	hear 250 250 354
	say text .
	hear 250
	say QUIT
	hear 221
	serve_end 0
	smarthost_stop
	[ -e capture/1.message ]
}

# ---- What is no SMTP.

# ends_at INPUT: there is one reply behind the greeting, and nothing is sent
ends_at() {
	serve <"$1"
	expect 0
	answers 220 421
}

@test "a line that does not begin with a letter ends the session" {
	local start

	smarthost_serve
	account 'tls off'
	for start in '\x16\x03\x01' '\x80\x2e\x01' '\0' ' ' '\t' 0 9 '<' '{' \
		'..' '.x' '\r\r' '\rEHLO' '\xc3\xa4' '\xef\xbb\xbfEHLO' '@' \
		'[' '\`' '\x7f' '-' '"' '.\r.' '*1\r\n$4\r\nPING'; do
		{
			# shellcheck disable=SC2059 # the format is meant
			printf "$start"
			crlf ' x' 'EHLO x'
			one
			crlf QUIT
		} >input
		ends_at input || {
			echo "$start" >&2
			false
		}
	done
	smarthost_stop
	[ -z "$(find capture -name '*.message')" ]
}

@test "an empty line and a lone dot do not" {
	account_file 'host 127.0.0.1' 'port 1'
	crlf '' . '' QUIT | serve
	expect 0
	answers 220 500 500 500 221
}

@test "a TLS ClientHello with commands in its session ticket" {
	smarthost_serve
	account 'tls off'
	{
		printf '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'
		head -c 32 /dev/urandom | tr '\n' x
		crlf '' 'EHLO x'
		one
		crlf QUIT
	} >input
	ends_at input
	smarthost_stop
	[ -z "$(find capture -name '*.message')" ]
}

@test "it need not be a whole line" {
	account_file 'host 127.0.0.1' 'port 1'
	serve_start
	hear 220
	env printf '\x16\x03\x01' >&"$SERVE_IN"
	hear '421 4.7.0 '
	serve_end 0
	serve_start
	hear 220
	env printf '.' >&"$SERVE_IN"
	env printf '\r' >&"$SERVE_IN"
	env printf '\n' >&"$SERVE_IN"
	hear '500 '
	serve_end 0
}

@test "a line of a megabyte that begins with another octet" {
	account_file 'host 127.0.0.1' 'port 1'
	{
		printf '.'
		head -c 100000 /dev/zero | tr '\0' x
		crlf '' 'EHLO x'
	} >input
	ends_at input
	head -c 100000 /dev/zero >input
	ends_at input
}

@test "in the middle of a transaction; what was pipelined before is answered" {
	smarthost_serve
	account 'tls off'
	crlf 'EHLO x' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>' \
		'> quoted' DATA text . QUIT >input
	serve <input
	expect 0
	answers 220 250- 250 250 250 421
	smarthost_stop
}

# ---- BDAT behind a refused BDAT.

# chunk TEXT [LAST]: the command, and the text
chunk() {
	crlf "BDAT ${#1}${2:+ LAST}"
	printf %s "$1"
}

@test "a chunk for nobody, then a recipient: the rest is no message" {
	smarthost_serve --refuse 'RCPT TO:<no*=550 5.1.1 no such user'
	account 'tls off'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<no@example.net>'
		chunk 'Subject: half'
		crlf 'RCPT TO:<b@example.net>'
		chunk 'Subject: the rest'
		chunk 'and the end' LAST
		crlf RSET
		one
		crlf QUIT
	} | serve
	expect 0
	answers 220 250- 250 250 550 554 \
		250 503 503 250 250 250 354 250 221
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 1 ]
	lacks rest capture/1.message
}

@test "a chunk before MAIL, then a transaction: the same" {
	smarthost_serve
	account 'tls off'
	{
		crlf 'EHLO x'
		chunk 'Subject: half'
		crlf 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.net>'
		chunk 'the rest' LAST
		crlf DATA QUIT
	} | serve
	expect 0
	answers 220 250- 250 503 250 250 \
		503 503 221
	smarthost_stop
	[ -z "$(find capture -name '*.message')" ]
}

@test "a chunk that cannot be sent: what is behind it is refused, RSET mends it" {
	smarthost_serve --size 20000
	account 'tls off' 'logfile log'
	{
		crlf 'EHLO x' 'MAIL FROM:<a@example.org>' \
			'RCPT TO:<b@example.net>' 'BDAT 100000'
		head -c 100000 /dev/zero | tr '\0' x
		chunk 'the rest' LAST
		chunk 'and more' LAST
		crlf 'MAIL FROM:<a@example.org>' RSET
		one
		crlf QUIT
	} | serve
	expect 0
	answers 220 250- 250 250 250 552 \
		503 503 503 250 250 250 354 250 221
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 1 ]
	lacks rest capture/1.message
	[ "$(wc -l <log)" -eq 2 ]
	head -n 1 log | grep -q 'errormsg=.*20000 octets'
}

@test "the same behind a last chunk, until RSET or EHLO" {
	local word

	smarthost_serve --refuse 'MAIL FROM:<no*=550 5.7.1 not yours'
	account 'tls off'
	for word in RSET 'EHLO x' 'HELO x'; do
		{
			crlf 'HELO x' 'MAIL FROM:<no@example.org>' \
				'RCPT TO:<b@example.net>'
			chunk 'Subject: one' LAST
			crlf 'MAIL FROM:<a@example.org>' \
				'RCPT TO:<b@example.net>'
			chunk 'Subject: two' LAST
			crlf "$word" 'MAIL FROM:<a@example.org>' \
				'RCPT TO:<b@example.net>'
			chunk 'Subject: three' LAST
			crlf QUIT
		} | serve
		expect 0
		sed -n '2,8p' stdout | cut -c1-3 | tr '\n' ' ' >got
		echo '250 550 503 503 250 250 503 ' | tr -d '\n' >wanted
		same wanted got
	done
	smarthost_stop
	[ "$(find capture -name '*.message' | wc -l)" -eq 3 ]
	cat capture/*.message >all
	lacks 'Subject: one' all
	lacks 'Subject: two' all
	[ "$(grep -c 'Subject: three' all)" -eq 3 ]
}
