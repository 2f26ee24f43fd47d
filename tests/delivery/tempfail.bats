#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# tempfail_status: what a temporary failure exits with, for callers who take 75
# for a success.  No other failure and no reply of -bs depends on it.

load ../helper
load ../modes/serve

# refused REPLY [LINE...]: by that reply to MAIL, with these settings
refused() {
	local reply=$1

	shift
	{
		greet
		printf 'C: MAIL *\nS: %s\nC? QUIT\n' "$reply"
	} >dialogue
	smarthost_play dialogue
	rm -f log
	account 'tls off' 'from a@example.org' 'logfile log' "$@"
	message | submit b@example.net
	smarthost_wait
}

logged() {
	grep -q " exitcode=$1 " log
}

@test "75 without it" {
	refused '451 4.3.0 later'
	expect 75 '451 4.3.0 later'
	logged EX_TEMPFAIL
}

@test "the status that it says, in the log, too" {
	refused '451 4.3.0 later' 'tempfail_status 69'
	expect 69 '451 4.3.0 later'
	logged EX_UNAVAILABLE
	refused '451 4.3.0 later' 'tempfail_status 73'
	expect 73
	logged EX_CANTCREAT
}

@test "a refusal for good is not a temporary failure" {
	refused '550 5.7.1 not yours' 'tempfail_status 77'
	expect 69 '550 5.7.1 not yours'
	logged EX_UNAVAILABLE
}

@test "no connection" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from a@example.org' \
		'tempfail_status 69'
	message | submit b@example.net
	expect 69 '127.0.0.1:1'
	message | submit --tempfail-status=64 b@example.net
	expect 64 '127.0.0.1:1'
	message | submit --tempfail-status=75 b@example.net
	expect 75 '127.0.0.1:1'
}

@test "-bs: the replies are the same" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'logfile log' \
		'account other' 'host 127.0.0.1' 'port 1' 'tls off' \
		'from other@example.org' 'tempfail_status 69'
	crlf 'EHLO x' 'MAIL FROM:<other@example.org>' \
		'MAIL FROM:<a@example.org>' QUIT | serve
	expect 0
	[ "$(grep -c '^451 4.4.0 127.0.0.1:1: cannot connect' stdout)" -eq 2 ]
}

@test "with a queue: only for what it cannot keep, and not for a run" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from a@example.org' \
		'queue on' "queue_directory $PWD/queue" 'logfile log' \
		'tempfail_status 69'
	message | submit b@example.net
	expect 0 'kept in the queue as'
	submit -q </dev/null
	expect 75 '127.0.0.1:1'
	if grep EX_UNAVAILABLE log >&2; then
		false
	fi
	message | submit --queue-directory=/dev/null/queue b@example.net
	expect 69 'it is not kept in the queue'
	logged EX_UNAVAILABLE
}
