#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# TLS: who is trusted, what is refused, and that nothing goes out without it.

load ../helper

# What a client says to a server that offers nothing but STARTTLS.
starttls_dialogue() {
	cat <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
! tls
C: EHLO *
S: 250 mail.example.org
END
	cat
}

rest_of_trip() {
	cat <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
}

# tls_account LINE...: TLS to localhost with the test CA.
tls_account() {
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'from alice@example.org' \
		'timeout 20' "$@"
}

# certificate NAME STATUS TEXT...: what a server with that certificate gets.
certificate() {
	local name=$1 wanted=$2

	shift 2
	smarthost_serve --cert "$CERTS/$name.pem" --key "$CERTS/$name.key"
	tls_account
	message | submit bob@example.net
	server_end || true
	expect "$wanted" "$@" || {
		echo "certificate: $name" >&2
		return 1
	}
}

@test "STARTTLS: verified, capabilities read anew" {
	starttls_dialogue < <(rest_of_trip) >dialogue
	smarthost_play dialogue
	tls_account
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "STARTTLS with TLS 1.2" {
	smarthost_serve --tls-max 1.2 --require-tls
	tls_account
	message | submit bob@example.net
	expect 0
	grep -qx 'tls TLS1.2' "$CAPTURE/1.envelope"
}

@test "implicit TLS" {
	smarthost_serve --implicit-tls
	tls_account 'tls_starttls off'
	message | submit bob@example.net
	expect 0
	grep -qx 'tls TLS1.3' "$CAPTURE/1.envelope"
}

@test "what was offered in clear does not count after TLS" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250-PIPELINING
S: 250-SIZE 10
S: 250-8BITMIME
S: 250-AUTH PLAIN
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
! tls
C: EHLO *
S: 250 mail.example.org
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	tls_account
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "no STARTTLS offered: nothing is sent, 69" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN LOGIN
C? QUIT
END
	tls_account 'auth on' 'user alice' 'password secret'
	message | submit bob@example.net
	smarthost_wait
	expect 69 'does not offer STARTTLS' 'hint:'
}

@test "STARTTLS refused: by 4yz 75, by 5yz 69" {
	local reply status

	while read -r wanted reply; do
		play <<END
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
S: $reply
C? QUIT
END
		tls_account
		message | submit bob@example.net
		smarthost_wait
		expect "$wanted" "$reply"
	done <<'END'
75 454 4.7.0 TLS not available
69 502 5.5.1 no
END
}

@test "an answer injected behind STARTTLS is a fault" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
S- 220 go ahead\r\n250-evil.example.org\r\n250 AUTH PLAIN\r\n
C? QUIT
END
	tls_account
	message | submit bob@example.net
	smarthost_wait
	expect 76 'out of step'
}

@test "a broken handshake is a fault in the protocol" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
! tls fail
END
	tls_account
	message | submit bob@example.net
	smarthost_wait || true
	expect 76 'TLS handshake'
}

@test "a server with nothing newer than TLS 1.1 is refused" {
	smarthost_serve --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT'
	tls_account
	message | submit bob@example.net
	server_end || true
	expect 76 'the server has nothing newer than TLS 1.1' \
		'hint: TLS 1.2 (RFC 8996) is needed'
}

# hello VERSION: a ServerHello of that version, with RSA and AES of old
hello() {
	printf 'S- \\x16\\x03\\x%s\\x00\\x2a\\x02\\x00\\x00\\x26\\x03\\x%s' "$1" "$1"
	printf '\\x4a%.0s' {1..32}
	printf '\\x00\\x00\\x2f\\x00\n'
}

@test "a server with nothing newer than TLS 1.0: told" {
	local version rest

	while read -r version rest; do
		{
			echo '! ahead'
			hello "$version"
			printf '%s\n' '! ahead' '! close'
		} >dialogue
		smarthost_play dialogue
		tls_account 'tls_starttls off'
		message | submit bob@example.net
		smarthost_wait
		expect 76 "the server has nothing newer than $rest" 'hint: TLS 1.2'
	done <<'END'
00 SSL 3.0
01 TLS 1.0
02 TLS 1.1
END
	{
		echo '! ahead'
		hello 03
		printf '%s\n' '! ahead' '! close'
	} >dialogue
	smarthost_play dialogue
	tls_account 'tls_starttls off' 'tls_min_version 1.3'
	message | submit bob@example.net
	smarthost_wait
	expect 76 'the server has nothing newer than TLS 1.2' 'hint: TLS 1.3'
	{
		echo '! ahead'
		printf 'S- \\x15\\x03\\x01\\x00\\x02\\x02\\x46\n! ahead\n! close\n'
	} >dialogue
	smarthost_play dialogue
	tls_account 'tls_starttls off'
	message | submit bob@example.net
	smarthost_wait
	expect 76 'the server has nothing newer than TLS 1.1' 'hint: TLS 1.2'
}

@test "certificates that are not to be trusted, and why" {
	certificate good 0
	certificate expired 69 'has expired' 'subject' 'issuer' 'valid: ' \
		'our clock says' 'hint:'
	certificate future 69 'not valid yet'
	certificate misnamed 69 'does not name this host (localhost)' \
		'set "host"'
	certificate selfsigned 69 'issuer is not trusted' 'tls_trust_file'
	certificate foreign 69 'issuer is not trusted' 'tls_trust_file'
	certificate weak 69 'too weak' '2048'
	certificate purpose 69 'not meant for servers'
}

@test "the system's trust is asked where no file is named" {
	smarthost_serve
	account_file 'host localhost' "port $PORT" 'tls on' \
		'from alice@example.org'
	message | submit bob@example.net
	server_end || true
	expect 69 'not trusted'
}

