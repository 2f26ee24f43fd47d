#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# AUTH: each mechanism, what is chosen, what is refused, what is never sent.

load ../helper

auth_account() {
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'from alice@example.org' \
		'user alice' 'password correct horse' 'timeout 20' "$@"
}

# authenticates EXPECTED-MECHANISM AUTH-SETTING SERVER-OPTION...
authenticates() {
	local mechanism=$1 setting=$2

	shift 2
	smarthost_serve --user 'alice:correct horse' --require-auth "$@"
	auth_account "auth $setting"
	message | submit bob@example.net
	if ! expect 0 ||
		! grep -qx "auth alice $mechanism" "$CAPTURE/1.envelope"; then
		echo "row: $mechanism $setting $*" >&2
		return 1
	fi
	smarthost_stop
	rm -rf "$CAPTURE"
}

@test "every mechanism by name, TLS 1.3 and 1.2" {
	local mechanism

	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 \
		SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS; do
		authenticates "$mechanism" "$mechanism"
		authenticates "$mechanism" "${mechanism,,}" --tls-max 1.2
	done
}

@test "auth on takes the best that is offered" {
	authenticates SCRAM-SHA-256-PLUS on
	authenticates SCRAM-SHA-256 on --mechs 'PLAIN SCRAM-SHA-1 SCRAM-SHA-256'
	authenticates SCRAM-SHA-1 on --mechs 'LOGIN SCRAM-SHA-1 CRAM-MD5'
	authenticates PLAIN on --mechs 'CRAM-MD5 LOGIN PLAIN'
	authenticates LOGIN on --mechs 'CRAM-MD5 LOGIN'
	authenticates CRAM-MD5 on --mechs 'CRAM-MD5'
}

@test "initial responses save a round trip: PLAIN is one" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C: AUTH PLAIN AGFsaWNlAGNvcnJlY3QgaG9yc2U=
S: 235 welcome
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "EXTERNAL, by name only, with and without a user" {
	local user response

	while read -r response user; do
		play <<END
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH EXTERNAL
C: AUTH EXTERNAL $response
S: 235 welcome
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
		account 'tls off' 'from alice@example.org' 'auth external' \
			${user:+"user $user"}
		message | submit bob@example.net
		smarthost_wait
		expect 0
	done <<'END'
=
YWxpY2U= alice
END
}

# refused STATUS REPLY: the server's reply to AUTH.
refused() {
	local wanted=$1 reply=$2

	play <<END
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN LOGIN
C: AUTH PLAIN *
S: $reply
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect "$wanted" "$reply"
}

@test "refused credentials: 77, for now 75, garbage 76" {
	refused 77 '535 5.7.8 no'
	expect 77 'hint: check "user"'
	refused 77 '534 5.7.9 use an app password'
	refused 75 '454 4.7.0 backend down'
	refused 75 '421 4.7.0 bye'
	refused 69 '502 5.5.1 no such command'
	refused 69 '503 5.5.1 not now'
	refused 76 '354 what'
}

@test "the next mechanism after 504, never after 535" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH SCRAM-SHA-256 SCRAM-SHA-1
C: AUTH SCRAM-SHA-256 *
S: 504 5.5.4 not that one
C: AUTH SCRAM-SHA-1 *
S: 535 5.7.8 no
C? QUIT
END
	account 'from alice@example.org' 'auth on' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 77 '535 5.7.8 no'
}

@test "when nothing fits: what was offered, and why each was not used" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN GSSAPI
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth on' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 69 'PLAIN GSSAPI' 'PLAIN: no TLS' 'SCRAM-SHA-256: not offered' \
		'tls on'
}

@test "no AUTH at all: 69" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250 mail.example.org
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth on' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 69 'does not offer AUTH'
}

@test "AUTH= of old, other case, and words that only begin alike" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-AUTH.PIPELINING.example.org
S: 250-XAUTH PLAIN
S: 250-PIPELININGS
S: 250-auth=login
S: 250 aUtH NTLM plain
C: AUTH PLAIN *
S: 235 welcome
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "SCRAM: a bogus server signature ends it" {
	local mechanism

	for mechanism in SCRAM-SHA-1 SCRAM-SHA-256; do
		play <<END
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH $mechanism
! auth-bogus $mechanism alice secret
END
		account 'tls off' 'from alice@example.org' 'auth on' \
			'user alice' 'password secret'
		message | submit bob@example.net
		smarthost_wait
		expect 76 "$mechanism"
	done
}

@test "SCRAM: 235 before the server's signature is an impostor" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH SCRAM-SHA-256
C: AUTH SCRAM-SHA-256 *
S: 235 welcome
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth on' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 76 'did not prove'
}

@test "challenges that do not end, or are not base64, end in a fault" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH SCRAM-SHA-256
C: AUTH SCRAM-SHA-256 *
S: 334 %%%%
C: \*
S: 501 cancelled
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth on' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 76
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C: AUTH PLAIN *
S: 334 AAAA
C: \*
S: 501 cancelled
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 76 'challenges do not end'
}

