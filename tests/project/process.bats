#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The process and its surroundings: descriptors, signals, limits, the disk,
# the environment. Whatever they are like, nothing is sent by halves.

load ../helper

serve() {
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'timeout 30'
}

accepted() {
	find "$CAPTURE" -name '*.message' | wc -l
}

big_message() {
	message
	seq 1 400000
}

@test "a closed standard input sends nothing" {
	serve
	submit bob@example.net <&-
	expect 74 'standard input'
	[ "$(accepted)" -eq 0 ]
}

@test "a standard input that fails half way sends nothing" {
	serve
	submit bob@example.net <.
	expect 74
	[ "$(accepted)" -eq 0 ]
}

@test "closed standard output and error do not keep a message" {
	serve
	message >m
	"$POSTRIDER" -C "$ACCOUNT" bob@example.net <m >&- 2>&-
	"$POSTRIDER" -C "$ACCOUNT" -v bob@example.net <m >&- 2>&-
	[ "$(accepted)" -eq 2 ]
	status=0
	"$POSTRIDER" -C "$ACCOUNT" -v 'a@@b' <m >&- 2>&- || status=$?
	[ "$status" -eq 65 ]
}

@test "a standard error that cannot be written does not keep a message" {
	[ -w /dev/full ] || skip 'no /dev/full here'
	serve
	message | "$POSTRIDER" -C "$ACCOUNT" -v bob@example.net 2>/dev/full
	[ "$(accepted)" -eq 1 ]
}

@test "no HOME, no environment at all" {
	serve
	message >m
	env -i "$POSTRIDER" -C "$ACCOUNT" bob@example.net <m
	[ "$(accepted)" -eq 1 ]
}

@test "the TLS library's settings are not looked at where there is no TLS" {
	local strict

	printf '%s\n' '[overrides]' 'insecure-hash = no-such-hash' >policy
	strict=(GNUTLS_SYSTEM_PRIORITY_FILE="$PWD/policy"
		GNUTLS_SYSTEM_PRIORITY_FAIL_ON_INVALID=1)
	serve
	message >m
	env "${strict[@]}" "$POSTRIDER" -C "$ACCOUNT" bob@example.net <m
	[ "$(accepted)" -eq 1 ]
	env "${strict[@]}" "$POSTRIDER" --version | grep -q GnuTLS
}

@test "stopped and continued while it waits" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250 mail.example.org
C: MAIL *
! pause 700
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'timeout 30'
	message >m
	"$POSTRIDER" -C "$ACCOUNT" bob@example.net <m 2>stderr &
	pid=$!
	sleep 0.3
	kill -STOP "$pid"
	sleep 0.1
	kill -CONT "$pid"
	wait "$pid"
	smarthost_wait
}

@test "a signal before the end of data sends nothing" {
	serve
	{ big_message; sleep 20; } | "$POSTRIDER" -C "$ACCOUNT" bob@example.net &
	sleep 0.5
	kill -TERM "$!"
	wait "$!" || status=$?
	[ "$status" -eq 143 ]
	[ "$(accepted)" -eq 0 ]
}

@test "a file size limit while the message is taken in: an error, not a death" {
	serve
	big_message >m
	(
		ulimit -f 100
		# shellcheck disable=SC2002 # a pipe: a file needs no copy
		cat m | submit bob@example.net
	)
	expect 74 'hint:'
	[ "$(accepted)" -eq 0 ]
}

@test "a message in a file needs no room for a copy, and arrives as it is" {
	serve
	big_message >m
	(
		ulimit -f 100
		submit bob@example.net <m
	)
	expect 0
	[ "$(accepted)" -eq 1 ]
	sed '1,/^$/d; s/$/\r/' m >body
	sed '1,/^\r$/d' "$CAPTURE/1.message" >got
	same body got
}

@test "a full disk while the message is taken in" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root to mount a small disk'
	mkdir small
	mount -t tmpfs -o size=256k none small 2>/dev/null ||
		skip 'no mount here'
	serve
	big_message >m
	# shellcheck disable=SC2002 # a pipe: a file needs no copy
	cat m | TMPDIR=$PWD/small submit bob@example.net || true
	umount small
	expect 74 "$PWD/small" TMPDIR
	[ "$(accepted)" -eq 0 ]
}

@test "a TMPDIR that is not there loses no mail" {
	serve
	big_message >m
	# shellcheck disable=SC2002 # a pipe: a file needs no copy
	cat m | TMPDIR=/nowhere/at/all submit bob@example.net
	expect 0
}

@test "few descriptors, little address space: an error or a success, no crash" {
	[ -z "${SANITIZE:-}" ] || skip 'a sanitizer needs its address space'
	serve
	message >m
	for limit in 'ulimit -n 3' 'ulimit -n 4' 'ulimit -n 5' 'ulimit -v 8000' \
		'ulimit -v 12000' 'ulimit -v 20000' 'ulimit -v 60000'; do
		status=0
		(
			exec <m 2>stderr
			$limit
			exec "$POSTRIDER" -C "$ACCOUNT" bob@example.net
		) || status=$?
		case $status in
		0 | 70 | 71 | 74 | 75 | 78 | 127) ;;
		*)
			echo "$limit: $status" >&2
			cat stderr >&2
			return 1
			;;
		esac
	done
}

@test "no core file can be made, and nobody can look into the process" {
	[ -z "${SANITIZE:-}" ] || skip 'a sanitizer has to look'
	[ -r /proc/self/limits ] || skip 'no /proc here'
	serve
	{ message; sleep 1; } | "$POSTRIDER" -C "$ACCOUNT" bob@example.net &
	sleep 0.4
	grep -q '^Max core file size  *0  *0' "/proc/$!/limits"
	wait "$!"
}

@test "descriptors of the caller are not given to a password command" {
	smarthost_serve --user alice:secret
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		"passwordeval ls -l /proc/self/fd >fds; echo secret"
	[ -d /proc/self/fd ] || skip 'no /proc here'
	big_message >m
	submit bob@example.net <m
	expect 0
	run grep -E 'deleted|socket|accounts' fds
	[ "$status" -eq 1 ]
}

@test "a secret is in no environment and in no argument" {
	smarthost_serve --user alice:secretsecret
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'passwordeval env >environment; echo secretsecret'
	message | submit bob@example.net
	expect 0
	run grep secretsecret environment
	[ "$status" -eq 1 ]
}

@test "a hang-up while the address is resolved or connected: named, 75" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	message | submit bob@example.net
	expect 75 '127.0.0.1:1: cannot connect' 'Connection refused' 'hint:'
}

@test "a host name that does not exist: 68, or 75 where nobody can say so" {
	account_file 'host nowhere.invalid' 'port 1' 'tls off' \
		'from alice@example.org'
	message | submit bob@example.net
	case $(cat status) in
	68) expect 68 nowhere.invalid ;;
	*) expect 75 nowhere.invalid ;;
	esac
}

@test "a body larger than the memory there is" {
	[ -z "${SANITIZE:-}" ] || skip 'a sanitizer needs its address space'
	smarthost_serve
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'from alice@example.org'
	{ message; yes "$(printf '%075d' 0)" | head -n 2000000; } |
		(ulimit -v 100000 && submit bob@example.net)
	expect 0
	[ "$(wc -c <"$CAPTURE/1.message")" -gt 150000000 ]
}

@test "an IPv6 literal is shown so that its port can be told from it" {
	account_file 'host ::1' 'port 1' 'tls off' 'from alice@example.org'
	message | submit bob@example.net
	expect 75 '[::1]:1: cannot connect'
}
