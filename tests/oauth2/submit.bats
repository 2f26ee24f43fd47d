#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# postrider with postrider-oauth2, by the setting oauth2 and as a passwordeval,
# and a smarthost that takes exactly the next token: at expiry, when it was
# refused, when the access was withdrawn; one message, and fifty at a time.

load ../helper
load oauth2

POSTRIDER=$BUILD/tests/installed/postrider

teardown() {
	tokenserver_end
	postrider_teardown
}

# smarthost [LINE...]: an account with these, or with oauth2 alone
smarthost() {
	# the next token of the server; the mechanism is plain XOAUTH2
	smarthost_serve --mechs XOAUTH2 --require-auth \
		--user "$ALICE:at-1.x_~+/="
	account 'from alice@example.org' 'tls off' 'syslog off' \
		'auth_without_tls on' "${@:-oauth2 $ALICE}"
}

fifty() {
	local pids=() i failed=0

	for ((i = 0; i < 50; i++)); do
		message "$i" | timeout -k 5 "$LIMIT" "$POSTRIDER" \
			-C "$ACCOUNT" bob@example.net >"out.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || failed=$((failed + 1))
	done
	[ "$failed" = 0 ] || {
		cat out.* >&2
		return 1
	}
	[ "$(asked refresh_token)" = 1 ]
}

@test "a token that has expired is renewed, and the message goes" {
	stale
	smarthost
	message | submit bob@example.net
	expect 0
	[ "$(asked refresh_token)" = 1 ]
	message | submit bob@example.net
	expect 0
	[ "$(asked refresh_token)" = 1 ]
}

@test "as a passwordeval" {
	stale
	smarthost "user $ALICE" 'auth xoauth2' \
		"passwordeval $OAUTH2_PROGRAM token $ALICE"
	message | submit bob@example.net
	expect 0
	[ "$(asked refresh_token)" = 1 ]
}

@test "a token that the smarthost refuses is renewed, and the message goes" {
	fresh
	smarthost
	message | submit bob@example.net
	expect 0
	[ "$(asked refresh_token)" = 1 ]
}

@test "the access was withdrawn: 77, and how to sign in again" {
	stale
	smarthost
	touch "$SERVER/revoked"
	message | submit bob@example.net
	expect 77 "postrider-oauth2 login $ALICE"
}

@test "the endpoint cannot be asked: 75" {
	stale
	smarthost
	mode status 503
	message | submit bob@example.net
	expect 75
}

@test "fifty at expiry: one refresh" {
	stale
	smarthost
	fifty
}

@test "fifty whose token was refused: one refresh" {
	fresh
	smarthost
	fifty
}
