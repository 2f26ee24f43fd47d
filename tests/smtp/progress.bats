#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# How far an upload has come: on a terminal, and there only.

load ../helper

# More than the system's buffers hold, so that we wait for a server that reads
# late.
readonly OCTETS=$((32 * 1024 * 1024))

# reads_late [LINE...]: a server that begins to read after a while
# shellcheck disable=SC2120 # none is fine
reads_late() {
	{
		greet "$@"
		printf '%s\n' 'C: MAIL FROM:*' 'S: 250 ok' 'C: RCPT TO:*' \
			'S: 250 ok' 'C: DATA' 'S: 354 go' '! pause 2000' \
			'! body /dev/null' 'S: 250 ok' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'timeout 60'
}

# on_terminal ARGUMENT...: postrider on a terminal; what it shows is in `screen'
on_terminal() {
	command -v script >/dev/null || skip 'script(1) is not installed'
	{ message && head -c "$OCTETS" /dev/zero | tr '\0' 'x' | fold -w 76; } \
		>mail
	status=0
	timeout -k 5 "$LIMIT" script -qefc \
		"'$POSTRIDER' -C '$ACCOUNT' $* bob@example.net <mail" \
		typescript </dev/null >screen || status=$?
	echo "$status" >status
}

@test "an upload that takes long: octets, rate, time left; erased at the end" {
	reads_late
	on_terminal
	smarthost_wait
	[ "$status" -eq 0 ]
	tr '\r' '\n' <screen >lines
	grep -Eq '^sending: [0-9]+\.[0-9] of 3[0-9]\.[0-9] MiB' lines
	grep -Eq 'MiB, [0-9.]+ [KM]iB/s, [0-9]+:[0-9]{2} left *$' lines
	# blanks in its place, and the cursor at its beginning
	tail -c 1 screen | grep -q $'\r'
	[ -z "$(tail -n 1 lines | tr -d ' ')" ]
}

@test "a failure stands on a line of its own, and so does the dialogue" {
	{
		greet
		printf '%s\n' 'C: MAIL FROM:*' 'S: 250 ok' 'C: RCPT TO:*' \
			'S: 250 ok' 'C: DATA' 'S: 354 go' '! pause 2000' \
			'! body /dev/null' 'S: 554 5.7.1 no such thing' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org'
	on_terminal -v
	smarthost_wait
	[ "$status" -eq 69 ]
	tr '\r' '\n' <screen >lines
	grep -q '^sending: ' lines
	grep -q '^-- message sent' lines
	grep -q '^S: 554 5.7.1 no such thing' lines
	grep -q '^postrider: .*no such thing' lines
}

@test "no terminal, or no errors wanted: nothing" {
	reads_late
	on_terminal -eq
	smarthost_wait
	[ "$status" -eq 0 ]
	[ ! -s screen ]
	# in the background of a terminal
	reads_late
	timeout -k 5 "$LIMIT" script -qefc "set -m; '$POSTRIDER' -C '$ACCOUNT' \
		bob@example.net <mail & wait \$!" typescript </dev/null >screen
	smarthost_wait
	lacks sending screen
	reads_late
	submit bob@example.net <mail
	smarthost_wait
	expect 0
	[ ! -s stderr ]
}
