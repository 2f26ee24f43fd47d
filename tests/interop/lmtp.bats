#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# protocol lmtp with Dovecot's LMTP server: what comes to the maildirs, and
# the verdict for each recipient, before the message and behind it.

load helper

setup()
{
	common_setup
	rm -rf "$INTEROP_ROOT"/var/mail/lmtp/*
	switched >accounts <<-END
		account peer
		host 127.0.0.1
		port $(cat "$INTEROP_PORTS.lmtp")
		protocol lmtp
	END
	compose >message
}

# kept USER: what the maildir of that user has is what was sent, once.  Above
# it stand the fields that Dovecot adds.
kept()
{
	local files=("$INTEROP_ROOT/var/mail/lmtp/$1"/mail/new/*)

	[ "${#files[@]}" -eq 1 ]
	[ -e "${files[0]}" ] || { echo "$1 has no mail"; return 1; }
	grep -q '^Return-Path: <sender@example.org>$' "${files[0]}"
	sed -n '/^From: Sender/,$p' "${files[0]}" | cmp message -
}

nothing_for()
{
	[ -z "$(find "$INTEROP_ROOT/var/mail/lmtp/$1" -path '*/new/*' \
	    2>/dev/null)" ]
}

@test "LMTP: one message for two" {
	{ printf '%s\n' . .. .dot 'QUIT' 'Grüße'; } >>message
	submit 0 one@example.org two@example.org
	kept one
	kept two
}

@test "LMTP: STARTTLS" {
	cat >>accounts <<-END
		tls on
		tls_trust_file $INTEROP_CERTS/ca.pem
	END
	submit 0 one@example.org
	kept one
	grep -q TLS "$INTEROP_ROOT"/var/mail/lmtp/one/mail/new/*
}

# By a link, since a socket's whole path has to fit in some hundred octets.
@test "LMTP: over a Unix socket" {
	ln -s "$INTEROP_ROOT/run/dovecot" run
	printf '%s\n' 'account peer' "socket $PWD/run/lmtp" 'protocol lmtp' \
	    >accounts
	printf '%s\n' . 'Grüße' >>message
	submit 67 one@example.org nobody@example.org two@example.org
	grep -q '^refused: <nobody@example.org>: 550 5.1.1 ' <<<"$output"
	kept one
	kept two
}

@test "LMTP: an unknown user among good ones" {
	submit 67 one@example.org nobody@example.org two@example.org
	grep -q '^refused: <nobody@example.org>: 550 5.1.1 ' <<<"$output"
	grep -q 'accepted for 2 of 3 recipients' <<<"$output"
	kept one
	kept two
}

@test "LMTP: a full mailbox among good ones, known behind the message" {
	head -c 4000 /dev/zero | tr '\0' 'x' | fold >>message
	echo >>message
	submit 67 one@example.org full@example.org two@example.org
	grep -q '^refused: <full@example.org>: 552 5.2.2 ' <<<"$output"
	kept one
	kept two
	nothing_for full
}

@test "LMTP: a mailbox that cannot be written now" {
	submit 75 one@example.org broken@example.org
	grep -q '^refused: <broken@example.org>: 4' <<<"$output"
	kept one
}

@test "LMTP: nobody takes it" {
	submit 67 nobody@example.org nowhere@example.org
	grep -q '^refused: <nowhere@example.org>: 550 ' <<<"$output"
}

@test "LMTP: a megabyte" {
	head -c 700000 /dev/urandom | base64 >>message
	submit 0 one@example.org two@example.org
	kept one
	kept two
}
