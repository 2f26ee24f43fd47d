#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# postrider-oauth2 token: when it asks the server, and when it does not.

load ../helper
load oauth2

printed() {
	expect 0
	same <(printf '%s\n' "$1") stdout
	[ ! -s stderr ]
}

renewed() {
	printed "$(cat "$SERVER/access")"
	[ "$(asked)" = "$1" ]
}

@test "a fresh token is printed, and nobody is asked" {
	fresh
	cp "$STATE" before
	oauth2 token "$ALICE"
	printed fresh-token
	[ "$(asked)" = 0 ]
	same before "$STATE"
}

@test "a fresh token: no socket at all" {
	command -v strace >/dev/null || skip 'no strace'
	fresh
	# who is traced cannot look for leaks
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
		strace -f -qq -o trace -e trace=%network,execve \
		"$OAUTH2_PROGRAM" token "$ALICE" >stdout 2>stderr ||
		skip 'strace does not work here'
	same <(echo fresh-token) stdout
	grep -q execve trace
	lacks -v execve trace
}

@test "a token that has expired is renewed, and both tokens are kept" {
	stale
	oauth2 token "$ALICE"
	renewed 1
	[ "$(member access_token)" = "$(cat "$SERVER/access")" ]
	[ "$(member refresh_token)" = "$(refresh_token 2)" ]
	[ "$(stat -c %a "$STATE")" = 600 ]
	[ "$(member expiry)" -gt $(($(date +%s) + 3500)) ]
	# the second time it is fresh
	oauth2 token "$ALICE"
	renewed 1
}

@test "what is left: 600 seconds, or more where the file says so" {
	signed_in a $(($(date +%s) + 700))
	oauth2 token "$ALICE"
	printed a
	signed_in a $(($(date +%s) + 590))
	oauth2 token "$ALICE"
	renewed 1
	signed_in a $(($(date +%s) + 700)) '"refresh_window":800' \
		"\"refresh_token\":\"$(refresh_token 2)\""
	oauth2 token "$ALICE"
	renewed 1
	# a shorter one counts for nothing
	signed_in a $(($(date +%s) + 590)) '"refresh_window":"10"' \
		"\"refresh_token\":\"$(refresh_token 3)\""
	oauth2 token "$ALICE"
	renewed 1
}

@test "a lifetime that is unknown, or longer than a day, is not believed" {
	local number=0 expiry

	for expiry in '"0"' '""' '"soon"' null '[]' -5 1e400 \
		$(($(date +%s) + 86400 + 60)) 99999999999999999999; do
		number=$((number + 1))
		signed_in a 0 "\"expiry\":$expiry" \
			"\"refresh_token\":\"$(refresh_token $number)\""
		oauth2 token "$ALICE"
		renewed 1
	done
}

@test "an expiry may be a number, and lifetimes a string or missing" {
	signed_in a 0 "\"expiry\":$(($(date +%s) + 3600))"
	oauth2 token "$ALICE"
	printed a
	stale
	echo '"3600"' >"$SERVER/lifetime"
	oauth2 token "$ALICE"
	renewed 1
	[ "$(member expiry)" -gt $(($(date +%s) + 3500)) ]
	stale "\"refresh_token\":\"$(refresh_token 2)\""
	echo none >"$SERVER/lifetime"
	oauth2 token "$ALICE"
	renewed 1
	[ "$(member expiry)" = 0 ]
	oauth2 token "$ALICE"
	renewed 2
	# one that is too long is used for a day
	echo 10000000 >"$SERVER/lifetime"
	oauth2 token "$ALICE"
	renewed 3
	oauth2 token "$ALICE"
	renewed 3
}

@test "the environment says that this token was refused, or another" {
	local hash

	fresh
	hash=$(printf fresh-token | sha256sum | cut -d' ' -f1)
	POSTRIDER_TOKEN=refused POSTRIDER_TOKEN_SHA256=${hash/[0-9a-f]/x} \
		oauth2 token "$ALICE"
	printed fresh-token
	POSTRIDER_TOKEN=refused oauth2 token "$ALICE"
	printed fresh-token
	POSTRIDER_TOKEN=refused POSTRIDER_TOKEN_SHA256=$(printf other |
		sha256sum | cut -d' ' -f1) oauth2 token "$ALICE"
	printed fresh-token
	POSTRIDER_TOKEN=fine POSTRIDER_TOKEN_SHA256=$hash oauth2 token "$ALICE"
	printed fresh-token
	[ "$(asked)" = 0 ]
	POSTRIDER_TOKEN=refused POSTRIDER_TOKEN_SHA256=${hash^^} \
		oauth2 token "$ALICE"
	renewed 1
	# the same words again are about a token that is gone
	POSTRIDER_TOKEN=refused POSTRIDER_TOKEN_SHA256=$hash \
		oauth2 token "$ALICE"
	renewed 1
}

@test "a server that does not rotate: the refresh token stays" {
	stale
	touch "$SERVER/norotate"
	oauth2 token "$ALICE"
	renewed 1
	[ "$(member refresh_token)" = "$(refresh_token 1)" ]
}

