#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Which address a server has refused: of the reverse-path, From, Sender and the
# recipients, as far as its reply tells, the hint names the right one.

load ../helper

# refused STAGE REPLY [ADDRESS]: at that stage; the message has three addresses
refused() {
	local mail='S: 250 ok' rcpt='S: 250 ok' end='S: 250 ok'

	case $1 in
	mail) mail="S: $2" ;;
	rcpt) rcpt="S: $2" ;;
	end) end="S: $2" ;;
	esac
	{
		greet
		printf 'C: MAIL *\n%s\n' "$mail"
		[ "$1" = mail ] || printf 'C: RCPT *\n%s\n' "$rcpt"
		[ "$1" != end ] ||
			printf 'C: DATA\nS: 354 go\n! body -\n%s\n' "$end"
		echo 'C? QUIT'
	} >dialogue
	smarthost_play dialogue
	account 'tls off' 'from path@example.org' 'timeout 20' 'aliases'
	printf '%s\n' 'From: A <from@example.org>' \
		'Sender: sender@example.org' '' text |
		submit "${3:-b@example.net}"
	smarthost_wait
	[ "$(cat status)" -ne 0 ]
}

# hint TEXT, none TEXT: the hint has that, or not
hint() {
	local line

	line=$(grep '^hint: ' stderr || true)
	if [[ $line != *"$1"* ]]; then
		printf 'hint expected: %s\n' "$1" >&2
		sed 's/^/stderr: /' stderr >&2
		return 1
	fi
}

none() {
	if grep '^hint: ' stderr | grep -F -e "$1" >&2; then
		return 1
	fi
}

path='the reply is about the reverse-path <path@example.org>'
from="the reply is about the field From 'A <from@example.org>'"
either="$path or the field From 'A <from@example.org>';"

@test "refused at MAIL: the reverse-path" {
	refused mail '553 5.7.1 not yours'
	hint "$path; the server may accept only addresses of the account: set \"from\", give -f, or set \"sender ADDRESS\""
	refused mail '501 5.1.7 bad address syntax'
	hint "$path;"
	refused mail '450 4.1.8 <path@example.org>: Sender address rejected: Domain not found'
	hint "$path;"
}

@test "refused at MAIL: not for the address" {
	refused mail '530 5.7.0 Must issue a STARTTLS command first'
	none 'reply is about'
	refused mail '451 4.3.0 try again later'
	none 'reply is about'
	hint 'try again later'
}

@test "refused at RCPT for the reverse-path" {
	local reply

	for reply in \
		'553 5.7.1 <path@example.org>: Sender address rejected: not owned by user you' \
		'550 5.1.8 not that one' '550 Sender verify failed' \
		'504 5.5.2 <path>: Sender address rejected: need fully-qualified address' \
		'550 Verification failed for <path@example.org>' \
		'550 5.7.1 MAIL FROM not permitted'; do
		refused rcpt "$reply"
		hint "$path;"
	done
}

@test "refused at RCPT for the recipient" {
	refused rcpt '550 5.1.1 <b@example.net>: no such user'
	none 'reply is about'
	refused rcpt '550 5.1.1 <path@example.org>: no such user' \
		path@example.org
	none 'reply is about'
	refused rcpt '504 5.5.2 <root>: Recipient address rejected: need fully-qualified address' root
	hint "'root' has no domain: give it an address by \"root\", \"aliases\" or \"qualify_domain\" of the account"
	refused rcpt '550 unrouteable address' bob
	hint "'bob' has no domain: give it an address by \"aliases\" or"
}

@test "one bare recipient of several" {
	begin <<'END'
C: MAIL *
S: 250 ok
C: RCPT TO:<root>
S: 550 5.1.3 no domain
C: RCPT TO:<b@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit -n root b@example.net
	smarthost_wait
	expect 67
	hint "'root' has no domain"
}

@test "the message refused for its From field" {
	local reply

	for reply in \
		'551 5.7.1 Not authorised to send from this header address' \
		'550 5.7.1 From header is not yours' \
		'554 5.2.252 SendAsDenied; you not allowed to send as from@example.org' \
		'554 Message rejected: Email address is not verified: from@example.org' \
		'550 5.7.1 RFC5322.From not aligned' \
		'550 5.7.1 Sender address is not allowed: FROM@example.org'; do
		refused end "$reply"
		hint "$from;"
		none 'give -f'
	done
}

@test "the message refused for its Sender field, the reverse-path, or either" {
	refused end '554 address is not verified: sender@example.org'
	hint "the field Sender 'sender@example.org';"
	refused end '550 5.7.1 Sender header does not match'
	hint "the field Sender 'sender@example.org';"
	refused end '550 envelope-from is not yours'
	hint "$path;"
	refused end '550 5.7.1 path@example.org cannot send'
	hint "$path;"
	refused end '550 Sender address is not allowed.'
	hint "$either"
}

@test "the message refused for what it holds" {
	refused end '554 5.6.0 spam'
	none 'reply is about'
	refused end '554 5.7.1 xfrom@example.org.example.com is listed'
	none 'reply is about'
	refused end '550-path@example.orgx\r\n550 is listed'
	none 'reply is about'
}

@test "addresses are told as they stand on the wire, quotes included" {
	local odd='"john..doe x"@lab.test'

	begin <<'END'
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<"john..doe x"@lab.test>
S: 550 5.1.1 nobody
C? QUIT
END
	echo 'logfile log' >>"$ACCOUNT"
	message | submit "$odd"
	smarthost_wait
	expect 67 "the server refused the recipient <$odd>: 550 5.1.1 nobody"
	grep -qF 'recipients="john..doe\x20x"@lab.test ' log
	grep -qF "refused='$odd: 550 5.1.1 nobody'" log

	begin <<'END'
C: MAIL FROM:<"john..doe x"@lab.test>
S: 550 5.7.1 not yours
C? QUIT
END
	message | submit -f "$odd" bob@example.net
	smarthost_wait
	expect 69 "the server refused the sender <$odd>: 550 5.7.1" \
		"the reverse-path <$odd>"

	begin <<'END'
C? QUIT
END
	message | submit -f '"jöhn..doe x"@lab.test' bob@example.net
	smarthost_wait
	expect 69 'which the sender <"jöhn..doe x"@lab.test> needs'
}
