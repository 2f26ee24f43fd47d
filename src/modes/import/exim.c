/* SPDX-License-Identifier: ISC */
/* Debian's update-exim4.conf.conf, with passwd.client and email-addresses. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "modes/import/import.h"

static const struct import_row rows[] = {
	{ "dc_use_split_config", IMPORT_NOTE, 0, "what was changed in "
	    "exim4.conf.template or conf.d is not looked at" },
	KNOWN("dc_eximconfig_configtype"), KNOWN("dc_smarthost"),
	KNOWN("dc_readhost"), KNOWN("dc_hide_mailname"),
	KNOWN("dc_other_hostnames"), KNOWN("dc_mailname_in_oh"),
	KNOWN("")
};

/* "key='value'". */
static int
read_pairs(struct import *x, const char *file, struct fault *f)
{
	struct import_text t;
	const char *line, *value;
	size_t n, k;

	if (import_open(x, &t, file, false, f) == -1)
		return -1;
	while ((line = import_next(x, &t, &n)) != NULL) {
		value = memchr(line, '=', n);
		if (value == NULL)
			continue;
		k = (size_t)(value++ - line);
		n -= k + 1;
		if (n > 1 && (*value == '\'' || *value == '"') &&
		    value[n - 1] == *value)
			value++, n -= 2;
		import_pair(x, line, k, value, n);
	}
	return 0;
}

/* The first of "host::port;host": exim tries the others when that is away. */
static int
set_host(struct import *x, struct fault *f)
{
	const char *list = import_value(x, "dc_smarthost");
	char *first;
	size_t n;
	int r;

	if (list == NULL || list[strspn(list, " ")] == '\0')
		return import_fault(x, f, "no dc_smarthost: this exim takes "
		    "mail to the recipients' own servers",
		    "name a server to submit to");
	list += strspn(list, " ");
	n = strcspn(list, "; ");
	first = memory_copy(list, n);
	if (list[n + strspn(list + n, "; ")] != '\0')
		import_note(x, "only the first of several smarthosts is taken; "
		    "make an account of each other one, and name it by "
		    "fallback");
	r = import_set(x, OPTION_PORT, "25", f);
	if (r == 0)
		r = import_server(x, first, f);
	free(first);
	return r;
}

/* "host:user:password" of the first pattern that the host fits. */
static int
try_password(struct import *x, char *line, struct fault *f)
{
	char *user = strchr(line, ':'), *password;
	const char *host = x->now->value[OPTION_HOST];

	if (user == NULL)
		return 0;
	*user++ = '\0';
	password = strchr(user, ':');
	if (password == NULL || x->now->value[OPTION_AUTH] != NULL ||
	    fnmatch(line, host, 0) != 0)
		return 0;
	*password++ = '\0';
	return import_login(x, NULL, user, password, f);
}

static int
set_login(struct import *x, struct fault *f)
{
	struct import_text t;
	const char *line;
	char *copy;
	size_t n;
	int r = import_open(x, &t, "passwd.client", true, f);

	if (r < 1)
		return r;
	while ((line = import_next(x, &t, &n)) != NULL) {
		copy = memory_copy(line, n);
		r = r == -1 ? -1 : try_password(x, copy, f);
		memory_wipe(copy, n);
		free(copy);
	}
	return r == -1 ? -1 : 0;
}

/* exim uses TLS where it is offered, and passwords only with TLS. */
static int
set_tls(struct import *x, struct fault *f)
{
	bool first = strcmp(x->now->value[OPTION_PORT], "465") == 0;

	import_value(x, "dc_smarthost");
	if (!first && x->now->value[OPTION_AUTH] == NULL &&
	    strcmp(x->now->value[OPTION_PORT], "587") != 0) {
		import_note(x, "exim used TLS if the server offered it; "
		    "\"tls on\" demands it, and \"tls off\" does without");
		return import_tls(x, IMPORT_TLS_OFF, f);
	}
	import_note(x, "where TLS failed, or the certificate was not valid, "
	    "exim went on without TLS and password; now it must be valid, or "
	    "be named by tls_fingerprint");
	return import_tls(x, first ? IMPORT_TLS_FIRST : IMPORT_TLS_START, f);
}

/* With dc_hide_mailname senders of this host are at dc_readhost. */
static int
set_domain(struct import *x, struct fault *f)
{
	char *mailname = import_first_line(x, "../mailname");
	const char *seen = import_value(x, "dc_readhost");
	int r;

	if (!import_is_yes(x, "dc_hide_mailname") || seen == NULL ||
	    *seen == '\0')
		seen = mailname;
	else
		import_note(x, "senders of this host who name its domain "
		    "themselves keep it; exim wrote %s there, too", seen);
	r = seen == NULL ? import_pattern(x, OPTION_QUALIFY_DOMAIN, "%M", f) :
	    import_set(x, OPTION_QUALIFY_DOMAIN, seen, f);
	free(mailname);
	return r;
}

/* Aliases, the domains that they are for, and addresses of senders. */
static int
set_local(struct import *x, struct fault *f)
{
	const char *domains = import_value(x, "dc_other_hostnames");
	char *list = memory_string(domains == NULL ? "" : domains);
	char *senders;
	int r = 0;

	for (char *p = list; *p != '\0'; p++)
		if (*p == ';' || *p == ':')
			*p = ' ';
	if (list[strspn(list, " ")] != '\0')
		r = import_set(x, OPTION_ALIAS_DOMAINS, list +
		    strspn(list, " "), f);
	free(list);
	if (r == -1 || import_aliases(x, f) == -1)
		return -1;
	senders = import_first_line(x, "../email-addresses");
	if (senders != NULL) {
		char *path = buffer_format("%s/../email-addresses", x->folder),
		    *whole = realpath(path, NULL);

		r = import_set(x, OPTION_SENDERS, whole, f);
		free(whole);
		free(path);
	}
	free(senders);
	import_value(x, "dc_eximconfig_configtype");
	import_note(x, "mail for users of this host who have no alias goes to "
	    "the smarthost; exim can have written it to their mailboxes");
	return r;
}

int
import_exim(struct import *x, const char *file, struct fault *f)
{
	import_account(x, "default");
	if (read_pairs(x, file, f) == -1 || import_apply(x, rows, f) == -1 ||
	    set_host(x, f) == -1 || set_login(x, f) == -1 ||
	    set_tls(x, f) == -1 || set_domain(x, f) == -1 ||
	    set_local(x, f) == -1)
		return -1;
	return import_set(x, OPTION_QUEUE, "on", f);
}
