#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# AUTH with Dovecot behind Postfix: each mechanism over both kinds of TLS, as
# the server's log has it, and a password that is wrong.

load helper

# authenticated SERVICE AUTH [MECHANISM]
authenticated()
{
	account "$1" "$2"
	compose >message
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same
	log_of_arrival "sasl_method=${3-${2^^}}, sasl_username=you"
}

# refused AUTH
refused()
{
	account starttls "$1" 'not the secret'
	compose >message
	submit 77 "$BOX@example.org"
	grep -q 535 <<<"$output"
	nothing_in "$BOX"
}

@test "PLAIN, STARTTLS" {
	authenticated starttls plain
}

@test "LOGIN, STARTTLS" {
	authenticated starttls login
}

@test "CRAM-MD5, STARTTLS" {
	authenticated starttls cram-md5
}

@test "SCRAM-SHA-1, STARTTLS" {
	authenticated starttls scram-sha-1
}

@test "SCRAM-SHA-256, STARTTLS" {
	authenticated starttls scram-sha-256
}

@test "PLAIN, implicit TLS" {
	authenticated implicit plain
}

@test "LOGIN, implicit TLS" {
	authenticated implicit login
}

@test "CRAM-MD5, implicit TLS" {
	authenticated implicit cram-md5
}

@test "SCRAM-SHA-1, implicit TLS" {
	authenticated implicit scram-sha-1
}

@test "SCRAM-SHA-256, implicit TLS" {
	authenticated implicit scram-sha-256
}

@test "the best of what is offered when none is named" {
	authenticated starttls on SCRAM-SHA-256
}

@test "wrong password, none named" {
	refused on
}

@test "wrong password, PLAIN" {
	refused plain
}

@test "wrong password, LOGIN" {
	refused login
}

@test "wrong password, CRAM-MD5" {
	refused cram-md5
}

@test "wrong password, SCRAM-SHA-1" {
	refused scram-sha-1
}

@test "wrong password, SCRAM-SHA-256" {
	refused scram-sha-256
}
