/* SPDX-License-Identifier: ISC */
/*
 * Quoted-printable. Called with the name of a folder, it puts random texts
 * and what becomes of them there, for a decoder that shares nothing with us:
 * see tests/mail/conversion.bats.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/conversion/encoding.h"
#include "tests/tap.h"

#define BATCH 10000	/* texts for the other decoder */
#define TEXT_MAX 1200	/* octets of one */

#define X10 "xxxxxxxxxx"
#define X70 X10 X10 X10 X10 X10 X10 X10

static const struct {
	const char *label;
	const char *plain;
	const char *quoted;	/* NULL: the same */
} rows[] = {
	{ "nothing", "", NULL },
	{ "text", "Hello, Bob.\r\n\r\nBye\r\n", NULL },
	{ "no line end", "Hello", NULL },
	{ "equals sign", "a=b==", "a=3Db=3D=3D" },
	{ "8-bit", "gr\xc3\xbc\xff", "gr=C3=BC=FF" },
	{ "controls", "\x01\x7f\x1b[", "=01=7F=1B[" },
	{ "tab inside", "a\tb", NULL },
	{ "blank at the end of a line", "a \r\nb\t\r\n", "a=20\r\nb=09\r\n" },
	{ "blanks there", "a   \r\n", "a  =20\r\n" },
	{ "a line of one blank", " \r\n", "=20\r\n" },
	{ "blank at the very end", "a ", "a=20" },
	{ "tab at the very end", "a\t", "a=09" },
	{ "lone CR", "a\rb\r", "a=0Db=0D" },
	{ "lone LF", "a\nb\n", "a=0Ab=0A" },
	{ "CR before CRLF", "a \r\r\n", "a =0D\r\n" },
	{ "dots", ".\r\n..a\r\na.\r\n", "=2E\r\n=2E.a\r\na.\r\n" },
	{ "From", "From a\r\nFrom\r\nFromage\r\n From \r\n",
	    "=46rom a\r\nFrom\r\nFromage\r\n From=20\r\n" },
	{ "From, and the line ends", "From \r\nx", "=46rom=20\r\nx" },
	{ "beginnings of From", "F\r\nFr\r\nFro=\r\nFFrom x",
	    "F\r\nFr\r\nFro=3D\r\nFFrom x" },
	{ "75 octets", X70 "12345\r\n", NULL },
	{ "76 octets", X70 "123456\r\n", X70 "12345=\r\n6\r\n" },
	{ "150 octets", X70 "12345" X70 "12345", X70 "12345=\r\n" X70 "12345" },
	{ "no room for an escape", X70 "123=\r\n", X70 "123=\r\n=3D\r\n" },
	{ "room for an escape", X70 "12=\r\n", X70 "12=3D\r\n" },
	{ "a dot behind a soft break", X70 "12345.", X70 "12345=\r\n=2E" },
	{ "From behind a soft break", X70 "12345From x",
	    X70 "12345=\r\n=46rom x" },
	{ "From behind blank and soft break", X70 "1234 From x",
	    X70 "1234 =\r\n=46rom x" },
	{ "a dot behind blank and soft break", X70 "1234 .",
	    X70 "1234 =\r\n=2E" },
	{ "a last blank with no room", X70 "1234 \r\n",
	    X70 "1234=\r\n=20\r\n" },
};

/* Cut into pieces of so many octets; 0: whole. */
static void
encode(struct buffer *b, const char *s, size_t n, size_t piece)
{
	struct quoted q;
	size_t part;

	quoted_start(&q);
	for (size_t i = 0; i < n; i += part) {
		part = piece == 0 || n - i < piece ? n - i : piece;
		quoted_add(&q, b, s + i, part);
	}
	quoted_end(&q, b);
}

static void
test_row(size_t i)
{
	const char *want = rows[i].quoted == NULL ? rows[i].plain :
	    rows[i].quoted;
	struct buffer b;

	buffer_init(&b, SIZE_MAX / 4);
	for (size_t piece = 0; piece < 4; piece++) {
		buffer_clear(&b);
		encode(&b, rows[i].plain, strlen(rows[i].plain), piece);
		tap_same(rows[i].label, b.data == NULL ? "" : b.data, b.len,
		    want, strlen(want));
	}
	buffer_free(&b);
}

/* xorshift64: the same texts everywhere. */
static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 16;
}

/* Text in wire form of what hurts most, in changing mixtures. */
static void
make_text(struct buffer *b, uint64_t *state)
{
	static const char *const hard[] = { "\r\n", " ", "\t", ".", "=", "F",
	    "From ", "\r\n.\r\n", "\r\nFrom ", " \r\n", "=\r\n", "=3D",
	    "\xc3\xbc", "\xff", "\x7f", X70, "=20\r\n" };
	size_t n = next_random(state) % TEXT_MAX;
	uint64_t kind = next_random(state) % 4;

	buffer_clear(b);
	buffer_add(b, "", 0);
	while (b->len < n) {
		uint64_t r = next_random(state);

		if (kind > 0 && r % 7 < kind)
			buffer_add_string(b, hard[r / 8 % (sizeof(hard) /
			    sizeof(hard[0]))]);
		else if (kind == 3 && (r & 0xff) != '\r' && (r & 0xff) != '\n')
			buffer_add_char(b, (char)(r & 0xff));
		else
			buffer_add_char(b, (char)(' ' + r % 95));
	}
	if (next_random(state) % 8 > 0)
		buffer_add_string(b, "\r\n");
}

/* Each as a length on 4 octets, the highest first, and so many octets. */
static void
write_blob(FILE *file, const struct buffer *b)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		putc((int)(b->len >> shift & 0xff), file);
	fwrite(b->data, 1, b->len, file);
}

static int
write_batch(const char *path)
{
	uint64_t state = UINT64_C(88172645463325252);
	struct buffer plain, quoted;
	FILE *file = fopen(path, "wb");
	int failed;

	if (file == NULL)
		return 1;
	buffer_init(&plain, SIZE_MAX / 4);
	buffer_init(&quoted, SIZE_MAX / 4);
	for (int i = 0; i < BATCH; i++) {
		make_text(&plain, &state);
		buffer_clear(&quoted);
		buffer_add(&quoted, "", 0);
		encode(&quoted, plain.data, plain.len,
		    next_random(&state) % 100);
		write_blob(file, &plain);
		write_blob(file, &quoted);
	}
	buffer_free(&plain);
	buffer_free(&quoted);
	failed = ferror(file);
	return fclose(file) != 0 || failed;
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return write_batch(argv[1]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	return tap_done();
}
