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

# distrusted SERVICE REASON [CA]: 69, an error that gives the reason, no mail.
distrusted()
{
	account "$1" scram-sha-256 'the open secret' "${3-ca}"
	compose >message
	submit 69 "$BOX@example.org"
	echo "$output"
	grep -q "not trusted: .*$2" <<<"$output"
	nothing_in "$BOX"
}

# mistaken STATUS TEXT: the account does not fit the server; the error says
# what it is about, and there is no mail.
mistaken()
{
	compose >message
	submit "$1" "$BOX@example.org"
	echo "$output"
	grep -q "$2" <<<"$output"
	nothing_in "$BOX"
}

@test "STARTTLS" {
	secured starttls
}

@test "implicit TLS" {
	secured implicit
}

@test "a certificate of another authority, STARTTLS" {
	distrusted foreign 'issuer is not trusted'
}

@test "a certificate of another authority, implicit TLS" {
	distrusted foreign-implicit 'issuer is not trusted'
}

@test "the other authority is trusted when it is the one configured" {
	secured foreign foreign-ca
}

@test "our authority is not trusted when another is the one configured" {
	distrusted starttls 'issuer is not trusted' foreign-ca
}

@test "a self-signed certificate" {
	distrusted selfsigned 'issuer is not trusted'
}

@test "an expired certificate, STARTTLS" {
	distrusted expired 'has expired'
}

@test "an expired certificate, implicit TLS" {
	distrusted expired-implicit 'has expired'
}

@test "a certificate of the future" {
	distrusted future 'not valid yet'
}

@test "a certificate for another name, STARTTLS" {
	distrusted misnamed 'does not name this host'
}

@test "a certificate for another name, implicit TLS" {
	distrusted misnamed-implicit 'does not name this host'
}

@test "a certificate that is not for servers" {
	distrusted purpose 'not meant for servers'
}

@test "no STARTTLS on offer" {
	account clear
	mistaken 69 'does not offer STARTTLS'
}

@test "implicit TLS where the server begins in clear" {
	account starttls
	sed -i 's/^tls_starttls on/tls_starttls off/' accounts
	mistaken 76 'set "tls_starttls on"'
}

@test "STARTTLS where the server begins with TLS" {
	account implicit
	sed -i 's/^tls_starttls off/tls_starttls on/' accounts
	echo 'timeout 3' >>accounts
	mistaken 75 'begins with TLS .*"tls_starttls off"'
}
