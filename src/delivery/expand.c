/* SPDX-License-Identifier: ISC */
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "smtp/path.h"
#include "config/account/account.h"
#include "config/alias/alias.h"
#include "delivery/aliases.h"
#include "delivery/expand.h"
#include "delivery/qualify.h"

/* One that no alias has anything to do with any more. */
static int
add(struct envelope *to, const struct mailbox *box, const struct account *a,
    struct fault *f)
{
	struct mailbox whole = *box;

	if (qualify_wants(a, box))
		whole.domain = a->qualify_domain;
	if (path_check(&whole, f) == -1)
		return -1;
	envelope_add(to, &whole);
	return 0;
}

int
expand_recipient(struct alias_source *a, const struct mailbox *box,
    struct envelope *to, struct notes *notes, struct fault *f)
{
	struct envelope members;
	int r;

	r = aliases_apply_to(a, box, notes, f);
	if (r <= 0)
		return r == -1 ? -1 : add(to, box, a->account, f);
	/* whoever came of an earlier recipient is in `to`, unless it is new */
	if (to->count == 0)
		alias_begin_expansion(&a->aliases);
	envelope_init(&members);
	r = aliases_expand(a, box, &members, f);
	for (size_t i = 0; i < members.count && r == 0; i++)
		r = add(to, &members.recipient[i].box, a->account, f);
	envelope_free(&members);
	return r;
}
