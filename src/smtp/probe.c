/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "wire/dial.h"
#include "wire/route.h"
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
probe_init(struct probe *p)
{
	memset(p, 0, sizeof(*p));
	reply_init(&p->greeting);
	reply_init(&p->clear);
	reply_init(&p->hello);
	buffer_init(&p->tls, REPORT_MAX);
}

void
probe_free(struct probe *p)
{
	reply_free(&p->greeting);
	reply_free(&p->clear);
	reply_free(&p->hello);
	buffer_free(&p->tls);
	fault_clear(&p->distrust);
}

/* ---- What happens in a session. */

static bool
is_watched(const struct probe *p)
{
	return p != NULL && p->step != NULL;
}

/* Tells of a step, and empties the buffer. */
static void
tell(const struct probe *p, const char *what, struct buffer *b)
{
	char *detail = text_printable(b->data, b->len);

	p->step(p->context, what, clock_now(), detail);
	free(detail);
	buffer_clear(b);
}

void
probe_looked_up(struct probe *p, const char *text)
{
	struct buffer b;

	if (!is_watched(p))
		return;
	buffer_init(&b, REPORT_MAX);
	buffer_add_string(&b, text);
	tell(p, "name", &b);
	buffer_free(&b);
}

void
probe_connected(struct probe *p, const struct route *r, int fd)
{
	struct buffer b;

	if (!is_watched(p))
		return;
	buffer_init(&b, REPORT_MAX);
	if (r->socket != NULL) {
		buffer_add_string(&b, r->socket);
	} else {
		dial_add_peer(&b, fd);
		buffer_printf(&b, ", port %u%s", (unsigned)(r->proxy_host ==
		    NULL ? r->port : route_proxy_port(r)),
		    r->proxy_host == NULL ? "" : ", a proxy");
	}
	tell(p, "connection", &b);
	buffer_free(&b);
}

void
probe_greeting(struct probe *p, const struct reply *r)
{
	struct buffer b;

	if (p != NULL)
		reply_copy(&p->greeting, r);
	if (!is_watched(p))
		return;
	buffer_init(&b, REPORT_MAX);
	reply_add_text(r, &b);
	tell(p, "greeting", &b);
	buffer_free(&b);
}

/* The keywords, without what belongs to them. */
static void
tell_hello(const struct probe *p, const struct reply *r)
{
	struct buffer b;
	const char *line;
	size_t at = 0, n;

	buffer_init(&b, REPORT_MAX);
	reply_line(r, &at, &line, &n);	/* the server's name */
	while (reply_line(r, &at, &line, &n)) {
		if (b.len > 0)
			buffer_add_string(&b, ", ");
		buffer_add(&b, line, text_trimmed(line, n));
	}
	if (b.len == 0)
		buffer_add_string(&b, "no extensions");
	tell(p, "EHLO", &b);
	buffer_free(&b);
}

void
probe_hello(struct probe *p, const struct reply *r)
{
	if (p == NULL)
		return;
	if (is_watched(p))
		tell_hello(p, r);
	if (p->hello.code != 0)
		reply_copy(&p->clear, &p->hello);
	reply_copy(&p->hello, r);
}

void
probe_secured(struct probe *p, const struct tls *t)
{
	struct buffer b;

	if (p == NULL)
		return;
	buffer_clear(&p->tls);
	tls_add_report(t, p->json, &p->tls);
	if (tls_distrust(t) != NULL)
		fault_pass(&p->distrust, tls_distrust(t), "");
	if (!is_watched(p))
		return;
	buffer_init(&b, REPORT_MAX);
	tls_describe(t, &b);
	tls_add_summary(t, &b);
	tell(p, "TLS", &b);
	buffer_free(&b);
}

void
probe_authenticated(struct probe *p, const char *mechanism, const char *user)
{
	struct buffer b;

	if (!is_watched(p))
		return;
	buffer_init(&b, REPORT_MAX);
	buffer_add_string(&b, mechanism);
	if (user != NULL)
		buffer_printf(&b, " as %s", user);
	tell(p, "AUTH", &b);
	buffer_free(&b);
}

void
probe_accepted(const struct probe *p, const char *command,
    const struct mailbox *box)
{
	char *address;
	struct buffer b;

	if (!is_watched(p))
		return;
	address = address_printable(box);
	buffer_init(&b, REPORT_MAX);
	buffer_printf(&b, "<%s>", address);
	tell(p, command, &b);
	free(address);
	buffer_free(&b);
}

/* ---- In words. */

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
	const char *blank, *meaning;
	size_t word, before = b->len + 4;

	n = text_trimmed(p, n);
	blank = n == 0 ? NULL : memchr(p, ' ', n);
	word = blank == NULL ? n : (size_t)(blank - p);
	buffer_add_string(b, "    ");
	text_add_printable(b, p, n);
	/* some servers say "AUTH=" beside "AUTH ", for clients of old */
	if (word > 5 && text_same(p, 5, "AUTH=", 5))
		word = 4;
	meaning = find_meaning(p, word);
	if (meaning != NULL) {
		do
			buffer_add_char(b, ' ');
		while (!b->full && b->len - before < EXPLAIN_COLUMN);
		if (!text_same_word(p, word, "SIZE") || n <= word + 1 ||
		    !add_size(b, p + word + 1, n - word - 1))
			buffer_add_string(b, meaning);
	}
	buffer_add_char(b, '\n');
}

void
probe_add_capabilities(struct buffer *b, const struct reply *r)
{
	const char *line;
	size_t at = 0, n;

	/* the first line is the server's name */
	reply_line(r, &at, &line, &n);
	while (reply_line(r, &at, &line, &n))
		if (n > 0)
			add_capability(b, line, n);
}

void
probe_add_reply(struct buffer *b, const struct reply *r)
{
	const char *line;
	size_t at = 0, n;

	while (reply_line(r, &at, &line, &n)) {
		buffer_printf(b, "%03d%c", r->code,
		    reply_is_last(r, at) ? ' ' : '-');
		text_add_printable(b, line, n);
		buffer_add_char(b, '\n');
	}
}
