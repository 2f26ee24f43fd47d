/* SPDX-License-Identifier: ISC */
/*
 * Replies and EHLO capabilities. What must hold for any bytes: a reply is the
 * same however its octets are cut up on their way, what follows it does not
 * matter, and what is shown of it has one line and no control character.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "smtp/session.h"
#include "smtp/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
check_shown(const struct reply *r)
{
	struct buffer b;
	char *shown;

	buffer_init(&b, REPLY_MAX * 2);
	reply_add_text(r, &b);
	must(!b.full && b.len >= 3 && memchr(b.data, '\n', b.len) == NULL);
	shown = text_printable(b.data, b.len);
	must(!text_has_control(shown, strlen(shown)));
	free(shown);
	buffer_free(&b);
}

static void
check_capabilities(const struct reply *r)
{
	struct capabilities c;

	memset(&c, 0, sizeof(c));
	capability_read(&c, r);
	if (c.mechanisms != NULL) {
		must(c.has[CAP_AUTH] && c.mechanisms[0] == ' ' &&
		    c.mechanisms[strlen(c.mechanisms) - 1] == ' ');
		must(!capability_has_mechanism(&c, ""));
	}
	must(c.size == 0 || c.has[CAP_SIZE]);
	capability_clear(&c);
}

/* Fewer octets are never another reply: it is not whole, or it is this one. */
static void
check_cut(const struct reply *whole, const char *p, size_t used)
{
	struct reply r;
	size_t len;

	reply_init(&r);
	for (size_t cut = 0; cut < used; cut += 1 + used / 16)
		must(reply_parse(&r, p, cut, &len) == 0);
	must(reply_parse(&r, p, used, &len) == 1 && len == used);
	must(r.code == whole->code && r.subject == whole->subject &&
	    r.detail == whole->detail && r.text.len == whole->text.len);
	reply_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data;
	struct reply r;
	size_t used;

	reply_init(&r);
	while (n > 0 && reply_parse(&r, p, n, &used) == 1) {
		must(used > 0 && used <= n && p[used - 1] == '\n');
		must(r.code >= 200 && r.code <= 599);
		must((r.subject == -1) == (r.detail == -1));
		must(r.subject <= 999 && r.detail <= 999);
		must(!r.text.full && r.text.len <= used);
		check_shown(&r);
		check_capabilities(&r);
		check_cut(&r, p, used);
		p += used;
		n -= used;
	}
	reply_free(&r);
	return 0;
}
