#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The setting oauth2: what it stands for and what it runs, which is the program
# that was built with this one. tests/config/oauth2.bats has what needs no token.

# shellcheck disable=SC2016,SC2034 # shell that must not run; helper's variables

load ../helper
load oauth2

POSTRIDER=$BUILD/tests/installed/postrider

teardown() {
	tokenserver_end
	postrider_teardown
}

# smarthost [LINE...]: it takes the fresh token of alice, by any mechanism for
# tokens
smarthost() {
	smarthost_serve --mechs 'PLAIN XOAUTH2 OAUTHBEARER' --require-auth \
		--user "$ALICE:fresh-token"
	with "$@"
}

with() {
	account 'from alice@example.org' 'tls off' 'syslog off' \
		'auth_without_tls on' "$@"
}

# sent [MECHANISM]: it goes, and nobody asked for another token
sent() {
	message | submit bob@example.net
	expect 0
	grep -q "AUTH ${1:-XOAUTH2}" transcript
	[ "$(asked)" = 0 ]
}

@test "oauth2 alone: the user and the methods" {
	fresh
	smarthost "oauth2 $ALICE"
	sent
	with "oauth2 $ALICE" 'auth on'
	sent
}

@test "a user and methods that are set stay" {
	fresh
	smarthost_serve --mechs 'XOAUTH2 OAUTHBEARER' --require-auth \
		--user "shared@example.org:fresh-token"
	with "oauth2 $ALICE" 'user shared@example.org' 'auth oauthbearer'
	sent OAUTHBEARER
	with 'user shared@example.org' "oauth2 $ALICE"
	sent
}

@test "auth off: no token is asked for" {
	smarthost_serve
	with "oauth2 $ALICE" 'auth off'
	message | submit bob@example.net
	expect 0
}

@test "the client of -bs, and the queue" {
	fresh
	smarthost "oauth2 $ALICE" 'queue on' "queue_directory $PWD/queue"
	printf '%s\r\n' 'EHLO here' 'MAIL FROM:<alice@example.org>' \
		'RCPT TO:<bob@example.net>' DATA 'Subject: a' '' text . QUIT |
		submit -bs
	expect 0
	[ -e capture/1.message ]
	# what could not be renewed is kept, and goes with the next run
	stale
	mode status 503
	message | submit bob@example.net
	expect 0 'kept in the queue'
	[ ! -e capture/2.message ]
	fresh
	submit -q
	expect 0
	[ -e capture/2.message ]
}

@test "refused by the smarthost: kept for an hour, or until another sign-in" {
	fresh
	smarthost_serve --mechs XOAUTH2 --require-auth \
		--user "$ALICE:right-token"
	with "oauth2 $ALICE" 'queue on' "queue_directory $PWD/queue"
	message | submit bob@example.net
	expect 0 'kept in the queue' '535 '
	[ "$(asked refresh_token)" = 1 ]
	submit -q
	expect 75 'not tried again before'
	[ "$(asked refresh_token)" = 1 ]
	signed_in right-token $(($(date +%s) + 3600))
	submit -q
	expect 0
	[ -e capture/1.message ]
}

@test "nobody has signed in: 78, and how to" {
	smarthost "oauth2 $ALICE"
	message | submit bob@example.net
	expect 78 "oauth2 of account 'default' ($ACCOUNT:" \
		"$ALICE has not signed in" \
		"hint: postrider-oauth2 login $ALICE"
}

@test "it does not answer in time: 75" {
	stale
	mode delay 20
	smarthost "oauth2 $ALICE" 'passwordeval_timeout 1'
	message | submit bob@example.net
	expect 75 'oauth2 of account' 'did not end within 1 s'
}

@test "the address is an argument, no shell's and no option" {
	local address

	smarthost 'from a@example.org'
	for address in '$(touch${IFS}ran)' ';touch${IFS}ran' --help -h \
		'../../x'; do
		with "oauth2 $address"
		message | submit bob@example.net
		expect 78 'oauth2 of account'
		expect_not usage
	done
	[ ! -e ran ]
	with 'oauth2 a b'
	message | submit bob@example.net
	expect 78 "$ACCOUNT:"
}

@test "an option of the command line, for --host" {
	fresh
	smarthost
	message | postrider --host=127.0.0.1 --port="$PORT" --tls=off \
		--auth-without-tls=on --from=alice@example.org \
		"--oauth2=$ALICE" --syslog=off bob@example.net
	expect 0
	grep -q 'AUTH XOAUTH2' transcript
}
