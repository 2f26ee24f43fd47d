/* SPDX-License-Identifier: ISC */
/*
 * path: addresses and delivery status wishes as parameters of MAIL and RCPT
 * (RFC 5321 section 4.1.2, RFC 6531, RFC 3461).
 */
#ifndef SMTP_PATH_H
#define SMTP_PATH_H

#include <stdbool.h>

struct buffer;
struct envelope;
struct fault;
struct mailbox;
struct recipient;

/*
 * What can be known of an address before there is a server: FAULT_DATA for one
 * that no command could hold, and for a domain that has no A-label form.
 */
int path_check(const struct mailbox *, struct fault *);
/*
 * Gives an address its A-labels where the local part is ASCII, so that no part
 * of it needs SMTPUTF8. One whose domain has no such form stays as it is.
 */
void path_to_ascii(struct mailbox *);
/*
 * Is SMTPUTF8 needed? Declared only for a local part that is not ASCII, or
 * when asked for: declaring it because it is offered makes mail bounce
 * further on. When the server lacks it, a recipient that needs it is settled
 * as refused here; a sender that needs it is FAULT_REFUSED.
 */
int path_prepare(struct envelope *, bool offered, bool *utf8,
    const char *peer, struct fault *);
/*
 * Adds local@domain, the domain in A-labels unless utf8 and the local part
 * is not ASCII; nothing for the null path. FAULT_DATA for a domain that has
 * no A-label form; with a NULL fault such a domain is added as it is.
 */
int path_add(struct buffer *, const struct mailbox *, bool utf8,
    struct fault *);
/* Adds " RET=" and " ENVID=" as wished. */
void path_add_mail_dsn(struct buffer *, const struct envelope *);
/* Adds " NOTIFY=", and " ORCPT=" when any delivery status is wished for. */
void path_add_rcpt_dsn(struct buffer *, const struct envelope *,
    const struct recipient *);

#endif
