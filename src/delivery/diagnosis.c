/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "delivery/diagnosis.h"

#define TEXT_MAX (64 * 1024)	/* octets of a hint */
#define ADDRESS_MIN 3		/* "a@b": anything shorter is in every text */

enum { /* bits: a reply may leave it open */
	DIAGNOSIS_PATH = 1,		/* the reverse-path */
	DIAGNOSIS_FROM = 2,		/* the field From */
	DIAGNOSIS_SENDER = 4,	/* the field Sender */
	DIAGNOSIS_RECIPIENT = 8
};

/* As servers say it, the first that is there; see plain_text(). */
static const struct {
	const char *words;
	unsigned about;
} phrases[] = {
	{ "sender header", DIAGNOSIS_SENDER },
	{ "header sender", DIAGNOSIS_SENDER },
	{ "sender field", DIAGNOSIS_SENDER },
	{ "from header", DIAGNOSIS_FROM },
	{ "header from", DIAGNOSIS_FROM },
	{ "header address", DIAGNOSIS_FROM },
	{ "from field", DIAGNOSIS_FROM },
	{ "rfc5322 from", DIAGNOSIS_FROM },
	{ "rfc5322.from", DIAGNOSIS_FROM },
	{ "send as", DIAGNOSIS_FROM },
	{ "sendas", DIAGNOSIS_FROM },
	{ "on behalf of", DIAGNOSIS_FROM },
	{ "envelope from", DIAGNOSIS_PATH },
	{ "envelope sender", DIAGNOSIS_PATH },
	{ "envelope address", DIAGNOSIS_PATH },
	{ "mail from", DIAGNOSIS_PATH },
	{ "mailfrom", DIAGNOSIS_PATH },
	{ "return path", DIAGNOSIS_PATH },
	{ "reverse path", DIAGNOSIS_PATH },
	{ "recipient address rejected", DIAGNOSIS_RECIPIENT },
	/* once the server has the header, these can mean it */
	{ "sender address", DIAGNOSIS_PATH | DIAGNOSIS_FROM },
	{ "sender verif", DIAGNOSIS_PATH | DIAGNOSIS_FROM },
	{ "sender rejected", DIAGNOSIS_PATH | DIAGNOSIS_FROM },
	{ "sender domain", DIAGNOSIS_PATH | DIAGNOSIS_FROM },
	{ "from address", DIAGNOSIS_PATH | DIAGNOSIS_FROM },
	{ "not owned by", DIAGNOSIS_PATH | DIAGNOSIS_FROM },
	{ "not local sender", DIAGNOSIS_PATH | DIAGNOSIS_FROM },
};

/* The octets of a reply, in lower case and with blanks where words meet. */
static char *
plain_text(const struct reply *r)
{
	char *s = memory_copy(r->text.len == 0 ? "" : r->text.data,
	    r->text.len);

	for (size_t i = 0; i < r->text.len; i++)
		s[i] = s[i] == '\0' || strchr("-_:\n\t", s[i]) != NULL ? ' ' :
		    text_to_lower(s[i]);
	return s;
}

/* Does the reply repeat this address, and not only as a part of another? */
static bool
repeats(const struct reply *r, const char *address, size_t n)
{
	const char *s = r->text.data;

	for (size_t i = 0; n >= ADDRESS_MIN && i + n <= r->text.len; i++)
		if (text_same(s + i, n, address, n) &&
		    (i == 0 || !address_is_atext(s[i - 1])) &&
		    (i + n == r->text.len || !address_is_atext(s[i + n])))
			return true;
	return false;
}

static bool
repeats_box(const struct reply *r, const struct mailbox *box)
{
	char *spec = address_spec(box);
	bool found = box->domain[0] != '\0' && repeats(r, spec, strlen(spec));

	free(spec);
	return found;
}

static bool
repeats_field(const struct reply *r, const struct header *h, const char *name)
{
	struct address_list list = { .box = NULL };
	struct fault ignored = { .class = FAULT_NONE };
	const struct header_field *field;
	size_t from = 0, len;
	const char *body;
	bool found = false;

	while ((field = header_next(h, name, &from)) != NULL) {
		body = header_body(h, field, &len);
		address_parse(&list, body, len, &ignored);
		fault_clear(&ignored);
	}
	for (size_t i = 0; i < list.count; i++)
		found |= repeats_box(r, &list.box[i]);
	address_list_free(&list);
	return found;
}

static unsigned
find_address(const struct reply *r, const struct envelope *e,
    const struct header *h)
{
	unsigned about = 0;

	if (e->path.local != NULL && repeats_box(r, &e->path))
		about |= DIAGNOSIS_PATH;
	if (h != NULL && repeats_field(r, h, "From"))
		about |= DIAGNOSIS_FROM;
	if (h != NULL && repeats_field(r, h, "Sender"))
		about |= DIAGNOSIS_SENDER;
	return about;
}

