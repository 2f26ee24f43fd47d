#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# REQUIRETLS (RFC 8689): asked for by an option, by an account, by a client of
# -bs; kept in the queue and for other accounts; never dropped in silence.

load ../helper

secured() {
	account_file 'host localhost' "port $PORT" 'tls on' \
		'tls_starttls off' 'from alice@example.org' 'timeout 20' "$@"
}

# offering [CAPABILITY...]: the beginning of a dialogue under TLS.
offering() {
	echo '! tls'
	greet "$@"
}

# taken PARAMETERS: the rest of a dialogue, MAIL with these.
taken() {
	printf '%s\n' "C: MAIL FROM:<alice@example.org>$1" 'S: 250 ok' \
		'C: RCPT TO:<bob@example.net>' 'S: 250 ok' 'C: DATA' \
		'S: 354 go' '! body -' 'S: 250 ok' 'C? QUIT'
}

# goes PARAMETERS OPTION...: a message goes to a server that offers it.
goes() {
	{
		offering REQUIRETLS
		taken "$1"
	} >dialogue
	smarthost_play dialogue
	secured "tls_trust_file $CERTS/ca.pem" "${SETTINGS[@]}"
	message | submit "${@:2}" bob@example.net
	smarthost_wait
	expect 0
}

# stays TEXT OPTION...: the message does not go, and MAIL is not said.
stays() {
	message | submit "${@:2}" bob@example.net
	smarthost_wait
	expect 69 "$1" 'nothing was sent'
}

@test "MAIL has the keyword when that is asked for, and not else" {
	SETTINGS=()
	goes ' REQUIRETLS' -O requiretls=yes
	goes ' REQUIRETLS' -ORequireTLS=true
	goes ' REQUIRETLS' --requiretls
	goes '' -O requiretls=no
	goes ''
	SETTINGS=('requiretls on')
	goes ' REQUIRETLS'
	# callers do not take it back
	goes ' REQUIRETLS' -O requiretls=no
	goes '' --requiretls=off
}

@test "a server that does not offer it: 69 before MAIL" {
	{
		offering SIZE
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	secured "tls_trust_file $CERTS/ca.pem"
	stays 'the server does not offer REQUIRETLS' -O requiretls=yes
}

@test "an offer in clear does not count" {
	greet REQUIRETLS STARTTLS >dialogue
	cat >>dialogue <<'END'
C: STARTTLS
S: 220 go
! tls
C: EHLO *
S: 250 mail.example.org
C? QUIT
END
	smarthost_play dialogue
	account_file 'host localhost' "port $PORT" 'tls on' \
		'tls_starttls on' "tls_trust_file $CERTS/ca.pem" \
		'from alice@example.org'
	stays 'the server does not offer REQUIRETLS' -O requiretls=yes
}

@test "without TLS, and under TLS that nobody has verified: 69 before MAIL" {
	{
		greet REQUIRETLS
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org'
	stays 'there is no TLS' -O requiretls=yes
	{
		offering REQUIRETLS
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	secured 'tls_certcheck off'
	stays 'certificate has not been verified' -O requiretls=yes
}

@test "a pin and a fingerprint verify, tls_certcheck off or not" {
	local print pin check

	print=$(openssl x509 -in "$CERTS/good.pem" -outform DER |
		sha256sum | cut -d' ' -f1)
	pin=$(openssl x509 -in "$CERTS/good.pem" -pubkey -noout |
		openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary |
		base64)
	for check in "tls_fingerprint $print" "tls_pin sha256//$pin"; do
		{
			offering REQUIRETLS
			taken ' REQUIRETLS'
		} >dialogue
		smarthost_play dialogue
		secured "$check" 'tls_trust_file'
		message | submit -O requiretls=yes bob@example.net
		smarthost_wait
		expect 0
	done
}

@test "the queue keeps the wish, and not a message that it makes impossible" {
	{
		offering SIZE
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	secured "tls_trust_file $CERTS/ca.pem" 'queue on' \
		"queue_directory $PWD/queue"
	stays 'the server does not offer REQUIRETLS' -O requiretls=yes
	# nobody listens there any more
	message | submit -O requiretls=yes bob@example.net
	expect 0 'kept in the queue'
	grep -q '^marks: .*requiretls' queue/msg/*
	{
		offering REQUIRETLS
		taken ' REQUIRETLS'
	} >dialogue
	smarthost_play dialogue
	secured "tls_trust_file $CERTS/ca.pem" 'queue on' \
		"queue_directory $PWD/queue"
	submit -q
	smarthost_wait
	expect 0
	[ -z "$(ls queue/msg)" ]
}

# two: servers play the dialogues first and second, and an account for each, the
# second one a fallback of the first, which has LINE...
two() {
	smarthost_play second
	OTHER=$PORT OTHER_PID=$SERVER_PID
	smarthost_play first
	account_file 'defaults' 'tls on' 'tls_starttls off' 'host localhost' \
		"tls_trust_file $CERTS/ca.pem" 'from alice@example.org' \
		'account two' "port $OTHER" \
		'account default' "port $PORT" 'fallback two' "$@"
}

# Both have been asked, as they should.
both() {
	smarthost_wait
	wait "$OTHER_PID"
}

@test "another account is held to it, too, whoever asked" {
	local how

	for how in option setting; do
		{
			offering SIZE
			echo 'C? QUIT'
		} >first
		{
			offering REQUIRETLS
			taken ' REQUIRETLS'
		} >second
		if [ "$how" = option ]; then
			two
			message | submit -O requiretls=yes bob@example.net
		else
			two 'requiretls on'
			message | submit bob@example.net
		fi
		both
		expect 0 'does not offer REQUIRETLS'
	done
}

@test "no account can: it is not kept in the queue" {
	{
		offering SIZE
		echo 'C? QUIT'
	} >first
	cp first second
	two 'queue on' "queue_directory $PWD/queue" 'requiretls on'
	message | submit bob@example.net
	both
	expect 69 'does not offer REQUIRETLS' "by account 'two'"
}

@test "-bs: the client's keyword is passed on, or refused" {
	{
		offering REQUIRETLS
		taken ' REQUIRETLS'
	} >dialogue
	smarthost_play dialogue
	secured "tls_trust_file $CERTS/ca.pem"
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<alice@example.org> REQUIRETLS' \
		'RCPT TO:<bob@example.net>' DATA 'Subject: x' '' x . QUIT |
		submit -bs
	smarthost_wait
	expect 0
	# it is for those who speak TLS with us, and nobody does (RFC 8689 2)
	run grep REQUIRETLS stdout
	[ "$status" -eq 1 ]
	{
		offering SIZE
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	secured "tls_trust_file $CERTS/ca.pem" 'queue on' \
		"queue_directory $PWD/queue"
	printf '%s\r\n' 'EHLO x' 'MAIL FROM:<alice@example.org> REQUIRETLS=1' \
		'MAIL FROM:<alice@example.org> REQUIRETLS' QUIT | submit -bs
	smarthost_wait
	expect 0
	grep -q '^501 5.5.4 ' stdout
	grep -q '^5.. .*does not offer REQUIRETLS' stdout
}

@test "a TLS-Required field is passed on, and changes nothing here" {
	{
		offering REQUIRETLS
		taken ' REQUIRETLS' | sed 's/! body -/! body got/'
	} >dialogue
	smarthost_play dialogue
	secured "tls_trust_file $CERTS/ca.pem"
	{
		echo 'TLS-Required: No'
		message
	} | submit -O requiretls=yes bob@example.net
	smarthost_wait
	expect 0
	grep -q '^TLS-Required: No' got
}
