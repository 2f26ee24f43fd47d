#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# make demo: the first thing that anybody sees of postrider.

load ../helper

demo() {
	env POSTRIDER="$POSTRIDER" SMARTHOST="$SMARTHOST" CERTS="$CERTS" \
		timeout -k 5 "$LIMIT" "$ROOT/tests/demo.sh" >demo.out 2>&1
}

@test "the demo carries a message through STARTTLS and SCRAM" {
	demo || {
		cat demo.out >&2
		return 1
	}
	grep -F STARTTLS demo.out
	grep -F 'AUTH SCRAM-SHA-256-PLUS' demo.out
	grep -x 'auth demo SCRAM-SHA-256-PLUS' demo.out
	grep -x 'rcpt <bob@example.net>.*' demo.out
	grep -x 'rcpt <archive@example.org>.*' demo.out
	sed '1,/as it arrived/d' demo.out >arrived
	grep -x 'Subject: The trip' arrived
	grep -x 'A lone dot does not end it, and nobody reads of the Bcc.' arrived
	[ "$(grep -ci '^bcc:' arrived)" -eq 0 ]
}

@test "the demo shows the password in the account file alone" {
	demo
	[ "$(grep -c secret demo.out)" -eq 1 ]
	grep -x 'password  *secret' demo.out
	# user, NUL, password, as AUTH PLAIN would have it
	[ "$(grep -c 'AGRlbW8Ac2VjcmV0' demo.out)" -eq 0 ]
}

@test "the demo fails when the message does not arrive, and says why" {
	printf '#!/bin/sh\necho no luck >&2\nexit 75\n' >program
	chmod +x program
	POSTRIDER=$PWD/program
	if demo; then
		return 1
	fi
	grep -x 'no luck' demo.out
	grep -F "sendmail's exit status is 75" demo.out
}
