#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# How a delivery ends that is not left to end by itself: a signal, or a shortage
# of memory.  Whatever is known of the message is told, and is in the log.

# shellcheck disable=SC2030,SC2031,SC2317 # each test is a subshell of its own

load ../helper

# Dialogues stop where the server falls silent, so that a signal finds the
# client waiting for a known reply.
waiting_for_mail='C: MAIL FROM:<alice@example.org>
! stall'
waiting_for_end='C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
! stall'

# send DIALOGUE [LINE...]: the client in the background, its number in PID.
send() {
	greet >dialogue
	echo "$1" >>dialogue
	shift
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'timeout 20' 'logfile log' "$@"
	message >m
	"$POSTRIDER" -C "$ACCOUNT" bob@example.net <m 2>stderr &
	PID=$!
}

# reached TEXT: the server has heard it.
reached() {
	local i

	for ((i = 0; i < 200; i++)); do
		grep -q "$1" transcript 2>/dev/null && return
		sleep 0.05
	done
	echo "the server has not heard: $1" >&2
	return 1
}

# ended SIGNAL: the client has died by it.
ended() {
	local got=0

	wait "$PID" || got=$?
	[ "$got" -eq $((128 + $(kill -l "$1"))) ]
}

@test "a signal while a reply is awaited: told, logged, and the death is its own" {
	local name

	for name in TERM HUP; do
		rm -f log
		send "$waiting_for_mail"
		reached 'C: MAIL'
		kill -"$name" "$PID"
		ended "$name"
		grep -q "ended by SIG$name; the message was not sent" stderr
		grep -q "recipients=bob@example.net errormsg='ended by SIG$name; the message was not sent' exitcode=EX_TEMPFAIL" log
		smarthost_wait
	done
}

@test "a signal while a password is asked for: all of the command ends, too" {
	local i

	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'auth login' \
		'auth_without_tls on' 'from alice@example.org' 'user alice' \
		'passwordeval sleep 100 & echo $! >running; wait' 'logfile log'
	message >m
	"$POSTRIDER" -C "$ACCOUNT" bob@example.net <m 2>stderr &
	PID=$!
	for ((i = 0; i < 500; i++)); do
		[ ! -s running ] || break
		sleep 0.02
	done
	kill -TERM "$PID"
	ended TERM
	grep -q "errormsg='ended by SIGTERM; the message was not sent'" log
	for ((i = 0; i < 500; i++)); do
		kill -0 "$(<running)" 2>/dev/null || return 0
		sleep 0.02
	done
	return 1
}

@test "a signal behind the end of data: it may have been delivered" {
	send "$waiting_for_end"
	reached '== body'
	kill -TERM "$PID"
	ended TERM
	grep -q 'ended by SIGTERM; the whole message was sent, but its reply is lost: it may have been delivered' stderr
	grep -q 'hint: look whether it arrived' stderr
	grep -q "errormsg='ended by SIGTERM; the whole message was sent.*may have been delivered'" log
	smarthost_wait
}

@test "a signal that the caller ignores stays ignored" {
	trap '' HUP
	send 'C: MAIL FROM:<alice@example.org>
! pause 600
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT'
	trap - HUP
	reached 'C: MAIL'
	kill -HUP "$PID"
	wait "$PID"
	smarthost_wait
	grep -q exitcode=EX_OK log
}

@test "-bs ended by a signal: logged, and standard input blocks again" {
	greet >dialogue
	echo "$waiting_for_mail" >>dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'timeout 20' 'logfile log'
	mkfifo client
	exec 7<>client
	"$POSTRIDER" -C "$ACCOUNT" -bs <&7 >answers 2>stderr &
	PID=$!
	printf 'EHLO me\r\nMAIL FROM:<alice@example.org>\r\n' >&7
	reached 'C: MAIL'
	kill -TERM "$PID"
	ended TERM
	grep -q 'from=alice@example.org .*ended by SIGTERM; the message was not sent' log
	grep -q '^421 4.3.2 ' answers
	# O_NONBLOCK is 04000: it belongs to the FIFO's open file, which is ours
	[ -r /proc/self/fdinfo/7 ] || skip 'no /proc here'
	run grep '^flags:.*04[0-9][0-9][0-9]$' /proc/self/fdinfo/7
	[ "$status" -eq 1 ]
	exec 7>&-
	smarthost_wait
}

@test "out of memory behind MAIL: a line, and the log" {
	[ -z "${SANITIZE:-}" ] || skip 'a sanitizer needs its address space'
	command -v prlimit >/dev/null || skip 'no prlimit(1) here'
	{
		greet PIPELINING
		echo 'C: MAIL FROM:<alice@example.org>'
		printf 'C: RCPT TO:<r%d@example.net>\n' {1..400}
		echo 'C? DATA'
		echo '! pause 700'
		echo 'S: 250 ok'
		for ((i = 0; i < 400; i++)); do
			printf 'S: 550 %0900d\n' "$i"
		done
		echo 'S: 554 nobody'
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'timeout 20' 'logfile log'
	message >m
	# shellcheck disable=SC2046 # words are what is wanted
	"$POSTRIDER" -C "$ACCOUNT" $(printf 'r%d@example.net ' {1..400}) \
		<m 2>stderr &
	PID=$!
	reached 'r400@'
	size=$(awk '/^VmSize/ { print $2 * 1024 }' "/proc/$PID/status")
	prlimit --pid "$PID" --as="$size" || {
		kill -KILL "$PID"
		skip 'the limit cannot be set'
	}
	wait "$PID" || status=$?
	smarthost_wait || true
	[ "$status" -eq 75 ]
	grep -q '^postrider: out of memory$' stderr
	grep -q "errormsg='out of memory; the message was not sent' exitcode=EX_TEMPFAIL" log
}
