#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What providers mean by their refusals: the exit status, the remedy, and
# whether the message waits in the queue.

load ../helper

# at STAGE REPLY STATUS KEPT HINT [LINE...]: that reply, at that stage, to an
# account with these lines
at() {
	local stage=$1 reply=$2 wanted=$3 kept=$4 hint=$5
	local -a lines=("${@:6}") before=() after=('C? QUIT')

	case $stage in
	hello) before=('C: EHLO *') ;;
	auth) before=('C: AUTH *') ;;
	mail) before=('C: MAIL *') ;;
	rcpt) before=('C: MAIL *' 'S: 250 ok' 'C: RCPT *') ;;
	message)
		before=('C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok'
			'C: DATA' 'S: 354 go' '! body -')
		;;
	esac
	{
		echo 'S: 220 mail.example.org ESMTP'
		if [ "$stage" != hello ]; then
			printf '%s\n' 'C: EHLO *' 'S: 250-mail.example.org' \
				'S: 250 AUTH PLAIN XOAUTH2'
		fi
		printf '%s\n' "${before[@]}" "S: $reply"
		[[ $reply == 421* ]] || printf '%s\n' "${after[@]}"
	} >dialogue
	smarthost_play dialogue
	[ "$stage" != auth ] || lines+=('auth plain' 'user a@example.org'
		'password "x"' 'auth_without_tls on')
	for queue in off on; do
		[ "$queue" = off ] || smarthost_play dialogue
		account 'tls off' 'from a@example.org' 'timeout 20' \
			'domain box.example.org' "queue $queue" \
			"queue_directory $PWD/queue" "${lines[@]}"
		rm -rf queue
		message | submit bob@example.net
		smarthost_wait
		if [ "$queue" = off ]; then
			expect "$wanted" "$hint"
		elif [ "$kept" = kept ]; then
			expect 0 'kept in the queue'
		else
			expect "$wanted" "$hint"
		fi
	done
}

@test "Microsoft: credentials" {
	at auth '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.' \
		77 kept aka.ms/smtp_auth_disabled
	at auth '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.' \
		77 kept aka.ms/smtp_auth_disabled
	at auth '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.' \
		77 kept 'auth xoauth2'
	at auth '535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.' \
		77 kept 'the administrator has to say why'
	at auth '550 5.7.30 Basic authentication is not supported for Client Submission.' \
		77 kept 'auth xoauth2'
	at auth '535 5.7.3 Authentication unsuccessful' 77 kept SMTP.Send
}

@test "Microsoft: a token that is short of life" {
	at auth '501 5.5.127 Token will expire soon' 77 kept \
		'ten more minutes'
}

@test "Microsoft: the message" {
	at message '554 5.2.252 SendAsDenied; a@example.org not allowed to send as b@example.org' \
		69 lost 'From'
	at message '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException' \
		75 kept 'a day later'
	at message '430 4.2.0 STOREDRV; mailbox logon failure' 75 kept \
		'administrator has mended'
}

@test "Google" {
	at auth '534 5.7.9 Application-specific password required.' 77 kept \
		'app password'
	at auth '535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials' \
		77 kept 'Google takes no account passwords'
	at auth '454 4.7.0 Too many login attempts, please try again later.' \
		75 kept 'wait before the next try'
	at message '550 5.4.5 Daily user sending quota exceeded.' 75 kept \
		'a day later'
	at hello '421 4.7.0 Try again later, closing connection. (EHLO) smtp-relay.gmail.com' \
		75 kept 'set "domain"'
}

@test "Yahoo, Brevo, Amazon" {
	at auth '535 5.7.0 (#AUTH005) Too many bad auth attempts.' 77 kept \
		'app password'
	at auth '525 5.7.1 Unauthorized IP address' 69 kept "provider's panel"
	at message '454 Throttling failure: Maximum sending rate exceeded.' \
		75 kept 'a moment later'
}

@test "relaying: not the recipient's fault" {
	local text

	for text in '554 5.7.1 <bob@example.net>: Relay access denied' \
		'550 5.7.1 Relaying denied' '550 relay not permitted' \
		'550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain' \
		'550 5.7.1 Authentication required' \
		'530 5.7.57 Client not authenticated to send mail'; do
		at rcpt "$text" 69 lost 'set "auth on"'
	done
	at message '550 5.7.1 authentication required' 69 lost 'set "auth on"'
}

@test "the name we greeted with, and TLS, told late" {
	at rcpt '504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname' \
		69 lost 'the name box.example.org; set "domain"'
	at mail '530 5.7.0 Must issue a STARTTLS command first' 69 lost \
		'set "tls on"'
	at rcpt '530 5.7.0 Must issue a STARTTLS command first' 69 lost \
		'set "tls on"'
}

@test "about the address itself: the recipient's fault" {
	at rcpt '550 5.1.1 <bob@example.net>: no such user' 67 lost \
		'check the addresses'
	at rcpt '550 mailbox unavailable' 67 lost 'check the addresses'
}
