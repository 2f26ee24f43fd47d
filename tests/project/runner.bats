#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The means of testing: what tests/run, .ci/run, make ports and the helper make
# of tests that fail in ways that are easily missed.

load ../helper

# A bats in a bats, and a run in a run, must not know of the outer one, which has
# its own parts first in the path.
run_tests() (
	local path=${PATH//"${BATS_LIBEXEC:-/nowhere}:"/}

	for name in $(compgen -e BATS_); do
		unset "$name"
	done
	unset ASAN_OPTIONS UBSAN_OPTIONS
	BUILD=$PWD SANITIZE='' PATH=$path "$ROOT/tests/run" "$@"
)

# program NAME: standard input becomes a test program.
program() {
	{
		echo '#!/bin/sh'
		cat
	} >"$1"
	chmod +x "$1"
}

# sums LINE FILE...: these tests, run, end with that line, and with the exit
# status that it deserves.
sums() {
	local line=$1 status=0 wanted=1

	shift
	run_tests "$@" >log 2>&1 || status=$?
	if [ "$(tail -n 1 log)" != "$line" ]; then
		echo "expected last: $line" >&2
		cat log >&2
		return 1
	fi
	[[ $line != *' 0 failed'* || $line == '0 passed'* ]] || wanted=0
	[ "$status" -eq "$wanted" ]
}

@test "run: what passed, failed and was skipped is summed up" {
	program good <<'END'
echo 1..3; echo ok 1; echo 'ok 2 - b'; echo 'ok 3 # skip no c here'
END
	program bad <<'END'
echo 1..2; echo 'not ok 1 - a'; echo '# why'; echo ok 2; exit 1
END
	sums '2 passed, 0 failed, 1 skipped' good
	sums '3 passed, 1 failed, 1 skipped' good bad
	grep -F '# why' log
}

@test "run: no tests at all is a failure" {
	sums '0 passed, 0 failed'
	program none <<<'echo 1..0'
	sums '0 passed, 0 failed' none
}

@test "run: a program that dies, or falls short of its plan, has failed" {
	# shellcheck disable=SC2016 # for that shell, not for this one
	program dies <<<'echo 1..2; echo ok 1; kill -SEGV $$'
	sums '1 passed, 1 failed' dies
	program short <<<'echo 1..2; echo ok 1'
	sums '1 passed, 1 failed' short
	program planless <<<'echo ok 1'
	sums '1 passed, 1 failed' planless
	program status <<<'echo 1..1; echo ok 1; exit 3'
	sums '1 passed, 1 failed' status
	sums '0 passed, 1 failed' no-such-file
}

@test "run: a bats file that cannot be read has failed" {
	printf '@test "a" {\n\ttrue\n' >broken.bats
	run_tests broken.bats >log 2>&1 || true
	grep -x '0 passed, 1 failed' log
}

@test "run: a sanitizer's finding is a failure, whoever looked away" {
	# shellcheck disable=SC2016
	program finds <<'END'
path=${ASAN_OPTIONS#*log_path=\'}
[ -z "$path" ] || echo finding >"${path%\'*}.1"
echo 1..1; echo ok 1
END
	sums '1 passed, 0 failed' finds
	mkdir -p sanitized
	BUILD=$PWD/sanitized SANITIZE=1 "$ROOT/tests/run" finds >log || true
	grep -x '1 passed, 1 failed' log
}

# fake_smarthost VERDICT SECONDS: one that says that it listens, and ends with
# that verdict after that time.
fake_smarthost() {
	program smarthost <<END
while [ \$# -gt 0 ]; do
	case \$1 in
	--port-file) echo 25 >"\$2"; shift ;;
	esac
	shift
done
echo 'what came instead' >&2
trap 'kill \$!; exit 143' TERM
sleep $2 &
wait \$!
exit $1
END
	export SMARTHOST=$PWD/smarthost
}

# inner: standard input is the body of one test; its verdict.
inner() {
	{
		echo "load $ROOT/tests/helper"
		echo '@test "inner" {'
		cat
		echo '}'
	} >inner.bats
	run_tests inner.bats >log 2>&1
}

@test "helper: a dialogue that the client broke fails the test" {
	fake_smarthost 0 0.3
	inner <<<'smarthost_play x; smarthost_wait'
	fake_smarthost 1 0.3
	if inner <<<'smarthost_play x; smarthost_wait'; then
		return 1
	fi
	grep -F 'server: what came instead' log
}

@test "helper: a dialogue that nobody asked about fails the test" {
	fake_smarthost 0 60
	if inner <<<'smarthost_play x; true'; then
		return 1
	fi
	grep -F 'does not call smarthost_wait' log
}

@test "helper: a rule broken before an honest server fails the test" {
	fake_smarthost 0 0.3
	inner <<<'smarthost_serve; sleep 0.5'
	fake_smarthost 1 0.3
	if inner <<<'smarthost_serve; sleep 0.5'; then
		return 1
	fi
	grep -F 'server: what came instead' log
}

@test "helper: a server that does not come up fails the test" {
	program smarthost <<<'echo no such file >&2; exit 2'
	export SMARTHOST=$PWD/smarthost
	if inner <<<'play </dev/null; smarthost_wait'; then
		return 1
	fi
	grep -F 'no such file' log
}

@test "helper: expect fails on another status, and on another text" {
	program program <<<'echo "the reason" >&2; exit 75'
	export POSTRIDER=$PWD/program
	inner <<<'postrider; expect 75 "the reason"; expect_not word'
	if inner <<<'postrider; expect 69'; then
		return 1
	fi
	if inner <<<'postrider; expect 75 "another reason"'; then
		return 1
	fi
	if inner <<<'postrider; expect_not reason'; then
		return 1
	fi
}

@test ".ci/run: all goals run, and their sums are added" {
	program make <<'END'
case "$*" in
check) echo '7 passed, 1 failed, 2 skipped'; exit 2 ;;
interop) echo '3 passed, 0 failed' ;;
'check SWITCHES=pipelining off TESTS=tests/'*.bats)
	echo '20 passed, 0 failed, 9 skipped' ;;