static unsigned
find_phrase(const struct reply *r)
{
	char *text = plain_text(r);
	unsigned about = 0;

	for (size_t i = 0; about == 0 &&
	    i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (strstr(text, phrases[i].words) != NULL)
			about = phrases[i].about;
	free(text);
	return about;
}

/* Who writes to himself is refused as a recipient, not as a sender. */
static bool
repeats_refused(const struct reply *r, const struct envelope *e)
{
	const struct recipient *to;

	for (size_t i = 0; i < e->count; i++) {
		to = &e->recipient[i];
		if (to->reply != NULL && repeats_box(r, &to->box))
			return true;
	}
	return false;
}

/*
 * What a reply that is no success is about; 0: it does not tell. By the words
 * in it, by an address that it repeats, by its enhanced status code, by the
 * stage. The header may be NULL.
 */
static unsigned
find(const struct reply *r, enum reply_stage stage,
    const struct envelope *e, const struct header *h)
{
	bool early = stage != STAGE_MESSAGE;
	unsigned said = find_phrase(r);
	unsigned found = find_address(r, e, h);

	if (said == 0 && (reply_has_status(r, 1, 7) ||
	    reply_has_status(r, 1, 8)))
		said = DIAGNOSIS_PATH;
	/* the server has not seen the header, whatever it repeats */
	if (early && said == 0 && (stage == STAGE_MAIL ||
	    ((found & DIAGNOSIS_PATH) != 0 && !repeats_refused(r, e))))
		said = DIAGNOSIS_PATH;
	if (early && (said & DIAGNOSIS_PATH) != 0)
		return DIAGNOSIS_PATH;
	if (early)
		return stage == STAGE_RCPT ? DIAGNOSIS_RECIPIENT : said;
	if ((said & found) != 0)
		return said & found;
	return said != 0 ? said : found;
}

/* The addresses of a field, as it has them; nothing where there is none. */
static void
add_field(struct buffer *b, const struct header *h, const char *name)
{
	const struct header_field *field;
	size_t from = 0, len;
	const char *body;

	field = h == NULL ? NULL : header_next(h, name, &from);
	buffer_printf(b, "the field %s", name);
	if (field == NULL)
		return;
	body = header_body(h, field, &len);
	buffer_add_string(b, " '");
	while (len > 0 && (text_is_blank(*body) || *body == '\r' ||
	    *body == '\n')) {
		body++;
		len--;
	}
	while (len > 0 && (body[len - 1] == '\r' || body[len - 1] == '\n'))
		len--;
	buffer_add(b, body, len);
	buffer_add_char(b, '\'');
}

static void
add_or(struct buffer *b, size_t start)
{
	if (b->len > start)
		buffer_add_string(b, " or ");
}

static void
explain(unsigned about, const struct envelope *e, const struct header *h,
    struct fault *f)
{
	static const char what[] = "the reply is about ";
	size_t start = sizeof(what) - 1;
	struct buffer b;

	buffer_init(&b, TEXT_MAX);
	buffer_add_string(&b, what);
	if ((about & DIAGNOSIS_PATH) != 0) {
		buffer_add_string(&b, "the reverse-path <");
		if (e->path.local != NULL)
			address_add_spec(&b, &e->path);
		buffer_add_char(&b, '>');
	}
	if ((about & DIAGNOSIS_FROM) != 0) {
		add_or(&b, start);
		add_field(&b, h, "From");
	}
	if ((about & DIAGNOSIS_SENDER) != 0) {
		add_or(&b, start);
		add_field(&b, h, "Sender");
	}
	fault_replace_hint(
	    f,
	    "%s; the server may accept only addresses of "
	    "the account: %s\"sender ADDRESS\" in the account, which replaces "
	    "those that are not yours, or \"sender ADDRESS force\"",
	    b.data,
	    about == DIAGNOSIS_PATH ? "set \"from\", give -f, or set "
				    : "set ");
	buffer_free(&b);
}

void
diagnosis_bare(const struct envelope *e, struct fault *f)
{
	const struct recipient *r;

	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		if (r->reply == NULL || r->box.domain[0] != '\0')
			continue;
		fault_replace_hint(f, "'%s' has no domain: give it an address "
		    "by %s\"aliases\" or \"qualify_domain\" of the account",
		    r->box.local, strcmp(r->box.local, "root") == 0 ?
		    "\"root\", " : "");
		return;
	}
}

static bool
refused(const struct reply *r)
{
	return r->code != 0 && (reply_digit(r) == 4 || reply_digit(r) == 5);
}

/* That is for "auth" to mend, which the hint there is says already. */
static bool
wants_authentication(const struct reply *r)
{
	return r->code == 530 || reply_has_status(r, 7, 0);
}

void
diagnosis_explain(const struct diagnosis_replies *to, const struct envelope *e,
    const struct header *h, struct fault *f)
{
	const struct reply *r = to->mail;
	enum reply_stage stage = STAGE_MAIL;
	unsigned about;

	if (!refused(r)) {
		stage = STAGE_RCPT;
		r = to->rcpt;
		if (envelope_in_state(e, RECIPIENT_ACCEPTED) > 0) {
			stage = STAGE_MESSAGE;
			r = refused(to->data) ? to->data : to->message;
		}
	}
	if (!refused(r) || wants_authentication(r))
		return;
	about = find(r, stage, e, h);
	/* what is temporary may mend itself, unless the reply is clear */
	if (reply_digit(r) == 4 && find_phrase(r) == 0 && stage == STAGE_MAIL)
		return;
	if (about == DIAGNOSIS_RECIPIENT)
		diagnosis_bare(e, f);
	else if (about != 0)
		explain(about, e, h, f);
}
