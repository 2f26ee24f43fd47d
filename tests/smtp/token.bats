#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A token that is refused is asked for once more; long ones; what the exit
# status of passwordeval means.

# shellcheck disable=SC2030,SC2031,SC2034,SC2153 # helper.bash's variables

load ../helper

# teller FIRST SECOND: prints the first token, and the second one when it is
# told that the first was refused
teller() {
	cat >teller <<END
#!/bin/sh
echo "\${POSTRIDER_TOKEN-none} \${POSTRIDER_TOKEN_SHA256-none}" >>asked
[ "\${POSTRIDER_TOKEN-}" = refused ] && echo '$2' || echo '$1'
END
	chmod 700 teller
}

# mail [LINE...]: by XOAUTH2, with the teller's token
mail() {
	account 'tls off' 'from alice@example.org' 'auth xoauth2' \
		'auth_without_tls on' 'user alice@example.org' \
		"passwordeval $PWD/teller" 'timeout 20' 'logfile log' "$@"
	message | submit bob@example.net
}

# response TOKEN: of XOAUTH2
response() {
	printf 'user=alice@example.org\001auth=Bearer %s\001\001' "$1" |
		base64 -w 0
}

# sent: the rest of a dialogue whose AUTH has succeeded
sent() {
	printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
		'C: DATA' 'S: 354 go' '! body -' 'S: 250 ok' 'C? QUIT' \
		'S: 221 bye'
}

@test "refused by 535: the other token, in the same session" {
	teller old new
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' "C: AUTH XOAUTH2 $(response old)" \
			'S: 535 5.7.3 Authentication unsuccessful' \
			"C: AUTH XOAUTH2 $(response new)" 'S: 235 2.7.0 ok'
		sent
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 0
	printf 'none none\nrefused %s\n' \
		"$(printf old | sha256sum | cut -d' ' -f1)" >wanted
	same wanted asked
}

@test "refused by 334 with JSON" {
	teller old new
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' "C: AUTH XOAUTH2 $(response old)" \
			"S: 334 $(printf '{"status":"400"}' | base64)" 'C: ' \
			'S: 535 5.7.8 no' "C: AUTH XOAUTH2 $(response new)" \
			'S: 235 2.7.0 ok'
		sent
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 0
}

@test "501 5.5.127: it will expire soon" {
	teller old new
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' "C: AUTH XOAUTH2 $(response old)" \
			'S: 501 5.5.127 Token will expire soon' \
			"C: AUTH XOAUTH2 $(response new)" 'S: 235 2.7.0 ok'
		sent
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 0
}

@test "refused again: 77, and no third time" {
	teller old new
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2 *' 'S: 535 5.7.3 no' \
			'C: AUTH XOAUTH2 *' 'S: 535 5.7.3 no' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 77 '535 5.7.3 no'
	[ "$(wc -l <asked)" = 2 ]
	expect_not old new
}

@test "the same token again: the server does not hear it twice" {
	teller old old
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2 *' 'S: 535 5.7.3 no' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 77 '535 5.7.3 no'
	[ "$(wc -l <asked)" = 2 ]
}

@test "a server that hangs up: one new connection" {
	teller old new
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2 *' 'S: 535 5.7.3 no' \
			'C: AUTH XOAUTH2 *' '! close'
	} >one
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' "C: AUTH XOAUTH2 $(response new)" \
			'S: 235 2.7.0 ok'
		sent
	} >two
	smarthost_play one --play two
	mail
	smarthost_wait
	expect 0
	[ "$(wc -l <asked)" = 2 ]
}

@test "a server that resets the TLS connection: the next one is whole" {
	teller old new
	# it is waited for when the reset comes
	sed -i 's/^\[/sleep 0.5; [/' teller
	printf '! tls\n' >one
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2 *' 'S: 535 5.7.3 no' \
			'! reset'
	} >>one
	printf '! tls\n' >two
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' "C: AUTH XOAUTH2 $(response new)" \
			'S: 235 2.7.0 ok'
		sent
	} >>two
	smarthost_play one --play two
	mail 'tls on' 'tls_starttls off' "tls_trust_file $CERTS/ca.pem"
	smarthost_wait
	expect 0
}

@test "the second time the command says that nothing can be done" {
	cat >teller <<'END'
#!/bin/sh
[ -n "${POSTRIDER_TOKEN-}" ] || { echo old; exit; }
echo 'sign in again' >&2
exit 77
END
	chmod 700 teller
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2 *' 'S: 535 5.7.3 no' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 77 'sign in again'
}

