/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "config/account/account.h"
#include "config/password/password.h"
#include "delivery/link.h"
#include "modes/show.h"

#define LINE_MAX_OCTETS (1024 * 1024)	/* names and paths are shorter */
#define TEXT_MAX (64 * 1024 * 1024)	/* octets; more than any setting has */

void
show_text(const char *what, const char *s, size_t n)
{
	char *text = text_printable(s, n);

	printf("%s%s\n", what, text);
	free(text);
}

void
show_mailbox(const char *what, const struct mailbox *box)
{
	char *text = address_printable(box);

	printf("%s%s\n", what, text);
	free(text);
}

void
show_account(const struct account *a)
{
	struct buffer b;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_string(&b, a->name == NULL ? "of the command line" :
	    a->name);
	if (a->defined.file != NULL)
		buffer_printf(&b, " (%s:%u)", a->defined.file,
		    a->defined.line);
	buffer_printf(&b, ", since %s", a->reason == NULL ? "" : a->reason);
	show_text("account: ", b.data, b.len);
	buffer_free(&b);
}

/* ---- -P */

static void
print_sources(const struct accounts *accounts)
{
	static const char *const words[] = {
		[ACCOUNT_SOURCE_MISSING] = "not there: ",
		[ACCOUNT_SOURCE_READ] = "read: ",
		[ACCOUNT_SOURCE_UNREADABLE] = "cannot be read: ",
	};
	const struct account_source *source;

	for (size_t i = 0; i < accounts->sources; i++) {
		source = accounts->source[i];
		show_text(words[source->state], source->path,
		    strlen(source->path));
	}
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

static void
add_value(struct buffer *b, const struct account *a,
    const struct option_row *row)
{
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
		if (string == NULL)
			buffer_printf(b, "(%s)", row->preset);
		else
			buffer_add_string(b, string);
	}
}

static void
print_settings(const struct account *a)
{
	const struct option_row *row;
	struct buffer b;
	char *origin;

	buffer_init(&b, TEXT_MAX);
	for (int i = 0; i < OPTION_COUNT; i++) {
		row = option_row((enum option_id)i);
		buffer_clear(&b);
		buffer_printf(&b, "%s = ", row->keyword);
		add_value(&b, a, row);
		origin = account_origin(a, (enum option_id)i);
		buffer_printf(&b, "  [%s]", origin);
		free(origin);
		show_text("", b.data, b.len);
	}
	buffer_free(&b);
}

static void
print_secret(const struct account *a)
{
	char *source;

	if (!link_wants_secret(a)) {
		printf("secret: none is needed\n");
		return;
	}
	source = account_password_source(a);
	show_text("secret: from ", source, strlen(source));
	free(source);
}

static void
print_envelope(const struct envelope *e)
{
	struct buffer b;

	show_mailbox("reverse-path: ", &e->path);
	for (size_t i = 0; i < e->count; i++)
		show_mailbox("recipient: ", &e->recipient[i].box);
	if (e->count == 0)
		printf("recipient: none\n");
	buffer_init(&b, TEXT_MAX);
	dsn_add_notify(&b, e->notify, false);
	if (e->notify != 0)
		show_text("notify: ", b.data, b.len);
	buffer_free(&b);
	if (e->ret != DSN_RETURN_UNSET)
		printf("return: %s\n", e->ret == DSN_RETURN_FULL ? "full" :
		    "headers");
}

/* Each line of wire form by itself. */
static void
print_text(const char *what, const char *s, size_t n)
{
	const char *end = s + n, *eol;

	while (s < end) {
		eol = memchr(s, '\r', (size_t)(end - s));
		if (eol == NULL)
			eol = end;
		show_text(what, s, (size_t)(eol - s));
		s = end - eol > 2 ? eol + 2 : end;
	}
}

static void
print_header(const struct header *h)
{
	const struct header_field *field;

	print_text("add: ", h->added.data, h->added.len);
	for (size_t i = 0; i < h->count; i++) {
		field = &h->field[i];
		if ((field->removed && !field->made) || field->edited)
			print_text(field->removed ? "remove: " : "change: ",
			    h->text.data + field->start, field->len);
	}
}

void
pretend_print(const struct accounts *accounts, const struct account *a,
    const struct envelope *e, const struct header *h)
{
	print_sources(accounts);
	show_account(a);
	print_settings(a);
	print_secret(a);
	print_envelope(e);
	print_header(h);
}
