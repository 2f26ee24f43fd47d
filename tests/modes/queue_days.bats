#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Days of a queue, by a clock that is put forward: when a message is tried, how
# it ends, and how often a wrong password is.

# shellcheck disable=SC2034 # PORT is the helper's

load ../helper

setup() {
	postrider_setup
	[ -e "$BUILD/tests/clock.so" ] || skip 'no clock to put forward'
	# ASan wants to be the first library
	[ -z "$SANITIZE" ] || skip 'nothing can be preloaded'
	QUEUE=$PWD/queue
	BEGAN=$(date +%s)
	LD_PRELOAD=$BUILD/tests/clock.so CLOCK_AHEAD=100000 \
		date +%s >now
	[ "$(cat now)" -ge $((BEGAN + 100000)) ] || skip 'it has no effect'
}

queued() {
	account 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $QUEUE" 'logfile log' "$@"
}

# at SECONDS ARGUMENT...: postrider, so many seconds after the beginning,
# however long the test has taken.
at() {
	local ahead=$((BEGAN + $1 - $(date +%s)))

	shift
	LD_PRELOAD=$BUILD/tests/clock.so CLOCK_AHEAD=$ahead submit "$@"
}

due() {
	at "$1" --queue-run=due
}

# state KEY: its value in the state of the only message
state() {
	sed -n "s/^$1: //p" "$QUEUE"/state/*
}

waiting() {
	[ "$(find "$QUEUE/${2:-msg}" -type f | wc -l)" -eq "$1" ]
}

@test "a message that cannot go: five days of tries, each due when it says" {
	local tries=1 when gap least=300 day=0 now

	PORT=1
	queued
	message >letter
	at 0 bob@example.net <letter
	expect 0 'kept in the queue as '
	BEGAN=$(sed -n 's/^time: //p' "$QUEUE"/msg/*)
	[ "$(state attempts)" -eq 1 ]
	now=0
	while :; do
		when=$(($(state next) - BEGAN))
		gap=$((when - now))
		# 5 minutes, longer and longer, at most 4000 seconds; each
		# run may take its time
		[ "$gap" -ge "$least" ] && [ "$gap" -le 4060 ]
		[ "$least" -ge $((gap - 60)) ] || least=$((gap - 60))
		[ $((tries % 20)) -ne 1 ] || {
			# nothing is tried before its time
			due $((when - 100))
			expect 0
			[ "$(state attempts)" -eq "$tries" ]
		}
		due "$when"
		((tries += 1))
		expect 75 'Connection refused'
		waiting 1 || break
		[ "$(state attempts)" -eq "$tries" ]
		[ ! -e log ] || [ "$(wc -l <log)" -eq 1 ]
		now=$when
		((when < 86400 || day > 0)) || day=$tries
	done
	# the last try comes when the five days are over
	[ "$when" -gt 432000 ] && [ "$when" -le 436100 ]
	[ "$day" -ge 20 ] && [ "$tries" -ge 100 ] && [ "$tries" -le 130 ]
	grep -q ' is given up: ' stderr
	waiting 1 dead
	[ "$(grep -c ' dead=' log)" -eq 1 ]
	# and nothing more is tried
	due $((when + 100000))
	expect 0
	waiting 1 dead
}

@test "queue_lifetime; and another turn for what was given up" {
	local id

	PORT=1
	queued 'queue_lifetime 1h'
	message >letter
	at 0 bob@example.net <letter
	due 3500
	expect 75
	waiting 1
	at 3540 -q
	waiting 1
	at 3700 -q
	expect 75 ' is given up: ' 'Connection refused'
	waiting 0
	waiting 1 dead
	id=$(find "$QUEUE/dead" -type f -printf '%f\n')
	at 7200 --queue-requeue "$id"
	expect 0
	waiting 1
	smarthost_serve
	queued 'queue_lifetime 1h'
	due 7260
	expect 0
	waiting 0
	waiting 0 dead
	waiting 0 state
	smarthost_stop
	[ -e "$CAPTURE/1.message" ]
}

@test "the last try after the end of its time can succeed" {
	PORT=1
	queued
	message >letter
	at 0 bob@example.net <letter
	expect 0 'kept in the queue as '
	smarthost_serve
	queued
	due 1000000
	expect 0
	smarthost_stop
	[ -e "$CAPTURE/1.message" ]
	waiting 0 dead
}

@test "a clock that was wrong does not put a message off" {
	PORT=1
	queued
	message >letter
	at 300000000 bob@example.net <letter
	expect 0 'kept in the queue as '
	smarthost_serve
	queued
	due 0
	expect 0
	smarthost_stop
	[ -e "$CAPTURE/1.message" ]
}

@test "a wrong password and a timer for a day: at most ten AUTH" {
	local run

	smarthost_serve --user alice:secret --require-auth
	queued 'auth plain' 'user alice' 'password wrong'
	message >letter
	for ((run = 0; run < 288; run++)); do
		due $((run * 300))
		if ((run % 12 == 0)); then
			at $((run * 300 + 60)) bob@example.net <letter
			expect 0 'kept in the queue as '
		fi
	done
	waiting 24
	[ "$(grep -c '^C: AUTH' transcript)" -le 10 ]
	[ "$(grep -c '^C: AUTH' transcript)" -ge 2 ]
	# right at last: everything goes, by one session
	queued 'auth plain' 'user alice' 'password secret'
	due 100000
	expect 0
	waiting 0
	smarthost_stop
	[ -e "$CAPTURE/24.message" ]
	[ ! -e "$CAPTURE/25.message" ]
}

@test "a token that its command does not renew: no more AUTH than that" {
	local run

	smarthost_serve --user alice:secret --require-auth --mechs XOAUTH2
	queued 'auth xoauth2' 'auth_without_tls on' 'user alice' \
		'passwordeval echo stale'
	message | at 0 bob@example.net
	for ((run = 0; run < 96; run++)); do
		due $((run * 900))
		expect_not ' is given up'
	done
	waiting 1
	[ "$(grep -c '^C: AUTH' transcript)" -le 10 ]
	server_end || true
}
