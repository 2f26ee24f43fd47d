/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/fault.h"
#include "mail/address/address.h"
#include "config/account/accountfile.h"
#include "delivery/request.h"

int
request_load(const struct request *r, struct accounts *accounts,
    struct fault *f)
{
	if (r->settings->set[OPTION_HOST])
		return 0;
	return accountfile_load(accounts, r->file, r->file_of_root, f);
}

int
request_choose(const struct request *r, struct accounts *accounts,
    const struct mailbox *sender, struct account *out, struct fault *f)
{
	char *spec = sender == NULL ? NULL : address_spec(sender);
	int result = accounts_choose(accounts, r->account, spec, r->settings,
	    out, f);

	free(spec);
	if (result == -1)
		return -1;
	accounts_forget_passwords(accounts, out->name);
	fault_set_tempfail((int)out->tempfail_status);
	return 0;
}

void
request_tell(const struct request *r, struct accounts *accounts,
    const struct account *chosen)
{
	struct notes *notes = &accounts->warnings;

	if (chosen != NULL)
		environment_note(chosen, notes);
	for (size_t i = 0; i < notes->count; i++)
		r->note(notes->text[i]);
	notes_free(notes);
}
