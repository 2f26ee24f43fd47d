/* SPDX-License-Identifier: ISC */
/* esmtprc: settings of a default identity, and of others by address. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "modes/import/import.h"

static const struct import_row rows[] = {
	{ "qualifydomain", IMPORT_VALUE, OPTION_QUALIFY_DOMAIN, NULL },
	{ "helo", IMPORT_VALUE, OPTION_DOMAIN, NULL },
	{ "message_id", IMPORT_YES, OPTION_SET_MSGID_HEADER, NULL },
	{ "sender", IMPORT_NOTE, 0, "no Sender field is added by force; the "
	    "settings sender and senders change From and Sender" },
	{ "passphrase", IMPORT_NOTE, 0, "esmtp's certificate is "
	    "~/.authenticate/private/smtp-starttls.pem: name it by "
	    "tls_cert_file and tls_key_file, with this as password" },
	{ "certificate_passphrase", IMPORT_NOTE, 0, "esmtp's certificate is "
	    "~/.authenticate/private/smtp-starttls.pem: name it by "
	    "tls_cert_file and tls_key_file, with this as password" },
	{ "preconnect", IMPORT_NOTE, 0, "no command is run before a "
	    "connection; a tunnel can be a service of systemd" },
	{ "postconnect", IMPORT_NOTE, 0, "no command is run behind a "
	    "connection" },
	{ "mda", IMPORT_NOTE, 0, "no mail is delivered on this host; give its "
	    "users addresses by root, aliases or qualify_domain" },
	{ "force_mda", IMPORT_NOTE, 0, "no mail is delivered on this host" },
	KNOWN("host"), KNOWN("hostname"), KNOWN("user"), KNOWN("username"),
	KNOWN("pass"), KNOWN("password"), KNOWN("tls"), KNOWN("starttls"),
	KNOWN("reverse_path"),
	KNOWN("")
};

/* What has been read of an identity. */
struct identity {
	char *address;		/* NULL: of the settings above all others */
	bool fallback;		/* it is the default */
};

/* The octet of an escape as in C; *s stands behind the backslash. */
static char
unescape(const char **s)
{
	static const char names[] = "n\nt\tb\br\r";
	const char *c = *s, *name;
	int base = *c == '0' ? 8 : 10, value = 0;

	if (*c == 'x' || *c == 'X') {
		for (c++; c - *s < 3 && text_hex_value(*c) != -1; c++)
			value = value * 16 + text_hex_value(*c);
	} else if (text_is_digit(*c)) {
		for (; c - *s < 3 && text_is_digit(*c); c++)
			value = value * base + (*c - '0');
	} else {
		name = strchr("ntbr", *c);
		value = name == NULL ? *c : strchr(names, *c)[1];
		c++;
	}
	*s = c;
	return (char)value;
}

/* The next word or quoted text, for the caller to free; "" at the end. */
static char *
take_word(const char **s)
{
	struct buffer b;
	char quote = '\0';

	*s += strspn(*s, " \t=;,");
	if (**s == '#')
		*s += strlen(*s);
	if (**s == '"' || **s == '\'')
		quote = *(*s)++;
	buffer_init(&b, strlen(*s));
	while (**s != '\0' && (quote != '\0' ? **s != quote :
	    strchr("=;, \t", **s) == NULL)) {
		if (**s == '\\' && (*s)[1] != '\0') {
			++*s;
			buffer_add_char(&b, unescape(s));
		} else {
			buffer_add_char(&b, *(*s)++);
		}
	}
	*s += quote != '\0' && **s == quote;
	return buffer_detach(&b);
}

static const char *
either(struct import *x, const char *key, const char *other)
{
	const char *value = import_value(x, key);

	return value != NULL ? value : import_value(x, other);
}

