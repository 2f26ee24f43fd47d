#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Messages from standard input to the wire: recipients of the header, fields
# that are added and removed, and bytes that arrive as they should.

# shellcheck disable=SC2059

load ../helper

serve() {
	smarthost_serve
	account 'tls off' 'from alice@example.org' 'timeout 30' "$@"
}

# The recipients of the first message, in their order.
recipients() {
	sed -n 's/^rcpt <\(.*\)>.*/\1/p' "$CAPTURE/1.envelope" | xargs
}

arrived() {
	tr -d '\r' <"$CAPTURE/${1:-1}.message"
}

@test "a complete message arrives byte for byte" {
	serve
	message 'one' ' two' '' 'three  ' | submit bob@example.net
	expect 0
	message 'one' ' two' '' 'three  ' | sed 's/$/\r/' >wanted
	same wanted "$CAPTURE/1.message"
}

@test "LF, CRLF, mixed and no final newline arrive the same" {
	serve
	message one two | submit bob@example.net
	message one two | sed 's/$/\r/' | submit bob@example.net
	message one two | sed '1~2s/$/\r/' | submit bob@example.net
	printf '%s' "$(message one two)" | submit bob@example.net
	for n in 2 3 4; do
		same "$CAPTURE/1.message" "$CAPTURE/$n.message"
	done
}

@test "CR CR LF is one line end: in the header no field is lost, Bcc neither" {
	serve
	printf '%s\r\r\n' 'To: a@example.net' 'Bcc: secret@example.net' \
		'Subject: s' '' x >double
	submit -t <double
	expect 0
	# a reader that cuts anywhere
	while IFS= read -r -n 1 -d '' octet; do
		printf %s "$octet"
	done <double | submit -t
	expect 0
	{
		printf '%s\r\n' 'EHLO client' 'MAIL FROM:<alice@example.org>' \
			'RCPT TO:<a@example.net>' DATA
		cat double
		printf '%s\r\n' . QUIT
	} | postrider -C "$ACCOUNT" -bs
	expect 0
	for n in 1 2; do
		grep -qx 'rcpt <secret@example.net>' "$CAPTURE/$n.envelope"
		arrived "$n" >got
		lacks secret got
		grep -qx 'Subject: s' got
		sed '1,/^$/d' got | same - <(echo x)
	done
	lacks Bcc: "$CAPTURE/3.message"
	grep -q '^Subject: s' "$CAPTURE/3.message"
}

@test "a run of CRs without an LF is as many line ends" {
	serve
	printf 'To: a@example.net\r\r\rBcc: text\r\rx' | submit a@example.net
	expect 0
	arrived | sed '1,/^$/d' | same - <(printf '\nBcc: text\n\nx\n')
}

@test "a run of ten million CRs takes no longer than other octets" {
	serve
	{
		message
		head -c 10000000 /dev/zero | tr '\0' '\r'
		echo end
	} | submit a@example.net
	expect 0
	[ "$(stat -c %s "$CAPTURE/1.message")" -gt 20000000 ]
	{
		printf 'To: a@example.net'
		head -c 10000000 /dev/zero | tr '\0' '\r'
		printf '\nBcc: b@example.net\n\nx\n'
	} | submit -t
	expect 0
	lacks ^Bcc "$CAPTURE/2.message"
}

@test "a lone dot that is the last line of a pipe is dropped, without -i" {
	serve
	message one . two . | submit a@example.net
	message one . two . | submit -i a@example.net
	message one . two . >typed
	submit a@example.net <typed
	for n in 1 2 3; do
		arrived "$n" >"got$n"
	done
	same got1 <(message one . two)
	same got2 typed
	same got3 typed
}

@test "-t: the error says where the header ended" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	printf '\nTo: a@example.net\n\nx\n' | submit -t
	expect 64 'ends before it begins' 'line 1 is empty' 'leave out'
	printf 'Hello!\nTo: a@example.net\n\nx\n' | submit -t
	expect 64 'before it begins, at line 1, which is no field'
	printf 'Subject: x\nHello!\nTo: a@example.net\n\nx\n' | submit -t
	expect 64 'ends at line 2, which is no field'
	printf 'Subject: x\n\nTo: a@example.net\n' | submit -t
	expect 64 'none in To, Cc and Bcc' 'add a To field'
}

