#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# AUTH: each mechanism, tokens, lists, acting for others; what is chosen, what
# is refused, what is never sent.

load ../helper

auth_account() {
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'from alice@example.org' \
		'user alice' 'password correct-horse' 'timeout 20' "$@"
}

serve() {
	smarthost_serve --user 'alice:correct-horse' --require-auth "$@"
}

# authenticates MECHANISM: a message goes out, after AUTH with that one.
authenticates() {
	message | submit bob@example.net
	if ! expect 0 || ! grep -qx "auth alice $1" "$CAPTURE/1.envelope"; then
		echo "not by $1" >&2
		return 1
	fi
	smarthost_stop
	rm -rf "$CAPTURE"
}

# chooses MECHANISM SETTING [SERVER-OPTION]...: `auth SETTING' comes to that one.
chooses() {
	serve "${@:3}"
	auth_account "auth $2"
	authenticates "$1"
}

# conversation MECHANISM... <<END: AUTH and on, in clear, with what follows.
conversation() {
	greet "AUTH $*" >dialogue
	cat >>dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'user alice' \
		'password correct-horse' 'timeout 20'
}

delivered() {
	cat - <(printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
		'C: DATA' 'S: 354 go' '! body -' 'S: 250 ok' 'C? QUIT')
}

@test "every mechanism by name, TLS 1.3 and 1.2" {
	local mechanism

	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 \
		SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS; do
		chooses "$mechanism" "$mechanism"
		chooses "$mechanism" "${mechanism,,}" --tls-max 1.2
	done
}

@test "auth on takes the best that is offered" {
	chooses SCRAM-SHA-256-PLUS on
	chooses SCRAM-SHA-256 on --mechs 'PLAIN SCRAM-SHA-1 SCRAM-SHA-256'
	chooses SCRAM-SHA-1 on --mechs 'LOGIN SCRAM-SHA-1 CRAM-MD5'
	chooses PLAIN on --mechs 'CRAM-MD5 LOGIN PLAIN'
	chooses LOGIN on --mechs 'CRAM-MD5 LOGIN'
	chooses CRAM-MD5 on --mechs 'CRAM-MD5'
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
	expect 69 'PLAIN GSSAPI' '(PLAIN: no TLS, GSSAPI: ' \
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

@test "a secret does not appear in a 3yz reply that is no challenge, either" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C: AUTH PLAIN *
S: 354 correct horse
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth plain' 'user alice' \
		'password correct horse'
	message | submit -v bob@example.net
	smarthost_wait
	expect 76 '354'
	expect_not 'correct horse'
}

