/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "mail/header/rewrite.h"
#include "config/account/account.h"
#include "delivery/policy.h"

static const char *const fields[] = { "From", "Sender", "Reply-To", "To", "Cc",
    "Bcc", NULL };
static const char *const resent_fields[] = { "Resent-From", "Resent-Sender",
    "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc", NULL };

/* One address at a time: what the last one has become. */
struct qualifying {
	const struct account *account;
	struct mailbox shown;
};

bool
qualify_wants(const struct account *a, const struct mailbox *box)
{
	size_t n = strlen(box->domain);

	return a->qualify_domain != NULL && (n == 0 ||
	    text_same_word(box->domain, n, "localhost") ||
	    text_same_word(box->domain, n, "localhost.localdomain"));
}

static const struct mailbox *
qualified(const struct mailbox *box, void *context)
{
	struct qualifying *q = context;

	if (!qualify_wants(q->account, box))
		return NULL;
	q->shown = (struct mailbox){ NULL, box->local,
	    q->account->qualify_domain };
	return &q->shown;
}

int
qualify_header(struct header *h, const struct account *a, struct fault *f)
{
	struct qualifying q = { .account = a };
	size_t first, last;
	bool ignored = false, resent;

	if (a->qualify_domain == NULL)
		return 0;
	resent = envelope_resent(h, &first, &last);
	/* local parts are as they were, and the domain is ASCII */
	if (rewrite_fields(h, resent ? resent_fields : fields, first, last,
	    qualified, &q, &ignored) == -1)
		return fault(f, FAULT_DATA, "the header is too long with the "
		    "domains of its addresses");
	return 0;
}