@test "tls_certcheck off accepts what verifies and what does not" {
	certificate_off() {
		smarthost_serve --cert "$CERTS/$1.pem" --key "$CERTS/$1.key"
		tls_account 'tls_certcheck off'
		message | submit bob@example.net
		server_end || true
		expect 0
	}
	certificate_off good
	certificate_off selfsigned
	certificate_off expired
}

@test "an address literal as host: verified by its address" {
	smarthost_serve --implicit-tls
	tls_account
	sed -i 's/^host .*/host 127.0.0.1/' "$ACCOUNT"
	message | submit --tls-starttls=off bob@example.net
	expect 0
	# RFC 6066 section 3: no SNI for an address
	if grep -q '^== sni' transcript; then
		return 1
	fi
	sed -i 's/^host .*/host localhost/' "$ACCOUNT"
	message | submit --tls-starttls=off bob@example.net
	expect 0
	grep -qx '== sni localhost' transcript
}

@test "SMTP in clear where TLS was expected: named, with the line to change" {
	play <<'END'
! early
S: 220 mail.example.org ESMTP
! ahead
! stall
END
	tls_account 'tls_starttls off'
	message | submit bob@example.net
	server_end || true
	expect 76 'speaks SMTP in clear' 'tls_starttls on'
}

@test "silence where a greeting should be: named, with the line to change" {
	smarthost_serve --implicit-tls
	tls_account 'tls_starttls on' 'timeout 1'
	message | submit bob@example.net
	server_end || true
	expect 75 'no answer in time' 'tls_starttls off'
}

@test "a server that stalls in the handshake ends at the deadline" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
! stall
END
	tls_account 'timeout 1'
	message | submit bob@example.net
	smarthost_wait
	expect 75 'no answer in time'
}

@test "a server that stalls under TLS ends at the deadline" {
	starttls_dialogue >dialogue <<'END'
C: MAIL FROM:<alice@example.org>
! stall
END
	smarthost_play dialogue
	tls_account 'timeout 1'
	message | submit bob@example.net
	smarthost_wait
	expect 75 'no answer in time'
}

@test "records without data hold nobody beyond the deadline" {
	starttls_dialogue >dialogue <<'END'
C: MAIL FROM:<alice@example.org>
! hollow
END
	smarthost_play dialogue
	tls_account 'timeout 2'
	SECONDS=0
	message | submit bob@example.net
	[ "$SECONDS" -lt 12 ]
	smarthost_wait
	expect 75 'no answer in time' 'waiting for the reply to MAIL'
}

@test "a hang-up under TLS, with and without goodbye" {
	local end

	for end in '! close' '! bye' '! reset'; do
		starttls_dialogue >dialogue <<END
C: MAIL FROM:<alice@example.org>
$end
END
		smarthost_play dialogue
		tls_account
		message | submit bob@example.net
		smarthost_wait
		expect 75
	done
}

@test "replies byte by byte under TLS" {
	starttls_dialogue >dialogue <<'END'
! slow 0
C: MAIL FROM:<alice@example.org>
S: 250-2.1.0 sender
S: 250 2.1.0 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	smarthost_play dialogue
	tls_account
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

@test "tls unset: required wherever we authenticate, but on loopback" {
	smarthost_serve --user alice:secret
	account_file 'host 127.0.0.1' "port $PORT" 'auth on' 'user alice' \
		'password secret' 'from alice@example.org'
	message | submit bob@example.net
	expect 0
	grep -qx 'auth alice SCRAM-SHA-256' "$CAPTURE/1.envelope"
	smarthost_stop
	# 127.0.0.1 under a name that is not known to be loopback
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C? QUIT
END
	account_file 'host 127.1' "port $PORT" 'auth on' 'user alice' \
		'password secret' 'from alice@example.org'
	message | submit bob@example.net
	smarthost_wait
	expect 69 'does not offer STARTTLS'
}

@test "a trust file that cannot be used is named before any connection" {
	account_file 'host 127.0.0.1' 'port 1' 'tls on' \
		'tls_trust_file /nowhere/ca.pem' 'from alice@example.org'
	message | submit bob@example.net
	expect 66 '/nowhere/ca.pem' 'No such file'
	: >empty.pem
	account_file 'host 127.0.0.1' 'port 1' 'tls on' \
		"tls_trust_file $PWD/empty.pem" 'from alice@example.org'
	message | submit bob@example.net
	expect 66 'empty.pem'
}

@test "nothing is said in clear once TLS has begun and failed" {
	play <<'DIALOGUE'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
! tls refused
DIALOGUE
	tls_account
	sed -i '/^tls_trust_file/d' "$ACCOUNT"
	message | submit -v bob@example.net
	smarthost_wait
	expect 69 'not trusted'
	expect_not 'C: QUIT'
}

@test "a trust file that is none is refused, not waited for" {
	local file

	mkfifo fifo
	for file in fifo /dev/zero /; do
		account_file 'host 127.0.0.1' 'port 1' 'tls on' \
			"tls_trust_file $file" 'from alice@example.org'
		message | submit bob@example.net
		expect 66 'trust file' 'not a regular file'
	done
	# a hole, which costs nothing
	truncate -s 3G large
	for file in tls_trust_file tls_extra_trust_file; do
		account_file 'host 127.0.0.1' 'port 1' 'tls on' \
			"$file $PWD/large" 'from alice@example.org'
		message | submit bob@example.net
		expect 66 'large: cannot read the trust file: it has more than'
	done
	account_file 'host 127.0.0.1' 'port 1' 'tls on' \
		"tls_crl_file $PWD/large" 'from alice@example.org' \
		"tls_trust_file $CERTS/ca.pem"
	message | submit bob@example.net
	expect 66 'large: cannot read the revocation list: it has more than'
}
