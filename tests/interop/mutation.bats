#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Twenty thousand messages made by mutation of the fuzzers' inputs, read
# afterwards by a parser that is not ours: no field of the blind copies, no
# field lost, none twice that may stand once, no bare CR or LF, and no line
# above 998 octets where postrider(1) names none.

load helper

: "${BUILD:=build}"
: "${POSTRIDER:=./postrider}"
MESSAGES=20000

setup() {
	HERE=$(cd "$BATS_TEST_DIRNAME" && pwd)
	POSTRIDER=$(realpath "$POSTRIDER")
	SMARTHOST=$(realpath "$BUILD/tests/smarthost")
	CORPUS=$HERE/../fuzz/corpus
	cd "$BATS_TEST_TMPDIR" || return
	mkdir capture
	timeout 1200 "$SMARTHOST" --serve --capture capture --port-file port \
		>server 2>&1 3>&- &
	SERVER_PID=$!
}

teardown() {
	kill "$SERVER_PID"
	wait "$SERVER_PID" || :
}

@test "mutated messages, read by Python's email" {
	command -v python3 >/dev/null || skip 'there is no python3'
	for ((look = 0; look < 500; look++)); do
		[ -s port ] && break
		sleep 0.02
	done
	printf '%s\n' 'host 127.0.0.1' "port $(cat port)" 'tls off' \
		'from alice@example.org' >accounts
	chmod 600 accounts
	python3 "$HERE/mutate.py" "$MESSAGES" "$POSTRIDER" accounts capture \
		"$CORPUS"/{header,intake,conversion,rewriting}
}
