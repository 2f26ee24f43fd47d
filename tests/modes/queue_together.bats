#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Many use a queue at a time: no message goes twice, none is lost, and nobody
# waits for ever.

load ../helper

readonly QUEUED=30	# messages that wait at first
readonly SUBMITTED=50	# that are submitted meanwhile; two of five of them
			# get 451 at first
readonly AT_ONCE=10	# of these

setup() {
	postrider_setup
	QUEUE=$BATS_TEST_TMPDIR/queue
	umask 077
}

settings() {
	account 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $QUEUE" 'syslog off'
}

# NAME SUBJECT ARGUMENT...: a message; NAME.status, NAME.stderr
submit_one() {
	local name=$1 subject=$2 status=0

	shift 2
	printf '%s\n' "Subject: $subject" '' 'Hello.' |
		timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" "$@" \
			2>"$name.stderr" || status=$?
	echo "$status" >"$name.status"
}

# NAME ARGUMENT...: anything else
start_one() {
	local name=$1 status=0

	shift
	timeout -k 5 "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" "$@" \
		>"$name.stdout" 2>"$name.stderr" </dev/null || status=$?
	echo "$status" >"$name.status"
}

submit_all() {
	local i to

	for ((i = 1; i <= SUBMITTED; i++)); do
		to=now
		((i % 5 > 1)) || to=later
		submit_one "submission-$i" "submission-$i" "$to@example.net" \
			3>&- &
		((i % AT_ONCE)) || wait
	done
	wait
}

# Runs, one behind the other, until the submissions are over.
runs_beside() {
	local i

	for ((i = 1; ; i++)); do
		start_one "$1-$i" -q
		[ ! -e over ] || break
	done
}

all_statuses() {
	local wanted=$1 file

	shift
	for file in "$@"; do
		[[ " $wanted " == *" $(cat "$file") "* ]] && continue
		echo "$file: $(cat "$file")" >&2
		cat "${file%status}stderr" >&2
		return 1
	done
}

# Every message once: by its Subject, as they are in the file "wanted".
arrived_once() {
	cat "$BATS_TEST_TMPDIR"/capture*/*.message | tr -d '\r' |
		sed -n 's/^Subject: //p' | sort >subjects
	sort wanted | diff - subjects >&2
}

want_all() {
	local i

	for ((i = 1; i <= QUEUED; i++)); do
		echo "queued-$i"
	done
	for ((i = 1; i <= SUBMITTED; i++)); do
		echo "submission-$i"
	done
}

# What 451 has kept goes to a smarthost that takes it; two runs at once.
take_the_rest() {
	local first

	smarthost_stop
	mv capture capture.first
	smarthost_serve
	settings
	start_one rest-1 -q 3>&- &
	first=$!
	start_one rest-2 -q 3>&- &
	wait "$first" "$!"
	all_statuses '0' rest-*.status
	# one that the other had in its hands
	start_one rest-3 -q
	all_statuses '0' rest-3.status
	[ -z "$(ls "$QUEUE/msg")" ]
	smarthost_stop
}

@test "two runs beside fifty submissions, while others look and hold" {
	local i runs looks

	smarthost_serve --refuse 'RCPT TO:<later@*=451 4.7.1 try again later'
	settings
	for ((i = 1; i <= QUEUED; i++)); do
		submit_one "queued-$i" "queued-$i" -odq now@example.net
	done
	all_statuses 0 queued-*.status
	[ "$(find "$QUEUE/msg" -type f | wc -l)" -eq "$QUEUED" ]
	runs_beside run-a 3>&- &
	runs=$!
	runs_beside run-b 3>&- &
	runs+=" $!"
	{
		for ((i = 1; ; i++)); do
			start_one "look-$i" -bp
			start_one "hold-$i" --queue-hold ALL
			start_one "release-$i" --queue-release ALL
			[ ! -e over ] || break
		done
	} 3>&- &
	looks=$!
	(submit_all 3>&-)
	touch over
	# shellcheck disable=SC2086 # two numbers
	wait $runs "$looks"
	all_statuses 0 submission-*.status look-*.status
	all_statuses '0 75' run-*.status
	start_one release --queue-release ALL
	take_the_rest
	want_all >wanted
	arrived_once
	if grep -h 'left alone' ./*.stderr; then return 1; fi
	start_one sweep -q
	[ -z "$(find "$QUEUE" -type f ! -path '*/account/*')" ]
}

@test "two runs at once over thirty messages, every tenth of them refused" {
	local i to
	local -a pids=()

	smarthost_serve --refuse 'RCPT TO:<bad@*=550 5.1.1 no such user'
	settings
	for ((i = 1; i <= QUEUED; i++)); do
		to=now
		((i % 10)) || to=bad
		submit_one "queued-$i" "queued-$i" -odq "$to@example.net"
		[ "$to" = bad ] || echo "queued-$i" >>wanted
	done
	for i in 1 2 3 4; do
		start_one "run-$i" -q 3>&- &
		pids[i]=$!
	done
	wait "${pids[@]}"
	all_statuses '0 75' run-*.status
	# one of them at least has served them all
	[ -z "$(ls "$QUEUE/msg")" ]
	[ "$(find "$QUEUE/dead" -type f | wc -l)" -eq $((QUEUED / 10)) ]
	smarthost_stop
	arrived_once
}
