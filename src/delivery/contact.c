/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/fault.h"
#include "mail/address/address.h"
#include "config/account/environment.h"
#include "config/account/load.h"
#include "delivery/contact.h"

int
contact_choose(const struct contact *c, struct accounts *accounts,
    struct account *out, struct fault *f)
{
	char *path;
	int result;

	if (c->settings->host == NULL && accountfile_load(accounts,
	    c->config_file, c->config_of_root, f) == -1)
		return -1;
	path = c->sender == NULL ? NULL : address_spec(c->sender);
	result = accounts_choose(accounts, c->name, path, c->settings, out, f);
	free(path);
	if (result == -1)
		return -1;
	environment_note(out, &accounts->warnings);
	for (size_t i = 0; i < accounts->warnings.count; i++)
		c->note(accounts->warnings.text[i]);
	return 0;
}