# fields N NAME: those of a message, unfolded
fields() {
	arrived "$1" | sed '/^$/,$d' | awk -v name="$2:" '
		/^[ \t]/ { if (of) line = line $0; next }
		of { print line }
		{ of = index($0, name) == 1; line = $0 }
		END { if (of) print line }'
}

@test "fields that say nothing are replaced, and their text is kept" {
	serve
	printf '%s\n' 'From:' 'Date:' 'Message-ID:' 'Cc: ' '' x |
		submit bob@example.net
	printf '%s\n' 'From: The Backup Script' 'Date: lun. 5 janv. 2026' \
		'Message-ID: 1234' 'Cc: c@example.net' '' x |
		submit bob@example.net
	printf 'Date: Mon, 5 Jan 2026 10:00:00 +0100 (f\374r)\n\nx\n' |
		submit bob@example.net
	printf '%s\n' 'From: Foo' 'Date: x' 'Message-ID: y' '' x |
		submit -G bob@example.net
	for n in 1 2 3; do
		fields "$n" From | grep -qx 'From: alice@example.org'
		[ "$(fields "$n" From | wc -l)" -eq 1 ]
		fields "$n" Date | grep -qE '^Date: .* 20[0-9]{2} [0-9:]{8} [+-]'
		[ "$(fields "$n" Date | wc -l)" -eq 1 ]
		fields "$n" Message-ID | grep -q '^Message-ID: <.*@example.org>$'
		[ "$(fields "$n" Message-ID | wc -l)" -eq 1 ]
	done
	[ -z "$(fields 1 Cc)" ]
	lacks X-Original "$CAPTURE/1.message"
	fields 2 X-Original-From | grep -qx 'X-Original-From: The Backup Script'
	fields 2 X-Original-Date |
		grep -qx 'X-Original-Date: lun. 5 janv. 2026'
	fields 2 X-Original-Message-ID | grep -qx 'X-Original-Message-ID: 1234'
	fields 2 Cc | grep -qx 'Cc: c@example.net'
	fields 3 X-Original-Date | grep -q 'Mon, 5 Jan 2026'
	arrived 4 | head -n 3 |
		same - <(printf '%s\n' 'From: Foo' 'Date: x' 'Message-ID: y')
}

@test "fields that may stand once do" {
	serve
	printf '%s\n' 'From: alice@example.org' 'To: a@example.net' \
		'To: undisclosed-recipients:;' 'Cc: c@example.net' \
		'Subject: one' 'To: B <b@example.net>' 'Cc:' 'Subject: two' \
		'Reply-To: r@example.net' 'Reply-To: s@example.net' '' x |
		submit -t
	expect 0
	[ "$(recipients)" = 'a@example.net c@example.net b@example.net' ]
	fields 1 To | grep -qx 'To: a@example.net, B <b@example.net>'
	fields 1 Cc | grep -qx 'Cc: c@example.net'
	fields 1 Reply-To | grep -qx 'Reply-To: r@example.net, s@example.net'
	fields 1 Subject | grep -qx 'Subject: one'
	fields 1 X-Original-Subject | grep -qx 'X-Original-Subject: two'
	[ "$(arrived | grep -ciE '^(to|cc|subject|reply-to):')" -eq 4 ]
}

@test "several authors get a Sender; of equal ones one is left" {
	serve
	printf 'From: a@example.org, B <b@example.org>\n\nx\n' |
		submit bob@example.net
	printf 'From: a@example.org, A <a@example.org>\n\nx\n' |
		submit bob@example.net
	printf 'From: a@example.org\nFrom: b@example.org\n\nx\n' |
		submit bob@example.net
	printf 'From: a@box, b@box\n\nx\n' |
		submit --sender=you@example.org bob@example.net
	printf 'Sender: c@example.org\nFrom: a@example.org, b@example.org\n' |
		submit bob@example.net
	fields 1 Sender | grep -qx 'Sender: alice@example.org'
	fields 2 From | grep -qx 'From: a@example.org'
	[ -z "$(fields 2 Sender)" ]
	fields 3 From | grep -qx 'From: a@example.org, b@example.org'
	fields 3 Sender | grep -qx 'Sender: alice@example.org'
	fields 4 From | grep -qx 'From: "a@box" <you@example.org>'
	[ -z "$(fields 4 Sender)" ]
	fields 5 Sender | grep -qx 'Sender: c@example.org'
}