@test "the transcript hides what authenticates, for each mechanism" {
	local mechanism

	for mechanism in PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256-PLUS; do
		serve
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

@test "SCRAM: a challenge that does not go on from our nonce is not answered" {
	# r=x,s=c2FsdA==,i=2147483647: how long that takes is shown by sasl.c
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
	expect 76 'does not verify'
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

@test "OAUTHBEARER, XOAUTH2 and DIGEST-MD5 by name, never by auth on" {
	local mechanism

	for mechanism in OAUTHBEARER XOAUTH2 DIGEST-MD5; do
		serve --mechs "$mechanism PLAIN"
		auth_account "auth ${mechanism,,}"
		authenticates "$mechanism"
	done
	serve --mechs 'OAUTHBEARER XOAUTH2 LOGIN'
	auth_account 'auth on'
	authenticates LOGIN
	serve --mechs 'CRAM-MD5 DIGEST-MD5'
	auth_account 'auth on'
	authenticates DIGEST-MD5
}

@test "OAUTHBEARER to the letter, names escaped" {
	local first

	first=$(printf 'n,a=a=3Db=2Cc,\001host=127.0.0.1\001port=%s\001%s\001\001' \
		PORT 'auth=Bearer correct-horse')
	# the port is known when the server listens
	delivered >rest <<<$'C: AUTH OAUTHBEARER *\nS: 235 welcome'
	conversation OAUTHBEARER <rest
	sed -i 's/^user .*/user a=b,c/' "$ACCOUNT"
	message | submit --auth=oauthbearer bob@example.net
	smarthost_wait
	expect 0
	sed -n 's/^C: AUTH OAUTHBEARER //p' transcript | openssl base64 -d -A >said
	printf '%s' "${first/PORT/$PORT}" >wanted
	same wanted said
}

@test "XOAUTH2 to the letter" {
	printf 'user=alice\001auth=Bearer correct-horse\001\001' |
		openssl base64 -A >first
	delivered >rest <<END
C: AUTH XOAUTH2 $(cat first)
S: 235 welcome
END
	conversation XOAUTH2 <rest
	message | submit --auth=xoauth2 bob@example.net
	smarthost_wait
	expect 0
}

@test "a token that is refused: the server's own reason, decoded" {
	local mechanism

	for mechanism in OAUTHBEARER XOAUTH2; do
		serve --mechs "$mechanism"
		auth_account "auth $mechanism" 'password expired-token'
		message | submit -v bob@example.net
		expect 77 '535 5.7.8' '{"status":"invalid_token"' 'hint:' \
			'the token may have expired'
		expect_not expired-token
		smarthost_stop
	done
}

@test "the answers to an error that RFC 7628 and Google want" {
	local mechanism answer error

	# {"status":"401","echo":"correct-horse"}
	error=$(printf '{"status":"401","echo":"correct-horse"}' |
		openssl base64 -A)
	while read -r mechanism answer; do
		conversation "$mechanism" <<END
C: AUTH $mechanism *
S: 334 $error
C: $answer
S: 535 5.7.8 no
C? QUIT
END
		message | submit "--auth=$mechanism" bob@example.net
		smarthost_wait
		expect 77 '535 5.7.8 no' '"status":"401"'
		expect_not correct-horse
	done <<'END'
OAUTHBEARER AQ==
XOAUTH2
END
}

@test "a server that goes on challenging a token is cut short" {
	conversation XOAUTH2 <<'END'
C: AUTH XOAUTH2 *
S: 334 e30=
C: *
S: 334 e30=
C: \*
S: 501 cancelled
C? QUIT
END
	message | submit --auth=xoauth2 bob@example.net
	smarthost_wait
	expect 76 'challenges do not end'
}

@test "a token goes out without TLS to this host only, and never by chance" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH XOAUTH2 OAUTHBEARER
C? QUIT
END
	account 'tls off' 'from alice@example.org' 'auth on' 'user alice' \
		'password correct-horse'
	message | submit bob@example.net
	smarthost_wait
	expect 69 'XOAUTH2: only on request' 'OAUTHBEARER: only on request'
}

@test "a token with a control character is not sent" {
	greet 'AUTH XOAUTH2' >dialogue
	echo 'C? QUIT' >>dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'auth xoauth2' \
		'user alice' $'password a\001b'
	message | submit bob@example.net
	smarthost_wait
	expect 78 'the token holds a control character'
}

@test "DIGEST-MD5: 235 without the server's proof is an impostor" {
	local challenge

	challenge=$(printf 'nonce="x",qop="auth",algorithm=md5-sess,charset=utf-8' |
		openssl base64 -A)
	conversation DIGEST-MD5 <<END
C: AUTH DIGEST-MD5
S: 334 $challenge
C: *
S: 235 welcome
C? QUIT
END
	message | submit --auth=digest-md5 bob@example.net
	smarthost_wait
	expect 76 'did not prove'
}

@test "NTLM: the domain, and servers that chat in the first challenge" {
	local challenge

	if ! "$POSTRIDER" --version | grep -q '^mechanisms:.* NTLM'; then
		skip 'this libgsasl has no NTLM'
	fi
	# type 2: no target name, flags 0x8201, a nonce
	challenge=$(printf '%b' 'NTLMSSP\0\2\0\0\0\0\0\0\0\060\0\0\0' \
		'\001\202\0\0\1\2\3\4\5\6\7\10\0\0\0\0\0\0\0\0' \
		'\0\0\0\0\060\0\0\0' | openssl base64 -A)
	delivered >rest <<END
C: AUTH NTLM
S: 334 ntlm supported
C: TlRMTVNTUAAB*
S: 334 $challenge
C: TlRMTVNTUAAD*
S: 235 welcome
END
	conversation NTLM <rest
	echo 'ntlmdomain EXAMPLE' >>"$ACCOUNT"
	message | submit --auth=ntlm bob@example.net
	smarthost_wait
	expect 0
	sed -n 's/^C: TlRM/TlRM/p' transcript | while read -r line; do
		openssl base64 -d -A <<<"$line"
	done | tr -d '\0' >said
	grep -q EXAMPLE said
}

@test "a list: in the order of the account, not of the server or ours" {
	serve --mechs 'SCRAM-SHA-256 PLAIN LOGIN'
	auth_account 'auth login plain'
	authenticates LOGIN
	serve --mechs 'PLAIN LOGIN'
	auth_account 'auth scram-sha-256 login plain'
	authenticates LOGIN
	serve --mechs 'PLAIN CRAM-MD5'
	auth_account 'auth scram-sha-256-plus'
	message | submit --auth='scram-sha-256 login' bob@example.net
	expect 69 'SCRAM-SHA-256: not offered, LOGIN: not offered' \
		'offers PLAIN CRAM-MD5' 'hint:'
	smarthost_stop
}

@test "a list: the next one when the server refuses the mechanism only" {
	delivered >rest <<'END'
C: AUTH LOGIN
S: 504 5.5.4 not that one
C: AUTH PLAIN *
S: 235 welcome
END
	conversation 'LOGIN PLAIN' <rest
	message | submit --auth='login plain' bob@example.net
	smarthost_wait
	expect 0
	# but wrong credentials are wrong by any of them
	conversation 'LOGIN PLAIN' <<'END'
C: AUTH PLAIN *
S: 535 5.7.8 no
C? QUIT
END
	message | submit --auth='plain login' bob@example.net
	smarthost_wait
	expect 77
}

@test "GSSAPI without a ticket: said before anything is, and the next one" {
	if ! "$POSTRIDER" --version | grep -q '^mechanisms:.* GSSAPI'; then
		skip 'this libgsasl has no GSSAPI'
	fi
	export KRB5CCNAME=FILE:$PWD/none KRB5_CONFIG=$PWD/krb5.conf
	printf '[libdefaults]\ndns_lookup_kdc = false\n' >krb5.conf
	# the library loses a few octets when it has no ticket; they are not ours
	echo 'leak:libgssapi_krb5' >leaks
	export LSAN_OPTIONS=print_suppressions=0:suppressions=$PWD/leaks
	conversation GSSAPI <<'END'
C? QUIT
END
	message | submit --auth=gssapi bob@example.net
	smarthost_wait
	expect 77 'GSSAPI' 'kinit'
	delivered >rest <<'END'
C: AUTH PLAIN *
S: 235 welcome
END
	conversation 'GSSAPI PLAIN' <rest
	message | submit --auth='gssapi plain' bob@example.net
	smarthost_wait
	expect 0
}

@test "auth_id: whom to act as" {
	printf 'boss\0alice\0correct-horse' | openssl base64 -A >first
	delivered >rest <<END
C: AUTH PLAIN $(cat first)
S: 235 welcome
END
	conversation PLAIN <rest
	message | submit --auth=plain --auth-id=boss bob@example.net
	smarthost_wait
	expect 0
	# this server hears it, and lets nobody act for another
	serve
	auth_account 'auth scram-sha-256' 'auth_id boss'
	message | submit bob@example.net
	expect 77 '535'
	smarthost_stop
	serve
	auth_account 'auth scram-sha-256' 'auth_id alice'
	authenticates SCRAM-SHA-256
	serve --mechs LOGIN
	auth_account 'auth login' 'auth_id boss'
	message | submit bob@example.net
	expect 69 'LOGIN: it cannot carry auth_id'
	smarthost_stop
}

@test "EXTERNAL and GSSAPI need no user, a list with another does" {
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org' \
		'auth external plain'
	message | submit bob@example.net
	expect 78 'auth but no user'
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org' \
		'auth external gssapi' 'tls off'
	message | submit bob@example.net
	expect 75
}

@test "SCRAM: the password goes through SASLprep" {
	local mechanism

	# U+00AD maps to nothing, U+FF41 is another form of a, U+00A0 a blank
	for mechanism in SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS; do
		smarthost_serve --user 'alice:correct hao' --require-auth
		auth_account "auth $mechanism" \
			$'password cor\xc2\xadrect\xc2\xa0h\xef\xbd\x81o'
		authenticates "$mechanism"
	done
}

@test "SCRAM: a user's name of which SASLprep leaves nothing is not sent" {
	smarthost_serve --user alice:secret
	account 'tls off' 'from alice@example.org' 'auth scram-sha-256' \
		$'user \xc2\xad' 'password correct horse'
	message | submit bob@example.net
	expect 77 'SCRAM-SHA-256: user or password cannot be sent'
	smarthost_stop
}

# flag BEGIN SETTING OFFER [LINE]...: what is sent with AUTH, under TLS, begins
# so in base64: eSws is "y,,", biws "n,,", cD10bHMt "p=tls-".
flag() {
	{
		echo '! tls'
		greet "AUTH $3"
		[ $# -lt 4 ] || printf '%s\n' "${@:4}"
		printf '%s\n' "C: AUTH $1*" 'S: 535 5.7.8 no' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	auth_account 'tls_starttls off' "auth $2"
	message | submit bob@example.net
	smarthost_wait
	expect 77
}

@test "SCRAM says y where it could bind and no -PLUS is offered" {
	flag 'SCRAM-SHA-256 eSws' on 'SCRAM-SHA-256 SCRAM-SHA-1'
	flag 'SCRAM-SHA-1 eSws' on 'SCRAM-SHA-1 CRAM-MD5'
	flag 'SCRAM-SHA-256 eSws' 'scram-sha-256-plus scram-sha-256' \
		SCRAM-SHA-256
	flag 'SCRAM-SHA-256 eSws' 'scram-sha-1-plus scram-sha-256' \
		SCRAM-SHA-256
}

@test "SCRAM says p where a -PLUS is offered, be it of another hash" {
	flag 'SCRAM-SHA-256-PLUS cD10bHMt' on 'SCRAM-SHA-256 SCRAM-SHA-256-PLUS'
	flag 'SCRAM-SHA-1-PLUS cD10bHMt' on 'SCRAM-SHA-1-PLUS SCRAM-SHA-256'
}

@test "SCRAM says n where a method without -PLUS is named, or one is offered" {
	flag 'SCRAM-SHA-256 biws' scram-sha-256 SCRAM-SHA-256
	flag 'SCRAM-SHA-256 biws' 'scram-sha-256 plain' \
		'SCRAM-SHA-256 SCRAM-SHA-256-PLUS'
	flag 'SCRAM-SHA-256 biws' on 'SCRAM-SHA-512-PLUS SCRAM-SHA-256'
	flag 'SCRAM-SHA-256 biws' on 'SCRAM-SHA-256-PLUS SCRAM-SHA-256' \
		'C: AUTH SCRAM-SHA-256-PLUS cD10bHMt*' 'S: 504 5.5.4 no'
	conversation SCRAM-SHA-256 <<'END'
C: AUTH SCRAM-SHA-256 biws*
S: 535 5.7.8 no
C? QUIT
END
	message | submit --auth=on bob@example.net
	smarthost_wait
	expect 77
}

@test "SCRAM with y and n to the end, TLS 1.3 and 1.2" {
	local hash

	for hash in 1 256; do
		chooses "SCRAM-SHA-$hash" on --mechs "SCRAM-SHA-$hash"
		chooses "SCRAM-SHA-$hash" on --mechs "SCRAM-SHA-$hash" \
			--tls-max 1.2
		chooses "SCRAM-SHA-$hash" "scram-sha-$hash"
	done
}

@test "SCRAM with y: a bogus server signature ends it, a wrong password is one" {
	{
		echo '! tls'
		greet 'AUTH SCRAM-SHA-256'
		echo '! auth-bogus SCRAM-SHA-256 alice correct-horse'
	} >dialogue
	smarthost_play dialogue
	auth_account 'tls_starttls off' 'auth on'
	message | submit bob@example.net
	smarthost_wait
	expect 76 'SCRAM-SHA-256' 'does not verify'
	{
		echo '! tls'
		greet 'AUTH SCRAM-SHA-256'
		echo '! auth-refused SCRAM-SHA-256 alice other'
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	auth_account 'tls_starttls off' 'auth on'
	message | submit bob@example.net
	smarthost_wait
	expect 77
}

# scram_error STATUS WORD REPLY TEXT...: the server's final message is e=WORD.
scram_error() {
	{
		echo '! tls'
		greet 'AUTH SCRAM-SHA-256'
		printf '%s\n' 'C: AUTH SCRAM-SHA-256 *' \
			"S: 334 $(printf 'e=%s' "$2" | base64 -w0)" 'C: ' "S: $3" \
			'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	auth_account 'tls_starttls off' 'tls_certcheck off' 'auth on'
	message | submit bob@example.net
	smarthost_wait
	expect "$1" "${@:4}"
}

@test "SCRAM: an error in the server's message is told with its refusal" {
	scram_error 77 invalid-proof '535 5.7.8 no' 'its reason: invalid-proof' \
		'check "user" and the password'
	scram_error 69 unknown-user '501 5.5.2 no' 'its reason: unknown-user'
	scram_error 75 no-resources '454 4.7.0 later' 'its reason: no-resources'
	scram_error 76 invalid-proof '235 welcome' 'did not prove'
	scram_error 76 server-does-support-channel-binding '535 5.7.8 no' \
		'the server says "server-does-support-channel-binding"' \
		'somebody may be between'
	scram_error 76 channel-bindings-dont-match '504 5.5.4 no' \
		'somebody may be between'
}

@test "SCRAM: where the channel is not what it seems, PLAIN does not follow" {
	{
		echo '! tls'
		greet 'AUTH SCRAM-SHA-256 PLAIN'
		printf '%s\n' 'C: AUTH SCRAM-SHA-256 *' \
			"S: 334 $(printf e=server-does-support-channel-binding |
				base64 -w0)" 'C: ' 'S: 535 5.7.8 no' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	auth_account 'tls_starttls off' 'auth on'
	message | submit bob@example.net
	smarthost_wait
	expect 76
}

# iterated N SETTING...: SCRAM with so many iterations.
iterated() {
	serve --mechs SCRAM-SHA-256 --iterations "$1"
	auth_account 'auth on' "${@:2}"
	message | submit bob@example.net
	smarthost_stop
}

@test "SCRAM: fewer than 4096 iterations are refused without TLS, and told" {
	iterated 4096 'tls off'
	expect 0
	expect_not iterations
	iterated 4095 'tls off'
	expect 76 'asks for 4095 iterations, and without TLS there must be 4096' \
		'set "tls on"'
	iterated 4095
	expect 0 'the server asks for 4095 iterations of SCRAM'
	iterated 4096
	expect 0
	expect_not iterations
}