@test "a refresh sends what RFC 6749 says, encoded" {
	stale '"client_secret":"s&c=r%t+ ü"'
	printf 's&c=r%%t+ ü\n' >"$SERVER/secret"
	oauth2 token "$ALICE"
	renewed 1
	grep -qF 'client_secret=s%26c%3Dr%25t%2B%20%C3%BC' "$SERVER/log"
	grep -qF 'refresh_token=1%2F%2Fr%2B%26%3D%2541%201' "$SERVER/log"
}

@test "--json has the form of an answer, and no refresh token" {
	stale '"scope":"mail"'
	oauth2 token "$ALICE" --json
	expect 0
	grep -qF "\"access_token\":\"$(cat "$SERVER/access")\"" stdout
	grep -qE '"expires_in":3(599|600)' stdout
	grep -qF '"token_type":"Bearer"' stdout
	expect_not refresh_token
	oauth2 token --json "$ALICE"
	grep -qF "$(cat "$SERVER/access")" stdout
	[ "$(asked)" = 1 ]
}

@test "revoked: 77, what the server says, and how to sign in again" {
	stale '"provider":"microsoft"' '"tenant":"example.org"'
	touch "$SERVER/revoked"
	cp "$STATE" before
	oauth2 token "$ALICE"
	expect 77 'invalid_grant' AADSTS700082 \
		"sign in again: postrider-oauth2 login $ALICE --provider=microsoft --tenant=example.org --client-id='$CLIENT'"
	[ ! -s stdout ]
	same before "$STATE"
}

@test "no refresh token is left: 77, and nobody is asked" {
	stale '"refresh_token":""'
	oauth2 token "$ALICE"
	expect 77 'there is no refresh token' 'sign in again'
	[ "$(asked)" = 0 ]
}

@test "nobody has signed in: 78, and how to" {
	oauth2 token bob@example.net
	expect 78 'bob@example.net has not signed in' \
		'postrider-oauth2 login bob@example.net'
}

@test "fifty at expiry: one refresh, and all have the same token" {
	local pids=() i

	stale
	for ((i = 0; i < 50; i++)); do
		"$OAUTH2_PROGRAM" token "$ALICE" >"out.$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(asked refresh_token)" = 1 ]
	[ "$(cat out.* | sort -u)" = "$(cat "$SERVER/access")" ]
	[ "$(cat out.* | wc -l)" = 50 ]
}

@test "fifty whose token was refused, and its lifetime unknown: one refresh" {
	local pids=() i hash

	fresh
	echo none >"$SERVER/lifetime"
	# the lock is held until all of them have read the old file
	exec 7>"${STATE%.json}.lock"
	flock 7
	hash=$(printf fresh-token | sha256sum | cut -d' ' -f1)
	for ((i = 0; i < 50; i++)); do
		POSTRIDER_TOKEN=refused POSTRIDER_TOKEN_SHA256=$hash \
			"$OAUTH2_PROGRAM" token "$ALICE" >"out.$i" 3>&- 7>&- &
		pids+=($!)
	done
	# each has the lock file open, and so has read the state before
	for ((i = 0; i < 500; i++)); do
		[ "$(find /proc/[0-9]*/fd -lname "${STATE%.json}.lock" \
			2>/dev/null | wc -l)" -lt 51 ] || break
		sleep 0.02
	done
	exec 7>&-
	wait "${pids[@]}"
	[ "$(asked refresh_token)" = 1 ]
	[ "$(cat out.* | sort -u)" = "$(cat "$SERVER/access")" ]
}

@test "sasl-xoauth2's file: it is read, and nothing in it is lost" {
	mkdir -p "${STATE%/*}"
	cat >"$STATE" <<END
{
	"access_token" : "old",
	"ca_bundle_file" : "$CERTS/ca.pem",
	"client_id" : "$CLIENT",
	"client_secret" : "",
	"expiry" : "1000000000",
	"odd" : {"a": [1, 2.50, null, true, "ä\\u0001\\/"], "b": -7},
	"refresh_token" : "$(refresh_token 1)",
	"token_endpoint" : "$ENDPOINT/token",
	"user" : "shared@example.org"
}
END
	chmod 600 "$STATE"
	oauth2 token "$ALICE"
	renewed 1
	grep -qF '"odd":' "$STATE"
	tr -d ' \n\t' <"$STATE" >flat
	grep -qF '"odd":{"a":[1,2.50,null,true,"ä\u0001/"],"b":-7}' flat
	[ "$(member user)" = shared@example.org ]
	grep -qE '"expiry": ?"[0-9]+"' "$STATE"
	oauth2 token "$ALICE"
	renewed 1
}

@test "sasl-xoauth2's file without a client id: 78, and what to add" {
	state '"refresh_token":"x"' '"expiry":"0"' \
		"\"token_endpoint\":\"$ENDPOINT/token\""
	oauth2 token "$ALICE"
	expect 78 'has no "client_id"' sasl-xoauth2.conf
}

@test "standard output that cannot be written: a failure, nothing is lost" {
	stale
	status=0
	"$OAUTH2_PROGRAM" token "$ALICE" >/dev/full 2>stderr || status=$?
	[ "$status" = 74 ]
	oauth2 token "$ALICE"
	renewed 1
}