@test "a password that is refused is not asked for again" {
	teller old new
	{
		greet 'AUTH PLAIN'
		printf '%s\n' 'C: AUTH PLAIN *' 'S: 535 5.7.8 no' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	mail 'auth plain'
	smarthost_wait
	expect 77
	[ "$(wc -l <asked)" = 1 ]
}

@test "a long token waits for its challenge" {
	token=$(head -c 1500 /dev/zero | tr '\0' t)
	teller "$token" none
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2' 'S: 334 ' \
			"C: $(response "$token")" 'S: 235 2.7.0 ok'
		sent
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 0
}

@test "512 octets go in one line, 513 do not" {
	# "AUTH XOAUTH2 " and CRLF are 15; base64 comes in fours
	for n in 492 496; do
		token=$(head -c $((n * 3 / 4 - 37)) /dev/zero | tr '\0' t)
		[ "$(response "$token" | wc -c)" = "$n" ]
		teller "$token" none
		{
			greet 'AUTH XOAUTH2'
			printf '%s\n' "C: AUTH XOAUTH2 $(response "$token")" \
				'S: 235 2.7.0 ok'
			sent
		} >dialogue
		smarthost_play dialogue
		mail
		smarthost_wait
		expect 0
	done
	token=$(head -c $((500 * 3 / 4 - 37)) /dev/zero | tr '\0' t)
	teller "$token" none
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2' 'S: 334 ' 'C: *' \
			'S: 235 2.7.0 ok'
		sent
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 0
}

@test "a response above 12,288 octets is sent, and told of when refused" {
	token=$(head -c 10000 /dev/zero | tr '\0' t)
	teller "$token" "u$token"
	{
		greet 'AUTH XOAUTH2'
		printf '%s\n' 'C: AUTH XOAUTH2' 'S: 334 ' 'C: *' \
			'S: 535 5.7.3 no' 'C: AUTH XOAUTH2' 'S: 334 ' 'C: *' \
			'S: 535 5.7.3 no' 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	mail
	smarthost_wait
	expect 77 'need not take more than 12288'
}

@test "passwordeval: 75 and 77 are its own, all else is 78" {
	for pair in 75:75 77:77 1:78 69:78 76:78; do
		printf '#!/bin/sh\necho sorry >&2\nexit %s\n' "${pair%:*}" \
			>teller
		chmod 700 teller
		PORT=1
		mail
		expect "${pair#*:}" sorry
	done
}

@test "auth on: an offered mechanism that the server does not know after all" {
	for code in 500 501 502 503; do
		{
			greet 'AUTH SCRAM-SHA-256 SCRAM-SHA-1'
			printf '%s\n' 'C: AUTH SCRAM-SHA-256 *' "S: $code 5.5.1 no" \
				'! auth SCRAM-SHA-1 alice@example.org secret'
			sent
		} >dialogue
		smarthost_play dialogue
		account 'tls off' 'from alice@example.org' 'auth on' \
			'auth_without_tls on' 'user alice@example.org' \
			'password secret'
		message | submit bob@example.net
		smarthost_wait
		expect 0
	done
}

@test "the last one refused so: its own reply" {
	{
		greet 'AUTH SCRAM-SHA-1'
		printf '%s\n' 'C: AUTH SCRAM-SHA-1 *' 'S: 502 5.5.1 not here' \
			'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'auth on' \
		'auth_without_tls on' 'user alice@example.org' \
		'password secret'
	message | submit bob@example.net
	smarthost_wait
	expect 69 '502 5.5.1 not here'
}

# by TLS from the first octet, and "auth on" unless lines say otherwise
secure() {
	account 'tls on' 'tls_starttls off' "tls_trust_file $CERTS/ca.pem" \
		'tls_host_override mail.example.org' \
		'from alice@example.org' 'user alice@example.org' \
		'password secret' "$@"
	message | submit bob@example.net
}

# refuses: SCRAM refuses the password, then LINE...
refuses() {
	{
		echo '! tls'
		greet 'AUTH SCRAM-SHA-256 PLAIN LOGIN'
		echo '! auth-refused SCRAM-SHA-256 alice@example.org other'
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >dialogue
}

@test "SCRAM refuses what PLAIN takes: PLAIN, once, and a note" {
	refuses '! auth PLAIN alice@example.org secret'
	sent >>dialogue
	smarthost_play dialogue
	secure 'auth on'
	smarthost_wait
	expect 0 '"auth PLAIN" saves a round trip'
}

@test "the same by an msmtp user's file as it is" {
	refuses '! auth PLAIN alice@example.org secret'
	sent >>dialogue
	smarthost_play dialogue
	(umask 077 && cat >.msmtprc) <<END
# Set default values for all following accounts.
defaults
auth           on
tls            on
tls_starttls   off
tls_trust_file $CERTS/ca.pem
tls_host_override mail.example.org

account        provider
host           127.0.0.1
port           $PORT
from           alice@example.org
user           alice@example.org
password       secret

account default : provider
END
	message | submit bob@example.net
	smarthost_wait
	expect 0 'saves a round trip'
}

@test "a method that is named is kept to; so is SCRAM without a certificate" {
	refuses 'C? QUIT'
	smarthost_play dialogue
	secure 'auth scram-sha-256'
	smarthost_wait
	expect 77
	refuses 'C? QUIT'
	smarthost_play dialogue
	account 'tls on' 'tls_starttls off' 'tls_certcheck off' \
		'from alice@example.org' 'user alice@example.org' \
		'password secret' 'auth on'
	message | submit bob@example.net
	smarthost_wait
	expect 77
}

@test "credentials that were refused before go out only once" {
	refuses '! auth-refused PLAIN alice@example.org other' 'C? QUIT'
	mv dialogue one
	{
		echo '! tls'
		greet 'AUTH SCRAM-SHA-256 PLAIN LOGIN'
		echo '! auth-refused PLAIN alice@example.org other'
		echo 'C? QUIT'
	} >two
	smarthost_play one --play two
	secure 'auth on' 'queue on' "queue_directory $PWD/queue"
	expect 0 'kept in the queue'
	# an hour later
	sed -i 's/^until: .*/until: 1/' queue/account/default*
	submit -q
	smarthost_wait
	expect 75
}
