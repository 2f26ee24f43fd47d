#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Messages that could not travel as they are: long lines, NULs, 8-bit data and
# raw UTF-8; and what must not be changed whatever it has.

# shellcheck disable=SC2094 # "decode body" reads no file of that name

load ../helper

decode() {
	perl "$ROOT/tests/decode.pl" "$@"
}

need_perl() {
	perl -MEncode -MMIME::QuotedPrint -e 1 2>perl.stderr ||
		skip 'no perl with its modules'
}

# collect EHLO-WORD...: a server with these, and the account for it; what it
# is sent goes to the file body.
collect() {
	begin "$@" <<'END'
C: MAIL FROM:<alice@example.org>*
S: 250 ok
C: RCPT TO:*
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
}

# head_of FIELD...: a message's header with these, and the empty line.
head_of() {
	printf '%s\n' 'From: Alice <alice@example.org>' \
		'To: bob@example.net' "$@" \
		'Date: Mon, 01 Jan 2024 12:00:00 +0000' \
		'Message-ID: <test@example.org>' ''
}

# x N: a line of N octets.
x() {
	printf '%*s\n' "$1" '' | tr ' ' x
}

has_field() {
	sed '/^\r$/q' body | tr -d '\r' | grep -qFx -e "$1" && return
	sed '/^\r$/q' body >&2
	return 1
}

has_not() {
	! sed '/^\r$/q' body | grep -iF -e "$1" >&2
}

# fits: no line of the body file has more than 998 octets, all of it is ASCII.
fits() {
	tr -d '\r' <body | LC_ALL=C awk \
		'length > 998 || /[^\t -~]/ { bad = 1 } END { exit bad }'
}

# as_it_was FILE: it arrived octet for octet.
as_it_was() {
	sed 's/^\./../; s/$/\r/' "$1" | cmp - body
}

@test "10,000 random texts decode to the same octets elsewhere" {
	need_perl
	"$BUILD/tests/mail/quoted" batch
	[ "$(decode quoted batch)" = '10000 texts' ]
}

@test "a message that needs nothing is not touched" {
	collect 8BITMIME
	{ head_of 'Subject: a  test' 'X-Folded: a' '  b ' 'MIME-Version: 1.0' \
		'Content-Type: text/plain; charset=utf-8' \
		'Content-Transfer-Encoding: 8bit'
	x 998; printf '%s\n' 'grün =' . 'From x' 'blank '; } >mail
	submit bob@example.net <mail
	smarthost_wait
	expect 0
	expect_not note long
	as_it_was mail
}

@test "a line of 999 octets: quoted-printable, and all of it is there" {
	need_perl
	collect SIZE 8BITMIME
	{ x 999; printf '%s\n' 'From x' . ..a 'b ' 'c=20' '' end; } >text
	{ head_of; cat text; } | submit bob@example.net
	smarthost_wait
	expect 0
	expect_not warning 'as it is'
	fits
	has_field 'MIME-Version: 1.0'
	has_field 'Content-Type: text/plain; charset=us-ascii'
	has_field 'Content-Transfer-Encoding: quoted-printable'
	decode body <body | cmp - text
}

@test "SIZE has the octets that are sent" {
	local octets

	collect SIZE
	{ head_of; x 5000; } | submit -v bob@example.net
	smarthost_wait
	expect 0
	octets=$(wc -c <body)
	grep -q "SIZE=$octets\$" <(cat stdout stderr)
}

@test "8-bit text goes encoded where there is no 8BITMIME, else as it is" {
	need_perl
	for capability in 8BITMIME SIZE; do
		collect $capability
		{ head_of; echo grün; } >mail
		submit bob@example.net <mail
		smarthost_wait
		expect 0
		expect_not 8BITMIME
		[ $capability = SIZE ] || as_it_was mail
	done
	has_field 'Content-Type: text/plain; charset=utf-8'
	[ "$(decode body <body)" = grün ]
	collect
	{ head_of; printf 'gr\374n\n'; } | submit bob@example.net
	smarthost_wait
	has_field 'Content-Type: text/plain; charset=unknown-8bit'
	decode body <body | cmp - <(printf 'gr\374n\n')
}

