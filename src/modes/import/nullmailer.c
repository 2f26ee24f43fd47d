/* SPDX-License-Identifier: ISC */
/* The folder of nullmailer: files of one value each, and remotes. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "modes/import/import.h"

/* Options of a remote. */
static const struct import_row options[] = {
	{ "port", IMPORT_VALUE, OPTION_PORT, NULL },
	{ "source", IMPORT_VALUE, OPTION_SOURCE_IP, NULL },
	{ "x509certfile", IMPORT_VALUE, OPTION_TLS_CERT_FILE, NULL },
	{ "x509keyfile", IMPORT_VALUE, OPTION_TLS_KEY_FILE, NULL },
	{ "x509cafile", IMPORT_VALUE, OPTION_TLS_TRUST_FILE, NULL },
	{ "x509crlfile", IMPORT_VALUE, OPTION_TLS_CRL_FILE, NULL },
	{ "x509fmtder", IMPORT_NOTE, 0, "certificates must be in PEM form "
	    "now: openssl x509 -inform der converts them" },
	{ "tls-anon-auth", IMPORT_NOTE, 0, "TLS without any certificate does "
	    "not exist here" },
	KNOWN("user"), KNOWN("pass"), KNOWN("auth-login"),
	KNOWN("auth-external"), KNOWN("tls"), KNOWN("ssl"), KNOWN("starttls"),
	KNOWN("insecure"),
	KNOWN("")
};

/* Files with something to say about. */
static const struct import_row files[] = {
	{ "pausetime", IMPORT_NOTE, 0, "the pauses between tries are those of "
	    "postrider; a timer or cron runs \"postrider "
	    "--queue-run=due\"" },
	{ "sendtimeout", IMPORT_NOTE, 0, "there is a limit of time for each "
	    "reply (timeout), not for a message" },
	{ "doublebounceto", IMPORT_NOTE, 0, "no bounce is ever sent; mailq "
	    "shows what could not be sent, and the log tells it" },
	{ "idhost", IMPORT_NOTE, 0, "the domain of a Message-ID is that of "
	    "the sender" },
	{ "queuelifetime", IMPORT_VALUE, OPTION_QUEUE_LIFETIME, NULL },
	KNOWN("")
};

/* The next word of a line as a shell would have it, for the caller to free. */
static char *
take_word(const char **s, size_t *n)
{
	struct buffer b;
	char quote = '\0', c;

	*s += strspn(*s, " \t");
	buffer_init(&b, *n);
	for (; **s != '\0' && (quote != '\0' || !text_is_blank(**s)); ++*s) {
		c = **s;
		if (c == quote)
			quote = '\0';
		else if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
		else if (c == '\\' && quote != '\'' && (*s)[1] != '\0')
			buffer_add_char(&b, *++*s);
		else
			buffer_add_char(&b, c);
	}
	return buffer_detach(&b);
}

static int
set_remote(struct import *x, struct fault *f)
{
	bool first = import_value(x, "tls") != NULL ||
	    import_value(x, "ssl") != NULL;
	const char *cert = import_value(x, "x509certfile"), *user, *password;

	if (import_tls(x, first ? IMPORT_TLS_FIRST : import_value(x,
	    "starttls") != NULL ? IMPORT_TLS_START : IMPORT_TLS_OFF,
	    f) == -1 || import_set(x, OPTION_TLS_KEY_FILE, cert, f) == -1 ||
	    import_apply(x, options, f) == -1)
		return -1;
	if (import_value(x, "insecure") != NULL && import_set(x,
	    OPTION_TLS_CERTCHECK, "off", f) == -1)
		return -1;
	if (import_value(x, "auth-external") != NULL)
		return import_set(x, OPTION_AUTH, "external", f);
	password = import_value(x, "pass");
	user = import_value(x, "user");
	return user == NULL ? 0 : import_login(x, import_value(x,
	    "auth-login") != NULL ? "login" : NULL, user, password, f);
}

static void
read_options(struct import *x, const char *line, size_t n)
{
	char *word;

	import_forget(x);
	while (word = take_word(&line, &n), word[0] != '\0') {
		const char *name = word + (strncmp(word, "--", 2) == 0 ? 2 : 0);
		size_t k = strcspn(name, "="), skip = k + (name[k] != '\0');

		import_pair(x, name, k, name + skip, strlen(name + skip));
		free(word);
	}
	free(word);
}

/* "host [protocol [option ...]]": the first is the account, the others are
 * what it falls back to. */
