/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "wire/tls/tls.h"
#include "smtp/path.h"
#include "config/account/account.h"
#include "config/account/match.h"
#include "config/account/pattern.h"
#include "config/account/senderaddress.h"


static int
parse(struct sender_address *s, const char *value, struct fault *f)
{
	bool empty = false;

	if (address_parse_path(&s->box, &empty, value, strlen(value), f) == -1)
		return -1;
	if (empty || s->box.domain[0] == '\0')
		return fault(f, FAULT_CONFIG, "'%s' has no domain", value);
	path_to_ascii(&s->box);
	return 0;
}

int
sender_address_get(struct sender_address *s, const struct account *a,
    struct fault *f)
{
	char *value;
	int r = -1;

	memset(s, 0, sizeof(*s));
	s->account = a;
	s->set = a->sender != NULL;
	if (!s->set)
		return 0;
	value = pattern_expand_setting(a, OPTION_SENDER, a->sender, NULL, false,
	    f);
	if (value != NULL) {
		value[option_address_split(value, strlen(value),
		    &s->force)] = '\0';
		r = parse(s, value, f);
	}
	free(value);
	if (r == 0)
		return 0;
	f->class = FAULT_CONFIG;
	return account_fault_prefix(f, a, OPTION_SENDER);
}

void
sender_address_free(struct sender_address *s)
{
	mailbox_free(&s->box);
	memset(s, 0, sizeof(*s));
}

static bool
same_domain(const char *domain, const char *ours)
{
	size_t n = strlen(domain);
	char *ascii;
	bool same;

	if (ours == NULL || n == 0)
		return false;
	if (text_same_word(domain, n, ours))
		return true;
	if (tls_domain_to_ascii(domain, &ascii) == -1)
		return false;
	same = text_same_word(ascii, strlen(ascii), ours);
	free(ascii);
	return same;
}

bool
sender_address_is_ours(const struct sender_address *s,
    const struct mailbox *box)
{
	char *spec;
	bool fits;

	if (s->force)
		return strcmp(box->local, s->box.local) == 0 &&
		    same_domain(box->domain, s->box.domain);
	if (same_domain(box->domain, s->box.domain) ||
	    same_domain(box->domain, s->account->qualify_domain))
		return true;
	if (box->domain[0] == '\0' || s->account->from == NULL)
		return false;
	spec = address_spec(box);
	fits = accountmatch(s->account, spec, s->account->author) !=
	    ACCOUNTMATCH_NONE;
	free(spec);
	return fits;
}