@test "a signed message keeps what it has" {
	local sign

	serve
	for sign in 'DKIM-Signature: v=1' \
		'Content-Type: multipart/signed; boundary=x' \
		'Content-Type: application/pkcs7-mime; smime-type=signed-data'; do
		printf '%s\n' "$sign" 'From: a@example.org, b@example.org' \
			'To: a@example.net' 'To:' 'Date: x' 'Message-ID: y' '' x |
			tee signed | submit bob@example.net
		expect 0
	done
	sed 's/$/\r/' signed | same - "$CAPTURE/3.message"
	for n in 1 2; do
		arrived "$n" | tail -n +2 | same - <(tail -n +2 signed)
	done
}

@test "set_to_header auto names the recipient, or nobody" {
	serve 'set_to_header auto'
	echo x | submit bob@example.net
	echo x | submit bob@example.net carol@example.net
	printf 'To:\n\nx\n' | submit bob@example.net
	printf 'Cc: c@example.net\n\nx\n' | submit bob@example.net
	printf 'Bcc: c@example.net\n\nx\n' | submit bob@example.net
	printf 'Resent-To: c@example.net\n\nx\n' | submit bob@example.net
	for n in 1 3; do
		fields "$n" To | grep -qx 'To: bob@example.net'
	done
	fields 2 To | grep -qx 'To: undisclosed-recipients:;'
	for n in 4 5 6; do
		[ -z "$(fields "$n" To)" ]
	done
}

# longest N: octets of the longest line of a message
longest() {
	arrived "$1" | awk '{ if (length > n) n = length } END { print n + 0 }'
}

# compact: a field's body without its blanks
compact() {
	tr -d ' \n'
}

