#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The power fails while the queue is used.  What the program does to files is
# recorded, and tests/powerloss makes of that each folder that the disk can
# hold then: what was not synced is not there, or is, which nobody knows.  In
# each of them every message that was answered by 0 is whole, and goes with the
# next run.

# shellcheck disable=SC2030,SC2031,SC2034 # number is each test's own

load ../helper
load crash

# PREFIX COMMAND ARGUMENT...: a record of it in $FAST/trace, behind the lines of
# PREFIX; and the states that come of it.
record() {
	local prefix=$1

	shift
	printf '%s' "$prefix" >"$FAST/trace"
	status=0
	"$BUILD/tests/syscalls" record "$FAST" "$ACCOUNT" "$FAST/acts" \
		"$POSTRIDER" -C "$ACCOUNT" "$@" >stdout 2>stderr || status=$?
	cat "$FAST/acts" >>"$FAST/trace"
	rm -rf "$FAST/states"
	"$BUILD/tests/powerloss" "$FAST/trace" "$FAST/before" "$FAST/states"
}

# The disk as it may be is what the queue is now.
power_on() {
	local file

	printf -v tag '%04d' "$number"
	call=$(head -n 1 "$FAST/states/$number.said")
	rm -rf "$QUEUE"
	[ ! -d "$FAST/states/$number/queue" ] ||
		mv "$FAST/states/$number/queue" "$QUEUE"
	for file in "$QUEUE"/msg/* "$QUEUE"/tmp/* "$QUEUE"/dead/*; do
		[ -s "$file" ] || continue
		# in place: it may have two names
		sed "s/^\(Subject: .*\)-0000/\1-$tag/" "$file" >tagged
		cat tagged >"$file"
	done
}

said() {
	grep -q "^$1\$" "$FAST/states/$number.said"
}

before_is() {
	rm -rf "$FAST/before"
	mkdir "$FAST/before"
	[ ! -d "$QUEUE" ] || cp -a "$QUEUE" "$FAST/before/queue"
}

@test "the power fails in a submission that makes the queue" {
	smarthost
	before_is
	accounts "$CLOSED"
	record '' one@example.net < <(letter one-0000)
	[ "$status" -eq 0 ]
	for ((number = 1; ; number++)); do
		[ -e "$FAST/states/$number.said" ] || break
		power_on
		run_all
		want one "$(said 'exit 0' && echo 1 || echo 0)" 1
	done
	[ "$number" -gt 10 ]
	arrived
}

# Somebody was killed when he had made the folder, and before that was synced.
@test "the power fails behind a submission for which the folder was there" {
	smarthost
	before_is
	mkdir "$QUEUE"
	accounts "$CLOSED"
	record $'mkdir queue\n' one@example.net < <(letter one-0000)
	[ "$status" -eq 0 ]
	for ((number = 1; ; number++)); do
		[ -e "$FAST/states/$number.said" ] || break
		power_on
		run_all
		want one "$(said 'exit 0' && echo 1 || echo 0)" 1
	done
	arrived
}

@test "the power fails in a submission beside what waits" {
	smarthost
	put before
	before_is
	accounts "$CLOSED"
	record '' one@example.net < <(letter one-0000)
	[ "$status" -eq 0 ]
	for ((number = 1; ; number++)); do
		[ -e "$FAST/states/$number.said" ] || break
		power_on
		run_all
		want before 1 1
		want one "$(said 'exit 0' && echo 1 || echo 0)" 1
	done
	arrived
}

# What was sent is gone, or is marked.
sent_is_marked() {
	local file name

	for file in "$QUEUE"/msg/*; do
		[ -e "$file" ] || continue
		name=$(sed -n 's/^Subject: \(.*\)-.*/\1/p' "$file")
		if said "sent $name-0000" && [ "$name" != two ]; then
			grep -q '^unsure: ' "$QUEUE/state/${file##*/}" ||
				broken "$name was sent, and is not marked"
		fi
	done
}

@test "the power fails in a run that delivers and is refused" {
	smarthost
	put one
	put two bad@example.net
	put three
	before_is
	record '' -q
	printf '%s-0000 1 1\n' one three >>wanted
	for ((number = 1; ; number++)); do
		[ -e "$FAST/states/$number.said" ] || break
		power_on
		sent_is_marked
		run_all
		is_dead two
		for name in one three; do
			want "$name" "$(said "sent $name-0000" && echo 0 ||
				echo 1)" 1
		done
	done
	[ "$number" -gt 30 ]
	arrived
}

@test "the power fails while messages are given up, and put back" {
	smarthost
	put one
	put two
	for file in "$QUEUE"/msg/*; do
		sed -i 's/^time: .*/time: 1700000000/' "$file"
	done
	before_is
	accounts "$CLOSED"
	record '' -q
	for ((number = 1; ; number++)); do
		[ -e "$FAST/states/$number.said" ] || break
		power_on
		tried -q
		quiet
		set -- "$QUEUE"/dead/*
		[ $# -eq 2 ] || broken 'two were to be given up'
		[ ! -e "$QUEUE/msg/${1##*/}" ] || broken 'one is twice'
	done
	[ "$number" -gt 10 ]
	# all were: they are put back
	sed -i 's/^\(Subject: .*\)-.*/\1-0000\r/' "$QUEUE"/dead/*
	before_is
	record '' --queue-requeue ALL
	[ "$status" -eq 0 ]
	for ((number = 1; ; number++)); do
		[ -e "$FAST/states/$number.said" ] || break
		power_on
		tried --queue-requeue ALL
		quiet
		run_all
		[ -z "$(ls "$QUEUE/dead")" ] || broken 'some are dead'
		want one 1 1
		want two 1 1
	done
	arrived
}

@test "the power fails while a message is deleted" {
	smarthost
	put one
	before_is
	record '' --queue-delete ALL
	[ "$status" -eq 0 ]
	for ((number = 1; ; number++)); do
		[ -e "$FAST/states/$number.said" ] || break
		power_on
		run_all
		want one 0 "$(said 'exit 0' && echo 0 || echo 1)"
	done
	arrived
}
