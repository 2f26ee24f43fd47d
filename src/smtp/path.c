/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"
#include "mail/envelope.h"
#include "smtp/transaction.h"

int
path_prepare(struct envelope *e, bool offered, bool *utf8, const char *peer,
    struct fault *f)
{
	struct recipient *to;
	char *path;

	*utf8 = offered && (e->smtputf8 || envelope_needs_smtputf8(e));
	if (offered)
		return 0;
	if (mailbox_needs_smtputf8(&e->path)) {
		path = address_spec(&e->path);
		fault(f, FAULT_REFUSED, "%s: the server does not "
		    "offer SMTPUTF8, which the sender <%s> needs", peer, path);
		free(path);
		return fault_hint(f, "send from an address with an "
		    "ASCII local part");
	}
	for (size_t i = 0; i < e->count; i++) {
		to = &e->recipient[i];
		if (!mailbox_needs_smtputf8(&to->box))
			continue;
		to->state = RECIPIENT_REFUSED;
		free(to->reply);
		to->reply = memory_string(RECIPIENT_UNTRIED "the server does "
		    "not offer SMTPUTF8, which this address needs");
	}
	return 0;
}

void
path_to_ascii(struct mailbox *box)
{
	char *local = box->local, *ascii;

	if (mailbox_needs_smtputf8(box) ||
	    idna_to_ascii(box->domain, &ascii) == -1)
		return;
	mailbox_set(box, local, strlen(local), ascii, strlen(ascii));
	free(local);
	free(ascii);
}

int
path_add(struct buffer *b, const struct mailbox *path, bool utf8,
    struct fault *f)
{
	struct mailbox box = *path;
	char *ascii = NULL, *spec;
	int result = 0;

	if (path->local == NULL)
		return 0;
	if (!text_is_ascii(path->domain, strlen(path->domain)) &&
	    !(utf8 && mailbox_needs_smtputf8(path))) {
		if (idna_to_ascii(path->domain, &ascii) == 0)
			box.domain = ascii;
		else if (f != NULL) {
			spec = address_spec(path);
			result = fault(f, FAULT_DATA, "%s: not a valid "
			    "international domain name", spec);
			free(spec);
		}
	}
	address_add_spec(b, &box);
	free(ascii);
	return result;
}

int
path_check(const struct mailbox *box, struct fault *f)
{
	size_t local = strlen(box->local), domain = strlen(box->domain);
	struct buffer b;
	int result;

	/* quotes and escapes at most double the local part */
	if (local * 2 + domain + 3 <= ADDRESS_MAX &&
	    text_is_ascii(box->domain, domain))
		return 0;
	buffer_init(&b, ADDRESS_MAX);
	result = path_add(&b, box, true, f);
	if (result == 0 && b.full)
		result = fault(f, FAULT_DATA, "address too long: more than "
		    "%d octets", ADDRESS_MAX);
	buffer_free(&b);
	return result;
}

void
path_add_mail_dsn(struct buffer *b, const struct envelope *e)
{
	if (e->ret != DSN_RETURN_UNSET)
		buffer_add_string(b, e->ret == DSN_RETURN_FULL ? " RET=FULL" :
		    " RET=HDRS");
	if (e->envid != NULL) {
		buffer_add_string(b, " ENVID=");
		encoding_add_xtext(b, e->envid, strlen(e->envid));
	}
}

void
path_add_rcpt_dsn(struct buffer *b, const struct envelope *e,
    const struct recipient *to)
{
	unsigned notify = to->notify != 0 ? to->notify : e->notify;
	char *spec;

	if (notify != 0) {
		buffer_add_string(b, " NOTIFY=");
		dsn_add_notify(b, notify, true);
	}
	if (to->orcpt != NULL) {
		buffer_printf(b, " ORCPT=%s", to->orcpt);
		return;
	}
	if (notify == 0 && e->ret == DSN_RETURN_UNSET && e->envid == NULL)
		return;
	spec = address_spec(&to->box);
	/* RFC 6533 has a type of its own for other addresses: left out */
	if (text_is_ascii(spec, strlen(spec))) {
		buffer_add_string(b, " ORCPT=rfc822;");
		encoding_add_xtext(b, spec, strlen(spec));
	}
	free(spec);
}
