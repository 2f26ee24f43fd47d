#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What providers mean by their refusals: the exit status, the remedy, and
# whether the message waits in the queue.

# shellcheck disable=SC2034 # helper.bash's variables

load ../helper

readonly BASIC='auth_without_tls on'

# twice STATUS KEPT HINT COMMAND...: what COMMAND submits ends so where there is
# no queue; and where there is one, it is kept or not. PREPARE is called before
# each, and END after it.
twice() {
	local wanted=$1 kept=$2 hint=$3 queue

	shift 3
	for queue in off on; do
		rm -rf queue
		$PREPARE
		account 'tls off' 'from a@example.org' 'timeout 20' \
			'domain box.example.org' "queue $queue" \
			"queue_directory $PWD/queue" "${LINES_OF_IT[@]}"
		message >letter
		"$@"
		$END
		if [ "$queue" = on ] && [ "$kept" = kept ]; then
			expect 0 'kept in the queue'
			[ "$(find queue/msg -type f | wc -l)" = 1 ]
		else
			expect "$wanted"
			grep '^hint: ' stderr >hint || true
			if ! grep -qF -e "$hint" hint; then
				echo "not the hint: $hint" >&2
				cat stderr >&2
				return 1
			fi
			[ ! -d queue/msg ] || [ -z "$(ls queue/msg)" ]
		fi
	done
}

send() {
	submit bob@example.net <letter
}

# at STAGE REPLY STATUS KEPT HINT [LINE...]: that reply, at that stage, to an
# account with these lines
at() {
	local stage=$1 reply=$2
	local -a before=() after=('C? QUIT')
	local PREPARE='smarthost_play dialogue' END=smarthost_wait
	local -a LINES_OF_IT=("${@:6}")
	local password=('auth plain' 'user a@example.org' 'password "x"' "$BASIC")
	local token=('auth xoauth2' 'user a@example.org' 'passwordeval echo x'
		"$BASIC")

	case $stage in
	hello) before=('C: EHLO *') ;;
	auth)
		before=('C: AUTH *')
		LINES_OF_IT+=("${password[@]}")
		;;
	token)
		before=('C: AUTH *')
		LINES_OF_IT+=("${token[@]}")
		;;
	json)
		before=('C: AUTH *' "S: 334 $(printf '{"status":"400"}' |
			base64 -w 0)" 'C: ')
		LINES_OF_IT+=("${token[@]}")
		;;
	mail) before=('C: MAIL *') ;;
	rcpt) before=('C: MAIL *' 'S: 250 ok' 'C: RCPT *') ;;
	data)
		before=('C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok'
			'C: DATA')
		;;
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
	echo "row: $stage $reply" >&2
	twice "$3" "$4" "$5" send
}

@test "Microsoft: credentials" {
	local what

	for what in Tenant Mailbox; do
		at auth "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the $what. Visit https://aka.ms/smtp_auth_disabled for more information." \
			77 kept 'administrator has to enable Authenticated SMTP'
		# a token is of no more use than a password
		at token "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the $what." \
			77 kept aka.ms/smtp_auth_disabled
	done
	at auth '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.' \
		77 kept 'auth xoauth2'
	at auth '550 5.7.30 Basic authentication is not supported for Client Submission.' \
		77 kept 'auth xoauth2'
	at auth '535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.' \
		77 kept 'the administrator has to say why'
	at auth '535 5.7.139 Authentication unsuccessful, user is locked by your organization'"'"'s security defaults policy.' \
		77 kept 'the administrator has to say why'
}

@test "Microsoft: a token" {
	at token '535 5.7.3 Authentication unsuccessful' 77 kept SMTP.Send
	at auth '535 5.7.3 Authentication unsuccessful' 77 kept \
		'set "oauth2"'
	at token '501 5.5.127 Token will expire soon' 77 kept \
		'ten more minutes'
}

@test "Microsoft: the message" {
	at message '554 5.2.252 SendAsDenied; a@example.org not allowed to send as b@example.org' \
		69 lost 'the field From'
	at message '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException' \
		75 kept 'a day later'
	at message '430 4.2.0 STOREDRV; mailbox logon failure' 75 kept \
		'administrator has mended'
}

@test "Google: credentials" {
	at auth '534 5.7.9 Application-specific password required.' 77 kept \
		'app password'
	at auth '535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials' \
		77 kept 'Google takes no account passwords'
	at json '535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials' \
		77 kept 'https://mail.google.com/'
	at json '535 5.7.0 whatever it says' 77 kept 'token may have expired'
	at auth '454 4.7.0 Too many login attempts, please try again later.' \
		75 kept 'wait before the next try'
}

@test "Google: the rest" {
	local stage

	for stage in mail rcpt message; do
		at $stage '550 5.4.5 Daily user sending quota exceeded.' \
			75 kept 'a day later'
	done
	at hello '421-4.7.0 Try again later, closing connection. (EHLO)\r\n421-4.7.0  For more information, go to\r\n421 4.7.0  https://support.google.com/a/answer/3221692. - gsmtp' \
		75 kept 'the name box.example.org; set "domain"'
}

@test "Yahoo, Brevo, Amazon" {
	at auth '535 5.7.0 (#AUTH005) Too many bad auth attempts.' 77 kept \
		'app password'
	at auth '525 5.7.1 Unauthorized IP address' 69 kept "provider's panel"
	at message '454 Throttling failure: Maximum sending rate exceeded.' \
		75 kept 'a moment later'
	at mail '454 Throttling failure: Maximum sending rate exceeded.' \
		75 kept 'a moment later'
}

