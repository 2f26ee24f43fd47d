/* SPDX-License-Identifier: ISC */
/* What addresses consist of, and how they are written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"

#define DOMAIN_MAX 255	/* octets, RFC 5321 section 4.5.3.1.2 */
#define LABEL_MAX 63	/* octets, RFC 1035 section 2.3.4 */

bool
address_is_atext(char c)
{
	switch (c) {
	case '(': case ')': case '<': case '>': case '[': case ']':
	case ':': case ';': case '@': case '\\': case ',': case '.':
	case '"': case 127:
		return false;
	default:
		return (unsigned char)c > ' ';
	}
}

bool
address_is_dot_atom(const char *s, size_t n)
{
	bool dot = true;	/* an atom must come next */

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' ? dot : !address_is_atext(s[i]))
			return false;
		dot = s[i] == '.';
	}
	return !dot && text_is_utf8(s, n);
}

static bool
is_label(const char *s, size_t n)
{
	if (n == 0 || n > LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!text_is_alpha(s[i]) && !text_is_digit(s[i]) &&
		    s[i] != '-' && (unsigned char)s[i] < 128)
			return false;
	return true;
}

/* The label that begins at *s; *s moves behind it and its dot. */
static size_t
next_label(const char **s, const char *end, const char **label)
{
	const char *dot = memchr(*s, '.', (size_t)(end - *s));

	*label = *s;
	*s = dot == NULL ? end : dot + 1;
	return (size_t)((dot == NULL ? end : dot) - *label);
}

bool
address_has_ascii_domain(const char *s, size_t n)
{
	char *domain, *ascii = NULL;
	int r;

	if (text_is_ascii(s, n))
		return true;
	domain = memory_copy(s, n);
	r = idna_to_ascii(domain, &ascii);
	free(domain);
	free(ascii);
	return r == 0;
}

bool
address_is_domain(const char *s, size_t n)
{
	const char *end = s + n, *label, *domain = s;
	size_t len;

	/* the last octet is looked at because no label follows a final dot */
	if (n == 0 || n > DOMAIN_MAX || s[n - 1] == '.' || !text_is_utf8(s, n))
		return false;
	while (s < end) {
		len = next_label(&s, end, &label);
		if (!is_label(label, len))
			return false;
	}
	return address_has_ascii_domain(domain, n);
}

bool
address_is_fqdn(const char *s, size_t n)
{
	const char *end = s + n, *label = s;
	size_t len = 0, labels = 0;

	if (!address_is_domain(s, n) || !text_is_ascii(s, n))
		return false;
	while (s < end) {
		len = next_label(&s, end, &label);
		if (text_same_word(label, len, "localhost") ||
		    text_same_word(label, len, "localdomain"))
			return false;
		labels++;
	}
	for (size_t i = 0; i < len; i++)
		if (!text_is_digit(label[i]))
			return labels > 1;
	return false;
}

void
address_add_quoted(struct buffer *b, const char *s, size_t n)
{
	buffer_add_char(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			buffer_add_char(b, '\\');
		buffer_add_char(b, s[i]);
	}
	buffer_add_char(b, '"');
}

void
address_add_spec(struct buffer *b, const struct mailbox *box)
{
	size_t n = strlen(box->local);

	if (address_is_dot_atom(box->local, n))
		buffer_add(b, box->local, n);
	else
		address_add_quoted(b, box->local, n);
	if (box->domain[0] != '\0') {
		buffer_add_char(b, '@');
		buffer_add_string(b, box->domain);
	}
}

char *
address_spec(const struct mailbox *box)
{
	struct buffer b;

	if (box->local == NULL)
		return NULL;
	buffer_init(&b, SIZE_MAX);
	address_add_spec(&b, box);
	return buffer_detach(&b);
}

char *
address_printable(const struct mailbox *box)
{
	char *spec = address_spec(box);
	char *text = spec == NULL ? memory_string("<>") :
	    text_printable(spec, strlen(spec));

	free(spec);
	return text;
}

void
mailbox_set(struct mailbox *box, const char *local, size_t local_len,
    const char *domain, size_t domain_len)
{
	box->local = memory_resize(NULL, local_len + domain_len + 2, 1);
	box->domain = box->local + local_len + 1;
	memcpy(box->local, local, local_len);
	memcpy(box->domain, domain, domain_len);
	box->local[local_len] = box->domain[domain_len] = '\0';
}

void
mailbox_copy(struct mailbox *to, const struct mailbox *from)
{
	to->name = NULL;
	mailbox_set(to, from->local, strlen(from->local), from->domain,
	    strlen(from->domain));
}

bool
mailbox_is_doubtful(const struct mailbox *box)
{
	return box->name != NULL && box->name[0] == '\0';
}

bool
mailbox_same(const struct mailbox *a, const struct mailbox *b)
{
	return strcmp(a->local, b->local) == 0 &&
	    text_same_word(a->domain, strlen(a->domain), b->domain);
}

bool
mailbox_needs_smtputf8(const struct mailbox *box)
{
	return box->local != NULL &&
	    !text_is_ascii(box->local, strlen(box->local));
}

void
mailbox_free(struct mailbox *box)
{
	free(box->name);
	free(box->local);
	memset(box, 0, sizeof(*box));
}

void
address_list_clear(struct address_list *list)
{
	while (list->count > 0)
		mailbox_free(&list->box[--list->count]);
}

void
address_list_free(struct address_list *list)
{
	address_list_clear(list);
	free(list->box);
	free(list->place);
	memset(list, 0, sizeof(*list));
}
