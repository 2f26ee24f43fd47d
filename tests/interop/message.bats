#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Messages that shall reach a mailbox of Postfix byte for byte: in chunks
# (BDAT), with DATA, and where the server has next to no extension.

load helper

# carried SERVICE [SETTING ...]: the file message.
carried()
{
	account "$1"
	printf '%s\n' "${@:2}" >>accounts
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same
	grep -q '^Return-Path: <sender@example.org>$' trace
	grep -q "^Delivered-To: $BOX@example.org\$" trace
}

# Every octet but NUL, CR and LF, in bodies that say so.
eight_bit()
{
	local octet

	compose 'eight bits' | sed '/^$/,$d'
	printf 'MIME-Version: 1.0\n'
	printf 'Content-Type: application/octet-stream\n'
	printf 'Content-Transfer-Encoding: 8bit\n\n'
	printf 'Grüße, Ψυχή, 今日は\n'
	for octet in {1..9} 11 12 {14..255}; do
		# shellcheck disable=SC2059 # the format is the octet
		printf "\\x$(printf %x "$octet")"
	done
	printf '\nand no more\n'
}

# Lines that a mistaken framing would double, swallow or take for an end.
awkward()
{
	compose 'awkward lines'
	printf '%s\n' . .. ... .leading '. ' '' .
	printf '%s\n' 'From the start' '>From a mbox' ''
	printf '%s\n' 'QUIT' 'RSET' 'mail FROM:<a@example.org>' 'BDAT 3 LAST'
	printf '%s\n' '250 2.0.0 ok' ' leading blank' 'trailing blank '
	printf '\ttab\t\n'
	head -c 998 /dev/zero | tr '\0' a
	echo
	printf 'Return-Path: <body@example.org>\n'
	printf '\n\n\n'
}

# attachment BYTES: base64 of noise that is the same each time.
attachment()
{
	compose 'an attachment' | sed '/^$/,$d'
	cat <<-'END'
		MIME-Version: 1.0
		Content-Type: multipart/mixed; boundary="=-="

		--=-=
		Content-Type: text/plain

		See there.

		--=-=
		Content-Type: application/octet-stream
		Content-Disposition: attachment; filename=noise
		Content-Transfer-Encoding: base64

	END
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < 61; i++)
			line = line sprintf("%c", 97 + i * 7 % 26)
		for (i = 0; i < n; i += 77)
			printf "%015d%s\n", i * 40503 % 1e15, line
	}'
	printf '\n--=-=--\n'
}

@test "an 8-bit body in a chunk" {
	eight_bit >message
	carried starttls
}

@test "an 8-bit body with DATA" {
	eight_bit >message
	carried data
}

@test "an 8-bit body, next to no extensions" {
	eight_bit >message
	carried bare
}

@test "awkward lines" {
	awkward >message
	carried starttls
}

@test "awkward lines with DATA" {
	awkward >message
	carried data
}

@test "awkward lines, next to no extensions" {
	awkward >message
	carried bare
}

# Three lines of 100,000 octets.
long_lines()
{
	compose
	for _ in 1 2 3; do
		head -c 100000 /dev/zero | tr '\0' x
		echo
	done
}

# decodes: what arrived is the message's body, encoded.
decodes()
{
	grep -q '^Content-Transfer-Encoding: quoted-printable$' arrived
	run ! grep -q '.\{77\}' <(sed '1,/^$/d' arrived)
	sed 's/$/\r/' arrived |
		perl "$BATS_TEST_DIRNAME/../decode.pl" body >decoded
	sed '1,/^$/d' message | cmp - decoded
}

@test "lines of 100,000 octets are encoded" {
	long_lines >message
	account data
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	decodes
}

@test "lines of 100,000 octets with long_lines pass" {
	long_lines >message
	carried data 'long_lines pass'
}

@test "8-bit text and NUL octets are encoded where the server lacks 8BITMIME" {
	compose >message
	printf 'Grüße\000, \001 and \377\n.\n' >>message
	account seven
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	decodes
}

@test "a message that ends with its header" {
	compose | sed '/^$/,$d' >message
	account starttls
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	# The server or we may end it with the empty line.
	sed '$ { /^$/d; }' arrived >arrived.header
	cmp message arrived.header
}

@test "CRLF line ends arrive as line ends" {
	awkward >sent
	sed 's/$/\r/' sent >message
	account starttls
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	same sent
}

@test "an attachment of 20 MB in chunks, STARTTLS" {
	attachment 20000000 >message
	carried starttls
}

@test "an attachment of 20 MB in chunks, implicit TLS" {
	attachment 20000000 >message
	carried implicit
}

@test "an attachment of 20 MB with DATA" {
	attachment 20000000 >message
	carried data
}

@test "an attachment of 20 MB through a pipe" {
	attachment 20000000 >message
	account starttls
	# shellcheck disable=SC2002 # a pipe is the point
	cat message | timeout "$GUARD" "$POSTRIDER" -C accounts -a peer \
	    -f sender@example.org -i "$BOX@example.org"
	arrived "$BOX"
	same
}

@test "a message larger than the server takes is refused" {
	attachment 68000000 >message
	account starttls
	submit 65 "$BOX@example.org"
	nothing_in "$BOX"
}

@test "a local part in UTF-8 goes with SMTPUTF8" {
	compose >message
	account starttls
	submit 0 "größe-$BOX@example.org"
	arrived "größe-$BOX"
	same
}

@test "what is missing is added, and no more" {
	printf 'Subject: short\n\nbody\n' >message
	account starttls
	submit 0 "$BOX@example.org"
	arrived "$BOX"
	[ "$(grep -ci '^From: .*sender@example.org' arrived)" -eq 1 ]
	[ "$(grep -ci '^Date: ' arrived)" -eq 1 ]
	[ "$(grep -ci '^Message-ID: <.*@.*>$' arrived)" -eq 1 ]
	grep -vi -e '^From: ' -e '^Date: ' -e '^Message-ID: ' arrived >rest
	cmp message rest
}
