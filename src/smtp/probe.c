/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "wire/tls/tls.h"
#include "smtp/probe.h"

#define REPORT_MAX (4 * REPLY_MAX)	/* octets, escaped ones included */
#define EXPLAIN_COLUMN 28		/* what keywords leave to the left */
#define KIB 1024.0

/* Words of the registry "SMTP Service Extensions", and older ones in use. */
static const struct {
	const char *keyword;
	const char *meaning;
} known[] = {
	{ "8BITMIME", "8-bit text may be sent as it is (RFC 6152)" },
	{ "ATRN", "on-demand mail relay (RFC 2645)" },
	{ "AUTH", "how clients may authenticate (RFC 4954)" },
	{ "BINARYMIME", "binary content, with CHUNKING (RFC 3030)" },
	{ "BURL", "messages taken from an IMAP server (RFC 4468)" },
	{ "CHECKPOINT", "restart of a broken transaction (RFC 1845)" },
	{ "CHUNKING", "messages in counted chunks, BDAT (RFC 3030)" },
	{ "CONNEG", "content negotiation (RFC 4141)" },
	{ "CONPERM", "permission to convert content (RFC 4141)" },
	{ "DELIVERBY", "delivery within a given time (RFC 2852)" },
	{ "DSN", "delivery notifications on demand (RFC 3461)" },
	{ "ENHANCEDSTATUSCODES", "replies with status codes (RFC 2034)" },
	{ "ETRN", "start of a queue on demand, --rmqs (RFC 1985)" },
	{ "EXPN", "members of a list, --expn (RFC 5321)" },
	{ "FUTURERELEASE", "messages held until a given time (RFC 4865)" },
	{ "HELP", "help for people (RFC 5321)" },
	{ "LIMITS", "how much it takes in one session (RFC 9422)" },
	{ "MT-PRIORITY", "priorities of messages (RFC 6710)" },
	{ "MTRK", "tracking of messages (RFC 3885)" },
	{ "NO-SOLICITING", "labels of mail it does not want (RFC 3865)" },
	{ "PIPELINING", "several commands in one round trip (RFC 2920)" },
	{ "REQUIRETLS", "TLS on the whole way (RFC 8689)" },
	{ "RRVS", "recipients valid since a given time (RFC 7293)" },
	{ "SIZE", "the size of a message is told first (RFC 1870)" },
	{ "SMTPUTF8", "addresses and fields in UTF-8 (RFC 6531)" },
	{ "STARTTLS", "encryption by TLS on demand (RFC 3207)" },
	{ "SUBMITTER", "who is responsible for a message (RFC 4405)" },
	{ "UTF8SMTP", "what preceded SMTPUTF8 (RFC 5336)" },
	{ "VRFY", "whether an address exists, --vrfy (RFC 5321)" },
};

void
probe_init(struct probe *i)
{
	memset(i, 0, sizeof(*i));
	reply_init(&i->greeting);
	reply_init(&i->clear);
	reply_init(&i->hello);
	buffer_init(&i->tls, REPORT_MAX);
}

void
probe_free(struct probe *i)
{
	reply_free(&i->greeting);
	reply_free(&i->clear);
	reply_free(&i->hello);
	buffer_free(&i->tls);
	fault_clear(&i->distrust);
}

void
probe_greeting(struct probe *i, const struct reply *r)
{
	if (i != NULL)
		reply_copy(&i->greeting, r);
}

void
probe_hello(struct probe *i, const struct reply *r)
{
	if (i == NULL)
		return;
	if (i->hello.code != 0)
		reply_copy(&i->clear, &i->hello);
	reply_copy(&i->hello, r);
}

void
probe_secured(struct probe *i, const struct tls *t)
{
	if (i == NULL)
		return;
	buffer_clear(&i->tls);
	tls_add_report(t, &i->tls);
	if (tls_distrust(t) != NULL)
		fault_pass(&i->distrust, tls_distrust(t), "");
}

static const char *
find_meaning(const char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (text_same_word(p, n, known[i].keyword))
			return known[i].meaning;
	return NULL;
}

/* "SIZE 35882577" in words; true if there is a number to say. */
static bool
add_size(struct buffer *b, const char *p, size_t n)
{
	int64_t size = text_number(p, n, INT64_MAX);

	if (size == 0)
		buffer_add_string(b, "messages of any size (RFC 1870)");
	else if (size > 0)
		buffer_printf(b, "messages of up to %" PRId64 " octets, %.1f "
		    "%s (RFC 1870)", size, (double)size / (size < 1024 * 1024 ?
		    KIB : KIB * KIB), size < 1024 * 1024 ? "KiB" : "MiB");
	return size >= 0;
}

static void
add_capability(struct buffer *b, const char *p, size_t n)
{
	const char *blank = memchr(p, ' ', n), *meaning;
	size_t word = blank == NULL ? n : (size_t)(blank - p);
	size_t before = b->len + 4, end = n;

	while (end > word && text_is_blank(p[end - 1]))
		end--;
	buffer_add_string(b, "    ");
	text_add_printable(b, p, end);
	/* some servers say "AUTH=" beside "AUTH ", for clients of old */
	if (word > 5 && text_same(p, 5, "AUTH=", 5))
		word = 4;
	meaning = find_meaning(p, word);
	if (meaning != NULL) {
		do
			buffer_add_char(b, ' ');
		while (!b->full && b->len - before < EXPLAIN_COLUMN);
		if (!text_same_word(p, word, "SIZE") || end <= word + 1 ||
		    !add_size(b, p + word + 1, end - word - 1))
			buffer_add_string(b, meaning);
	}
	buffer_add_char(b, '\n');
}

static void
add_lines(struct buffer *b, const struct reply *r,
    void (*add)(struct buffer *, const struct reply *, const char *, size_t,
    bool last), bool skip)
{
	const char *p = r->text.data, *end;
	size_t left = r->text.len, len;

	for (;; skip = false) {
		end = left == 0 ? NULL : memchr(p, '\n', left);
		len = end == NULL ? left : (size_t)(end - p);
		if (!skip)
			add(b, r, len == 0 ? "" : p, len, end == NULL);
		if (end == NULL)
			return;
		left -= len + 1;
		p = end + 1;
	}
}

static void
add_keyword_line(struct buffer *b, const struct reply *r, const char *p,
    size_t n, bool last)
{
	(void)r;
	(void)last;
	if (n > 0)
		add_capability(b, p, n);
}

static void
add_reply_line(struct buffer *b, const struct reply *r, const char *p,
    size_t n, bool last)
{
	buffer_printf(b, "%03d%c", r->code, last ? ' ' : '-');
	text_add_printable(b, p, n);
	buffer_add_char(b, '\n');
}

void
probe_add_capabilities(struct buffer *b, const struct reply *r)
{
	/* the first line is the server's name */
	add_lines(b, r, add_keyword_line, true);
}

void
probe_add_reply(struct buffer *b, const struct reply *r)
{
	add_lines(b, r, add_reply_line, false);
}