@test "fields of more than 998 octets without blanks are folded" {
	local to refs long quoted

	serve
	to=$(seq -s , -f 'recipient.%.0f@example.net' 100)
	refs=$(printf '<%040d@example.org>' {1..40})
	long=$(printf 'a%.0s' {1..1500})
	quoted=$(seq -s , 600)
	printf '%s\n' "To:$to" "References:$refs" "Subject: $long" \
		"X-List:$to" "Cc: \"$quoted\" <c@example.net>" \
		"Content-Disposition:inline;$(seq -s ';' -f 'x%.0f=y' 200)" \
		'' x | submit -t
	expect 0
	[ "$(arrived | grep -v 'Cc:' | awk '{ if (length > n) n = length }
		END { print n }')" -le 998 ]
	fields 1 To | compact | grep -qxF "To:$to"
	fields 1 References | compact | grep -qxF "References:$refs"
	fields 1 X-List | compact | grep -qxF "X-List:$to"
	# a name in quotes is not changed
	fields 1 Cc | grep -qF "\"$quoted\""
	fields 1 Subject | perl -MEncode -pe '$_ = decode("MIME-Header", $_)' |
		grep -qxF "Subject: $long"
	[ "$(recipients | wc -w)" -eq 101 ]
	printf '%s\n' "To:$to" "DKIM-Signature: v=1" '' x | submit -t
	expect 0 'signed message'
	grep -qF "To:$to" "$CAPTURE/2.message"
	printf '%s\n' "X: $long" '' x | submit c@example.net
	expect 0 'no place to fold'
	grep -qF "$long" "$CAPTURE/3.message"
}

@test "base64 in lines of thousands of octets gets others" {
	serve
	head -c 300000 /dev/urandom >noise
	{
		printf '%s\n' 'MIME-Version: 1.0' 'Content-Type: image/png' \
			'Content-Transfer-Encoding: Base64' ''
		base64 -w 3001 noise
	} >picture
	submit c@example.net <picture
	expect 0
	[ "$(longest 1)" -le 78 ]
	arrived 1 | sed '1,/^$/d' | base64 -d | same - noise
	sed 's/^$/\nno base64!/' picture | submit c@example.net
	expect 0 'a line of more than 998 octets'
	[ "$(longest 2)" -eq 3001 ]
	sed 's,image/png,multipart/mixed; boundary=x,' picture |
		submit c@example.net
	[ "$(longest 3)" -eq 3001 ]
	sed 's,image/png,application/pkcs7-mime,' picture |
		submit c@example.net
	[ "$(longest 4)" -eq 3001 ]
	submit --long-lines=pass c@example.net <picture
	[ "$(longest 5)" -eq 3001 ]
}

# decoded N NAME: a field with its encoded words as UTF-8
decoded() {
	fields "$1" "$2" |
		perl -MEncode -pe '$_ = encode("UTF-8", decode("MIME-Header", $_))'
}

@test "8-bit header text is in the charset that Content-Type declares" {
	local row charset name subject

	serve
	for row in 'iso-8859-1|J\xf6rg|Gr\xfc\xdfe' \
		'"ISO-8859-1"; x=y|J\xf6rg|Gr\xfc\xdfe' \
		'windows-1252|J\xf6rg|Gr\xfc\xdfe' \
		'koi8-r|\xea\xdd\xf2|\xf0\xf2\xe9' \
		'utf-8|J\xc3\xb6rg|Gr\xc3\xbc\xc3\x9fe'; do
		IFS='|' read -r charset name subject <<<"$row"
		printf "From: $name <alice@example.org>\nTo: bob@example.net\nSubject: $subject\nContent-Type: text/plain; charset=$charset\n\nx\n" |
			submit -t
		expect 0
		[ ! -s stderr ]
	done
	for n in 1 2 3 5; do
		decoded "$n" Subject | grep -qx 'Subject: Grüße'
		decoded "$n" From | grep -qx 'From: Jörg <alice@example.org>'
	done
	decoded 4 Subject | grep -qx 'Subject: ПРИ'
	for n in 1 2 3 4 5; do
		run grep -P '[\x80-\xff]' "$CAPTURE/$n.message"
		[ "$status" -eq 1 ]
	done
	# what Windows calls ISO 8859-1
	printf 'Subject: \x84Zitat\x93\nContent-Type: text/plain; charset=iso-8859-1\n\nx\n' |
		submit bob@example.net
	decoded 6 Subject | grep -qx 'Subject: „Zitat“'
	# the old text of a field that is replaced
	printf 'Date: f\xfcr\nContent-Type: text/plain; charset=iso-8859-1\n\nx\n' |
		submit bob@example.net
	decoded 7 X-Original-Date | grep -qx 'X-Original-Date: für'
}

@test "8-bit header text in no charset passes, with a note" {
	local type

	serve
	for type in 'text/plain' 'text/plain; charset=utf-8' \
		'text/plain; charset=us-ascii' 'text/plain; charset=x-none' \
		'text/plain; charset=utf-16' 'multipart/mixed; boundary=x' \
		'text/plain; charset="utf-8//IGNORE"'; do
		printf "Subject: Gr\xfc\xdfe\nContent-Type: $type\n\nx\n" |
			submit bob@example.net
		expect 0 'field Subject has 8-bit text' 'goes as it is'
	done
	printf 'Subject: Gr\xfc\xdfe\n\nx\n' | submit bob@example.net
	expect 0 'no Content-Type says'
	for n in {1..8}; do
		grep -q $'^Subject: Gr\xfc\xdfe' "$CAPTURE/$n.message"
	done
	printf 'Subject: Gr\xfc\xdfe\nContent-Type: text/plain; charset=iso-8859-1\nDKIM-Signature: x\n\nx\n' |
		submit bob@example.net
	grep -q $'^Subject: Gr\xfc\xdfe' "$CAPTURE/9.message"
}

@test "text without a header gets one, and its own lines stay together" {
	serve
	printf 'Hello\nTo: nobody@example.com\n' | submit bob@example.net
	expect 0
	arrived | sed -n '/^$/,$p' | cmp - <(printf '\nHello\nTo: nobody@example.com\n')
	arrived | grep -qx 'From: alice@example.org'
	arrived | grep -q '^Date: '
	arrived | grep -q '^Message-ID: <[0-9a-v]*@example.org>$'
}

@test "empty input and a header alone are messages" {
	serve
	submit bob@example.net </dev/null
	expect 0
	[ "$(arrived | wc -l)" -eq 4 ]
	printf 'Subject: x\n' | submit bob@example.net
	expect 0
	arrived 2 | grep -qx 'Subject: x'
}

@test "a NUL in a field is refused with its position, before any connection" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	{ printf 'X: a\nY: ab\0c\n'; message one; } | submit bob@example.net
	expect 65 'line 2, octet 6'
}

