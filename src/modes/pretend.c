/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "config/account/account.h"
#include "config/account/judge.h"
#include "config/password/password.h"
#include "log/log.h"
#include "delivery/carrier.h"
#include "delivery/letter.h"
#include "delivery/link.h"
#include "delivery/request.h"
#include "modes/modes.h"
#include "modes/show.h"

/* What is printed: lines at once, or an object, which is gathered. */
struct sheet {
	bool json;
	bool all;		/* settings that nobody has set, too */
	struct buffer object;
	struct buffer text;	/* of one line or value */
};

/* A line, or a member or element, of the sheet's text, which is emptied. */
static void
put(struct sheet *s, const char *label, const char *name)
{
	if (s->json)
		jsonout_text(&s->object, name, s->text.data, s->text.len);
	else
		show_text(label, s->text.data, s->text.len);
	buffer_clear(&s->text);
}

static void
put_string(struct sheet *s, const char *label, const char *name,
    const char *text)
{
	buffer_add_string(&s->text, text);
	put(s, label, name);
}

/* Lists, and what is in them, are of JSON only. */
static void
begin(struct sheet *s, const char *name, char bracket)
{
	if (s->json)
		jsonout_begin(&s->object, name, bracket);
}

static void
end(struct sheet *s, char bracket)
{
	if (s->json)
		jsonout_end(&s->object, bracket);
}

/* A line "WHAT: TEXT", or an object. */
static void
put_pair(struct sheet *s, const char *what, const char *name, const char *text,
    size_t n)
{
	char *label = buffer_format("%s: ", what);

	begin(s, NULL, '{');
	if (s->json)
		jsonout_string(&s->object, "what", what);
	buffer_add(&s->text, text, n);
	put(s, label, name);
	end(s, '}');
	free(label);
}

static void
put_sources(struct sheet *s, const struct accounts *accounts)
{
	static const char *const words[] = {
		[ACCOUNT_SOURCE_MISSING] = "not there",
		[ACCOUNT_SOURCE_READ] = "read",
		[ACCOUNT_SOURCE_UNREADABLE] = "cannot be read",
	};
	const struct account_source *source;

	begin(s, "files", '[');
	for (size_t i = 0; i < accounts->sources; i++) {
		source = accounts->source[i];
		put_pair(s, words[source->state], "path", source->path,
		    strlen(source->path));
	}
	end(s, ']');
}

static void
add_choice(struct buffer *b, const struct option_row *row, int value)
{
	const struct option_choice *c;

	for (c = row->choices; c->word != NULL; c++)
		if (c->value == value) {
			buffer_add_string(b, c->word);
			return;
		}
	buffer_printf(b, "(%s)", row->preset);
}

/* Has somebody set it? */
static bool
is_said(const struct account *a, enum option_id id)
{
	return a->origin[id].file != NULL ||
	    a->origin[id].line != ORIGIN_DEFAULT;
}

static void
add_value(struct buffer *b, const struct account *a, enum option_id id)
{
	const struct option_row *row = option_row(id);
	const void *field = (const char *)a + row->offset;
	const char *string;
	int64_t number;
	int choice;

	switch (row->type) {
	case OPTION_TYPE_SECRET:
		buffer_add_string(b, secret_is_set(field) ? "*" : "(none)");
		break;
	case OPTION_TYPE_NOTIFY:
		memcpy(&number, field, sizeof(number));
		dsn_add_notify(b, (unsigned)number, false);
		break;
	case OPTION_TYPE_NUMBER:
	case OPTION_TYPE_DURATION:
		memcpy(&number, field, sizeof(number));
		if (number == 0)
			buffer_printf(b, "(%s)", row->preset);
		else
			buffer_printf(b, "%" PRId64, number);
		break;
	case OPTION_TYPE_CHOICE:
		memcpy(&choice, field, sizeof(choice));
		add_choice(b, row, choice);
		break;
	default:
		memcpy(&string, field, sizeof(string));
		/* without a value there is the default again, but for the
		 * alias file: there is none */
		if (string == NULL)
			buffer_printf(b, "(%s)", id == OPTION_ALIASES &&
			    is_said(a, id) ? "none" : row->preset);
		else
			buffer_add_string(b, string);
	}
}

static void
put_setting(struct sheet *s, const struct account *a, enum option_id id)
{
	const char *keyword = option_row(id)->keyword;
	char *origin = account_origin(a, id);

	if (!s->json)
		buffer_printf(&s->text, "%s = ", keyword);
	begin(s, keyword, '{');
	add_value(&s->text, a, id);
	if (!s->json)
		buffer_printf(&s->text, "  [%s]", origin);
	put(s, "", "value");
	if (s->json)
		jsonout_string(&s->object, "origin", origin);
	end(s, '}');
	free(origin);
}

