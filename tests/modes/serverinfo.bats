#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --serverinfo: everything that a server says about itself, and nothing of ours
# said to it; also when its certificate will not do.

load ../helper
# shellcheck source=/dev/null
. "$CERTS/dates"

# said LINE...: standard output has these lines
said() {
	local line

	for line; do
		if ! grep -qFx -e "$line" stdout; then
			printf 'standard output has no line: %s\n' "$line" >&2
			sed 's/^/stdout: /' stdout >&2
			return 1
		fi
	done
}

# shows TEXT...: standard output has these texts
shows() {
	local text

	for text; do
		if ! grep -qF -e "$text" stdout; then
			printf 'standard output does not say: %s\n' "$text" >&2
			sed 's/^/stdout: /' stdout >&2
			return 1
		fi
	done
}

tls_account() {
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'timeout 20' "$@"
}

# info OPTION...: with a standard input that would never end
info() {
	submit --serverinfo "$@" < <(exec sleep "$LIMIT")
}

# The pins that the report gives for a certificate, one a line.
pins() {
	grep -E '^tls_(fingerprint|pin) ' stdout
}

@test "STARTTLS: greeting, both sets of capabilities, TLS, certificate" {
	play <<'END'
S: 220-mail.example.org ESMTP
S: 220 at your service
C: EHLO *
S: 250-mail.example.org
S: 250-STARTTLS
S: 250 XCLIENT NAME  ADDR
C: STARTTLS
S: 220 go ahead
! tls
C: EHLO *
S: 250-mail.example.org
S: 250-SIZE 35882577
S: 250-AUTH PLAIN SCRAM-SHA-256
S: 250-pipelining
S: 250-XYZZY plugh
S: 250 ETRN
C? QUIT
END
	tls_account 'auth on' 'user alice' 'passwordeval touch ran; echo x'
	info
	smarthost_wait
	expect 0
	said "server at localhost, port $PORT:" 'greeting:' \
		'220-mail.example.org ESMTP' '220 at your service' \
		'capabilities before TLS:' '    XCLIENT NAME  ADDR' TLS: \
		'    version:      TLS1.3' 'certificate:' \
		'    subject:      CN=mail.example.org,O=postrider test' \
		'    names:        mail.example.org localhost 127.0.0.1 ::1' \
		'    issuer:       CN=postrider test ca' \
		'    valid from:   2020-01-01 00:00 UTC' \
		"    valid to:     ${TO/%:00 UTC/ UTC}" \
		'    trusted:      yes' 'capabilities with TLS:' \
		'    XYZZY plugh'
	shows '    cipher suite: TLS_AES_' '    key exchange: ' \
		'    key:          EC' '    SHA-256:      ' '    SHA-1:        ' \
		'    SIZE 35882577 ' 'of up to 35882577 octets, 34.2 MiB' \
		'    AUTH PLAIN SCRAM-SHA-256 ' '    pipelining ' 'RFC 2920' \
		'    ETRN ' '--rmqs'
	expect_not hint:
	[ ! -e ran ]
}

