/* SPDX-License-Identifier: ISC */
/* dma.conf, and the file of passwords that its AUTHPATH names. */
#include <stdlib.h>
#include <string.h>

#include "config.h"

#include "base/memory.h"
#include "base/text.h"
#include "modes/import/import.h"

static const struct import_row rows[] = {
	{ "SMARTHOST", IMPORT_VALUE, OPTION_HOST, NULL },
	{ "PORT", IMPORT_VALUE, OPTION_PORT, NULL },
	{ "ALIASES", IMPORT_VALUE, OPTION_ALIASES, NULL },
	{ "CERTFILE", IMPORT_VALUE, OPTION_TLS_CERT_FILE, NULL },
	{ "FINGERPRINT", IMPORT_VALUE, OPTION_TLS_FINGERPRINT, NULL },
	{ "SPOOLDIR", IMPORT_NOTE, 0, "what waits is in queue_directory; send "
	    "what is still in dma's own by \"dma -q\" before" },
	{ "DEFER", IMPORT_NOTE, 0, "each message is tried at once, and waits "
	    "in the queue only when it cannot go" },
	{ "FULLBOUNCE", IMPORT_NOTE, 0, "no bounce is ever sent; mailq shows "
	    "what could not be sent, and the log tells it" },
	{ "OPPORTUNISTIC_TLS", IMPORT_NOTE, 0, "TLS is not optional here: "
	    "where the server has none, write \"tls off\"" },
	KNOWN("AUTHPATH"), KNOWN("SECURETRANSFER"), KNOWN("STARTTLS"),
	KNOWN("VERIFYCERT"), KNOWN("INSECURE"), KNOWN("SECURE"),
	KNOWN("MASQUERADE"), KNOWN("MAILNAME"), KNOWN("NULLCLIENT"),
	KNOWN("")
};

/* "KEY value", up to a "#". */
static int
read_pairs(struct import *x, const char *file, struct fault *f)
{
	struct import_text t;
	const char *line, *hash;
	size_t n, k, blanks;

	if (import_open(x, &t, file, false, f) == -1)
		return -1;
	while ((line = import_next(x, &t, &n)) != NULL) {
		hash = memchr(line, '#', n);
		n = text_trimmed(line, hash == NULL ? n :
		    (size_t)(hash - line));
		k = text_word(line, n);
		blanks = text_blanks(line + k, n - k);
		import_pair(x, line, k, line + k + blanks, n - k - blanks);
	}
	return 0;
}

/* "user|host:password", the password behind the first of ":", "|" and blank.
 * The last one for a host counts. */
static int
read_password(struct import *x, const char *line, size_t n,
    const char *methods, struct fault *f)
{
	const char *host = x->now->value[OPTION_HOST];
	char *copy = memory_copy(line, n), *at, *end;
	int r = 0;

	at = strchr(copy, '|');
	end = at == NULL ? NULL : strpbrk(at + 1, ":| \t");
	if (end == NULL) {
		r = import_fault(x, f, "no line \"user|host:password\"",
		    "dma would not send mail with it either");
	} else {
		*at = *end = '\0';
		if (strcmp(at + 1, host) == 0)
			r = import_login(x, methods, copy, end + 1, f);
	}
	memory_wipe(copy, n);
	free(copy);
	return r;
}

static int
set_login(struct import *x, const char *methods, struct fault *f)
{
	const char *path = import_value(x, "AUTHPATH");
	struct import_text t;
	const char *line;
	size_t n;
	int r;

	if (path == NULL || *path == '\0')
		return 0;
	if (import_open(x, &t, path, false, f) == -1)
		return -1;
	for (r = 0; (line = import_next(x, &t, &n)) != NULL;)
		if (r == 0)
			r = read_password(x, line, n, methods, f);
	return r;
}

static int
set_tls(struct import *x, struct fault *f)
{
	bool tls = import_value(x, "SECURETRANSFER") != NULL;
	bool start = import_value(x, "STARTTLS") != NULL;
	const char *cert = import_value(x, "CERTFILE");

	if (tls && import_value(x, "VERIFYCERT") == NULL &&
	    import_value(x, "FINGERPRINT") == NULL) {
		import_value(x, "SECURETRANSFER");
		import_note(x, "dma did not look at the server's certificate; "
		    "now it must be valid, or be named by tls_fingerprint");
	}
	if (import_set(x, OPTION_TLS_KEY_FILE, cert, f) == -1)
		return -1;
	return import_tls(x, !tls ? IMPORT_TLS_OFF : start ?
	    IMPORT_TLS_START : IMPORT_TLS_FIRST, f);
}

/* MAILNAME is a name, or a file that has it. */
static int
set_domain(struct import *x, struct fault *f)
{
	const char *name = import_value(x, "MAILNAME");
	char *line = name == NULL || *name != '/' ? memory_string(name) :
	    import_first_line(x, name);
	int r;

	if (line == NULL || *line == '\0')
		r = import_pattern(x, OPTION_QUALIFY_DOMAIN, "%H", f);
	else
		r = import_domain(x, line, f);
	free(line);
	return r;
}

/* MASQUERADE is "user@host", "host" or "user@": the envelope's only. */
static int
set_sender(struct import *x, struct fault *f)
{
	const char *as = import_value(x, "MASQUERADE"), *at, *host;
	char *address;
	int r;

	if (as == NULL || *as == '\0')
		return 0;
	at = strrchr(as, '@');
	host = at == NULL ? as : at + 1;
	address = at == NULL || at == as ? buffer_format("%%U@%s", host) :
	    buffer_format("%.*s%s%s", (int)(at - as), as,
	    *host == '\0' ? "" : "@", host);
	r = at == NULL || at == as ? import_pattern(x, OPTION_FROM, address,
	    f) : import_set(x, OPTION_FROM, address, f);
	free(address);
	if (r == 0 && at != NULL && at != as)
		return import_set(x, OPTION_ALLOW_FROM_OVERRIDE, "off", f);
	import_note(x, "-f with a domain stays as it is, as with dma 0.13; "
	    "later ones wrote this domain there");
	return r;
}

static int
set_local(struct import *x, struct fault *f)
{
	if (import_value(x, "NULLCLIENT") != NULL)
		return import_set(x, OPTION_ALIASES, "", f);
	import_value(x, "SMARTHOST");
	import_note(x, "mail for users of this host who have no alias goes to "
	    "the smarthost; dma wrote it to their mailboxes");
	return import_value(x, "ALIASES") != NULL ? 0 :
	    import_aliases(x, f);
}

int
import_dma(struct import *x, const char *file, struct fault *f)
{
	bool clear;

	import_account(x, "default");
	if (read_pairs(x, file, f) == -1 || import_apply(x, rows, f) == -1)
		return -1;
	if (x->now->value[OPTION_HOST] == NULL)
		return import_fault(x, f, "no SMARTHOST: dma takes mail to the "
		    "recipients' own servers", "name a server to submit to");
	if (import_value(x, "PORT") == NULL &&
	    import_set(x, OPTION_PORT, "25", f) == -1)
		return -1;
	clear = import_value(x, "SECURETRANSFER") == NULL &&
	    import_value(x, "INSECURE") == NULL;
	if (set_tls(x, f) == -1 || set_domain(x, f) == -1 ||
	    set_sender(x, f) == -1 || set_local(x, f) == -1 ||
	    set_login(x, clear ? "cram-md5" : NULL, f) == -1)
		return -1;
	return import_set(x, OPTION_QUEUE, "on", f);
}