@test "-t reads To, Cc and Bcc; Bcc never leaves in any spelling" {
	serve
	submit -t carol@example.com <<'END'
From: alice@example.org
to: bob@example.net
Cc: "Carol, C." <carol@example.com>,
 dave@example.net (a comment (nested, even))
Bcc: eve@example.net,
	frank@example.net
BCC : grace@example.net
bcc:heidi@example.net
Resent-Bcc-Not: stays
Subject: x

text
END
	expect 0
	[ "$(recipients)" = 'carol@example.com bob@example.net dave@example.net eve@example.net frank@example.net grace@example.net heidi@example.net' ]
	arrived >got
	run grep -iE 'eve@|frank|grace|heidi|^bcc' got
	[ "$status" -eq 1 ]
	grep -q '^Resent-Bcc-Not: stays' got
}

@test "without -t the header names nobody, and Bcc is removed all the same" {
	serve
	printf 'To: x@example.com\nBcc: y@example.com\n\ntext\n' |
		submit bob@example.net
	expect 0
	[ "$(recipients)" = bob@example.net ]
	# a Message-ID may have these letters
	lacks -i -e '^bcc:' -e y@example "$CAPTURE/1.message"
}

@test "remove_bcc_headers off keeps them" {
	serve 'remove_bcc_headers off'
	printf 'To: x@example.com\nBcc: y@example.com\n\ntext\n' |
		submit bob@example.net
	expect 0
	arrived | grep -qx 'Bcc: y@example.com'
}

@test "the first block of Resent- fields counts instead; Resent-Bcc goes" {
	serve
	submit -t <<'END'
Resent-From: alice@example.org
Resent-To: new@example.net
Resent-Bcc: hidden@example.net
Resent-From: old@example.org
Resent-To: older@example.net
From: x@example.org
To: y@example.net

text
END
	expect 0
	[ "$(recipients)" = 'new@example.net hidden@example.net' ]
	run grep -i hidden "$CAPTURE/1.message"
	[ "$status" -eq 1 ]
}

@test "several authors in From are never recipients" {
	serve
	printf 'From: a@example.org, b@example.org\nTo: bob@example.net\n\nx\n' |
		submit -t
	expect 0
	[ "$(recipients)" = bob@example.net ]
}

@test "quoted local parts stay quoted" {
	serve
	printf 'To: "jane doe"@example.net, <@relay.example,@b:joe@example.net>\n\nx\n' |
		submit -t
	expect 0
	grep -qx 'rcpt <"jane doe"@example.net>' "$CAPTURE/1.envelope"
	grep -qx 'rcpt <joe@example.net>' "$CAPTURE/1.envelope"
}

@test "an address that cannot be read: field, line, and nothing is sent" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	printf 'Subject: x\nTo: ok@example.net, broken@@example.net\n\nx\n' |
		submit -t
	expect 65 'To' 'line 2'
}

@test "an mbox line and an incoming Return-Path are dropped" {
	serve
	{
		echo 'From alice@example.org Mon Sep 17 00:00:00 2001'
		echo 'Return-Path: <bounce@example.com>'
		message
	} | submit bob@example.net
	expect 0
	message | sed 's/$/\r/' >wanted
	same wanted "$CAPTURE/1.message"
}

@test "a second mbox line, and a byte order mark, do not end the header" {
	serve
	{
		echo 'From alice@example.org Mon Sep 17 00:00:00 2001'
		echo '>From bob@example.org Mon Sep 17 00:00:00 2001'
		echo 'Bcc: hidden@example.net'
		message
	} | submit -t
	expect 0
	{
		printf '\357\273\277Bcc: hidden@example.net\n'
		message
	} | submit -t
	expect 0
	message | sed 's/$/\r/' >wanted
	same wanted "$CAPTURE/1.message"
	same wanted "$CAPTURE/2.message"
	[ "$(recipients 1)" = 'hidden@example.net bob@example.net' ]
	[ "$(recipients 2)" = 'hidden@example.net bob@example.net' ]
}

