#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --check: the account is tried, and no message is sent.

# shellcheck disable=SC2034 # helper.bash's variables

load ../helper

# check ARGUMENT...: --check, with what it prints in the file stdout
check() {
	local status_of=0

	timeout "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" --check "$@" >stdout \
		2>stderr </dev/null || status_of=$?
	echo "$status_of" >status
}

# steps STEP...: these were told, in this order, each with its milliseconds
steps() {
	sed -n 's/^\([A-Za-z]*\)  *[0-9][0-9]* ms  .*/\1/p' stdout |
		tr '\n' ' ' >told
	[ "$(cat told)" = "$* " ] || {
		cat stdout >&2
		return 1
	}
}

# served LINE...: an honest smarthost with TLS and AUTH, and its account
served() {
	smarthost_serve --user alice:secret --require-tls --require-auth \
		--refuse 'RCPT TO:<bad*=550 5.1.1 no such user'
	account 'tls on' "tls_trust_file $CERTS/ca.pem" 'auth on' \
		'user alice' 'password secret' 'host localhost' \
		'from alice@example.org' "$@"
}

# no_message: nothing has arrived
no_message() {
	[ -z "$(find capture -name '*.message')" ]
}

@test "the account alone: up to AUTH" {
	served
	check
	expect 0
	steps name connection greeting EHLO TLS EHLO AUTH
	grep -q '^name .*localhost: 127.0.0.1, ::1$' stdout
	grep -q '^TLS .*certificate of .*localhost.*issued by .*days' stdout
	grep -q '^AUTH .*SCRAM-SHA-256-PLUS as alice$' stdout
	grep -q '^account: default ' stdout
	grep -q '^the account works' stdout
	no_message
}

@test "with an address: MAIL and RCPT, then RSET, and no message" {
	served 'aliases ali'
	echo 'root: carol@example.net' >ali
	check bob@example.net root
	expect 0
	steps name connection greeting EHLO TLS EHLO AUTH MAIL RCPT RCPT
	grep -q '^RCPT .*<carol@example.net>$' stdout
	grep -q '^a message would be accepted' stdout
	grep -q 'C: RSET' transcript
	lacks 'C: DATA' transcript
	lacks 'C: BDAT' transcript
	no_message
}

@test "a refused recipient is a message's 67, with the reply" {
	served
	check bob@example.net bad@example.net
	expect 67 'refused: <bad@example.net>: 550 5.1.1 no such user' \
		'1 of 2 recipients'
	check bad@example.net
	expect 67 'no such user'
	no_message
}

@test "a refused sender and refused credentials, with the message's remedies" {
	served
	check --user=bob bob@example.net
	expect 77 'the server refused the credentials' 'hint: check "user"'
	steps name connection greeting EHLO TLS EHLO
	smarthost_stop
	smarthost_serve --refuse 'MAIL FROM*=550 5.7.1 not yours'
	account 'tls off' 'from alice@example.org'
	check bob@example.net
	expect 69 'not yours'
	steps name connection greeting EHLO
	check
	expect 0
}

@test "there is no queue of it, and refused credentials are not held" {
	served 'queue on' "queue_directory $PWD/queue"
	check --user=bob
	expect 77
	check bob@example.net
	expect 0
	[ ! -e queue ]
	check --port=1
	expect 75
	[ ! -e queue ]
}

@test "what is in the way before there is a session" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org'
	check
	expect 75 'cannot connect' 'hint: '
	steps name
	account_file 'from a@example.org'
	check
	expect 78
	smarthost_serve --implicit-tls
	account 'tls on' 'tls_starttls off' 'host 127.0.0.1' \
		'from a@example.org' "tls_trust_file $CERTS/foreign-ca.pem"
	check
	expect 69 'certificate'
	steps name connection
}

@test "a server that is silent, and one that hangs up" {
	begin <<'END'
C: MAIL FROM:<a@example.org>
! close
END
	account 'tls off' 'from a@example.org'
	check bob@example.net
	smarthost_wait
	expect 75
}

@test "--json: one object, with the steps and the error" {
	served
	check --json bob@example.net
	expect 0
	type python3 >/dev/null 2>&1 || skip 'no other reader of JSON'
	python3 -c 'import json
o = json.load(open("stdout"))
assert [s["step"] for s in o["steps"]][-3:] == ["AUTH", "MAIL", "RCPT"], o
assert o["status"] == 0 and o["error"] is None and o["hint"] is None, o
assert o["account"] == "default" and o["server"] == "localhost", o
assert all(isinstance(s["ms"], int) for s in o["steps"]), o'
	check --json --user=bob
	expect 77
	python3 -c 'import json
o = json.load(open("stdout"))
assert o["status"] == 77 and "credentials" in o["error"], o
assert "user" in o["hint"], o'
}

@test "--json is not for a message, and --check is no abbreviation" {
	served
	run "$POSTRIDER" -C "$ACCOUNT" --json bob@example.net
	[ "$status" -eq 64 ]
	mkdir -p bin
	ln -s "$POSTRIDER" bin/sendmail
	run bin/sendmail --check
	[ "$status" -eq 64 ]
	# the files are checked by another option
	timeout "$LIMIT" "$POSTRIDER" --check-config "$ACCOUNT" >stdout
	lacks 'connection' stdout
}