@test "UTF-8 is recognised across the parts that a large body is read in" {
	need_perl
	collect
	{ head_of; printf a; yes ü | tr -d '\n' | head -c 3000000; } >mail
	submit bob@example.net <mail
	smarthost_wait
	expect 0
	fits
	has_field 'Content-Type: text/plain; charset=utf-8'
	decode body <body | cmp - <(sed '1,/^$/d' mail; echo)
	collect
	{ head_of; printf a; yes ü | tr -d '\n' | head -c 2999999; } |
		submit bob@example.net
	smarthost_wait
	has_field 'Content-Type: text/plain; charset=unknown-8bit'
}

@test "a large text goes encoded in chunks, and all of it is there" {
	need_perl
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'timeout 30'
	{ x 999; seq -f 'line %g = grün ' 100000; } >text
	{ head_of; cat text; } | submit -v bob@example.net
	expect 0
	is_off chunking || grep -q '^.*BDAT' <(cat stdout stderr)
	cp "$CAPTURE/1.message" body
	fits
	decode body <body | cmp - text
	smarthost_stop
}

@test "a NUL in text goes encoded; a text without a header, too" {
	need_perl
	collect 8BITMIME
	{ head_of; printf 'a\0b\nc'; } | submit bob@example.net
	smarthost_wait
	expect 0
	decode body <body | cmp - <(printf 'a\0b\nc\n')
	collect 8BITMIME
	printf 'a\0b: c\n\0\n' | submit bob@example.net
	smarthost_wait
	expect 0
	decode body <body | cmp - <(printf 'a\0b: c\n\0\n')
}

@test "a NUL behind a mailbox line begins a large file's body" {
	need_perl
	collect 8BITMIME
	{ printf 'junk\n'
	printf 'From alice@example.org Mon Jan  1 00:00:00 2024\n\0'
	yes 'a line of text' | head -n 100000; } >mail
	{ read -r _; submit bob@example.net; } <mail
	smarthost_wait
	expect 0
	decode body <body | cmp - <(tail -n +3 mail)
}

@test "a Content-Type of text stays, an identity encoding is replaced" {
	local encoding

	for encoding in 7bit 8BIT ' binary (of sorts)'; do
		collect
		{ head_of 'mime-version: 1.0 (x)' \
			'content-type: TEXT/html (a) ; charset=iso-8859-1' \
			"content-transfer-encoding:$encoding"
		x 2000; } | submit bob@example.net
		smarthost_wait
		expect 0
		fits
		has_field 'mime-version: 1.0 (x)'
		has_field 'content-type: TEXT/html (a) ; charset=iso-8859-1'
		has_field 'Content-Transfer-Encoding: quoted-printable'
		has_not "encoding:$encoding"
		[ "$(grep -aic '^mime-version' body)" -eq 1 ]
	done
}

# What is never encoded, a message each; the header's lines end in "|".
never() {
	cat <<'END'
several parts	Content-Type: multipart/mixed; boundary=b|
several parts	Content-Type: message/rfc822|
signed	Content-Type: multipart/signed; boundary=b|
signed	DKIM-Signature: v=1; a=b|
signed	ARC-Seal: i=1|
encoded already	Content-Transfer-Encoding: quoted-printable|
encoded already	Content-Type: text/plain|Content-Transfer-Encoding: base64|
not text	Content-Type: application/pdf|
not text	Content-Type: text/plain|Content-Type: text/html|
not text	Content-Type: text/plain; charset="UTF-16"|
not text	Content-Type: text|
END
}

@test "what is not plain text of one part passes, and that is said" {
	local why fields

	while IFS=$'\t' read -r why fields; do
		collect
		{ head_of; } | sed '$d' >mail
		{ tr '|' '\n' <<<"${fields%|}"; echo; x 999; echo grün; } >>mail
		submit bob@example.net <mail
		smarthost_wait
		expect 0 "$why" 'goes as it is' 'does not offer 8BITMIME'
		as_it_was mail
	done < <(never)
}

@test "a NUL there is refused with its position, before any connection" {
	local why fields

	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	while IFS=$'\t' read -r why fields; do
		{ head_of | sed '$d'; tr '|' '\n' <<<"${fields%|}"
		printf '\none\nab\0c\0\n'; } >mail
		submit bob@example.net <mail
		expect 65 "line $(($(wc -l <mail))), octet 3" "$why"
	done < <(never)
	{ printf 'Subject: a\0b\n\ntext\n'; } | submit bob@example.net
	expect 65 'line 1, octet 11'
}

