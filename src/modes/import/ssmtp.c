/* SPDX-License-Identifier: ISC */
/* ssmtp.conf, and revaliases beside it. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "modes/import/import.h"

static const struct import_row rows[] = {
	{ "RemotePort", IMPORT_VALUE, OPTION_PORT, NULL },
	{ "root", IMPORT_VALUE, OPTION_ROOT, NULL },
	{ "TLS_CA_File", IMPORT_VALUE, OPTION_TLS_TRUST_FILE, NULL },
	{ "TLS_CA_Dir", IMPORT_NOTE, 0, "certificates of a folder are not "
	    "read; the system's are, or those of one file by "
	    "tls_trust_file" },
	{ "Debug", IMPORT_NOTE, 0, "-v shows the dialogue, and --logfile or "
	    "syslog what became of each message" },
	KNOWN("mailhub"), KNOWN("rewriteDomain"), KNOWN("hostname"),
	KNOWN("FromLineOverride"), KNOWN("UseTLS"), KNOWN("UseSTARTTLS"),
	KNOWN("UseTLSCert"), KNOWN("TLSCert"), KNOWN("TLSKey"),
	KNOWN("AuthUser"), KNOWN("AuthPass"), KNOWN("AuthMethod"),
	KNOWN("UseOldAUTH"), KNOWN("MinUserId"),
	KNOWN("")
};

/* "key=value", cut at the next blank or "="; a password goes on to a blank. */
static int
read_pairs(struct import *x, const char *file, struct fault *f)
{
	struct import_text t;
	const char *line, *value;
	size_t n, k, v;

	if (import_open(x, &t, file, false, f) == -1)
		return -1;
	while ((line = import_next(x, &t, &n)) != NULL) {
		for (k = 0; k < n && line[k] != '=' &&
		    !text_is_blank(line[k]); k++)
			;
		value = line + k;
		v = n - k;
		while (v > 0 && (*value == '=' || text_is_blank(*value)))
			value++, v--;
		if (memchr(line, '=', n) == NULL)
			continue;	/* as ssmtp does */
		v = text_word(value, v);
		if (!text_is(line, k, "AuthPass") &&
		    memchr(value, '=', v) != NULL)
			v = (size_t)((const char *)memchr(value, '=', v) -
			    value);
		if (!text_is(line, k, "AuthPass") && v > 1 &&
		    *value == '"' && value[v - 1] == '"')
			value++, v -= 2;
		import_pair(x, line, k, value, v);
	}
	return 0;
}

/* "login:address", and perhaps ":mailhub:port". */
static int
add_reverse(struct import *x, char *login, struct fault *f)
{
	const char *host = x->now->value[OPTION_HOST];
	char *address = strchr(login, ':'), *end;

	if (address == NULL)
		return 0;
	*address++ = '\0';
	address += strspn(address, " \t");
	end = address + strcspn(address, ": \t#");
	if (*end == ':' && strncmp(end + 1, host, strcspn(end + 1, ":")) != 0)
		import_note(x, "%s has a mailhub of its own: give that user "
		    "an account file, ~/.config/postrider/accounts", login);
	*end = '\0';
	return *address == '\0' ? 0 : import_sender(x, login, address, f);
}

static int
read_revaliases(struct import *x, struct fault *f)
{
	struct import_text t;
	const char *line;
	char *copy;
	size_t n;
	int r = import_open(x, &t, "revaliases", true, f);

	if (r < 1)
		return r;
	while ((line = import_next(x, &t, &n)) != NULL) {
		copy = memory_copy(line, n);
		r = r == -1 ? -1 : add_reverse(x, copy, f);
		free(copy);
	}
	return r == -1 ? -1 : 0;
}

static int
set_tls(struct import *x, struct fault *f)
{
	bool start = import_is_yes(x, "UseSTARTTLS");
	bool tls = start || import_is_yes(x, "UseTLS");

	if (tls && import_value(x, "TLS_CA_File") == NULL) {
		import_is_yes(x, start ? "UseSTARTTLS" : "UseTLS");
		import_note(x, "ssmtp did not look at the server's "
		    "certificate; now it must be valid, or be named by "
		    "tls_fingerprint");
	}
	if (import_is_yes(x, "UseTLSCert")) {
		const char *cert = import_value(x, "TLSCert");
		const char *key = import_value(x, "TLSKey");

		if (import_set(x, OPTION_TLS_CERT_FILE, cert, f) == -1 ||
		    import_set(x, OPTION_TLS_KEY_FILE, key != NULL ? key :
		    cert, f) == -1)
			return -1;
	}
	return import_tls(x, start ? IMPORT_TLS_START : tls ?
	    IMPORT_TLS_FIRST : IMPORT_TLS_OFF, f);
}

/* A domain, or that of an address, which people write there. */
static const char *
domain_of(struct import *x, const char *key)
{
	const char *value = import_value(x, key);
	const char *at = value == NULL ? NULL : strrchr(value, '@');

	return value == NULL || *value == '\0' ? NULL : at == NULL ? value :
	    at + 1;
}

/*
 * With FromLineOverride the From field says whom a message is from, in the
 * envelope, too; without it, the login does, and -f never.
 */
static int
set_sender(struct import *x, struct fault *f)
{
	const char *name = domain_of(x, "hostname");
	const char *domain = domain_of(x, "rewriteDomain");

	if (import_set(x, OPTION_DOMAIN, name, f) == -1)
		return -1;
	if (domain == NULL)
		domain = name;
	if (domain == NULL ? import_pattern(x, OPTION_QUALIFY_DOMAIN, "%H",
	    f) == -1 : import_set(x, OPTION_QUALIFY_DOMAIN, domain, f) == -1)
		return -1;
	if (import_set(x, OPTION_ALLOW_FROM_OVERRIDE, "off", f) == -1)
		return -1;
	return import_is_yes(x, "FromLineOverride") ?
	    import_pattern(x, OPTION_FROM, "%F %U", f) :
	    import_set(x, OPTION_SET_FROM_HEADER, "on", f);
}

static int
set_login(struct import *x, struct fault *f)
{
	const char *method = import_value(x, "AuthMethod");
	const char *password = import_value(x, "AuthPass");
	const char *user = import_value(x, "AuthUser");

	return user == NULL || *user == '\0' ? 0 : import_login(x, method,
	    user, password, f);
}

int
import_ssmtp(struct import *x, const char *file, struct fault *f)
{
	const char *hub;

	import_account(x, "default");
	if (read_pairs(x, file, f) == -1)
		return -1;
	hub = import_value(x, "mailhub");
	if ((hub == NULL || import_server(x, hub, f) == 0) &&
	    import_apply(x, rows, f) == 0 && set_tls(x, f) == 0 &&
	    set_sender(x, f) == 0 && set_login(x, f) == 0) {
		if (hub == NULL)
			return import_set(x, OPTION_HOST, "mailhub", f);
		if (import_value(x, "root") != NULL)
			import_note(x, "ssmtp gave this address the mail of "
			    "all system users, not of root alone: others need "
			    "an entry in the alias file");
		return read_revaliases(x, f);
	}
	return -1;
}
