#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A domain that IDNA would make another one, or an address of its own, is
# refused wherever a domain may stand: each code point that the unit test
# tests/base/idna lists, in each place.

# shellcheck disable=SC1102

load ../helper

AT='＠'			# U+FF20, as Japanese keyboards write it

# each COMMAND...: runs it with each domain that must not be taken; prints those
# of them with which it does not end with $WANTED. With $STEP only some.
each() {
	local sign status

	"$BUILD/tests/base/idna" list | awk "NR % ${STEP:-1} == 0" >signs
	[ -s signs ]
	while read -r sign; do
		status=0
		"$@" "x${sign}y.example" >said 2>&1 </dev/null || status=$?
		[ "$status" = "$WANTED" ] || printf '%s %q\n' "$status" "$sign"
	done <signs >wrong
	cat wrong >&2
	[ ! -s wrong ]
}

recipient() {
	"$POSTRIDER" --host=127.0.0.1 --port=9 -f a@example.org "bob@$1"
}

sender() {
	"$POSTRIDER" --host=127.0.0.1 --port=9 -f "bob@$1" a@example.org
}

# a server that offers SMTPUTF8 would get the domain as it is
utf8() {
	"$POSTRIDER" --host=127.0.0.1 --port=9 -f a@example.org "böb@$1"
}

header() {
	printf 'Cc: Carol <c@example.org>, Bob <bob@%s>\n\nx\n' "$1" |
		"$POSTRIDER" --host=127.0.0.1 --port=9 -f a@example.org -t
}

author() {
	printf 'From: Bob <bob@%s>\n\nx\n' "$1" | "$POSTRIDER" \
		--host=127.0.0.1 --port=9 --read-envelope-from a@example.org
}

setting() {
	account_file 'host 127.0.0.1' 'port 9' 'from a@example.org' "$SETTING$1"
	"$POSTRIDER" -C "$ACCOUNT" b@example.org
}

alias_() {
	account_file 'host 127.0.0.1' 'port 9' 'from a@example.org' \
		'aliases aliases'
	echo "joe: jim@example.org, joe@$1" >aliases
	"$POSTRIDER" -C "$ACCOUNT" joe
}

@test "recipients that are arguments" {
	WANTED=65 each recipient
	WANTED=65 STEP=5 each utf8
}

@test "the reverse-path" {
	WANTED=65 each sender
}

@test "recipients in the header" {
	WANTED=65 each header
	STEP=5 WANTED=65 each author
}

@test "settings of an account" {
	WANTED=78
	for SETTING in 'host ' 'from a@'; do
		each setting
	done
	for SETTING in 'sender a@' 'qualify_domain ' 'root a@' 'domain ' \
		'tls_host_override ' 'proxy_host ' 'maildomain '; do
		STEP=20 each setting
	done
}

@test "an alias file" {
	WANTED=78 each alias_
}

# A session ends behind some errors: nine code points in each.
@test "-bs" {
	local part

	smarthost_serve
	account 'tls off' 'from a@example.org'
	"$BUILD/tests/base/idna" list | split -l 9 - part.
	for part in part.*; do
		{
			echo 'EHLO x.example'
			sed 's/.*/MAIL FROM:<bob@x&y.example> SMTPUTF8/' "$part"
			echo 'MAIL FROM:<a@example.org> SMTPUTF8'
			sed 's/.*/RCPT TO:<bob@x&y.example>/' "$part"
			echo 'QUIT'
		} | sed 's/$/\r/' | submit -bs
		expect 0
		cat stdout >>all
		wc -l <"$part" >>wanted
	done
	wanted=$(($(tr '\n' + <wanted) 0))
	[ "$wanted" -gt 300 ]
	[ "$(grep -c '^501 5[.]1[.]7 ' all)" -eq "$wanted" ]
	[ "$(grep -c '^501 5[.]1[.]3 ' all)" -eq "$wanted" ]
	smarthost_stop
	[ -z "$(ls "$CAPTURE")" ]
}

@test "the place is told" {
	recipient "paypal${AT}evil.example" >stdout 2>stderr </dev/null ||
		echo $? >status
	expect 65 "recipient 'bob@paypal" \
		'not a valid international domain name at octet 5'
	header "paypal${AT}evil.example" >stdout 2>stderr || echo $? >status
	expect 65 'field Cc in line 1:' ' at octet 34'
	author "paypal${AT}evil.example" >stdout 2>stderr || echo $? >status
	expect 65 "the reverse-path 'Bob <bob@paypal" ' at octet 10'
	account_file 'host 127.0.0.1' "tls_host_override a${AT}b"
	submit bob@example.net </dev/null
	expect 78 "$ACCOUNT:2:19: tls_host_override 'a" \
		'is not a valid international domain name'
	SETTING='from a@' setting "x${AT}y" >stdout 2>stderr </dev/null ||
		echo $? >status
	expect 78 "from ($ACCOUNT:4): not a valid"
	alias_ "x${AT}y" >stdout 2>stderr </dev/null || echo $? >status
	expect 78 'aliases:1' 'not a valid international domain name'
}

@test "an underscore stays" {
	play <<'END'
S: 220 mail.example.org ESMTP
C: EHLO *
S: 250 mail.example.org
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@_a.xn--bcher-kva.example>
S: 250 ok
C: DATA
S: 354 go
! body -
S: 250 ok
C? QUIT
END
	account 'tls off' 'from alice@example.org'
	message | submit bob@_a.bücher.example
	smarthost_wait
	expect 0
}
