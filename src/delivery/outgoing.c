/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/text.h"
#include "mail/envelope.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "delivery/outgoing.h"

/* Will SMTPUTF8 be declared? Then raw UTF-8 in the header is as it must be. */
static bool
declares_utf8(const struct session *s, const struct envelope *e)
{
	if (!s->capabilities.has[CAP_SMTPUTF8])
		return false;
	return e->smtputf8 || envelope_needs_smtputf8(e);
}

int
outgoing_fit(struct conversion *h, const struct message *m,
    const struct session *s, const struct envelope *e,
    const struct account *a, struct fault *f)
{
	struct conversion_terms terms = {
		.long_lines = a->long_lines,
		.eight_bit = s->capabilities.has[CAP_8BITMIME],
		.utf8 = declares_utf8(s, e),
		.note = s->params->note,
	};

	return conversion_start(h, m, &terms, f);
}