'check SWITCHES=chunking off TESTS=tests/'*.bats)
	echo '100 passed, 1 failed'; exit 2 ;;
esac
END
	status=0
	PATH=$PWD:$PATH "$ROOT/.ci/run" >log || status=$?
	[ "$(tail -n 1 log)" = '130 passed, 2 failed' ]
	[ "$status" -eq 1 ]
}

@test ".ci/run: a goal that ends without a sum has failed" {
	program make <<'END'
[ "$*" != check ] || exit 2
echo '3 passed, 0 failed'
END
	status=0
	PATH=$PWD:$PATH "$ROOT/.ci/run" >log || status=$?
	[ "$(tail -n 1 log)" = '9 passed, 1 failed' ]
	[ "$status" -eq 1 ]
	program make <<<'echo "2 passed, 0 failed"'
	PATH=$PWD:$PATH "$ROOT/.ci/run" >log
	[ "$(tail -n 1 log)" = '8 passed, 0 failed' ]
	program make <<<'echo "2 passed, 0 failed"; exit 2'
	PATH=$PWD:$PATH "$ROOT/.ci/run" >log || status=$?
	[ "$(tail -n 1 log)" = '8 passed, 4 failed' ]
}

@test "ports: each platform has its line, and what is not here fails nothing" {
	program id <<<'echo 1000'
	PORTS_ROOTS=$PWD PATH=$PWD:$PATH "$ROOT/tests/ports/run" i386 s390x >log
	printf '%s: not here: needs root\n' i386 s390x | diff - log
	if PORTS_ROOTS=$PWD "$ROOT/tests/ports/run" vax >log; then
		return 1
	fi
	grep -x 'vax: no such platform' log
}

@test "SWITCHES: an account gets its lines, unless it says otherwise" {
	local lines

	mapfile -t lines < <(printf '%s\n' defaults 'port 25' 'account a' \
		'host h' 'port 587' 'chunking on' 'account b : a' 'user x' \
		'account c' 'socket /s' 'account d' 'host h' 'port 1' |
		SWITCHES='pipelining off, chunking off' switched)
	[ "${lines[*]}" = "defaults port 25 account a host h port 587 chunking on \
pipelining off account b : a user x account c socket /s pipelining off \
chunking off account d host h port 1" ]
	[ "$(SWITCHES='' switched <<<'host h')" = 'host h' ]
}

@test "SWITCHES: a dialogue becomes what a client without it does" {
	local SWITCHES

	greet PIPELINING CHUNKING >first
	cat >>first <<'END'
C: MAIL *
C: RCPT <a*
C: RCPT <b*
! bdat body
C: QUIT
S: 250 sender
S: 550 a
S: 250 b
S: 250 taken
END
	SWITCHES='pipelining off, chunking off'
	tail -n +7 "$(as_switched first)" | tr '\n' ';' >got
	echo -n 'C: MAIL *;S: 250 sender;C: RCPT <a*;S: 550 a;C: RCPT <b*;S: 250 b;C: DATA;S: 354 go ahead;! body body;S: 250 taken;C: QUIT;' >wanted
	same wanted got
	SWITCHES='chunking off'
	tail -n +7 "$(as_switched first)" | tr '\n' ';' >got
	echo -n 'C: MAIL *;C: RCPT <a*;C: RCPT <b*;C: DATA;S: 250 sender;S: 550 a;S: 250 b;S: 354 go ahead;! body body;C: QUIT;S: 250 taken;' >wanted
	same wanted got
	# what is in vain is not sent
	sed -i 's/250 b/550 b/; s/250 taken/503 nobody/' first
	SWITCHES='pipelining off'
	tail -n +7 "$(as_switched first)" | tr '\n' ';' >got
	echo -n 'C: MAIL *;S: 250 sender;C: RCPT <a*;S: 550 a;C: RCPT <b*;S: 550 b;C: QUIT;' >wanted
	same wanted got
}

@test "SWITCHES: what is off, what needs it, and what has used it" {
	# shellcheck disable=SC2034 # for what switches.bash has
	local SWITCHES='pipelining off,chunking  off'

	is_off pipelining
	is_off chunking
	SWITCHES='chunking on' run is_off chunking
	[ "$status" -eq 1 ]
	printf '%s\n' 'C: MAIL FROM:<>' 'S: 250' 'C: DATA' >transcript
	forbidden transcript
	printf '%s\n' 'C: MAIL FROM:<>' 'C: RCPT TO:<a>' >transcript
	run forbidden transcript
	[ "$status" -eq 1 ]
	printf '%s\n' 'C: BDAT 3 LAST' >transcript
	run forbidden transcript
	[ "$status" -eq 1 ]
	SWITCHES='' forbidden transcript
}