@test "no capability is lost, whatever it is" {
	local n

	{
		printf '%s\n' 'S: 220 x' 'C: EHLO *' 'S: 250-x' 'S: 250-SIZE' \
			'S: 250-SIZE 0' 'S: 250-SIZE x' 'S: 250-AUTH=LOGIN' \
			'S: 250-\x1b[2J\xe2\x80\xae x' 'S: 250-'
		for n in $(seq 300); do
			echo "S: 250-X$n"
		done
		printf '%s\n' 'S: 250 LAST  ' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off'
	info
	smarthost_wait
	expect 0
	said '    \x1b[2J\xe2\x80\xae x' '    LAST' '    X1' '    X300'
	shows '    SIZE 0 ' 'messages of any size' '    SIZE x ' '    AUTH=LOGIN '
	[ "$(grep -c '^    X[0-9]' stdout)" -eq 300 ]
	[ "$(grep -c '^    SIZE' stdout)" -eq 3 ]
}

@test "as many capabilities as fit into a reply, each with its explanation" {
	{
		printf '%s\n' 'S: 220 x' 'C: EHLO *' 'S: 250-x'
		yes 'S: 250-DSN' | head -n 7000
		printf '%s\n' 'S: 250 LAST' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off'
	info
	smarthost_wait
	expect 0
	[ "$(grep -c '^    DSN  .*RFC 3461' stdout)" -eq 7000 ]
	said '    LAST'
}

@test "implicit TLS" {
	smarthost_serve --implicit-tls
	tls_account 'tls_starttls off'
	info
	expect 0
	said TLS: '    trusted:      yes' 'capabilities with TLS:'
	shows '220 mail.example.org'
	[ "$(grep -c '^capabilities' stdout)" -eq 1 ]
}

@test "TLS 1.2" {
	smarthost_serve --tls-max 1.2
	tls_account
	info
	expect 0
	said '    version:      TLS1.2'
	shows '    cipher suite: TLS_ECDHE_'
}

@test "STARTTLS is offered and not used: a hint" {
	smarthost_serve
	account
	info
	expect 0
	said 'capabilities:' \
		'hint: the server offers STARTTLS, and the account does not use it; set "tls on"'
	expect_not TLS1
}

# untrusted NAME REASON: all is shown, the reason too; 69; nothing is given away
untrusted() {
	smarthost_serve --cert "$CERTS/$1.pem" --key "$CERTS/$1.key" \
		--user alice:hunter2
	tls_account 'auth plain' 'user alice' 'password hunter2'
	info -v
	server_end
	expect 69 "$2" &&
		said '    trusted:      NO' 'capabilities with TLS:' &&
		shows "$2" '    AUTH ' 'tls_pin sha256//' &&
		! grep -q '^C: AUTH' transcript &&
		grep -q 'certificate NOT verified' stderr
}

@test "a certificate that does not verify is shown, and why: 69" {
	untrusted expired 'has expired'
	said '    valid to:     2021-01-01 00:00 UTC, which has passed'
	untrusted future 'not valid yet'
	said "    valid from:   ${LATER/%:00 UTC/ UTC}, which is yet to come"
	untrusted misnamed 'does not name this host (localhost)'
	untrusted selfsigned 'is not trusted'
	untrusted foreign 'issuer is not trusted'
	untrusted purpose 'not meant for servers'
}

@test "the settings shown are good to paste" {
	smarthost_serve --cert "$CERTS/foreign.pem" --key "$CERTS/foreign.key"
	tls_account
	info
	expect 69
	pins >both
	[ "$(wc -l <both)" -eq 2 ]
	while read -r line; do
		tls_account "$line"
		info
		expect 0
		said '    trusted:      yes, by tls_fingerprint or tls_pin'
	done <both
	server_end
	smarthost_serve
	tls_account "$(head -n 1 both)"
	info
	expect 69 'not one that tls_fingerprint allows'
	said '    trusted:      NO'
	[ "$(pins | grep -cFx -f both)" -eq 0 ]
}

@test "the fingerprints are those that openssl computes" {
	local digest

	smarthost_serve
	tls_account 'tls_certcheck off'
	info
	expect 0
	said '    trusted:      not checked, as tls_certcheck is off'
	for digest in sha256 sha1; do
		openssl x509 -in "$CERTS/good.pem" -noout -fingerprint \
			"-$digest" | sed 's/.*=//'
	done >want
	sed -n 's/^    SHA-[0-9]*: *//p' stdout >got
	same want got
}

@test "no client certificate is shown to whoever may be there" {
	smarthost_serve
	tls_account "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS/none.key"
	info
	expect 0
}

@test "the account is chosen as for a message" {
	smarthost_serve
	account_file 'account a' 'host 127.0.0.1' 'port 1' \
		'account b' 'host 127.0.0.1' "port $PORT" 'from b@example.org'
	info
	expect 78 'cannot choose an account'
	info -a a
	expect 75 127.0.0.1:1
	info -a b
	expect 0
	info -f b@example.org
	expect 0
	postrider -S --host 127.0.0.1 --port "$PORT" </dev/null
	expect 0
	shows '220 mail.example.org'
	POSTRIDER_HOST=127.0.0.1 POSTRIDER_PORT=$PORT postrider -S \
		-a environment
	expect 0
}

@test "what fails half way shows what came before" {
	play <<'END'
S: 554 go \x1b[31maway
C? QUIT
END
	account 'tls off'
	info
	smarthost_wait
	expect 69 '554 go'
	said '554 go \x1b[31maway'
	account_file 'host 127.0.0.1' 'port 1'
	info
	expect 75 127.0.0.1:1
	[ ! -s stdout ]
	play <<'END'
S: 220 x
C: EHLO *
S: 250 x
C? QUIT
END
	account 'tls on'
	info
	smarthost_wait
	expect 69 'does not offer STARTTLS'
	said '220 x'
}

@test "it stands alone" {
	account_file 'host 127.0.0.1' 'port 1'
	info a@example.org
	expect 64 '--serverinfo takes no recipients'
	info -t
	expect 64 '--serverinfo reads no message: -t does not'
	info -P
	expect 64 '--serverinfo reads no message: --pretend does not'
	info --rmqs=x
	expect 64 '--serverinfo and --rmqs exclude each other'
	info -bp
	expect 64 '--serverinfo cannot be combined with another mode'
	submit -bi -S
	expect 64 '--serverinfo cannot be combined with another mode'
	info -S -bm
	expect 75
	info --host 127.0.0.1 -a default
	expect 64 '--host and --account exclude'
	info --serverinfo=x
	expect 64 '--serverinfo takes no value'
	ln -s "$POSTRIDER" sendmail
	POSTRIDER=./sendmail postrider -S </dev/null
	expect 64 '-S is not an option of sendmail'
}

@test "a server behind a Unix socket has no host and no port" {
	smarthost_serve --listen unix:mail.sock
	account_file "socket $PWD/mail.sock" 'timeout 20'
	info
	expect 0
	said "server at $PWD/mail.sock:"
	shows 'PIPELINING'
	smarthost_stop
}
