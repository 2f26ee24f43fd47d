/* SPDX-License-Identifier: ISC */
/*
 * sender: the settings `from`, `sender` and `senders` of an account: how well
 * an address fits them, and which may stay. sender.c also has account_sender().
 *
 * `from` is a list. Commas or blanks outside of double quotes separate its
 * elements; the address of an element with <...> is what stands in them. An
 * element with one of ? * [ is a glob. Patterns (%U and so on) are expanded
 * before anything is compared.
 */
#ifndef CONFIG_ACCOUNT_SENDER_H
#define CONFIG_ACCOUNT_SENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/account/account.h"
#include "mail/address/address.h"

struct account;
struct fault;

/*
 * A greater number is a better fit. From the best on: the address with the same
 * case of the local part; in another case; both again when the subaddress
 * ("+...") of the reverse-path is left out; a glob that fits, the better the
 * more of its characters are no wildcards; a glob that fits without the
 * subaddress.
 */
#define ACCOUNTMATCH_NONE 0
#define ACCOUNTMATCH_GLOB ((size_t)1 << 30)	/* below: globs */
#define ACCOUNTMATCH_TAGGED (ACCOUNTMATCH_GLOB + 1)
#define ACCOUNTMATCH_CASE (ACCOUNTMATCH_GLOB + 3)
#define ACCOUNTMATCH_EXACT (ACCOUNTMATCH_GLOB + 4)

/* The fit of the best element. One whose pattern has no value fits nothing. */
size_t accountmatch(const struct account *, const char *sender,
    const char *author);
/*
 * FAULT_CONFIG, with its place, at the first element that is neither a glob nor
 * an address. No pattern is expanded: an element passes if some value of its
 * patterns could make it an address.
 */
int accountmatch_check(const struct account *, struct fault *);

/* The settings `sender` and `senders`, and which addresses give way to them. */
struct sender_address {
	const struct account *account;
	bool set;		/* the account has `sender` */
	bool force;		/* it replaces every other address */
	const struct mailbox *guess;	/* an address whose domain a client has
				 * filled in, or NULL; set by the caller */
	struct senders *map;	/* of `senders`, owned, or NULL */
	/* The login's address by `senders`, else `sender`; owned, its domain an
	 * A-label if possible. Without a local part there is neither. */
	struct mailbox box;
};

/*
 * Gets the account's `sender` with the patterns of PATTERN_SENDER expanded, and
 * reads the file of `senders`. To be freed in every case. FAULT_CONFIG, with
 * the place of the setting, when a pattern has no value or the result is no
 * address, and as senders_read().
 */
int sender_address_get(struct sender_address *, const struct account *,
    struct fault *);
void sender_address_free(struct sender_address *);
/*
 * What replaces this address, or NULL when it may stay: what `senders` has for
 * it, else, if `sender` is set, the address of that. With `force` only the
 * sender's own address may stay. Otherwise each may that has the sender's
 * domain or the account's qualify_domain, or that fits the account's `from`;
 * bare names, names on this host and addresses of others are replaced. The
 * domain of the guess does not make it ours, nor hides the name from `senders`.
 */
const struct mailbox *sender_address_instead(const struct sender_address *,
    const struct mailbox *);

/*
 * ---- senders.c: the file of `senders`. It has the form of an alias file; the
 * name of an entry is a user of this host, a whole address, or "@" and a
 * domain, and each stands for one whole address.
 */

/*
 * Reads the account's file: NULL with FAULT_CONFIG, beginning with its place
 * where there is one, for the first error in it, and as alias_read().
 */
struct senders *senders_read(const struct account *, struct fault *);
void senders_free(struct senders *);
/*
 * The address for a sender: that of the whole address, or of the local part
 * where the domain is this host's (local_domains_find()), or of the domain; or
 * NULL. It lives as long as the senders.
 */
const struct mailbox *senders_find(const struct senders *,
    const struct mailbox *);

/*
 * ---- pattern.c: %U and its like in values of settings. The value of a pattern
 * is not expanded again, so that it cannot bring in another pattern.
 *
 *	%U	the user's name	%H	the host's name
 *	%C	the host's name as the resolver has it
 *	%M	the first line of MAILNAME, a file of the system
 *	%F	the address in the message's From field
 *	%%	%
 */

/* The letters that a setting knows. */
#define PATTERN_FROM "UHCMF%"
#define PATTERN_DOMAIN "HCM%"
#define PATTERN_SENDER "UHCM%"
#define PATTERN_NAME "UHM%"
#define PATTERN_QUEUE "UH%"

/*
 * The value with its patterns of `letters` replaced, for the caller to free.
 * With `glob` the value is a pattern of fnmatch(3), in which what replaces ours
 * is escaped. `author` is the value of %F, or NULL.
 * NULL with a fault that begins with the pattern: FAULT_CONFIG when it has no
 * value here, FAULT_DATA for %F without an author, FAULT_SYSTEM when the system
 * does not tell its name.
 */
char *pattern_expand(const char *value, const char *letters,
    const char *author, bool glob, struct fault *);
/*
 * The value of a setting, or a part of it, with the patterns that the setting
 * knows replaced; none are in what the command line gave. The caller frees it.
 * NULL with a fault as above.
 */
char *pattern_expand_setting(const struct account *, enum option_id,
    const char *value, const char *author, bool glob, struct fault *);

#endif
