/* SPDX-License-Identifier: ISC */
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "smtp/path.h"
#include "delivery/aliases.h"
#include "delivery/expand.h"
#include "delivery/qualify.h"

int
expand_recipients(struct envelope *e, struct message *m, bool no_aliases,
    const struct account *a, struct notes *notes, struct fault *f)
{
	struct message none;
	int r = 0;

	message_init(&none);
	if (!no_aliases)
		r = aliases_apply(e, m == NULL ? &none : m, a, notes, f);
	message_free(&none);
	if (r == -1)
		return -1;
	qualify_recipients(e, a);
	return path_check(e, f);
}
