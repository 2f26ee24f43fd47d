#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The EHLO replies of providers, as they stand in public logs, after TLS: what
# is made of each.  How they authenticate, whether the envelope and the message
# share a flight, and what MAIL declares.

load ../helper

# provider MECHANISM WAY MAIL LINE...: the lines of EHLO; with "auth on" that
# mechanism is chosen, MAIL has those parameters, and the message goes "step" by
# step, behind an envelope in one "group", or by "chunk" along with it.
provider() {
	local mechanism=$1 way=$2 mail=$3

	shift 3
	{
		printf '%s\n' '! tls' 'S: 220 mail.example.org ESMTP' 'C: EHLO *' \
			'S: 250-mail.example.org at your service'
		printf 'S: 250-%s\n' "${@:1:$#-1}" | sed '/^S: 250-$/d'
		printf 'S: 250 %s\n' "${*: -1}"
		[ -z "$mechanism" ] || echo "! auth $mechanism you secret"
		case $way in
		step)
			printf '%s\n' "C: MAIL FROM:<alice@example.org>$mail" \
				'S: 250 ok' 'C: RCPT TO:<bob@example.net>' 'S: 250 ok' \
				'C: DATA' 'S: 354 go' '! body -' 'S: 250 taken' 'C? QUIT'
			;;
		group)
			printf '%s\n' "C: MAIL FROM:<alice@example.org>$mail" \
				'C: RCPT TO:<bob@example.net>' 'C: DATA' 'S: 250 ok' \
				'S: 250 ok' 'S: 354 go' '! body -' 'C: QUIT' \
				'S: 250 taken' 'S: 221 bye'
			;;
		chunk)
			printf '%s\n' "C: MAIL FROM:<alice@example.org>$mail" \
				'C: RCPT TO:<bob@example.net>' '! bdat -' 'C: QUIT' \
				'S: 250 ok' 'S: 250 ok' 'S: 250 taken' 'S: 221 bye'
			;;
		esac
	} >dialogue
	smarthost_play dialogue
	account_file 'host localhost' 'address_family ipv4' "port $PORT" \
		'tls on' 'tls_starttls off' "tls_trust_file $CERTS/ca.pem" \
		'from alice@example.org' 'timeout 20' 'aliases' 'auth on' \
		'user you' 'password secret'
	message | submit bob@example.net
	smarthost_wait
	expect 0
}

setup() {
	postrider_setup
	needs pipelining chunking
}

@test "Gmail" {
	provider PLAIN chunk ' SIZE=*' 'SIZE 35882577' 8BITMIME \
		'AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH' \
		ENHANCEDSTATUSCODES PIPELINING CHUNKING SMTPUTF8
}

@test "Microsoft 365: no PLAIN" {
	provider LOGIN chunk ' SIZE=*' 'SIZE 157286400' PIPELINING DSN \
		ENHANCEDSTATUSCODES 'AUTH LOGIN XOAUTH2' 8BITMIME BINARYMIME \
		CHUNKING SMTPUTF8
}

@test "Yahoo and AOL" {
	provider PLAIN group ' SIZE=*' PIPELINING ENHANCEDSTATUSCODES 8BITMIME \
		'SIZE 41697280' 'AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER'
}

@test "Fastmail" {
	provider PLAIN group ' SIZE=*' PIPELINING 'SIZE 71000000' \
		ENHANCEDSTATUSCODES 8BITMIME 'AUTH PLAIN LOGIN'
}

@test "Amazon SES: no PIPELINING" {
	provider PLAIN step ' SIZE=*' 8BITMIME 'SIZE 10485760' \
		'AUTH PLAIN LOGIN' Ok
}

