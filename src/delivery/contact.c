/* SPDX-License-Identifier: ISC */
#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "config/account/environment.h"
#include "config/account/grammar.h"
#include "delivery/contact.h"

#define ADDRESS_MAX (256 * 1024)	/* octets; far above any real one */

int
contact_choose(const struct contact *c, struct accounts *accounts,
    struct account *out, struct fault *f)
{
	struct buffer path;
	int result;

	if (c->settings->host == NULL && accountfile_load(accounts,
	    c->config_file, c->config_of_root, f) == -1)
		return -1;
	buffer_init(&path, ADDRESS_MAX);
	if (c->sender != NULL)
		address_add_spec(&path, c->sender);
	result = accounts_choose(accounts, c->name,
	    path.len == 0 ? NULL : path.data, c->settings, out, f);
	buffer_free(&path);
	if (result == -1)
		return -1;
	environment_note(out, &accounts->warnings);
	for (size_t i = 0; i < accounts->warnings.count; i++)
		c->note(accounts->warnings.text[i]);
	return 0;
}
