/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/random.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"
#include "mail/header/complete.h"
#include "mail/header/header.h"

#define FIELD_MAX (1024 * 1024)	/* octets of one field that we write */
#define ID_BYTES 15		/* 120 random bits: 24 characters */

bool
author_find(struct mailbox *box, const struct header *h)
{
	struct address_list list = { .box = NULL };
	const struct header_field *field;
	const char *body;
	size_t from = 0, len;
	bool found;

	field = header_next(h, "Resent-From", &from);
	if (field == NULL) {
		from = 0;
		field = header_next(h, "From", &from);
	}
	if (field == NULL)
		return false;
	body = header_body(h, field, &len);
	found = address_parse(&list, body, len, NULL) == 0 &&
	    list.count > 0;
	if (found) {
		*box = list.box[0];
		memset(&list.box[0], 0, sizeof(list.box[0]));
	}
	address_list_free(&list);
	return found;
}

/*
 * Does the header need an author from us, by that policy? Of a message that is
 * sent on without a From we know who sends it on, and
 * not who wrote it: nothing is made up, as msmtp has it.
 */
static bool
needs_author(const struct header *h, enum complete_from policy)
{
	return policy == COMPLETE_FROM_REPLACE ||
	    (policy == COMPLETE_FROM_MISSING && !header_has(h, "From") &&
	    !header_has(h, "Resent-From"));
}

static int
add_from(struct header *h, const struct complete *c, struct fault *f)
{
	struct buffer b;

	if (c->author == NULL) {
		fault(f, FAULT_CONFIG, "the message has no From field, and "
		    "there is no address to put there");
		return fault_hint(f, "add \"from you@example.org\" to the "
		    "account, or give -f you@example.org");
	}
	buffer_init(&b, FIELD_MAX);
	if (c->full_name != NULL && c->full_name[0] != '\0') {
		encoding_add_phrase(&b, c->full_name, strlen(c->full_name));
		buffer_add_string(&b, " <");
		address_add_spec(&b, c->author);
		buffer_add_char(&b, '>');
	} else {
		address_add_spec(&b, c->author);
	}
	header_remove(h, "From");
	header_prepend(h, "From", b.data);
	buffer_free(&b);
	return 0;
}

/* Who sent what several people have written: the author of ours if there is
 * one, else the first of them. */
static void
add_sender(struct header *h, const struct mailbox *author)
{
	struct address_list list = { .box = NULL };
	const struct header_field *field;
	size_t from = 0, len;
	const char *body;
	struct buffer b;

	field = header_next(h, "From", &from);
	if (field == NULL || header_has(h, "Sender"))
		return;
	body = header_body(h, field, &len);
	if (memchr(body, ',', len) != NULL &&
	    address_parse(&list, body, len, NULL) == 0 && list.count > 1) {
		buffer_init(&b, FIELD_MAX);
		address_add_spec(&b, author != NULL ? author : &list.box[0]);
		header_prepend(h, "Sender", b.data);
		buffer_free(&b);
	}
	address_list_free(&list);
}

/* Unpredictable, and nothing of this machine in it but the sender's domain. */
static int
add_message_id(struct header *h, const char *domain, struct fault *f)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	unsigned char random[ID_BYTES];
	unsigned bits = 0, have = 0;
	struct buffer b;

	if (random_bytes(random, sizeof(random)) == -1)
		return fault(f, FAULT_SYSTEM, "the system has no random "
		    "numbers for a Message-ID");
	buffer_init(&b, FIELD_MAX);
	buffer_add_char(&b, '<');
	for (size_t i = 0; i < sizeof(random); i++) {
		bits = (bits << 8 | random[i]) & 0xfff;
		for (have += 8; have >= 5; have -= 5)
			buffer_add_char(&b, digits[bits >> (have - 5) & 31]);
	}
	buffer_printf(&b, "@%s>", domain);
	header_prepend(h, "Message-ID", b.data);
	buffer_free(&b);
	return 0;
}

int
complete_header(struct header *h, const struct complete *c, struct fault *f)
{
	char date[CLOCK_DATE_SIZE];

	if (needs_author(h, c->from) && add_from(h, c, f) == -1)
		return -1;
	if (c->sender)
		add_sender(h, c->author);
	if (c->date && !header_has(h, "Date")) {
		clock_date(time(NULL), date);
		header_prepend(h, "Date", date);
	}
	if (c->message_id && !header_has(h, "Message-ID") &&
	    add_message_id(h, c->id_domain, f) == -1)
		return -1;
	if (c->remove_bcc) {
		header_remove(h, "Bcc");
		header_remove(h, "Resent-Bcc");
	}
	header_remove(h, "Return-Path");
	return 0;
}
