/* SPDX-License-Identifier: ISC */
/* policy: what an account makes of the addresses of a message. */
#ifndef DELIVERY_POLICY_H
#define DELIVERY_POLICY_H

#include <stdbool.h>

#include "mail/address/address.h"
#include "config/account/account.h"
#include "config/alias/alias.h"

struct alias_source;

/* ---- sender.c: the reverse-path of a message, where none was given. ---- */

/*
 * Completes the reverse-path of an envelope that has none, or one that the
 * account does not allow (allow_from_override, auto_from) or replaces
 * (`sender`), what can be none included: the account's `sender`, else its
 * `from`, else user@qualify_domain, else user@FQDN where the host has a valid
 * name, else FAULT_CONFIG with the line to add. One without a domain gets
 * qualify_domain, and the envelope is marked as qualified. FAULT_DATA for what
 * can be none and is not replaced.
 */
int sender_complete(struct envelope *, const struct account *,
    struct fault *);
/*
 * The author for a From field of ours: the reverse-path, and for a null one
 * what sender_complete() would have taken. 0 and a mailbox that the caller
 * frees, or -1 when there is none.
 */
int sender_author(struct mailbox *, const struct envelope *,
    const struct account *);
/* The domain of that as an A-label, for the caller to free; NULL where it is
 * none that means something elsewhere. The envelope may be empty. */
char *sender_domain(const struct envelope *, const struct account *);

/*
 * ---- originator.c: addresses without a domain get the account's
 * qualify_domain (RFC 6409 section 6.3 lets a submission server do that).
 * "localhost" is no domain that anybody else could have meant, and counts as
 * none.
 */

/* Has the account a domain for this address, which has none? */
bool qualify_wants(const struct account *, const struct mailbox *);
/*
 * The fields with addresses; of a message that is sent again only the latest
 * block of Resent- fields. Of doubtful names only those that are known, as
 * aliases_know() has it. -1 with FAULT_DATA when the header becomes too long.
 */
int qualify_header(struct header *, const struct account *,
    bool (*knows)(const struct alias_source *, const char *),
    const struct alias_source *, struct fault *);

/*
 * ---- The fields that say whom a message is from (RFC
 * 5322 section 3.6.2), made to agree with the account's setting `sender`.
 */

/*
 * In From, addresses that are not ours give way to that of `sender`; display
 * names and comments stay, and what is no address becomes a display name. One
 * with neither name nor comment gets full_name as its name, or, where that is
 * NULL, the address that gave way: it tells which machine wrote.
 * Sender is dropped where From says it all, else it is treated as From. With
 * sender_reply_to, a From that changes is kept in Reply-To, if there is none
 * and all its addresses can be replied to.
 *
 * Of a message that is sent again the latest Resent- fields change in that
 * way; From and Sender, which are history then, only by `force`. Nothing
 * changes with set_from_header off.
 *
 * The envelope is the one that was given: where it is marked as qualified, its
 * reverse-path is nobody's choice, here neither.
 *
 * FAULT_CONFIG as sender_address_get(), FAULT_DATA when the header becomes too
 * long.
 */
int originator_rewrite(struct header *, const struct account *,
    const struct envelope *given, const char *full_name, struct fault *);

/*
 * ---- aliases.c: from a recipient that was named to those that the smarthost
 * hears of, the same for every mode, and what becomes of the header.
 */

/* The aliases of an account, and the domains that count as this host's. */
struct alias_source {
	const struct account *account;	/* not owned */
	bool off;			/* none is asked for */
	bool gathered;			/* the domains */
	bool loaded;			/* the alias file */
	struct aliases aliases;
	struct local_domains domains;
	struct mailbox shown;		/* what went into a header last */
};

/*
 * Reads nothing yet: each file is read once, when it is first needed. `off`:
 * no alias applies to anybody (-n).
 */
void alias_source_init(struct alias_source *, const struct account *,
    bool off);
void alias_source_free(struct alias_source *);
/*
 * Adds to an envelope those that a recipient stands for: by its alias, else
 * itself; then with the account's qualify_domain. An envelope is filled by
 * this alone, each recipient being given once. Notes get what is no fault.
 * One that is doubtful, and no name of this host, stays as it is; where it
 * would need SMTPUTF8, as refused: it is hardly worth that for the others.
 * FAULT_CONFIG when the account's alias file will not do, and as
 * alias_expand(); as path_check() when no command can hold one of them.
 */
int aliases_expand(struct alias_source *, const struct mailbox *,
    bool doubtful, struct envelope *, struct notes *, struct fault *);
/*
 * Is it a name of this host: in the password file, or an alias, as far as
 * aliases have been asked for?
 */
bool aliases_know(const struct alias_source *, const char *name);
/*
 * Puts into To and Cc the addresses of those aliases that stand for one
 * address, where that tells nothing that is not known; does nothing when no
 * recipient was local. FAULT_DATA when the header becomes too long.
 */
int aliases_rewrite(struct alias_source *, struct message *, struct fault *);

#endif
