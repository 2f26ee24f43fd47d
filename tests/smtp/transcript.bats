#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -v: what is said, by whom, to which address, and how long it took.

load ../helper

# shape: the transcript, with # for what changes from run to run
shape() {
	sed -E -e 's/[0-9]+ ms\)/# ms)/' -e "s/:$PORT\b/:PORT/g" \
		-e 's/^(S: 2[0-9]*[ -]).*/\1.../' stderr
}

@test "each address and each step, with milliseconds" {
	begin SIZE <<'END'
C: MAIL FROM:<alice@example.org> SIZE=*
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body got.body
S: 250 ok
C? QUIT
END
	account 'tls off' 'host localhost' 'from alice@example.org'
	message | submit -v bob@example.net
	smarthost_wait
	expect 0
	shape >got
	cat >want <<'END'
-- localhost: 127.0.0.1, ::1 (# ms)
-- trying 127.0.0.1:PORT
-- connected to localhost:PORT, which is 127.0.0.1 (# ms)
S: 220 ...
-- answered (# ms)
END
	head -n 5 got >first
	same want first
	[ "$(grep -c '^-- answered (# ms)$' got)" -eq 6 ]
	grep -q '^-- message sent, [0-9]* octets (# ms)$' got
	grep -q '^C: RCPT TO:<bob@example.net>$' got
}

@test "an address that does not answer, before one that does" {
	smarthost_serve --implicit-tls
	account 'tls on' 'tls_starttls off' "tls_trust_file $CERTS/ca.pem" \
		'host localhost' 'from alice@example.org'
	message | submit -v bob@example.net
	expect 0
	shape >got
	grep -q '^-- TLS TLS1.3.*certificate verified (# ms)$' got
	# nobody listens there
	account_file 'host localhost' 'port 1' 'from alice@example.org'
	message | submit -v bob@example.net
	expect 75
	shape >got
	grep -q '^-- trying 127.0.0.1:1$' got
	grep -q '^-- 127.0.0.1:1: .* (# ms)$' got
	grep -qF -e '-- trying [::1]:1' got
	lacks '^-- connected' got
}

@test "nothing of it without -v, and no secret with it" {
	smarthost_serve --user alice:secret --require-tls --require-auth
	account 'tls on' "tls_trust_file $CERTS/ca.pem" 'host localhost' \
		'from alice@example.org' 'auth plain' 'user alice' \
		'password secret'
	message | submit bob@example.net
	expect 0
	[ ! -s stderr ]
	message | submit -v bob@example.net
	expect 0 'AUTH PLAIN (credentials hidden)'
	lacks secret stderr
}
