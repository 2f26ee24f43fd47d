#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The stages that not every submission has, STARTTLS and AUTH, in clear and
# under TLS: every class of reply there, and what it ends in. replies.bats has
# the others.

load ../helper

# The dialogue up to the reply to STARTTLS, then standard input.
at_starttls() {
	cat <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 STARTTLS
C: STARTTLS
END
	cat
}

at_auth() {
	cat <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN LOGIN
C: AUTH PLAIN *
END
	cat
}

# The reply to the second line of LOGIN.
at_response() {
	cat <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH LOGIN
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: YWxpY2U=
END
	cat
}

at_auth_in_tls() {
	at_starttls <<'END'
S: 220 go ahead
! tls
C: EHLO *
S: 250-mail.example.org
S: 250 AUTH PLAIN
C: AUTH PLAIN *
END
	cat
}

at_mail_in_tls() {
	at_starttls <<'END'
S: 220 go ahead
! tls
C: EHLO *
S: 250 mail.example.org
C: MAIL FROM:<alice@example.org>
END
	cat
}

# row STAGE STATUS TEXT LINE...
row() {
	local stage=$1 wanted=$2 text=$3 tls=off auth=off

	shift 3
	printf '%s\n' "$@" | "at_$stage" >dialogue
	case $stage in
	starttls | *_in_tls) tls=on ;;
	esac
	case $stage in
	auth*) auth=plain ;;
	response) auth=login ;;
	esac
	smarthost_play dialogue
	account_file 'host localhost' "port $PORT" "tls $tls" \
		"tls_trust_file $CERTS/ca.pem" "auth $auth" 'user alice' \
		'password secret' 'from alice@example.org' \
		"timeout ${TIMEOUT:-20}"
	message | submit bob@example.net
	if ! smarthost_wait || ! expect "$wanted" ${text:+"$text"}; then
		echo "row: $stage: $*" >&2
		return 1
	fi
}

stages='starttls auth response auth_in_tls mail_in_tls'

@test "4yz and 421 are temporary" {
	local stage

	for stage in $stages; do
		row "$stage" 75 '454 4.7.0 not now' 'S: 454 4.7.0 not now' 'C? QUIT'
		row "$stage" 75 '421 4.3.2 bye' 'S: 421 4.3.2 bye' '! eof'
	done
}

@test "5yz: 69 for STARTTLS, 77 for credentials" {
	row starttls 69 '502 5.5.1 no' 'S: 502 5.5.1 no' 'C? QUIT'
	row auth 77 '535 5.7.8 no' 'S: 535 5.7.8 no' 'C? QUIT'
	row response 77 '535 5.7.8 no' 'S: 535 5.7.8 no' 'C? QUIT'
	row auth_in_tls 77 '535 5.7.8 no' 'S: 535 5.7.8 no' 'C? QUIT'
	row mail_in_tls 69 '550 5.7.1 no' 'S: 550 5.7.1 no' 'C? QUIT'
}

@test "3yz and garbage are faults in the protocol" {
	local stage

	for stage in $stages; do
		row "$stage" 76 '354 what' 'S: 354 what' 'C? QUIT'
		row "$stage" 76 'not SMTP' 'S: what' 'C? QUIT'
		row "$stage" 76 'not SMTP' 'S- \x15\x03\x01\x00\x02\x02\x28' 'C? QUIT'
		row "$stage" 76 'out of step' 'S: 454 one' 'S: 250 two' 'C? QUIT'
	done
}

@test "silence, half a reply, a hang-up and a reset are temporary" {
	local stage

	for stage in $stages; do
		TIMEOUT=1 row "$stage" 75 'no answer in time' '! stall'
		TIMEOUT=1 row "$stage" 75 'no answer in time' 'S- 235-half' '! stall'
		row "$stage" 75 '' '! close'
		row "$stage" 75 '' '! reset'
	done
}

@test "2yz that is not the usual one is a success" {
	row auth 0 '' 'S: 250 fine' 'C: MAIL *' 'S: 250' 'C: RCPT *' 'S: 250' \
		'C: DATA' 'S: 354' '! body -' 'S: 250' 'C? QUIT'
	row starttls 0 '' 'S: 250 fine' '! tls' 'C: EHLO *' 'S: 250-x' \
		'S: 250 AUTH PLAIN' 'C: MAIL *' 'S: 250' 'C: RCPT *' 'S: 250' \
		'C: DATA' 'S: 354' '! body -' 'S: 250' 'C? QUIT'
}

@test "garbage instead of a handshake is a fault in the protocol" {
	row starttls 76 'TLS' 'S: 220 go ahead' '! tls fail'
}
