/* SPDX-License-Identifier: ISC */
/*
 * Address lists and reverse-paths. What is taken must be fit for SMTP, and
 * must be the same mailbox when what we write is read again; what is not
 * taken must have one printable fault.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool what)
{
	if (!what)
		abort();
}

static void
check_string(const char *s)
{
	require(!text_has_control(s, strlen(s)));
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Written as SMTP wants it, and read again: alone, in brackets, as a path. */
static void
check_again(const struct mailbox *box)
{
	static const char *const form[] = { "", "<", " Some Name (x) <" };
	struct mailbox path;
	struct buffer b;
	bool empty;

	buffer_init(&b, SIZE_MAX / 2);
	for (size_t i = 0; i < sizeof(form) / sizeof(form[0]); i++) {
		struct address_list list = { .box = NULL };
		struct fault f = { .class = FAULT_NONE };

		buffer_clear(&b);
		buffer_add_string(&b, form[i]);
		address_add_spec(&b, box);
		if (i > 0)
			buffer_add_char(&b, '>');
		require(address_parse(&list, b.data, b.len, &f) == 0);
		require(list.count == 1);
		require(strcmp(list.box[0].local, box->local) == 0);
		require(strcmp(list.box[0].domain, box->domain) == 0);
		require(same(list.box[0].name, i == 2 ? "Some Name" : NULL));
		address_list_free(&list);
		require(address_parse_path(&path, &empty, b.data, b.len,
		    &f) == 0 && !empty);
		require(strcmp(path.local, box->local) == 0);
		mailbox_free(&path);
	}
	buffer_free(&b);
}

static void
check_box(const struct mailbox *box)
{
	size_t local = strlen(box->local), domain = strlen(box->domain);

	check_string(box->local);
	check_string(box->domain);
	require(local > 0);
	require(text_is_utf8(box->local, local));
	require(text_is_utf8(box->domain, domain));
	require(strpbrk(box->domain, " @<>,;\"\\()") == NULL);
	if (domain == 0)
		require(address_is_dot_atom(box->local, local) &&
		    box->local[0] != '|' && box->local[0] != '/');
	if (box->name != NULL) {
		check_string(box->name);
		require(box->name[0] != '\0' || domain == 0);
	}
	check_again(box);
}

static void
check_fault(struct fault *f)
{
	require(f->class == FAULT_DATA);
	require(f->text != NULL && !text_has_control(f->text,
	    strlen(f->text)) && text_is_utf8(f->text, strlen(f->text)));
	require(strlen(f->text) < 512);
	fault_clear(f);
}

/* No more mailboxes than separators and brackets allow. */
static size_t
most(const char *s, size_t n)
{
	size_t count = 1;

	for (size_t i = 0; i < n; i++)
		count += s[i] == ',' || s[i] == ';' || s[i] == ':';
	return count;
}

/*
 * Of recipients more is taken, and nothing else: what a list has without that
 * is the same, and what only recipients can be is doubtful.
 */
static void
check_recipients(const char *s, size_t n, const struct address_list *strict,
    int result)
{
	struct address_list list = { .box = NULL };
	struct fault f = { .class = FAULT_NONE };
	size_t doubtful = 0;
	int r = address_parse_recipients(&list, s, n, &f);

	require(list.count <= most(s, n));
	for (size_t i = 0; i < list.count; i++) {
		check_box(&list.box[i]);
		require(!mailbox_is_doubtful(&list.box[i]) ||
		    i + 1 < list.count || r == -1);
		doubtful += mailbox_is_doubtful(&list.box[i]);
		require(doubtful > 0 || i >= strict->count ||
		    strcmp(list.box[i].local, strict->box[i].local) == 0);
	}
	if (r == -1)
		check_fault(&f);
	require(result == -1 || (r == 0 && doubtful == 0 &&
	    list.count == strict->count));
	require(result == 0 || r == -1 || doubtful > 0);
	address_list_free(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;
	struct address_list list = { .box = NULL };
	struct fault f = { .class = FAULT_NONE };
	struct mailbox path;
	bool empty;
	int r;

	r = address_parse(&list, s, n, &f);
	require(list.count <= most(s, n));
	for (size_t i = 0; i < list.count; i++)
		check_box(&list.box[i]);
	if (r == -1)
		check_fault(&f);
	else
		require(memchr(s, '\0', n) == NULL || n == 0);

	check_recipients(s, n, &list, r);
	if (address_parse_path(&path, &empty, s, n, &f) == -1) {
		require(!empty && path.local == NULL);
		check_fault(&f);
	} else if (empty) {
		require(path.local == NULL && list.count == 0);
	} else {
		/* a path is a list of one, never another one */
		require(r == 0 && list.count == 1 &&
		    strcmp(path.local, list.box[0].local) == 0 &&
		    strcmp(path.domain, list.box[0].domain) == 0);
	}
	mailbox_free(&path);
	address_list_free(&list);
	return 0;
}