@test "Amazon SES closes after a while: a message that takes its time is there before" {
	{
		printf '%s\n' '! tls' 'S: 220 email-smtp.example ESMTP' 'C: EHLO *' \
			'S: 250-email-smtp.example' 'S: 250-8BITMIME' \
			'S: 250-SIZE 10485760' 'S: 250-AUTH PLAIN LOGIN' 'S: 250 Ok' \
			'! auth PLAIN you secret' 'C: MAIL *' 'S: 250 Ok' 'C: RCPT *' \
			'S: 451 4.4.2 Timeout waiting for data from client.' \
			'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account_file 'host localhost' 'address_family ipv4' "port $PORT" \
		'tls on' 'tls_starttls off' "tls_trust_file $CERTS/ca.pem" \
		'from alice@example.org' 'timeout 20' 'auth on' 'user you' \
		'passwordeval test -e begun && echo secret'
	# the whole input and the secret come first, the connection then
	{ message; touch begun; ! grep -q '== from' transcript; } |
		submit bob@example.net
	smarthost_wait
	expect 75 '451 4.4.2 Timeout waiting for data'
}

@test "SendGrid: AUTH in both forms" {
	provider PLAIN group ' SIZE=*' 8BITMIME PIPELINING 'SIZE 31457280' \
		STARTTLS 'AUTH PLAIN LOGIN' 'AUTH=PLAIN LOGIN'
}

@test "Mailgun" {
	provider PLAIN group ' SIZE=*' 'AUTH PLAIN LOGIN' 'SIZE 52428800' \
		8BITMIME SMTPUTF8 PIPELINING STARTTLS
}

@test "Brevo" {
	provider PLAIN chunk ' SIZE=*' PIPELINING 8BITMIME \
		ENHANCEDSTATUSCODES CHUNKING STARTTLS 'AUTH PLAIN LOGIN CRAM-MD5' \
		'SIZE 20971520'
}

@test "Zoho: AUTH and SIZE, nothing else" {
	provider PLAIN step ' SIZE=*' 'AUTH LOGIN PLAIN' 'SIZE 53477376'
}

@test "IONOS: LIMITS with two of them, DELIVERBY" {
	provider PLAIN group ' SIZE=*' PIPELINING 8BITMIME 'SIZE 104857600' \
		'AUTH PLAIN LOGIN' DELIVERBY 'LIMITS RCPTMAX=1000 MAILMAX=1000'
}

@test "LIMITS RCPTMAX=2 MAILMAX=1: two recipients, and another session" {
	local half to

	for half in 'a@example.net b@example.net' 'c@example.net'; do
		{
			printf '%s\n' 'S: 220 x' 'C: EHLO *' 'S: 250-x' 'S: 250-DELIVERBY' \
				'S: 250 LIMITS RCPTMAX=2 MAILMAX=1' 'C: MAIL *' 'S: 250 ok'
			for to in $half; do
				printf '%s\n' "C: RCPT TO:<$to>" 'S: 250 ok'
			done
			printf '%s\n' 'C: DATA' 'S: 354 go' '! body -' 'S: 250 taken' \
				'C? QUIT'
		} >"dialogue.${half%%@*}"
	done
	smarthost_play dialogue.a --play dialogue.c
	account 'tls off' 'from alice@example.org' 'timeout 20'
	message | submit a@example.net b@example.net c@example.net
	smarthost_wait
	expect 0
}

@test "mox: FUTURERELEASE, LIMITS, SCRAM with channel binding" {
	provider SCRAM-SHA-256-PLUS group ' SIZE=*' STARTTLS 'SIZE 104857600' \
		PIPELINING ENHANCEDSTATUSCODES 8BITMIME \
		'FUTURERELEASE 5184000 2026-12-30T00:00:00Z' \
		'LIMITS RCPTMAX=1000' \
		'AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN'
}

@test "Stalwart: REQUIRETLS, NO-SOLICITING, BINARYMIME" {
	provider PLAIN chunk ' SIZE=*' 'AUTH PLAIN LOGIN OAUTHBEARER XOAUTH2' \
		NO-SOLICITING PIPELINING 8BITMIME BINARYMIME CHUNKING REQUIRETLS \
		ENHANCEDSTATUSCODES SMTPUTF8 'SIZE 104857600'
}
