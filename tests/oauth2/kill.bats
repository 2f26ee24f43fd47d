#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# kill -9 at every system call of a refresh, and calls that fail: the refresh
# token is never lost. The server rotates them, and an old one lives only until
# a newer one is used. tests/syscalls does the killing.

load ../helper
load oauth2

possible() {
	[ -z "${SANITIZE:-}" ] ||
		skip 'LeakSanitizer does not work in a program that is traced'
	"$BUILD/tests/syscalls" possible ||
		skip 'system calls cannot be traced on this machine'
	stale
	# every token is stale at once
	echo 0 >"$SERVER/lifetime"
	: >"$SERVER/access"
	trap - DEBUG
}

# struck KIND...: a refresh that is struck at $number; false when it came to its
# end before that.
struck() {
	struck=0
	rm -f hit
	timeout -k 5 "$LIMIT" "$BUILD/tests/syscalls" "$@" postrider/oauth2 hit \
		"$OAUTH2_PROGRAM" token "$ALICE" >struck 2>struck.stderr ||
		struck=$?
	[ -s hit ]
}

# After that the next one gets a new token, with what is on the disk.
recovers() {
	local before

	before=$(<"$SERVER/access")
	oauth2 token "$ALICE"
	if ! expect 0 || ! same stdout "$SERVER/access" ||
		[ "$(<stdout)" = "$before" ]; then
		echo "at number $number ($(<hit))" >&2
		return 1
	fi
}

# Nothing but the state and the lock is left.
tidy() {
	[ "$(member refresh_token)" = "$(<"$SERVER/refresh")" ]
	find "${STATE%/*}" -type f | sort >files
	same <(printf '%s\n' "$STATE" "${STATE%.json}.lock") files
}

@test "killed at any system call of a refresh: the next one works" {
	local number

	possible
	export SYSCALLS=all
	for ((number = 1; number < 3000; number++)); do
		struck kill "$number" || break
		recovers
	done
	# so that something has been tested
	[ "$number" -gt 60 ]
	[ "$number" -lt 3000 ]
	tidy
}

@test "calls that fail: 75, and the next one works" {
	local number error said=0

	possible
	for error in EIO ENOSPC EINTR; do
		for ((number = 1; number < 500; number++)); do
			struck fail "$number" "$error" || break
			if [ "$struck" = 0 ]; then
				# it was of no consequence
				same struck "$SERVER/access"
			else
				[ ! -s struck ] || grep -q 'standard output' \
					struck.stderr
				said=$((said + 1))
			fi
			recovers
		done
		[ "$number" -gt 8 ]
		[ "$number" -lt 500 ]
	done
	[ "$said" -gt 8 ]
	tidy
}

@test "an answer that is lost: the old refresh token works" {
	stale
	touch "$SERVER/drop"
	oauth2 token "$ALICE"
	expect 75
	rm "$SERVER/drop"
	oauth2 token "$ALICE"
	expect 0
	same stdout "$SERVER/access"
}