static void
put_settings(struct sheet *s, const struct account *a)
{
	begin(s, "settings", '{');
	for (int i = 0; i < OPTION_COUNT; i++)
		if (s->all || is_said(a, (enum option_id)i))
			put_setting(s, a, (enum option_id)i);
	end(s, '}');
}

/* What the settings come to: the way to the smarthost, secret and log. */
static void
put_way(struct sheet *s, const struct account *a)
{
	static const char *const modes[] = {
		[SESSION_CLEAR] = "none",
		[SESSION_STARTTLS] = "STARTTLS",
		[SESSION_IMPLICIT_TLS] = "from the first octet",
	};
	char *source;

	buffer_add_string(&s->text, account_server(a));
	if (!s->json && a->socket == NULL)
		buffer_printf(&s->text, ", port %u", account_port(a));
	put(s, "server: ", "server");
	if (s->json && a->socket == NULL)
		jsonout_number(&s->object, "port", account_port(a));
	put_string(s, "TLS: ", "tls", modes[account_tls(a)]);
	source = !link_wants_secret(a) ? NULL : account_password_source(a);
	if (source != NULL && !s->json)
		buffer_add_string(&s->text, "from ");
	put_string(s, "secret: ", "secret", source == NULL ? "none is needed" :
	    source);
	free(source);
	log_describe(&s->text, a);
	put(s, "log: ", "log");
}

static void
put_mailbox(struct sheet *s, const char *label, const char *name,
    const struct mailbox *box)
{
	char *spec = address_spec(box);

	put_string(s, label, name, spec != NULL ? spec : s->json ? "" : "<>");
	free(spec);
}

static void
put_envelope(struct sheet *s, const struct envelope *e)
{
	put_mailbox(s, "reverse-path: ", "sender", &e->path);
	begin(s, "recipients", '[');
	for (size_t i = 0; i < e->count; i++)
		put_mailbox(s, "recipient: ", NULL, &e->recipient[i].box);
	if (e->count == 0 && !s->json)
		put_string(s, "recipient: ", NULL, "none");
	end(s, ']');
	if (e->notify != 0) {
		dsn_add_notify(&s->text, e->notify, false);
		put(s, "notify: ", "notify");
	}
	if (e->ret != DSN_RETURN_UNSET)
		put_string(s, "return: ", "return", e->ret ==
		    DSN_RETURN_FULL ? "full" : "headers");
}

/* Each line of wire form by itself. */
static void
put_lines(struct sheet *s, const char *what, const char *text, size_t n)
{
	const char *last = text + n, *eol;

	while (text < last) {
		eol = memchr(text, '\r', (size_t)(last - text));
		if (eol == NULL)
			eol = last;
		put_pair(s, what, "line", text, (size_t)(eol - text));
		text = last - eol > 2 ? eol + 2 : last;
	}
}

/* `out` is what leaves, which has the same fields. */
static void
put_header(struct sheet *s, const struct header *h, const struct header *out)
{
	const struct header_field *field, *left;

	begin(s, "header", '[');
	put_lines(s, "add", out->added.data, out->added.len);
	for (size_t i = 0; i < h->count; i++) {
		field = &h->field[i];
		left = &out->field[i];
		if (left->removed && !field->made)
			put_lines(s, "remove", h->text.data + field->start,
			    field->len);
		else if (!left->removed && (field->edited ||
		    field->len != left->len || memcmp(h->text.data +
		    field->start, out->text.data + left->start,
		    left->len) != 0))
			put_lines(s, field->edited ? "change" : "encode",
			    out->text.data + left->start, left->len);
	}
	end(s, ']');
}

static void
put_account(struct sheet *s, const struct account *a)
{
	if (!s->json) {
		show_account(a);
		return;
	}
	jsonout_string(&s->object, "account", a->name);
	jsonout_string(&s->object, "reason", a->reason);
}

void
pretend(const struct carrier *c, const struct letter *l, const struct fault *f)
{
	struct sheet s = { .json = c->request->json,
	    .all = c->request->transcript != NULL };
	const struct account *a = &c->at->account;
	const struct message *out = l->conversion.message;

	buffer_init(&s.object, JSON_MAX);
	buffer_init(&s.text, JSON_MAX);
	begin(&s, NULL, '{');
	put_sources(&s, &c->accounts);
	if (c->chosen) {
		put_account(&s, a);
		put_settings(&s, a);
		put_way(&s, a);
		put_envelope(&s, &l->envelope);
	}
	if (out != NULL)
		put_header(&s, &l->message.header, &out->header);
	if (s.json)
		show_end(&s.object, f);
	buffer_free(&s.text);
}
