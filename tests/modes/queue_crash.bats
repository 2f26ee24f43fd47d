#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A queue whose user is killed at any of his system calls, or whose calls fail:
# what was answered by 0 is delivered, and only once, but for an end of data
# that nobody has answered, which is marked.  tests/syscalls does the killing.
# crash.bash has what this shares with queue_power.bats.

# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # number is each test's own

load ../helper
load crash

# More calls than anything here makes.
readonly CALLS=2000

# ---- Killed.

# A submission that ends in the queue: it may have been killed behind the point
# from where on it cannot be lost, or before.
kill_submissions() {
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		accounts "$CLOSED"
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" one@example.net < <(letter "one-$tag")
		if [ "$status" -eq 0 ] || grep -q 'kept in the queue' stderr
		then
			want one 1 1
		else
			[ "$status" -eq 137 ] || broken "status $status"
			want one 0 1
		fi
		[ ! -d "$FAST/template" ] || want before 1 1
		run_all
		[ -n "$call" ] || break
	done
	[ "$number" -gt 20 ]
	[ "$status" -eq 0 ]
}

@test "a submission that makes the queue is killed at each call" {
	smarthost
	kill_submissions
	arrived
}

@test "a submission is killed at each call beside what waits" {
	smarthost
	put before
	keep_template
	kill_submissions
	arrived
}

@test "a run that delivers and is refused is killed at each call" {
	smarthost
	put one
	put two bad@example.net
	put three
	keep_template
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" -q </dev/null
		note_unsure
		run_all
		is_dead two
		want one 1 1
		want three 1 1
		[ -n "$call" ] || break
	done
	[ "$number" -gt 20 ]
	arrived
}

@test "a run with recipients of all kinds is killed at each call" {
	smarthost
	letter one-0000 | "$POSTRIDER" -C "$ACCOUNT" -odq one@example.net \
		bad@example.net three@example.net 2>stderr
	keep_template
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" -q </dev/null
		note_unsure
		run_all
		is_dead one
		want one 1 1
		[ -n "$call" ] || break
	done
	arrived
}

# Those who have it after the first of them are not asked again.
@test "a run of three transactions for one message is killed at each call" {
	smarthost --limits RCPTMAX=1
	each_recipient
	letter one-0000 | "$POSTRIDER" -C "$ACCOUNT" -odq one@example.net \
		two@example.net three@example.net 2>stderr
	keep_template
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" -q </dev/null
		note_unsure
		run_all
		want one/one@example.net 1 1
		want one/two@example.net 1 1
		want one/three@example.net 1 1
		[ -n "$call" ] || break
	done
	[ "$number" -gt 20 ]
	arrived
}

@test "a run by LMTP is killed at each call" {
	smarthost --lmtp
	sed -i 's/^tls off/&\nprotocol lmtp/' "$ACCOUNT"
	OPEN=$(cat "$ACCOUNT")
	each_recipient
	letter one-0000 | "$POSTRIDER" -C "$ACCOUNT" -odq one@example.net \
		two@example.net bad@example.net 2>stderr
	keep_template
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" -q </dev/null
		note_unsure
		run_all
		is_dead one
		want one/one@example.net 1 1
		want one/two@example.net 1 1
		[ -n "$call" ] || break
	done
	arrived
}

@test "holding a message is killed at each call" {
	smarthost
	put one
	put two
	keep_template
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" --queue-hold ALL </dev/null
		tried -q
		quiet
		if [ -z "$call" ]; then
			# both were held
			[ "$(find "$QUEUE/msg" -type f | wc -l)" -eq 2 ]
		fi
		tried --queue-release ALL
		run_all
		want one 1 1
		want two 1 1
		[ -n "$call" ] || break
	done
	arrived
}

@test "deleting messages is killed at each call" {
	smarthost
	put one
	put two
	keep_template
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		set -- "$FAST"/template/msg/*
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" --queue-delete "${1##*/}" </dev/null
		[ -n "$call" ] || [ ! -e "$QUEUE/msg/${1##*/}" ]
		run_all
		# whichever of them came first
		if grep -q one "$1"; then
			want one 0 "$([ -z "$call" ] && echo 0 || echo 1)"
			want two 1 1
		else
			want two 0 "$([ -z "$call" ] && echo 0 || echo 1)"
			want one 1 1
		fi
		[ -n "$call" ] || break
	done
	arrived
}