@test "-F: quoted, encoded, and only for a missing From" {
	local name from

	while IFS='|' read -r name from; do
		serve
		printf 'To: x@example.com\n\ntext\n' | submit -F "$name" bob@example.net
		expect 0
		arrived | grep -qxF "From: $from" || {
			arrived >&2
			return 1
		}
		smarthost_stop
		rm -rf "$CAPTURE"
	done <<'END'
Alice|Alice <alice@example.org>
Alice Adams|Alice Adams <alice@example.org>
Adams, Alice|"Adams, Alice" <alice@example.org>
Alice "A" Adams|"Alice \"A\" Adams" <alice@example.org>
Älice|=?UTF-8?Q?=C3=84lice?= <alice@example.org>
|alice@example.org
END
	serve
	message | submit -F Somebody bob@example.net
	arrived | grep -qx 'From: Alice <alice@example.org>'
}

@test "-F with a line end is refused" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'from alice@example.org'
	message | submit -F $'x\nBcc: evil@example.com' bob@example.net
	expect 64
}

@test "set_from_header, set_date_header, set_msgid_header" {
	serve 'set_from_header on' 'set_date_header off' 'set_msgid_header off'
	printf 'From: root\nTo: x@example.com\n\ntext\n' | submit bob@example.net
	expect 0
	arrived >got
	[ "$(grep -c '^From:' got)" -eq 1 ]
	grep -qx 'From: alice@example.org' got
	run grep -E '^(Date|Message-ID):' got
	[ "$status" -eq 1 ]
	printf 'To: x@example.com\n\ntext\n' |
		submit --set-from-header=off bob@example.net
	expect 0
	run grep '^From:' "$CAPTURE/2.message"
	[ "$status" -eq 1 ]
}

@test "the Date is RFC 5322's, whatever the locale and zone" {
	serve
	TZ=Asia/Kathmandu LC_ALL=de_DE.UTF-8 postrider -C "$ACCOUNT" \
		bob@example.net </dev/null
	expect 0
	arrived | grep -qE '^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} \+0[0-9]{3}$'
}

@test "Message-IDs differ" {
	serve
	submit bob@example.net </dev/null
	submit bob@example.net </dev/null
	grep -h '^Message-ID' "$CAPTURE"/*.message | sort | uniq -d >same-ids
	[ ! -s same-ids ]
}

@test "no sender anywhere: 78, with the line to add" {
	smarthost_serve
	account 'tls off'
	case $(hostname) in
	*.*) skip 'this host has a full name' ;;
	esac
	message | submit bob@example.net
	expect 78 'from you@example.org'
}

@test "100,000 header fields and a header line of a megabyte" {
	serve
	{
		for ((i = 0; i < 100000; i++)); do
			echo "X-Field-$i: value"
		done
		printf 'X-Long: '
		head -c 1000000 /dev/zero | tr '\0' x
		echo
		message
	} >big
	submit bob@example.net <big
	expect 0
	sed 's/$/\r/' big >wanted
	same wanted "$CAPTURE/1.message"
}

@test "a body above what is kept in memory, and a line of 3 MB" {
	serve 'long_lines pass'
	{
		message
		seq 1 400000
		head -c 3000000 /dev/zero | tr '\0' y
		echo
		echo .
	} >big
	# shellcheck disable=SC2002 # a pipe: a file needs no copy
	cat big | submit -i bob@example.net
	expect 0
	sed 's/$/\r/' big >wanted
	same wanted "$CAPTURE/1.message"
}

@test "every line end at every edge of a block" {
	serve 'long_lines pass'
	{
		message
		for ((i = 65500; i < 65560; i += 7)); do
			head -c "$i" /dev/zero | tr '\0' z
			printf '\r\n.\n\r'
		done
		echo end
	} >edges
	submit bob@example.net <edges
	expect 0
	sed 's/\r$//' edges | tr '\r' '\n' | sed 's/$/\r/' >wanted
	same wanted "$CAPTURE/1.message"
}
