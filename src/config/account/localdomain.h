/* SPDX-License-Identifier: ISC */
/*
 * localdomain: which addresses mean somebody on this host, so that aliases
 * apply to them: those without a domain, and those of the domains gathered
 * here.
 */
#ifndef CONFIG_ACCOUNT_LOCALDOMAIN_H
#define CONFIG_ACCOUNT_LOCALDOMAIN_H

#include <stddef.h>

struct account;
struct fault;

enum locality {
	LOCALITY_NONE,		/* somewhere else */
	/*
	 * Only the file mailname has the domain. It may be the domain of a
	 * whole organisation: aliases apply to it, but "default" does not,
	 * since it would take everybody's mail.
	 */
	LOCALITY_SHARED,
	LOCALITY_OWN
};

struct local_domain {
	char *name;
	enum locality locality;
};

struct local_domains {
	struct local_domain *domain;
	size_t count;
};

/*
 * Gathers localhost, this host's name and the first label of it, the
 * account's alias_domains, and the first line of `mailname` if that file can
 * be read (NULL: no such file). FAULT_CONFIG, naming where the setting comes
 * from, when a word of alias_domains is no domain. To be freed in every case.
 */
int local_domains_gather(struct local_domains *, const struct account *,
    const char *mailname, struct fault *);
void local_domains_add(struct local_domains *, const char *, size_t,
    enum locality);
void local_domains_free(struct local_domains *);
/* The locality of a domain in any case; "" is LOCALITY_OWN. */
enum locality local_domains_find(const struct local_domains *,
    const char *domain);

#endif
