#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --check against Postfix with Dovecot: each step, each of its failures, with
# the status and the remedy that a message would get; and no mail, ever.

load helper

# try STATUS ARGUMENT...: --check of the account; what it says in $output.
try()
{
	local expected=$1

	shift
	status=0
	output=$(timeout "$GUARD" "$POSTRIDER" -C accounts -a peer \
	    --check "$@" 2>&1 </dev/null) || status=$?
	echo "$output"
	[ "$status" -eq "$expected" ]
}

# steps STEP...: these were told, each with its milliseconds.
steps()
{
	[ "$(sed -n 's/^\([A-Za-z]*\)  *[0-9]* ms  .*/\1/p' <<<"$output" |
		tr '\n' ' ')" = "$* " ]
}

# says TEXT...: one line of the output or other has each of them.
says()
{
	local text

	for text in "$@"; do
		grep -q -e "$text" <<<"$output" || return 1
	done
}

# set_line 'NAME VALUE': in place of the account's own line.
set_line()
{
	sed -i "/^${1%% *} /d" accounts
	echo "$1" >>accounts
}

# fails STATUS STEPS TEXT...: as the account is now, for our mailbox; a message
# gets the same status.
fails()
{
	local status_wanted=$1 told=$2

	shift 2
	try "$status_wanted" "$BOX@example.org"
	# shellcheck disable=SC2086 # words are meant
	[ -z "$told" ] || steps $told
	says "$@"
	compose >message
	submit "$status_wanted" "$BOX@example.org"
	nothing_in "$BOX"
}

@test "all steps by STARTTLS, and by implicit TLS" {
	account starttls
	try 0 "$BOX@example.org"
	steps name connection greeting EHLO TLS EHLO AUTH MAIL RCPT
	says '^connection .*127\.0\.0\.1' '^greeting .*Postfix' \
		'^TLS .*TLS1\.[23].*certificate of .*127\.0\.0\.1.*days' \
		'^AUTH .*SCRAM-SHA-256.* as you' 'none was sent'
	account implicit plain
	try 0
	steps name connection TLS greeting EHLO AUTH
	says 'the account works'
	nothing_in "$BOX"
}

@test "a server without any extension" {
	account bare
	try 0 "$BOX@example.org"
	steps name connection greeting EHLO TLS EHLO AUTH MAIL RCPT
	nothing_in "$BOX"
}

@test "recipients that are refused, for good and for now" {
	account starttls
	try 0 "$BOX@example.org" somebody@example.org
	steps name connection greeting EHLO TLS EHLO AUTH MAIL RCPT RCPT
	try 67 "refused$BOX@example.org" "$BOX@example.org"
	says "refused: <refused$BOX@example.org>: 550 5.1.1"
	try 75 "later$BOX@example.org"
	says '450 4.2.1'
	nothing_in "$BOX"
}

@test "credentials that are refused" {
	for mechanism in plain login cram-md5 scram-sha-1 scram-sha-256; do
		account starttls "$mechanism" 'not the secret'
		try 77
		steps name connection greeting EHLO TLS EHLO
		says 535 'hint: '
	done
	account starttls
	set_line 'auth xoauth2'
	try 69
	says 'XOAUTH2' 'hint: '
}

@test "nobody listens, and a name that there is not" {
	account starttls
	set_line 'port 1'
	fails 75 '' '127.0.0.1:1: cannot connect' 'hint: '
	set_line 'host there-is-no-such-host.invalid'
	try 75 || try 68
	says 'there-is-no-such-host.invalid' 'hint: '
}

@test "certificates that shall not do" {
	local service

	for service in foreign selfsigned expired future misnamed purpose; do
		account "$service"
		fails 69 'name connection greeting EHLO' 'not trusted' 'hint: '
	done
	for service in foreign-implicit expired-implicit misnamed-implicit; do
		account "$service"
		fails 69 'name connection' 'not trusted' 'hint: '
	done
}

@test "TLS by the other way, and none on offer" {
	account clear
	fails 69 'name connection greeting EHLO' 'does not offer STARTTLS' 'hint: '
	account starttls
	set_line 'tls_starttls off'
	fails 76 'name connection' 'set "tls_starttls on"'
	account implicit
	set_line 'tls_starttls on'
	set_line 'timeout 3'
	fails 75 'name connection' 'begins with TLS .*"tls_starttls off"'
	account starttls
	set_line 'tls off'
	fails 69 '' 'STARTTLS' 'hint: '
}

@test "--json says the same" {
	account starttls
	try 0 --json "$BOX@example.org"
	account foreign
	status=0
	timeout "$GUARD" "$POSTRIDER" -C accounts -a peer --check --json \
		>told 2>said || status=$?
	[ "$status" -eq 69 ]
	command -v python3 >/dev/null || skip 'no other reader of JSON'
	python3 -c 'import json
o = json.load(open("told"))
assert [s["step"] for s in o["steps"]] == ["name", "connection",
    "greeting", "EHLO"], o
assert o["status"] == 69 and "not trusted" in o["error"] and o["hint"], o'
}