@test "long_lines pass and refuse" {
	collect
	{ head_of; x 2000; } >mail
	submit --long-lines=pass bob@example.net <mail
	smarthost_wait
	expect 0
	expect_not 'as it is'
	as_it_was mail
	account_file 'host 127.0.0.1' 'port 1' 'tls off' \
		'from alice@example.org' 'long_lines refuse'
	submit bob@example.net <mail
	expect 65 'line 6' '2000 octets' 'long_lines encode'
	{ printf 'X: '; x 1000; cat mail; } | submit bob@example.net
	expect 65 'line 1 ' '1003 octets'
	{ printf 'Bcc: '; x 1000; head_of; x 998; } |
		submit bob@example.net
	expect 75
}

@test "raw UTF-8 in the header becomes encoded words" {
	need_perl
	collect SMTPUTF8 8BITMIME
	{ head_of 'Subject: Grüße aus  Köln' 'Cc: "Müller, Jörg" <j@example.org>' \
		'X-Note: ü' | sed 's/^From: Alice/From: Ålice/'; echo text; } >mail
	submit bob@example.net <mail
	smarthost_wait
	expect 0
	grep -q '^C: MAIL.*BODY' body && false
	fits
	[ "$(decode header Subject <body)" = 'Grüße aus  Köln' ]
	[ "$(decode header Cc <body)" = 'Müller, Jörg <j@example.org>' ]
	[ "$(decode header From <body)" = 'Ålice <alice@example.org>' ]
	[ "$(decode header X-Note <body)" = ü ]
	has_not MIME-Version
}

@test "long and odd subjects decode to the same elsewhere" {
	local subject

	need_perl
	while IFS= read -r subject; do
		collect
		{ head_of "Subject: $subject"; echo text; } |
			submit bob@example.net
		smarthost_wait
		fits
		LC_ALL=C awk 'length > 77 { exit 1 }' body
		[ "$(decode header Subject <body)" = "$subject" ]
	done <<END
$(printf 'ü%.0s' {1..200})
$(printf '😀%.0s' {1..100})
$(printf 'wörd and word %.0s' {1..40})end
$(printf 'only ascii %.0s' {1..30})ü
ü $(printf 'only ascii %.0s' {1..30})end
a?b=c_d ü =?not?an?encoded word
ü	tabs	and ü
END
}

@test "UTF-8 in the header stays where the message needs SMTPUTF8 anyway" {
	begin SMTPUTF8 8BITMIME <<'END'
C: MAIL FROM:<alice@example.org> BODY=8BITMIME SMTPUTF8
S: 250 ok
C: RCPT TO:<jürgen@example.net>
S: 250 ok
C: DATA
S: 354 go
! body body
S: 250 ok
C? QUIT
END
	{ head_of 'Subject: Grüße'; echo text; } >mail
	submit jürgen@example.net <mail
	smarthost_wait
	expect 0
	as_it_was mail
}

@test "UTF-8 stays in a signed message, in structured fields, if malformed" {
	collect 8BITMIME
	{ head_of 'Subject: Grüße' 'DKIM-Signature: v=1'; echo text; } >mail
	submit bob@example.net <mail
	smarthost_wait
	as_it_was mail
	collect 8BITMIME
	{ head_of 'List-Id: Grüße <a.example.org>' $'Subject: \374'; } >mail
	submit bob@example.net <mail
	smarthost_wait
	as_it_was mail
}

@test "a long header line is folded at a blank, or passes with a note" {
	collect 8BITMIME
	{ head_of "References: $(printf '<%s@example.org> ' {1..100})x" \
		'Content-Type: multipart/mixed; boundary=b'; echo --b--; } >mail
	submit bob@example.net <mail
	smarthost_wait
	expect 0
	expect_not 'as it is'
	fits
	as_one=$(tr -d '\r' <body | sed -z 's/\n\([ \t]\)/\1/g')
	[ "$as_one" = "$(cat mail)" ]
	collect 8BITMIME
	{ head_of "X-Long: $(x 1000)"; echo text; } >mail
	submit bob@example.net <mail
	smarthost_wait
	expect 0 'no place to fold it at'
	as_it_was mail
}
