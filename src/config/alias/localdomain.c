/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "wire/dial.h"
#include "config/account/account.h"
#include "config/alias/alias.h"

void
local_domains_add(struct local_domains *d, const char *name, size_t n,
    enum locality locality)
{
	d->names.fold = true;
	index_add(&d->names, name, n, locality);
}

void
local_domains_free(struct local_domains *d)
{
	index_free(&d->names);
}

enum locality
local_domains_find(const struct local_domains *d, const char *domain)
{
	size_t found = domain[0] == '\0' ? LOCALITY_OWN :
	    index_find(&d->names, domain, strlen(domain));

	return found == INDEX_NONE ? LOCALITY_NONE : (enum locality)found;
}

static void
add_host(struct local_domains *d)
{
	char *host = dial_own_name();
	size_t n = host == NULL ? 0 : strlen(host), label;

	if (n > 0 && address_is_domain(host, n)) {
		local_domains_add(d, host, n, LOCALITY_OWN);
		label = strcspn(host, ".");
		if (label < n)
			local_domains_add(d, host, label, LOCALITY_OWN);
	}
	free(host);
}

static int
add_configured(struct local_domains *d, const struct account *account,
    struct fault *f)
{
	const char *s = account->alias_domains, *separators = " \t,";
	size_t n;

	for (; s != NULL && *(s += strspn(s, separators)) != '\0'; s += n) {
		n = strcspn(s, separators);
		if (address_is_domain(s, n)) {
			local_domains_add(d, s, n, LOCALITY_OWN);
			continue;
		}
		fault(f, FAULT_CONFIG, "'%.*s' is no domain", (int)n, s);
		fault_hint(f, "write names such as example.org, separated "
		    "by commas or blanks");
		return account_fault_prefix(f, account, OPTION_ALIAS_DOMAINS);
	}
	return 0;
}

static void
add_mailname(struct local_domains *d, const char *path)
{
	char *line = file_first_line(path);
	size_t n = 0;

	if (line == NULL)
		return;
	while (line[n] != '\0' && !text_is_blank(line[n]) &&
	    !text_is_control(line[n]))
		n++;
	if (n > 0 && address_is_domain(line, n))
		local_domains_add(d, line, n, LOCALITY_SHARED);
	free(line);
}

int
local_domains_gather(struct local_domains *d, const struct account *account,
    const char *mailname, struct fault *f)
{
	static const char host[] = "localhost", full[] =
	    "localhost.localdomain";

	memset(d, 0, sizeof(*d));
	local_domains_add(d, host, strlen(host), LOCALITY_OWN);
	local_domains_add(d, full, strlen(full), LOCALITY_OWN);
	add_host(d);
	if (add_configured(d, account, f) == -1)
		return -1;
	/* last, since a domain that is there keeps its locality */
	add_mailname(d, mailname);
	return 0;
}
