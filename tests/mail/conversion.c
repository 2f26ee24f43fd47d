/* SPDX-License-Identifier: ISC */
/* What a message says it is, and the same message for several servers. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/conversion/conversion.h"
#include "mail/message/intake.h"
#include "tests/tap.h"

#define CTE "Content-Transfer-Encoding:"
#define TYPE "Content-Type:"

/* Lines end in "|" here. */
static const struct {
	const char *header;
	enum mimekind kind;
} kinds[] = {
	{ "", MIMEKIND_TEXT },
	{ "Subject: multipart/signed|", MIMEKIND_TEXT },
	{ TYPE " text/plain|", MIMEKIND_TEXT },
	{ TYPE "TEXT/X-Y;charset=utf-8|", MIMEKIND_TEXT },
	{ "content-type : (a (b\\)) c)|\ttext (x)|  / (y) html (z)|",
	    MIMEKIND_TEXT },
	{ TYPE " text/plain; charset=\"UTF-16LE\"|", MIMEKIND_OTHER },
	{ TYPE " text/plain; charset=utf-32|", MIMEKIND_OTHER },
	{ TYPE " text/plain; charset=ISO-10646-UCS-2|", MIMEKIND_OTHER },
	{ TYPE " text|", MIMEKIND_OTHER },
	{ TYPE " text/|", MIMEKIND_OTHER },
	{ TYPE " text/plain charset=utf-8|", MIMEKIND_OTHER },
	{ TYPE "|", MIMEKIND_OTHER },
	{ TYPE " (text/plain|", MIMEKIND_OTHER },
	{ TYPE " image/png|", MIMEKIND_OTHER },
	{ TYPE " texts/plain|", MIMEKIND_OTHER },
	{ TYPE " text/plain|" TYPE " text/plain|", MIMEKIND_OTHER },
	{ TYPE " text/plain|" TYPE " multipart/mixed|", MIMEKIND_OTHER },
	{ TYPE " multipart/alternative; boundary=x|", MIMEKIND_MULTIPART },
	{ TYPE " message/rfc822|", MIMEKIND_MULTIPART },
	{ TYPE " Multipart/Signed; boundary=x|", MIMEKIND_SIGNED },
	{ TYPE " text/plain|" TYPE " multipart/signed|", MIMEKIND_SIGNED },
	{ TYPE " application/pkcs7-mime; smime-type=signed-data|",
	    MIMEKIND_SIGNED },
	{ TYPE " Application/X-Pkcs7-Mime|", MIMEKIND_SIGNED },
	{ "dkim-signature: x|", MIMEKIND_SIGNED },
	{ "DKIM-Signature : x|", MIMEKIND_SIGNED },
	{ "DomainKey-Signature: x|", MIMEKIND_SIGNED },
	{ "Arc-Message-Signature: x|", MIMEKIND_SIGNED },
	{ "ARC: x|Archived-At: y|DKIM-Signature-X: z|", MIMEKIND_TEXT },
	{ CTE "7bit|", MIMEKIND_TEXT },
	{ CTE " 8BIT (x)|" CTE " binary|", MIMEKIND_TEXT },
	{ CTE " quoted-printable|", MIMEKIND_ENCODED },
	{ CTE " 8bit|" CTE " base64|", MIMEKIND_ENCODED },
	{ CTE "|", MIMEKIND_ENCODED },
	{ CTE " 8 bit|", MIMEKIND_ENCODED },
	{ CTE " x-uuencode|" TYPE " text/plain|", MIMEKIND_ENCODED },
};

static void
test_kind(size_t i)
{
	const char *text = kinds[i].header, *end;
	struct header h;

	header_init(&h);
	for (; *text != '\0'; text = end + 1) {
		end = strchr(text, '|');
		header_add_line(&h, text, (size_t)(end - text));
	}
	tap_ok(mimekind_find(&h) == kinds[i].kind, "kind: %s",
	    kinds[i].header);
	header_free(&h);
}

static void
take(struct message *m, const char *s, size_t n)
{
	struct fault f = { .class = FAULT_NONE };
	struct intake in;

	message_init(m);
	intake_start(&in, m, MESSAGE_DOT_TEXT, &f);
	if (intake_feed(&in, s, n) == -1 || intake_finish(&in) == -1)
		tap_ok(false, "intake");
	intake_free(&in);
}

static void
walk(const struct message *m, struct buffer *out)
{
	struct fault f = { .class = FAULT_NONE };
	struct message_walk w;
	const char *p;
	ssize_t n;

	buffer_clear(out);
	message_walk_start(&w, m);
	while ((n = message_walk_next(&w, &p, &f)) > 0)
		buffer_add(out, p, (size_t)n);
	message_walk_end(&w);
	tap_ok(n == 0 && out->len == message_octets(m),
	    "as many octets as were promised");
}

/* One message for a server with and without, again and again. */
static void
test_servers(const char *label, const char *s, size_t n)
{
	struct conversion_terms terms = { .eight_bit = true, .utf8 = true };
	struct fault f = { .class = FAULT_NONE };
	struct buffer as_it_is, fitted, now;
	struct message m;
	struct conversion h;

	buffer_init(&as_it_is, SIZE_MAX / 4);
	buffer_init(&fitted, SIZE_MAX / 4);
	buffer_init(&now, SIZE_MAX / 4);
	take(&m, s, n);
	walk(&m, &as_it_is);
	for (int round = 0; round < 4; round++) {
		terms.eight_bit = terms.utf8 = round % 2 == 0;
		tap_ok(conversion_start(&h, &m, &terms, &f) == 0 &&
		    (h.message == &m) == terms.eight_bit, "%s, round %d",
		    label, round);
		walk(h.message, round == 1 ? &fitted : &now);
		if (round == 0 || round == 2)
			tap_ok(now.len == as_it_is.len && memcmp(now.data,
			    as_it_is.data, now.len) == 0, "as it is");
		if (round == 3)
			tap_ok(now.len == fitted.len && memcmp(now.data,
			    fitted.data, now.len) == 0, "fitted again");
		conversion_end(&h);
	}
	walk(&m, &now);
	tap_ok(now.len == as_it_is.len &&
	    memcmp(now.data, as_it_is.data, now.len) == 0, "unchanged");
	message_free(&m);
	buffer_free(&as_it_is);
	buffer_free(&fitted);
	buffer_free(&now);
}

/* Larger than what is kept in memory, with a character across that edge. */
static void
test_large(void)
{
	struct buffer b;

	buffer_init(&b, SIZE_MAX / 4);
	buffer_add_string(&b, "Subject: \xc3\xbc\n\nx");
	for (size_t i = 0; i < BODY_MEMORY_MAX; i++)
		buffer_add_string(&b, i % 30 == 29 ? "\n" : "\xc3\xbc");
	test_servers("large", b.data, b.len);
	buffer_free(&b);
}

int
main(void)
{
	static const char small[] = "Subject: \xc3\xbc\n\n\xc3\xbc";

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		test_kind(i);
	test_servers("small", small, strlen(small));
	test_large();
	return tap_done();
}
