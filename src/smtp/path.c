/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"
#include "mail/envelope.h"
#include "wire/tls/tls.h"
#include "smtp/path.h"

/*
 * Octets of a path. RFC 5321 section 4.5.3.1.3 has 256 and lets servers have
 * more; above this a command with its ORCPT would not fit into ours.
 */
#define ADDRESS_MAX (64 * 1024)

int
path_prepare(struct envelope *e, bool offered, bool *utf8, const char *peer,
    struct fault *f)
{
	struct recipient *to;
	bool needed = false;

	if (e->local != NULL && !text_is_ascii(e->local, strlen(e->local))) {
		needed = true;
		if (!offered) {
			fault(f, FAULT_REFUSED, "%s: the server does not "
			    "offer SMTPUTF8, which the sender <%s@%s> needs",
			    peer, e->local, e->domain);
			return fault_hint(f, "send from an address with an "
			    "ASCII local part");
		}
	}
	for (size_t i = 0; i < e->count; i++) {
		to = &e->recipient[i];
		if (text_is_ascii(to->local, strlen(to->local)))
			continue;
		needed = true;
		if (offered)
			continue;
		to->state = RECIPIENT_REFUSED;
		free(to->reply);
		to->reply = memory_string("not tried: the server does not "
		    "offer SMTPUTF8, which this address needs");
	}
	*utf8 = offered && (needed || e->smtputf8);
	return 0;
}

static int
add_path(struct buffer *b, char *local, char *domain, bool utf8,
    struct fault *f)
{
	struct mailbox box = { NULL, local, domain };
	char *ascii = NULL;
	int result = 0;

	if (!text_is_ascii(domain, strlen(domain)) &&
	    !(utf8 && !text_is_ascii(local, strlen(local)))) {
		if (tls_domain_to_ascii(domain, &ascii) == 0)
			box.domain = ascii;
		else if (f != NULL)
			result = fault(f, FAULT_DATA, "%s@%s: not a valid "
			    "international domain name", local, domain);
	}
	address_add_spec(b, &box);
	free(ascii);
	return result;
}

int
path_add_sender(struct buffer *b, const struct envelope *e, bool utf8,
    struct fault *f)
{
	if (e->null_path || e->local == NULL)
		return 0;
	return add_path(b, e->local, e->domain, utf8, f);
}

int
path_add_recipient(struct buffer *b, const struct recipient *to, bool utf8,
    struct fault *f)
{
	return add_path(b, to->local, to->domain, utf8, f);
}

/* One address: it must fit, and its domain be one that can be sent. */
static int
check_path(struct buffer *b, char *local, char *domain, struct fault *f)
{
	buffer_clear(b);
	if (add_path(b, local, domain, true, f) == -1)
		return -1;
	if (!b->full)
		return 0;
	return fault(f, FAULT_DATA, "address too long: more than %d octets",
	    ADDRESS_MAX);
}

int
path_check(const struct envelope *e, struct fault *f)
{
	struct buffer b;
	int result = 0;

	buffer_init(&b, ADDRESS_MAX);
	if (e->local != NULL)
		result = check_path(&b, e->local, e->domain, f);
	for (size_t i = 0; i < e->count && result == 0; i++)
		result = check_path(&b, e->recipient[i].local,
		    e->recipient[i].domain, f);
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
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = {
		{ DSN_NEVER, "NEVER" }, { DSN_SUCCESS, "SUCCESS" },
		{ DSN_FAILURE, "FAILURE" }, { DSN_DELAY, "DELAY" }
	};
	const char *before = " NOTIFY=";
	unsigned notify = to->notify != 0 ? to->notify : e->notify;
	struct mailbox box = { NULL, to->local, to->domain };
	struct buffer spec;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((notify & words[i].bit) == 0)
			continue;
		buffer_printf(b, "%s%s", before, words[i].word);
		before = ",";
	}
	if (to->orcpt != NULL) {
		buffer_printf(b, " ORCPT=%s", to->orcpt);
		return;
	}
	if (notify == 0 && e->ret == DSN_RETURN_UNSET && e->envid == NULL)
		return;
	buffer_init(&spec, ADDRESS_MAX);
	address_add_spec(&spec, &box);
	/* RFC 6533 has a type of its own for other addresses: left out */
	if (text_is_ascii(spec.data, spec.len)) {
		buffer_add_string(b, " ORCPT=rfc822;");
		encoding_add_xtext(b, spec.data, spec.len);
	}
	buffer_free(&spec);
}
