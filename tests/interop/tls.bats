#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# TLS with Postfix: how it begins, and certificates that shall not do.

load helper

# secured SERVICE [CA]
secured()
{
	account "$1" scram-sha-256 'the open secret' "${2-ca}"
	compose >message
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same
	grep -q 'using TLSv1\.[23] with cipher' trace
	grep -q 'Authenticated sender: you' trace
}

# distrusted SERVICE WORD [CA]: 69, an error that has the word, and no mail.
distrusted()
{
	account "$1" scram-sha-256 'the open secret' "${3-ca}"
	compose >message
	submit 69 "$BOX@example.org"
	echo "$output"
	grep -qi "$2" <<<"$output"
	nothing_in "$BOX"
}

@test "STARTTLS" {
	secured starttls
}

@test "implicit TLS" {
	secured implicit
}

@test "a certificate of another authority, STARTTLS" {
	distrusted foreign 'trust'
}

@test "a certificate of another authority, implicit TLS" {
	distrusted foreign-implicit 'trust'
}

@test "the other authority is trusted when it is the one configured" {
	secured foreign foreign-ca
	BOX=$BOX-2
	distrusted starttls 'trust' foreign-ca
}

@test "a self-signed certificate" {
	distrusted selfsigned 'trust'
}

@test "an expired certificate, STARTTLS" {
	distrusted expired 'expire'
}

@test "an expired certificate, implicit TLS" {
	distrusted expired-implicit 'expire'
}

@test "a certificate of the future" {
	distrusted future 'not yet\|activat'
}

@test "a certificate for another name, STARTTLS" {
	distrusted misnamed 'name'
}

@test "a certificate for another name, implicit TLS" {
	distrusted misnamed-implicit 'name'
}

@test "a certificate that is not for servers" {
	distrusted purpose 'purpose'
}
