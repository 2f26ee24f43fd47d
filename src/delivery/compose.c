/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/address/address.h"
#include "mail/header/complete.h"
#include "mail/header/recipients.h"
#include "wire/tls/tls.h"
#include "config/account/account.h"
#include "delivery/compose.h"
#include "delivery/originator.h"
#include "delivery/qualify.h"
#include "delivery/sender.h"

/*
 * The author, as fields that we write have him: with an A-label where no
 * other part needs SMTPUTF8, as in the envelope.
 */
static int
choose_author(struct mailbox *author, const struct envelope *e,
    const struct account *a)
{
	char *ascii;

	if (sender_author(author, e, a) == -1)
		return -1;
	if (text_is_ascii(author->local, strlen(author->local)) &&
	    tls_domain_to_ascii(author->domain, &ascii) == 0) {
		free(author->domain);
		author->domain = ascii;
	}
	return 0;
}

int
compose_header(struct header *h, const struct envelope *e,
    const struct account *a, const char *full_name, struct fault *f)
{
	struct mailbox author;
	struct complete c = {
		.from = a->set_from_header == FROM_HEADER_ON ?
		    COMPLETE_FROM_REPLACE : a->set_from_header ==
		    FROM_HEADER_OFF ? COMPLETE_FROM_KEEP :
		    COMPLETE_FROM_MISSING,
		.full_name = full_name != NULL ? full_name :
		    a->from_full_name,
		.date = a->set_date_header != TOGGLE_OFF,
		.message_id = a->set_msgid_header != TOGGLE_OFF,
		.remove_bcc = a->remove_bcc_headers != TOGGLE_OFF,
	};
	int result;

	if (originator_rewrite(h, a, f) == -1 ||
	    qualify_header(h, a, f) == -1)
		return -1;
	if (choose_author(&author, e, a) == 0)
		c.author = &author;
	c.id_domain = c.author != NULL && author.domain[0] != '\0' &&
	    author.domain[0] != '[' ? author.domain :
	    a->host != NULL ? a->host : "localhost";
	if (a->set_to_header != TO_HEADER_OFF)
		recipients_rewrite(h, e,
		    a->set_to_header == TO_HEADER_UNDISCLOSED);
	result = complete_header(h, &c, f);
	if (c.author != NULL)
		mailbox_free(&author);
	return result;
}
