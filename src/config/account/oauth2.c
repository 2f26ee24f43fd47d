/* SPDX-License-Identifier: ISC */
/* What an account's "oauth2 ADDRESS" stands for. */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"

#define METHODS "xoauth2 oauthbearer"

/* It has the value as if it stood where oauth2 does. */
static void
complete(struct account *a, enum option_id id, char **value, const char *text)
{
	free(*value);
	*value = memory_string(text);
	a->origin[id] = a->origin[OPTION_OAUTH2];
}

int
account_complete_oauth2(struct account *a, struct fault *f)
{
	enum option_id other = account_password_setting(a);
	char *where;

	if (a->oauth2 == NULL)
		return 0;
	if (other != OPTION_OAUTH2) {
		where = account_origin(a, other);
		fault(f, FAULT_CONFIG, "%s is set too (%s)",
		    option_row(other)->keyword, where);
		fault_hint(f, "leave one of them out; where it is inherited, "
		    "the line '%s' without a value unsets it",
		    option_row(other)->keyword);
		free(where);
		return account_fault_prefix(f, a, OPTION_OAUTH2);
	}
	if (a->user == NULL)
		complete(a, OPTION_USER, &a->user, a->oauth2);
	/* a token is no password: nothing else could take it */
	if (a->auth == NULL ? !a->set[OPTION_AUTH] :
	    text_same_word(a->auth, strlen(a->auth), "on"))
		complete(a, OPTION_AUTH, &a->auth, METHODS);
	return 0;
}