@test "a secret never appears, not even when the server echoes it" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C: AUTH PLAIN *
S: 535 5.7.8 no: AGFsaWNlAGNvcnJlY3QgaG9yc2U= or correct horse
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit -v bob@example.net
	smarthost_wait
	expect 77 '535 5.7.8 no'
	expect_not 'correct horse' AGFsaWNlAGNvcnJlY3QgaG9yc2U=
}

@test "the transcript hides what authenticates, for each mechanism" {
	local mechanism

	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256-PLUS; do
		smarthost_serve --user 'alice:correct horse'
		auth_account "auth $mechanism"
		message | submit -v bob@example.net
		expect 0 "C: AUTH $mechanism" 'hidden'
		# every line of the exchange, as the server saw it
		grep -a '^C: ' transcript | sed -n '/AUTH/,/MAIL/p' |
			sed 's/^C: //; s/^AUTH [^ ]* *//; /MAIL/d; /^=*$/d' >secrets
		[ -s secrets ]
		if grep -qFf secrets stderr; then
			return 1
		fi
		smarthost_stop
	done
}

@test "auth without user, or without password: 78 before any connection" {
	account_file 'host 127.0.0.1' 'port 1' 'auth on' 'from alice@example.org'
	message | submit bob@example.net
	expect 78 'user'
	account_file 'host 127.0.0.1' 'port 1' 'auth on' 'user alice' \
		'from alice@example.org'
	message | submit bob@example.net
	expect 78 'password'
}

@test "a password with every printable character, and UTF-8" {
	# shellcheck disable=SC2016
	local password='a "b" #c \d $e %f &g '\''h'\'' ü €'

	smarthost_serve --user "alice:$password"
	auth_account 'auth scram-sha-256'
	sed -i '/^password/d' "$ACCOUNT"
	printf 'password %s\n' "$password" >>"$ACCOUNT"
	message | submit bob@example.net
	expect 0
	grep -qx 'auth alice SCRAM-SHA-256' "$CAPTURE/1.envelope"
}

@test "535 is the last word, whatever its enhanced status code" {
	play <<'DIALOGUE'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH SCRAM-SHA-256 SCRAM-SHA-1
C: AUTH SCRAM-SHA-256 *
S: 535 5.7.4 no
C? QUIT
DIALOGUE
	account 'from alice@example.org' 'auth on' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 77 '535 5.7.4 no'
}

@test "a refusal shows the mechanism that it names" {
	play <<'DIALOGUE'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH LOGIN
C: AUTH LOGIN
S: 454 4.7.0 LOGIN is off today
C? QUIT
DIALOGUE
	account 'tls off' 'from alice@example.org' 'auth login' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 75 '454 4.7.0 LOGIN is off today'
}

@test "a password that SASL cannot carry is ours to mend, not the server's" {
	[ -z "${SANITIZE:-}" ] || skip 'libgsasl 2.2 leaks where SASLprep fails'
	smarthost_serve --user alice:secret
	account 'tls off' 'from alice@example.org' 'auth scram-sha-256' \
		'user alice' "password $(printf 'a\007b')"
	message | submit bob@example.net
	expect 77 'SCRAM-SHA-256'
	expect_not 'does not verify'
}

@test "what answers to credentials is not shown where it is no reply" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C: AUTH PLAIN *
S: AUTH PLAIN AGFsaWNlAGNvcnJlY3QgaG9yc2U=
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit -v bob@example.net
	smarthost_wait
	expect 76 'not SMTP' 'not shown'
	expect_not AGFsaWNl 'correct horse'
}

@test "credentials that come back out of step are not shown" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C: AUTH PLAIN *
S: 235 welcome
S: AUTH PLAIN AGFsaWNlAGNvcnJlY3QgaG9yc2U=
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 76 'out of step'
	expect_not AGFsaWNl
}

@test "SCRAM with iterations for an hour is refused at once" {
	# r=x,s=c2FsdA==,i=2147483647
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH SCRAM-SHA-256
C: AUTH SCRAM-SHA-256 *
S: 334 cj14LHM9YzJGc2RBPT0saT0yMTQ3NDgzNjQ3
C: \*
S: 501 cancelled
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth scram-sha-256' \
		'user alice' 'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 76 'iterations'
}

@test "a password that is part of a capability or a challenge harms neither" {
	local password

	for password in PLAIN AUTH 8BITMIME; do
		smarthost_serve --user "alice:$password" --require-auth
		account 'tls off' 'from alice@example.org' 'auth plain' \
			'user alice' "password $password"
		message grün | submit bob@example.net
		expect 0
		grep -q BODY=8BITMIME "$CAPTURE/1.envelope"
		smarthost_stop
		rm -rf "$CAPTURE"
	done
}

@test "the next mechanism after 538, which wants encryption" {
	play <<'DIALOGUE'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH SCRAM-SHA-256 SCRAM-SHA-1
C: AUTH SCRAM-SHA-256 *
S: 538 5.7.11 not in clear
C: AUTH SCRAM-SHA-1 *
S: 454 4.7.0 later
C? QUIT
DIALOGUE
	account 'from alice@example.org' 'auth on' 'user alice' \
		'password correct horse'
	message | submit bob@example.net
	smarthost_wait
	expect 75 '454 4.7.0 later'
}
