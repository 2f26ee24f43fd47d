#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The commit point: a signal that comes behind the final reply, or behind the
# queue's, makes no difference. tests/syscalls sends it at each system call.

# shellcheck disable=SC2030,SC2031 # number is each test's own

load ../helper

# More calls than anything here makes from then on.
readonly CALLS=2000

setup() {
	postrider_setup
	[ -z "${SANITIZE:-}" ] ||
		skip 'LeakSanitizer does not work in a program that is traced'
	"$BUILD/tests/syscalls" possible ||
		skip 'system calls cannot be traced on this machine'
	# what bats does before each command takes longer than the commands
	trap - DEBUG
}

smarthost() {
	smarthost_serve --transcript /dev/null \
		--refuse 'RCPT TO:<bad@*=550 5.1.1 no such user' "$@"
	ACCOUNT_LINES=('tls off' 'from alice@example.org' 'syslog off'
		'logfile log')
	account "${ACCOUNT_LINES[@]}"
}

# struck ARGUMENT...: tests/syscalls; sets status, and call: what was hit.
struck() {
	status=0
	rm -f log
	"$BUILD/tests/syscalls" "$@" >stdout 2>stderr <letter || status=$?
	call=$(<hit)
}

broken() {
	echo "at number $number (call $call), status $status: $*" >&2
	sed 's/^/stderr: /' stderr >&2
	sed 's/^/log: /' log >&2
	return 1
}

# late SIGNAL TEXT STATUS LOGGED RECIPIENT...: at each call behind a reply with
# TEXT. The exit status, and what stands in the log.
late() {
	local signal=$1 text=$2 wanted=$3 logged=$4

	shift 4
	message >letter
	for ((number = 1; number < CALLS; number++)); do
		struck late "$number" "$signal" "$text" hit "$POSTRIDER" \
			-C "$ACCOUNT" "$@"
		[ -n "$call" ] || break
		[ "$status" -eq "$wanted" ] || broken 'another status'
		grep -q "$logged" log || broken 'not in the log'
	done
	[ "$number" -gt 5 ]
}

@test "a signal behind the final reply, a message by chunks" {
	smarthost
	late TERM '250 2.0.0' 0 'exitcode=EX_OK' bob@example.net
	late ALRM '250 2.0.0' 0 'exitcode=EX_OK' bob@example.net
}

@test "a signal behind the final reply, a message by DATA" {
	smarthost --no CHUNKING
	late HUP '250 2.0.0' 0 'exitcode=EX_OK' bob@example.net
	late XCPU '250 2.0.0' 0 'exitcode=EX_OK' bob@example.net
}

@test "a signal behind the final reply, one recipient was refused" {
	smarthost --no CHUNKING
	late TERM '250 2.0.0' 67 '250 2.0.0.*exitcode=EX_NOUSER' \
		bob@example.net bad@example.net
}

# early RECIPIENT...: at each call behind the first of three final replies. Up
# to the last one a signal ends what is left, and it is told who has the message.
early() {
	message >letter
	for ((number = 1; number < CALLS; number++)); do
		struck late "$number" INT '250 2.0.0' hit "$POSTRIDER" \
			-C "$ACCOUNT" "$@"
		[ -n "$call" ] || break
		if [ "$status" -eq 0 ]; then
			grep -q 'exitcode=EX_OK' log || broken 'another log'
			continue
		fi
		[ "$status" -eq 130 ] || broken 'another status'
		grep -qE 'accepted for [12] of 3 recipients|may have been' \
			log || broken 'another log'
	done
	[ "$status" -eq 0 ]
	[ "$number" -gt 5 ]
}

@test "a signal behind the first of three transactions" {
	smarthost --limits RCPTMAX=1
	early bob@example.net carol@example.net dave@example.net
}

@test "a signal behind the first of three replies, LMTP" {
	smarthost --lmtp
	account "${ACCOUNT_LINES[@]}" 'protocol lmtp'
	early bob@example.net carol@example.net dave@example.net
}

@test "a signal while a message is put into the queue" {
	smarthost
	account 'port 1' "${ACCOUNT_LINES[@]}" 'queue on' \
		"queue_directory $PWD/queue"
	message >letter
	for ((number = 1; number < CALLS; number++)); do
		rm -rf queue
		struck signal "$number" TERM queue hit "$POSTRIDER" \
			-C "$ACCOUNT" bob@example.net
		[ -n "$call" ] || break
		if [ "$status" -eq 0 ]; then
			grep -q 'kept in the queue' stderr ||
				broken 'not told'
			grep -q 'exitcode=EX_OK' log || broken 'another log'
			[ -n "$(ls queue/msg)" ] || broken 'not kept'
		else
			[ "$status" -eq 143 ] || broken 'another status'
			[ -z "$(ls queue/msg 2>/dev/null)" ] || broken kept
		fi
	done
	[ "$status" -eq 0 ]
	[ "$number" -gt 20 ]
}

@test "a signal behind the final reply, -bs: the client hears it" {
	smarthost
	printf '%s\r\n' 'EHLO client.example.org' \
		'MAIL FROM:<alice@example.org>' 'RCPT TO:<bob@example.net>' \
		DATA 'Subject: x' '' 'Hello.' . QUIT >letter
	for ((number = 1; number < CALLS; number++)); do
		struck late "$number" TERM '250 2.0.0' hit "$POSTRIDER" \
			-C "$ACCOUNT" -bs
		[ -n "$call" ] || break
		[ "$status" -eq 0 ] || [ "$status" -eq 143 ] ||
			broken 'another status'
		grep -q '250 2.0.0 ok: accepted as' stdout ||
			broken 'the client has no answer'
		grep -q 'exitcode=EX_OK' log || broken 'not in the log'
	done
	[ "$status" -eq 0 ]
	[ "$number" -gt 5 ]
}
