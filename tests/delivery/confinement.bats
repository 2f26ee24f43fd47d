#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What the process can still do once it has what it needs: tests/rights tries
# what an intruder would.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # helper.bash's variables

load ../helper
load ../modes/serve

setup() {
	local look

	postrider_setup
	[ "$BUILD" = "${BUILD%-asan}" ] ||
		skip 'a sanitizer wants to be loaded first'
	"$POSTRIDER" --version | grep -q '^confinement: Landlock' ||
		skip 'this kernel has no Landlock'
	mkdir folder
	"$SMARTHOST" --serve --port-file elsewhere >/dev/null 2>&1 \
		</dev/null 3>&- &
	ELSEWHERE=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		[ ! -s elsewhere ] || break
		sleep 0.02
	done
	export RIGHTS_FILE=$PWD/rights RIGHTS_AT=EHLO RIGHTS_FOLDER=$PWD/folder
	RIGHTS_PORT=$(cat elsewhere)
	export RIGHTS_PORT
}

teardown() {
	if [ -n "${ELSEWHERE-}" ]; then
		kill "$ELSEWHERE" 2>/dev/null
		wait "$ELSEWHERE" || true
	fi
	postrider_teardown
}

# intruded ARGUMENT...: submit, with the intruder
intruded() {
	message | LD_PRELOAD=$BUILD/tests/rights.so submit "$@"
}

# can WORD...: of read, make, connect, here and run these can be done and no
# others; trace and ring cannot where something was given up
can() {
	local what wanted

	for what in read make connect here run; do
		wanted=refused
		[[ " $* " != *" $what "* ]] || wanted="done"
		grep -qx "$what: $wanted" rights || {
			cat rights >&2
			return 1
		}
	done
	[[ " $* " == *" run "* ]] || {
		grep -qx 'trace: refused' rights
		grep -qx 'ring: refused' rights
	}
}

@test "one account: nothing but a connection to the same port" {
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'logfile log'
	intruded bob@example.net
	expect 0
	can here
	grep -q 'exitcode=EX_OK' log
}

@test "a server without CHUNKING or limits: no connection at all" {
	smarthost_serve --no CHUNKING
	account 'tls off' 'from alice@example.org'
	RIGHTS_AT='MAIL FROM' intruded bob@example.net
	expect 0
	can
}

@test "over TLS, with a password by a command" {
	smarthost_serve --user alice:secret --require-tls --require-auth
	account 'tls on' "tls_trust_file $CERTS/ca.pem" 'auth on' \
		'user alice' 'passwordeval echo secret' \
		'host localhost' 'from alice@example.org'
	intruded bob@example.net
	expect 0
	can here
}

@test "a token's command may run until AUTH is over" {
	smarthost_serve --user alice:token --mechs XOAUTH2
	account 'tls off' 'auth xoauth2' 'user alice' 'auth_without_tls on' \
		'passwordeval echo token' 'from alice@example.org'
	intruded bob@example.net
	expect 0
	can read make connect here run
	rm rights
	RIGHTS_AT='MAIL FROM' intruded bob@example.net
	expect 0
	can here
}

@test "the queue's folder is kept: a message gets there, and out of it" {
	begin <<'END'
C: MAIL *
S: 451 4.3.0 later
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $PWD/queue" 'logfile log'
	intruded bob@example.net
	smarthost_wait
	expect 0 'kept in the queue'
	can here
	grep -q 'queued=' log
	message | submit -odq carol@example.net
	expect 0
	smarthost_serve
	sed -i "s/^port .*/port $PORT/" "$ACCOUNT"
	rm rights
	LD_PRELOAD=$BUILD/tests/rights.so RIGHTS_FOLDER=$PWD/queue/msg \
		"$POSTRIDER" -C "$ACCOUNT" -q </dev/null
	can make here
	# the second message opens the log when files are out of reach
	[ "$(grep -c 'exitcode=EX_OK.*unqueued=' log)" -eq 2 ]
}

@test "where another account may follow files are read, nothing is run" {
	smarthost_serve
	account_file 'account a' 'host 127.0.0.1' "port $PORT" 'tls off' \
		'from a@example.org' 'fallback b' 'account b' \
		'host 127.0.0.1' "port $RIGHTS_PORT" 'tls off' \
		'from b@example.org' 'account default : a'
	# the tests' own folder is below one for temporary files
	RIGHTS_FOLDER=/dev/shm intruded bob@example.net
	expect 0
	can read connect here
}

@test "an account that may follow has a command: nothing is given up" {
	smarthost_serve
	account_file 'account a' 'host 127.0.0.1' "port $PORT" 'tls off' \
		'from a@example.org' 'fallback b' 'account b' \
		'host 127.0.0.1' "port $RIGHTS_PORT" 'tls off' 'auth on' \
		'user b' 'passwordeval echo x' 'from b@example.org' \
		'account default : a'
	intruded bob@example.net
	expect 0
	can read make connect here run
}

@test "-bs: files are read, the log and temporary ones written" {
	smarthost_serve
	account 'tls off' 'from alice@example.org' "logfile $PWD/log"
	crlf 'EHLO x' 'MAIL FROM:<alice@example.org>' \
		'RCPT TO:<bob@example.net>' DATA 'Subject: x' '' x . QUIT |
		LD_PRELOAD=$BUILD/tests/rights.so RIGHTS_FOLDER=/dev/shm serve
	expect 0
	can read connect here
	grep -q 'exitcode=EX_OK' log
}

# without ARGUMENT...: run on a kernel that has nothing to confine by
without() {
	local before=$POSTRIDER status_of

	printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$BUILD/tests/without" \
		"$before" >bare
	chmod 700 bare
	POSTRIDER=$PWD/bare
	"$@"
	status_of=$?
	POSTRIDER=$before
	return "$status_of"
}

@test "a kernel that has none of it: all goes, and nothing is given up" {
	"$BUILD/tests/without" "$POSTRIDER" --version >version
	grep -qx 'confinement: none' version
	smarthost_serve --user alice:secret --require-tls --require-auth
	account 'tls on' "tls_trust_file $CERTS/ca.pem" 'auth on' \
		'user alice' 'passwordeval echo secret' 'queue on' \
		"queue_directory $PWD/queue" 'host localhost' \
		'from alice@example.org'
	without intruded bob@example.net
	expect 0
	can read make connect here run
	message | without submit -odq carol@example.net
	expect 0
	without submit -q </dev/null
	expect 0
	[ "$(find capture -name '*.message' | wc -l)" -eq 2 ]
}