/* The reverse-path: "%u" is the login, "%%" a percent sign. */
static int
set_path(struct import *x, const struct identity *i, struct fault *f)
{
	const char *path = import_value(x, "reverse_path");
	struct buffer b;
	int r;

	if (path == NULL)
		return i->address != NULL ? import_set(x, OPTION_FROM,
		    i->address, f) : import_value(x, "qualifydomain") != NULL ?
		    0 : import_pattern(x, OPTION_FROM, "%U@%H", f);
	buffer_init(&b, 2 * strlen(path) + 1);
	for (; *path != '\0'; path++) {
		bool user = path[0] == '%' && path[1] == 'u';

		buffer_add_char(&b, user ? '%' : *path);
		if (user || *path == '%')
			buffer_add_char(&b, user ? 'U' : '%');
		path += *path == '%' && path[1] != '\0';
	}
	r = import_pattern(x, OPTION_FROM, b.data, f);
	buffer_free(&b);
	if (r == 0 && i->address != NULL)
		r = import_add(x, OPTION_FROM, i->address, f);
	return r == -1 ? -1 : import_set(x, OPTION_ALLOW_FROM_OVERRIDE, "off",
	    f);
}

static int
set_tls(struct import *x, struct fault *f)
{
	const char *tls = either(x, "starttls", "tls");

	if (tls != NULL && strcmp(tls, "enabled") == 0)
		import_note(x, "TLS is not optional here: where the server has "
		    "none, write \"tls off\"");
	return import_tls(x, tls == NULL || strcmp(tls, "disabled") == 0 ?
	    IMPORT_TLS_OFF : IMPORT_TLS_START, f);
}

/* The pairs that have come are those of an identity; those above all others
 * may be none. */
static int
end_identity(struct import *x, const struct identity *i, struct fault *f)
{
	const char *host, *user;

	if (x->pairs == 0 && i->address == NULL)
		return 0;
	import_account(x, i->address != NULL ? i->address : "global");
	host = either(x, "hostname", "host");
	if (import_set(x, OPTION_PORT, host == NULL ? "25" : "587", f) == -1 ||
	    import_server(x, host == NULL ? "localhost" : host, f) == -1 ||
	    set_tls(x, f) == -1 || import_apply(x, rows, f) == -1 ||
	    set_path(x, i, f) == -1)
		return -1;
	user = either(x, "username", "user");
	if (user != NULL && import_login(x, NULL, user, either(x, "password",
	    "pass"), f) == -1)
		return -1;
	if (i->fallback || x->accounts == 1) {
		/* the first, unless another one says that it is */
		for (size_t k = 0; k < x->accounts; k++)
			if (strcmp(x->account[k].name, "default") == 0) {
				free(x->account[k].name);
				x->account[k].name = memory_string("first");
			}
		free(x->now->name);
		x->now->name = memory_string("default");
	}
	import_forget(x);
	return 0;
}

static int
read_line(struct import *x, const char *line, struct identity *i,
    struct fault *f)
{
	char *key, *value;
	int r = 0;

	while (r == 0 && (key = take_word(&line), *key != '\0')) {
		if (strcmp(key, "force") == 0) {
			free(key);
			key = take_word(&line);
		}
		if (strcmp(key, "default") == 0) {
			i->fallback = true;
			free(key);
			continue;
		}
		value = take_word(&line);
		if (strcmp(key, "identity") == 0) {
			r = end_identity(x, i, f);
			free(i->address);
			i->address = memory_string(value);
			i->fallback = false;
		} else {
			import_pair(x, key, strlen(key), value,
			    strlen(value));
		}
		memory_wipe(value, strlen(value));
		free(value);
		free(key);
		key = NULL;
	}
	if (r == 0)
		free(key);
	return r;
}

int
import_esmtp(struct import *x, const char *file, struct fault *f)
{
	struct identity i = { NULL, false };
	struct import_text t;
	const char *line;
	char *copy;
	size_t n;
	int r;

	if (import_open(x, &t, file, false, f) == -1)
		return -1;
	for (r = 0; (line = import_next(x, &t, &n)) != NULL;) {
		copy = memory_copy(line, n);
		r = r == -1 ? -1 : read_line(x, copy, &i, f);
		memory_wipe(copy, n);
		free(copy);
	}
	if (r == 0)
		r = end_identity(x, &i, f);
	free(i.address);
	return r == -1 || x->accounts > 0 ? r : import_fault(x, f,
	    "there is no setting in it", "name a hostname");
}
