#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# -O: what sendmail 8 knows is ignored where it makes no difference; anything
# else is an error, since it may be a protection that somebody asks for.

load ../helper

# word STATUS WORD: -O WORD, as sendmail.
word() {
	message | submit -O "$2" bob@example.net
	expect "$1"
}

@test "-O: names of sendmail 8, in any case, with any value" {
	local name

	ln -s "$POSTRIDER" sendmail
	account_file 'host 127.0.0.1' 'port 9' 'from alice@example.org'
	mkdir -p .config/postrider
	mv "$ACCOUNT" .config/postrider/accounts
	for name in AliasFile AliasWait AuthMechanisms Timeout.queuereturn=5d \
		timeout.initial=1s QueueDirectory MaxMessageSize=1000 \
		privacyoptions=goaway LogLevel=9 HoldExpensive=true \
		Milter.LogLevel=1 ErrorHeader NoRecipientAction=none \
		ErrorMode=q IgnoreDots DeliveryMode=b RunAsUser=mail; do
		message | ./sendmail -O "$name" -bv bob@example.net >stdout \
			2>stderr || echo "$? $name" >&2
	done 2>failed
	cat failed >&2
	[ ! -s failed ]
}

@test "-O: any other name is an error that names it" {
	local name

	account_file 'host 127.0.0.1' 'port 9' 'from alice@example.org'
	for name in RequireTLSX=yes NoSuchThing= Timeouts=1 Timeout Milter \
		Require=yes MaxMessageSiz=1 =yes ''; do
		word 64 "$name"
	done
	word 64 NoSuchThing=1
	expect 64 "-O NoSuchThing: no option of sendmail's"
	word 64 MaxMessageSiz=1
	expect 64 'did you mean MaxMessageSize?'
	word 64 require-tls=yes
	expect 64 'did you mean RequireTLS?'
}

@test "-O: what makes a difference is yes or no, and nothing else" {
	local value

	account_file 'host 127.0.0.1' 'port 9' 'from alice@example.org'
	for value in maybe 2 '' yess; do
		word 64 "requiretls=$value"
		word 64 "smtputf8=$value"
	done
	word 64 requiretls
	expect 64 'requiretls is yes or no'
}

@test "-O smtputf8=yes is -U" {
	begin SMTPUTF8 <<'END'
C: MAIL FROM:<alice@example.org> SMTPUTF8
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	message | submit -O smtputf8=yes bob@example.net
	smarthost_wait
	expect 0
	begin SMTPUTF8 <<'END'
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
	message | submit -U -O SMTPUTF8=no bob@example.net
	smarthost_wait
	expect 0
}