@test "the host of tokens: somebody has to sign in again" {
	local PREPARE='smarthost_serve --mechs XOAUTH2' END=smarthost_stop
	local why LINES_OF_IT

	for why in 'invalid_grant: Token has been expired or revoked.' \
		'invalid_grant: AADSTS700082: The refresh token has expired due to inactivity.' \
		'interaction_required: AADSTS70043: The refresh token has expired or is invalid due to sign-in frequency checks.'; do
		printf '#!/bin/sh\necho "%s" >&2\necho "%s" >&2\nexit 77\n' \
			"postrider-oauth2: login.example.org: $why" \
			'hint: sign in again: postrider-oauth2 login a' >teller
		chmod 700 teller
		LINES_OF_IT=('auth xoauth2' 'user a' "$BASIC"
			"passwordeval $PWD/teller")
		twice 77 kept 'sign in again: postrider-oauth2 login a' send
		submit bob@example.net <letter
	done
}

@test "relaying: not the recipient's fault" {
	local text

	for text in '554 5.7.1 <bob@example.net>: Relay access denied' \
		'550 5.7.1 Relaying denied' '550 relay not permitted' \
		'550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain' \
		'550-Please turn on SMTP Authentication.\r\n550 box is not permitted to relay through this server without authentication.' \
		"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" \
		'550 5.7.1 Authentication required' \
		'530 5.7.57 Client not authenticated to send mail' \
		'554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.net'; do
		at rcpt "$text" 69 lost 'set "auth on", "user" and a password'
	done
	for text in mail data message; do
		at $text '550 5.7.1 authentication required' 69 lost \
			'set "auth on"'
	done
	# as Postfix has it by default
	at rcpt '454 4.7.1 <bob@example.net>: Relay access denied' 75 kept \
		'set "auth on"'
}

@test "the name we greeted with, and TLS, told late" {
	local stage

	for stage in mail rcpt data message; do
		at $stage '504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname' \
			69 lost 'the name box.example.org; set "domain"'
		at $stage '530 5.7.0 Must issue a STARTTLS command first' 69 \
			lost 'set "tls on"'
	done
	at auth '530 5.7.0 Must issue a STARTTLS command first' 69 lost \
		'set "tls on"'
	at rcpt '450 4.7.1 <box>: Helo command rejected: Host not found' 75 \
		kept 'set "domain"'
	at rcpt '550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)' \
		69 lost 'set "domain"'
}

@test "about the address itself: the recipient's fault; the sender's is not" {
	at rcpt '550 5.1.1 <bob@example.net>: no such user' 67 lost \
		'check the addresses'
	at rcpt '550 mailbox unavailable' 67 lost 'check the addresses'
	at rcpt '553 5.7.1 <a@example.org>: Sender address rejected: not owned by user b' \
		69 lost 'the reverse-path <a@example.org>'
	at mail '553 5.7.1 <bob@example.net> is not yours' 69 lost \
		'the reverse-path <a@example.org>'
}

@test "BDAT that is never answered" {
	needs chunking
	local PREPARE='smarthost_play dialogue' END=smarthost_wait
	local -a LINES_OF_IT=('timeout 1')

	{
		greet CHUNKING
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'! bdat -' '! stall'
	} >dialogue
	twice 75 kept 'never answer BDAT: set "chunking off"' send
	# DATA that is not answered has nothing to do with it
	{
		greet
		printf '%s\n' 'C: MAIL *' 'S: 250 ok' 'C: RCPT *' 'S: 250 ok' \
			'C: DATA' 'S: 354 go' '! body -' '! stall'
	} >dialogue
	twice 75 kept 'look whether it arrived' send
	expect_not chunking
}

@test "a captive portal: its certificate, its web server, no TLS at all" {
	local PREPARE='foreign' END='server_end'
	local -a LINES_OF_IT=('tls on' 'tls_starttls off'
		"tls_trust_file $CERTS/ca.pem" 'host localhost')

	foreign() {
		smarthost_serve --implicit-tls --cert "$CERTS/foreign.pem" \
			--key "$CERTS/foreign.key"
	}
	twice 69 kept tls_trust_file send
	PREPARE='smarthost_play dialogue'
	END=smarthost_wait
	echo '! tls fail' >dialogue
	twice 76 kept TLS send
	printf 'S: HTTP/1.1 302 Found\nC? QUIT\n' >dialogue
	LINES_OF_IT=()
	twice 76 kept port send
}

@test "no resolver" {
	local PREPARE=: END=:
	local -a LINES_OF_IT=('host mail.example.org' 'timeout 2')

	lost() {
		local status=0

		NAMESERVER=${NAMESERVER:-$BUILD/tests/nameserver} \
			timeout -k 5 "$LIMIT" "$ROOT/tests/nameserver/run" \
			zone "$POSTRIDER" -C "$ACCOUNT" bob@example.net \
			<letter >stdout 2>stderr || status=$?
		[ "$status" -ne 125 ] || skip 'no namespaces here'
		echo "$status" >status
	}
	echo 'mail.example.org silent' >zone
	PORT=25
	twice 75 kept '' lost
}

@test "what this machine forbids" {
	local PREPARE=: END=:
	local -a LINES_OF_IT=('syslog off')

	command -v strace >/dev/null || skip 'no strace'
	strace -qq -o trace -e trace=connect -e inject=connect:error=EACCES \
		true || skip 'strace cannot inject faults here'
	forbidden_to_connect() {
		local status=0

		# who is traced cannot look for leaks
		ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
			strace -f -qq -o trace -e trace=connect \
			-e inject=connect:error=EACCES "$POSTRIDER" \
			-C "$ACCOUNT" bob@example.net <letter >stdout \
			2>stderr || status=$?
		echo "$status" >status
	}
	PORT=1
	twice 75 kept SELinux forbidden_to_connect
}
