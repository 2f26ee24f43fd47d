/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "config/option/address.h"
#include "config/option/option.h"

static const char word_force[] = "force";

static int
check_list(const char *s, size_t n, struct fault *f)
{
	struct address_list list = { .box = NULL };
	struct fault why = { .class = FAULT_NONE };
	int r = address_parse(&list, s, n, &why);

	if (r == -1) {
		fault(f, FAULT_CONFIG, "%s", why.text);
		if (why.hint != NULL)
			fault_hint(f, "%s", why.hint);
	} else if (list.count == 0) {
		r = fault(f, FAULT_CONFIG, "there is no address in it");
	}
	address_list_free(&list);
	fault_clear(&why);
	return r;
}

size_t
optionaddress_split(const char *s, size_t n, bool *force)
{
	size_t end, word = n;

	while (word > 0 && !text_is_blank(s[word - 1]))
		word--;
	*force = word > 0 && text_same(s + word, n - word, word_force,
	    sizeof(word_force) - 1);
	if (!*force)
		return n;
	for (end = word; end > 0 && text_is_blank(s[end - 1]); end--)
		;
	return end;
}

static int
check_sender(const char *s, size_t n, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	struct mailbox box = { NULL, NULL, NULL };
	bool force, empty;
	size_t end = optionaddress_split(s, n, &force);
	int r = address_parse_path(&box, &empty, s, end, &why);

	if (r == -1) {
		fault(f, FAULT_CONFIG, "%s", why.text);
		fault_hint(f, "write one address, and behind it nothing or "
		    "the word force");
	} else if (empty || (box.domain[0] == '\0' &&
	    memchr(s, '%', end) == NULL)) {
		fault(f, FAULT_CONFIG, "it has no domain");
		r = fault_hint(f, "write it as in you@example.org");
	}
	mailbox_free(&box);
	fault_clear(&why);
	return r;
}

int
optionaddress_check(unsigned flags, const char *s, size_t n, struct fault *f)
{
	if ((flags & OPTION_ADDRESSES) != 0)
		return check_list(s, n, f);
	return (flags & OPTION_FORCE) != 0 ? check_sender(s, n, f) : 0;
}