@test "giving up a message whose time is over is killed at each call" {
	smarthost
	put one
	put two
	for file in "$QUEUE"/msg/*; do
		sed -i 's/^time: .*/time: 1700000000/' "$file"
	done
	keep_template
	for ((number = 1; number < CALLS; number++)); do
		restore_template
		accounts "$CLOSED"
		struck kill "$number" "$ACCOUNT" hit "$POSTRIDER" \
			-C "$ACCOUNT" -q </dev/null
		tried -q
		quiet
		set -- "$QUEUE"/dead/*
		[ $# -eq 2 ] || broken 'two were to be given up'
		tried --queue-requeue ALL
		[ "$status" -eq 0 ] || broken 'not requeued'
		run_all
		want one 1 1
		want two 1 1
		[ -n "$call" ] || break
	done
	arrived
}

# ---- Errors.

errors() {
	printf '%s\n' EIO ENOSPC EINTR
}

@test "calls of a submission fail: what it answers is true" {
	smarthost
	put before
	keep_template
	for error in $(errors); do
		for ((at = 1; at < CALLS; at++)); do
			number=$((number + 1))
			restore_template
			accounts "$CLOSED"
			struck fail "$at" "$error" "$ACCOUNT" hit \
				"$POSTRIDER" -C "$ACCOUNT" one@example.net \
				< <(letter "one-$tag")
			if [ "$status" -eq 0 ]; then
				want one 1 1
			else
				want one 0 0
			fi
			want before 1 1
			[ "$status" -lt 128 ] || broken "status $status"
			run_all
			[ -n "$call" ] || break
		done
		[ "$at" -gt 15 ]
		[ "$status" -eq 0 ]
	done
	arrived
}

@test "calls of a submission that makes the queue fail" {
	smarthost
	for error in $(errors); do
		for ((at = 1; at < CALLS; at++)); do
			number=$((number + 1))
			restore_template
			accounts "$CLOSED"
			struck fail "$at" "$error" "$ACCOUNT" hit \
				"$POSTRIDER" -C "$ACCOUNT" one@example.net \
				< <(letter "one-$tag")
			if [ "$status" -eq 0 ]; then
				want one 1 1
			else
				want one 0 0
			fi
			run_all
			[ -n "$call" ] || break
		done
	done
	arrived
}

@test "calls of a run fail: nothing is lost, and nothing goes twice unmarked" {
	smarthost
	put one
	put two bad@example.net
	put three
	keep_template
	for error in $(errors); do
		for ((at = 1; at < CALLS; at++)); do
			number=$((number + 1))
			restore_template
			struck fail "$at" "$error" "$ACCOUNT" hit \
				"$POSTRIDER" -C "$ACCOUNT" -q </dev/null
			[ "$status" -lt 128 ] || broken "status $status"
			run_all
			is_dead two
			want one 1 1
			want three 1 1
			[ -n "$call" ] || break
		done
		[ "$at" -gt 15 ]
	done
	arrived
}

@test "calls of a run of three transactions for one message fail" {
	smarthost --limits RCPTMAX=1
	each_recipient
	letter one-0000 | "$POSTRIDER" -C "$ACCOUNT" -odq one@example.net \
		two@example.net three@example.net 2>stderr
	keep_template
	for error in $(errors); do
		for ((at = 1; at < CALLS; at++)); do
			number=$((number + 1))
			restore_template
			struck fail "$at" "$error" "$ACCOUNT" hit \
				"$POSTRIDER" -C "$ACCOUNT" -q </dev/null
			[ "$status" -lt 128 ] || broken "status $status"
			run_all
			[ -z "$(ls "$QUEUE/dead")" ] || broken 'it is dead'
			want one/one@example.net 1 1
			want one/two@example.net 1 1
			want one/three@example.net 1 1
			[ -n "$call" ] || break
		done
		[ "$at" -gt 15 ]
	done
	arrived
}

@test "calls of holding, deleting and giving up fail" {
	smarthost
	put one
	keep_template
	for error in $(errors); do
		for act in --queue-hold --queue-delete; do
			for ((at = 1; at < CALLS; at++)); do
				number=$((number + 1))
				restore_template
				struck fail "$at" "$error" "$ACCOUNT" hit \
					"$POSTRIDER" -C "$ACCOUNT" "$act" ALL \
					</dev/null
				[ "$status" -lt 128 ] || broken "$status"
				[ "$act" = --queue-hold ] || [ -n "$call" ] ||
					[ -z "$(ls "$QUEUE/msg")" ]
				tried --queue-release ALL
				run_all
				if [ "$act" = --queue-hold ]; then
					want one 1 1
				else
					want one 0 1
				fi
				[ -n "$call" ] || break
			done
		done
	done
	arrived
}
