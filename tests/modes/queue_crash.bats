#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A queue whose user is killed at any of his system calls, or whose calls fail:
# what was answered by 0 is delivered, and only once, but for an end of data
# that nobody has answered, which is marked.  tests/syscalls does the killing.
# Messages are told apart by their Subject: NAME-NUMBER, the number being that
# of the call.

# shellcheck disable=SC2030,SC2031 # number is each test's own

load ../helper

# More calls than anything here makes.
readonly CALLS=2000

setup() {
	postrider_setup
	[ -z "${SANITIZE:-}" ] ||
		skip 'LeakSanitizer does not work in a program that is traced'
	"$BUILD/tests/syscalls" possible ||
		skip 'system calls cannot be traced on this machine'
	# where a sync takes no time
	FAST=$(TMPDIR=/dev/shm mktemp -d 2>/dev/null || echo "$PWD")
	QUEUE=$FAST/queue
	umask 077
	# what bats does before each command takes longer than the commands
	trap - DEBUG
}

teardown() {
	[ "${FAST:-$PWD}" = "$PWD" ] || rm -rf "$FAST"
	postrider_teardown
}

# An honest smarthost that refuses bad@example.net; two account files, of which
# the second knows nobody who listens.
smarthost() {
	local -a lines=('tls off' 'from alice@example.org' 'queue on'
		"queue_directory $QUEUE" 'syslog off' 'logfile log')

	smarthost_serve --transcript /dev/null \
		--refuse 'RCPT TO:<bad@*=550 5.1.1 no such user'
	account 'port 1' "${lines[@]}"
	CLOSED=$(cat "$ACCOUNT")
	account "${lines[@]}"
	OPEN=$(cat "$ACCOUNT")
}

# The account file, in place.
accounts() {
	printf '%s\n' "$1" >"$ACCOUNT"
}

letter() {
	printf '%s\n' "Subject: $1" '' 'Hello.'
}

# Puts NAME-0000 into the queue; for another recipient than NAME@example.net
# that comes second.
put() {
	letter "$1-0000" | "$POSTRIDER" -C "$ACCOUNT" -odq \
		"${2:-$1@example.net}" 2>stderr
}

# The queue as it is becomes what each number begins with.
keep_template() {
	mv "$QUEUE" "$FAST/template"
}

restore_template() {
	printf -v tag '%04d' "$number"
	rm -rf "$QUEUE"
	if [ -d "$FAST/template" ]; then
		cp -a "$FAST/template" "$QUEUE"
		sed -i "s/^\(Subject: .*\)-0000/\1-$tag/" "$QUEUE"/msg/*
	fi
}

# syscalls ARGUMENT... on its program; status, and what was hit.  Standard
# input is the caller's.
struck() {
	status=0
	"$BUILD/tests/syscalls" "$@" >stdout 2>stderr || status=$?
	call=$(<hit)
}

tried() {
	status=0
	timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" "$@" >stdout \
		2>stderr </dev/null || status=$?
}

# What must never be said after a crash, whatever came of the messages.
quiet() {
	! grep -E 'left alone|not understood|another run' stderr >&2 ||
		broken 'this is said'
	[ "$status" -eq 0 ] || [ "$status" -eq 75 ] || broken "status $status"
}

broken() {
	echo "at number $number (call $call): $*" >&2
	sed 's/^/stderr: /' stderr >&2
	(cd "$QUEUE" && ls -lR && head -n 50 -- */*) >&2
	return 1
}

# Which messages may have been delivered, by their states.
note_unsure() {
	local file id

	for file in "$QUEUE"/state/*; do
		id=${file##*/}
		! grep -qs '^unsure: ' "$file" || [ ! -f "$QUEUE/msg/$id" ] ||
			sed -n 's/^Subject: \([^\r]*\).*/\1/p' \
				"$QUEUE/msg/$id" >>unsure
	done
}

# Everything goes now, what may have been delivered, too; nothing is left but
# what was given up.
run_all() {
	local file first

	accounts "$OPEN"
	tried -q
	quiet
	set -- "$QUEUE"/msg/*
	if [ -e "$1" ]; then
		first=${1##*/}
		tried "-qI${first:0:2}"
		quiet
	fi
	for file in "$QUEUE"/msg/* "$QUEUE"/tmp/* "$QUEUE"/state/*; do
		[ ! -e "$file" ] || [ -e "$QUEUE/dead/${file##*/}" ] ||
			broken "${file#"$QUEUE"/} is left"
	done
}

# This one was given up, and no other.
is_dead() {
	set -- "$1" "$QUEUE"/dead/*
	if [ $# -ne 2 ] || ! grep -q "^Subject: $1-" "$2"; then
		broken "$1 was to be given up, and no other"
	fi
}

# Messages by these names arrived once for each number of the list, or as often
# as the second word says; twice only where that was marked.  The smarthost is
# stopped: whatever it has heard is there.
arrived() {
	smarthost_stop
	touch unsure
	cat "$CAPTURE"/*.message 2>/dev/null | tr -d '\r' |
		sed -n 's/^Subject: //p' >subjects
	awk '
		FILENAME == "unsure" { twice[$1] = 1; next }
		FILENAME == "subjects" { seen[$1]++; next }
		{
			wanted[$1] = 1
			if (seen[$1] + 0 < $2 || seen[$1] + 0 > $3 + twice[$1]) {
				print $1 ": " seen[$1] + 0 " times, wanted " $2 " to " $3
				bad = 1
			}
		}
		END {
			for (s in seen)
				if (!(s in wanted)) {
					print s ": nobody has asked for it"
					bad = 1
				}
			exit bad
		}
	' unsure subjects wanted >&2
}

# NAME MIN MAX: of this number.
want() {
	printf '%s-%s %s %s\n' "$1" "$tag" "$2" "$3" >>wanted
}

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