static int
add_remote(struct import *x, const char *line, size_t n, struct fault *f)
{
	char *host = take_word(&line, &n), *protocol = take_word(&line, &n);
	char *name = x->accounts == 1 ? memory_string("default") :
	    buffer_format("remote%zu", x->accounts);
	int r = 0;

	if (protocol[0] != '\0' && strcmp(protocol, "smtp") != 0) {
		import_note(x, "the protocol %s is not spoken here", protocol);
	} else {
		if (x->accounts > 1) {
			import_account(x, "default");
			r = import_add(x, OPTION_FALLBACK, name, f);
		}
		import_account(x, name);
		read_options(x, line, n);
		if (r == 0)
			r = import_set(x, OPTION_HOST, host, f);
		if (r == 0)
			r = set_remote(x, f);
	}
	free(name);
	free(protocol);
	free(host);
	return r;
}

static int
read_remotes(struct import *x, struct fault *f)
{
	struct import_text t;
	const char *line;
	char *copy;
	size_t n;
	int r;

	if (import_open(x, &t, "remotes", false, f) == -1)
		return -1;
	for (r = 0; (line = import_next(x, &t, &n)) != NULL;) {
		copy = memory_copy(line, n);
		r = r == -1 ? -1 : add_remote(x, copy, n, f);
		memory_wipe(copy, n);
		free(copy);
	}
	return r == -1 || x->accounts > 1 ? r : import_fault(x, f,
	    "no remote to submit to", "add its name to the file");
}

/* The file as a pair of its name. */
static int
read_file(struct import *x, const char *file, const char *key,
    struct fault *f)
{
	struct import_text t;
	const char *line;
	size_t n;
	int r = import_open(x, &t, file, true, f);

	if (r == 1 && (line = import_next(x, &t, &n)) != NULL)
		import_pair(x, key, strlen(key), line, n);
	buffer_wipe(&t.text);
	return r == -1 ? -1 : 0;
}

/* Debian's does not look at "me". */
static const char *
name_of(struct import *x)
{
	const char *name = import_value(x, "mailname");

	return name != NULL ? name : import_value(x, "me");
}

/* A host without a dot gets the default domain. */
static int
set_domain(struct import *x, struct fault *f)
{
	const char *me = name_of(x);
	const char *helo = import_value(x, "helohost");
	const char *rest = import_value(x, "defaultdomain");
	const char *host = import_value(x, "defaulthost");
	char *whole;
	int r;

	if (host == NULL)
		host = me;
	if (rest == NULL)
		rest = me;
	if (import_set(x, OPTION_DOMAIN, helo != NULL ? helo : me, f) == -1)
		return -1;
	if (host == NULL)
		return import_pattern(x, OPTION_QUALIFY_DOMAIN, "%M", f);
	whole = strchr(host, '.') != NULL || rest == NULL ||
	    strcmp(host, "localhost") == 0 ? memory_string(host) :
	    buffer_format("%s.%s", host, rest);
	r = import_set(x, OPTION_QUALIFY_DOMAIN, whole, f);
	free(whole);
	return r;
}

/* Mail for this host goes to adminaddr, mail of it comes from allmailfrom. */
static int
set_addresses(struct import *x, struct fault *f)
{
	const char *all = import_value(x, "allmailfrom"), *me, *admin;

	if (all != NULL && (import_set(x, OPTION_FROM, all, f) == -1 ||
	    import_set(x, OPTION_ALLOW_FROM_OVERRIDE, "off", f) == -1))
		return -1;
	me = name_of(x);
	admin = import_value(x, "adminaddr");
	if (admin == NULL)
		/* nullmailer has no aliases */
		return import_set(x, OPTION_ALIASES, "", f);
	if (me != NULL && import_set(x, OPTION_ALIAS_DOMAINS, me, f) == -1)
		return -1;
	return import_alias(x, "default", admin, f);
}

int
import_nullmailer(struct import *x, const char *file, struct fault *f)
{
	static const char *const names[] = { "me", "defaulthost",
	    "defaultdomain", "helohost", "adminaddr", "allmailfrom" };

	(void)file;
	import_account(x, "defaults");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (read_file(x, names[i], names[i], f) == -1)
			return -1;
	if (read_file(x, "../mailname", "mailname", f) == -1 ||
	    set_domain(x, f) == -1 || set_addresses(x, f) == -1)
		return -1;
	import_forget(x);
	for (size_t i = 0; files[i].key[0] != '\0'; i++)
		if (read_file(x, files[i].key, files[i].key, f) == -1)
			return -1;
	if (import_apply(x, files, f) == -1 ||
	    import_set(x, OPTION_QUEUE, "on", f) == -1)
		return -1;
	if (import_value(x, "queuelifetime") == NULL &&
	    import_set(x, OPTION_QUEUE_LIFETIME, "7d", f) == -1)
		return -1;
	return read_remotes(x, f);
}
