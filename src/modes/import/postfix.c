/* SPDX-License-Identifier: ISC */
/* main.cf of Postfix, and the text files of the tables that it names. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "modes/import/import.h"

#define EXPANSIONS 100		/* of "$name" in one value: Postfix has no
				 * limit, but circles do */
#define VALUE_MAX (1024 * 1024)	/* octets */

static const struct import_row rows[] = {
	{ "smtp_helo_name", IMPORT_VALUE, OPTION_DOMAIN, NULL },
	{ "smtp_tls_cert_file", IMPORT_VALUE, OPTION_TLS_CERT_FILE, NULL },
	{ "smtp_tls_key_file", IMPORT_VALUE, OPTION_TLS_KEY_FILE, NULL },
	{ "smtp_tls_fingerprint_cert_match", IMPORT_VALUE,
	    OPTION_TLS_FINGERPRINT, NULL },
	{ "smtp_tls_policy_maps", IMPORT_NOTE, 0, "TLS is the same for all "
	    "servers of an account: see tls, tls_starttls, tls_certcheck and "
	    "tls_fingerprint" },
	{ "smtp_header_checks", IMPORT_NOTE, 0, "the header is not changed by "
	    "patterns; sender, senders, from_full_name and set_from_header "
	    "say what From is" },
	{ "header_checks", IMPORT_NOTE, 0, "the header is not changed by "
	    "patterns" },
	{ "virtual_alias_maps", IMPORT_NOTE, 0, "names without a domain and "
	    "those of this host have addresses by the alias file; recipients "
	    "elsewhere stay as they are" },
	{ "masquerade_*", IMPORT_NOTE, 0, "no subdomain is removed from "
	    "addresses; senders can have \"@box.example.org: "
	    "you@example.org\"" },
	{ "always_bcc", IMPORT_NOTE, 0, "nobody gets a copy of all mail" },
	{ "sender_bcc_maps", IMPORT_NOTE, 0, "nobody gets a copy of mail" },
	{ "luser_relay", IMPORT_NOTE, 0, "\"default: ADDRESS\" in the alias "
	    "file does that" },
	KNOWN("relayhost"), KNOWN("smtp_bind_address"),
	KNOWN("maximal_queue_lifetime"), KNOWN("smtp_sasl_auth_enable"),
	KNOWN("smtp_sasl_password_maps"), KNOWN("smtp_sasl_mechanism_filter"),
	KNOWN("smtp_sasl_security_options"),
	KNOWN("smtp_sasl_tls_security_options"),
	KNOWN("smtp_sender_dependent_authentication"),
	KNOWN("sender_dependent_relayhost_maps"),
	KNOWN("sender_canonical_classes"), KNOWN("sender_canonical_maps"),
	KNOWN("smtp_generic_maps"), KNOWN("canonical_maps"),
	KNOWN("alias_maps"), KNOWN("alias_database"), KNOWN("smtp_use_tls"),
	KNOWN("smtp_enforce_tls"), KNOWN("smtp_tls_wrappermode"),
	KNOWN("smtp_tls_security_level"), KNOWN("smtp_tls_CAfile"),
	KNOWN("smtp_tls_CApath"), KNOWN("smtp_tls_session_cache_database"),
	KNOWN("smtp_tls_protocols"), KNOWN("smtp_tls_mandatory_protocols"),
	KNOWN("myhostname"), KNOWN("mydomain"), KNOWN("myorigin"),
	KNOWN("mydestination"), KNOWN("inet_protocols"),
	KNOWN("compatibility_level"),
	KNOWN("")
};

/* ---- main.cf */

static void
add_parameter(struct import *x, const struct buffer *b)
{
	const char *equals = b->len == 0 ? NULL : memchr(b->data, '=', b->len);
	size_t k, n, blanks;

	if (equals == NULL)
		return;
	k = text_trimmed(b->data, (size_t)(equals - b->data));
	n = b->len - (size_t)(equals + 1 - b->data);
	blanks = text_blanks(equals + 1, n);
	import_pair(x, b->data, k, equals + 1 + blanks, n - blanks);
}

/* Lines that begin with a blank continue the one above. */
static int
read_lines(struct import *x, const char *file, struct fault *f)
{
	struct import_text t;
	struct buffer b;
	const char *line;
	unsigned begin = 0, here;
	size_t n;

	if (import_open(x, &t, file, false, f) == -1)
		return -1;
	buffer_init(&b, VALUE_MAX);
	do {
		line = import_next(x, &t, &n);
		here = x->at.line;
		if (line == NULL || !t.indented) {
			x->at.line = begin;
			add_parameter(x, &b);
			x->at.line = begin = here;
			buffer_clear(&b);
		}
		if (line != NULL && b.len > 0)
			buffer_add_char(&b, ' ');
		if (line != NULL)
			buffer_add(&b, line, n);
	} while (line != NULL);
	buffer_free(&b);
	return 0;
}

/* "$name", "${name}" or "$(name)": its length, and that of the name. */
static size_t
name_length(const char *s, size_t *n)
{
	size_t open = s[1] == '{' || s[1] == '(';

	for (*n = 0; text_is_alpha(s[1 + open + *n]) || s[1 + open + *n] ==
	    '_' || text_is_digit(s[1 + open + *n]); ++*n)
		;
	return *n == 0 ? 0 : 1 + *n + 2 * open;
}

/* A parameter with those that it names in it, for the caller to free; NULL
 * where it is not there, or is empty. */
static char *
parameter(struct import *x, const char *key)
{
	const char *value = import_value(x, key), *named;
	char *text = value == NULL ? NULL : memory_string(value), *dollar,
	    *name, *next;
	struct option_place at = x->at;
	size_t n, whole;

	for (int i = 0; text != NULL && i < EXPANSIONS; i++) {
		dollar = strchr(text, '$');
		whole = dollar == NULL ? 0 : name_length(dollar, &n);
		if (whole == 0 || whole > strlen(dollar))
			break;
		name = memory_copy(dollar + whole - n - (dollar[1] == '{' ||
		    dollar[1] == '('), n);
		named = strcmp(name, "config_directory") == 0 ? x->folder :
		    import_value(x, name);
		next = buffer_format("%.*s%s%s", (int)(dollar - text), text,
		    named == NULL ? "" : named, dollar + whole);
		free(name);
		free(text);
		text = next;
	}
	x->at = at;
	if (text != NULL && text[strspn(text, " ,")] == '\0') {
		free(text);
		text = NULL;
	}
	return text;
}

/* ---- tables */

/* The tables that are text, or were made of it. */
static bool
is_text(const char *type, size_t n)
{
	static const char *const types[] = { "hash", "btree", "lmdb", "cdb",
	    "dbm", "texthash", "regexp", "pcre" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_is(type, n, types[i]))
			return true;
	return false;
}

/* Adds "PREFIX key" and its value for each entry of a table: "static:" has one
 * for all keys, which is "//", and a pattern of all is the same. */
static int
read_table(struct import *x, const char *prefix, const char *spec,
    struct fault *f)
{
	size_t type = strcspn(spec, ":"), n, k, blanks;
	struct import_text t;
	const char *line;
	char *key;

	if (text_is(spec, type, "static")) {
		key = buffer_format("%s //", prefix);
		import_pair(x, key, strlen(key), spec + type + 1,
		    strlen(spec + type + 1));
		free(key);
		return 0;
	}
	if (spec[type] == ':' && !is_text(spec, type)) {
		import_note(x, "a table of the type %.*s cannot be read here",
		    (int)type, spec);
		return 0;
	}
	if (import_open(x, &t, spec[type] == ':' ? spec + type + 1 : spec,
	    false, f) == -1)
		return -1;
	while ((line = import_next(x, &t, &n)) != NULL) {
		k = text_word(line, n);
		blanks = text_blanks(line + k, n - k);
		key = buffer_format("%s %.*s", prefix, (int)k, line);
		import_pair(x, key, strlen(key), line + k + blanks,
		    n - k - blanks);
		free(key);
	}
	return 0;
}

/* All tables that a parameter names. */
static int
read_tables(struct import *x, const char *key, struct fault *f)
{
	char *list = parameter(x, key), *spec = list;
	struct option_place at = x->at;
	int r = 0;

	while (r == 0 && spec != NULL && *(spec += strspn(spec, ", ")) !=
	    '\0') {
		size_t n = strcspn(spec, ", ");
		char *one = memory_copy(spec, n);

		x->at = at;
		r = read_table(x, key, strncmp(one, "proxy:", 6) == 0 ?
		    one + 6 : one, f);
		free(one);
		spec += n;
	}
	free(list);
	return r;
}

/* The value of a key in the tables of a parameter. */
static const char *
look_up(struct import *x, const char *parameter_name, const char *key)
{
	char *whole = buffer_format("%s %s", parameter_name, key);
	const char *value = import_value(x, whole);

	free(whole);
	return value;
}

/* The key of a pair in the tables of a parameter, or NULL. */
static const char *
key_of(const struct import_pair *p, const char *parameter_name)
{
	size_t n = strlen(parameter_name);

	return strncmp(p->key, parameter_name, n) == 0 && p->key[n] == ' ' ?
	    p->key + n + 1 : NULL;
}

/* ---- where mail goes */

static int
set_tls(struct import *x, struct fault *f)
{
	char *level = parameter(x, "smtp_tls_security_level");
	char *anchors = parameter(x, "smtp_tls_CAfile");
	bool first = import_is_yes(x, "smtp_tls_wrappermode"), may, encrypt;
	bool none = level != NULL ? strcmp(level, "none") == 0 :
	    !first && !import_is_yes(x, "smtp_use_tls") &&
	    !import_is_yes(x, "smtp_enforce_tls");
	int r;

	may = level != NULL ? strcmp(level, "may") == 0 :
	    !first && !none && !import_is_yes(x, "smtp_enforce_tls");
	encrypt = level != NULL && strcmp(level, "encrypt") == 0;
	import_value(x, level != NULL ? "smtp_tls_security_level" :
	    "smtp_use_tls");
	if (may)
		import_note(x, "TLS is not optional here: where the server has "
		    "none, write \"tls off\"");
	if (may || encrypt)
		import_note(x, "Postfix did not look at the server's "
		    "certificate; now it must be valid, or be named by "
		    "tls_fingerprint");
	r = import_tls(x, first ? IMPORT_TLS_FIRST : none ? IMPORT_TLS_OFF :
	    IMPORT_TLS_START, f);
	/* a bundle of the system is the default */
	if (r == 0 && anchors != NULL && strncmp(anchors, "/etc/ssl/", 9) !=
	    0 && strncmp(anchors, "/etc/pki/", 9) != 0)
		r = import_set(x, OPTION_TLS_TRUST_FILE, anchors, f);
	free(level);
	free(anchors);
	return r;
}

/* The methods of "plain, login", or NULL where it has more than names. */
static char *
methods(struct import *x)
{
	char *filter = parameter(x, "smtp_sasl_mechanism_filter");

	if (filter != NULL && strpbrk(filter, "!/:") != NULL) {
		import_note(x, "only names of methods can stand in \"auth\"");
		free(filter);
		return NULL;
	}
	for (char *p = filter; p != NULL && *p != '\0'; p++)
		*p = *p == ',' ? ' ' : text_to_lower(*p);
	return filter;
}

/* By the sender, if that is how it is done, else by the server. */
static int
set_login(struct import *x, const char *sender, const char *server,
    struct fault *f)
{
	static const char maps[] = "smtp_sasl_password_maps";
	const char *found = NULL, *host = x->now->value[OPTION_HOST];
	struct option_place at;
	char *copy, *colon, *only;
	int r;

	if (!import_is_yes(x, "smtp_sasl_auth_enable"))
		return 0;
	if (sender != NULL)
		found = look_up(x, maps, sender);
	if (found == NULL && server != NULL)
		found = look_up(x, maps, server);
	if (found == NULL && host != NULL)
		found = look_up(x, maps, host);
	if (found == NULL)
		found = look_up(x, maps, "//");
	if (found == NULL)
		return 0;
	at = x->at;
	only = methods(x);
	x->at = at;
	copy = memory_string(found);
	colon = strchr(copy, ':');
	if (colon != NULL)
		*colon++ = '\0';
	r = import_login(x, only, copy, colon, f);
	memory_wipe(copy, strlen(copy));
	free(copy);
	free(only);
	return r;
}

static int
set_server(struct import *x, const char *server, struct fault *f)
{
	const char *text = strncmp(server, "smtp:", 5) == 0 ? server + 5 :
	    server;
	bool first = import_is_yes(x, "smtp_tls_wrappermode");

	if (text[0] != '[') {
		import_value(x, "relayhost");
		import_note(x, "%s is the server itself, not a domain whose MX "
		    "is looked up", text);
	}
	if (import_set(x, OPTION_PORT, first ? "465" : "25", f) == -1)
		return -1;
	return import_server(x, text, f);
}

/* An account for mail from an address, or from "@domain". */
static int
add_sender_account(struct import *x, const char *sender, const char *server,
    struct fault *f)
{
	char *glob = buffer_format("*%s", sender);
	bool mine = import_is_yes(x, "smtp_sender_dependent_authentication");
	int r;

	import_account(x, sender);
	r = sender[0] == '@' ? import_pattern(x, OPTION_FROM, glob, f) :
	    import_set(x, OPTION_FROM, sender, f);
	free(glob);
	if (r == -1 || set_server(x, server, f) == -1)
		return -1;
	return set_login(x, mine ? sender : NULL, server, f);
}

/* Senders with a server, or a password, of their own. */
static int
add_sender_accounts(struct import *x, const char *relay, struct fault *f)
{
	static const char servers[] = "sender_dependent_relayhost_maps",
	    passwords[] = "smtp_sasl_password_maps";
	bool mine = import_is_yes(x, "smtp_sender_dependent_authentication");
	const size_t count = x->pairs;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		const char *sender = key_of(&x->pair[i], servers), *server;

		if (sender != NULL && strchr(sender, '@') != NULL)
			r = add_sender_account(x, sender, x->pair[i].value, f);
		sender = mine ? key_of(&x->pair[i], passwords) : NULL;
		if (r == -1 || sender == NULL || strchr(sender, '@') == NULL)
			continue;
		server = look_up(x, servers, sender);
		if (server == NULL && relay != NULL)
			r = add_sender_account(x, sender, relay, f);
	}
	return r;
}

static int
set_servers(struct import *x, struct fault *f)
{
	char *relay = parameter(x, "relayhost");
	const size_t before = x->accounts;
	int r = add_sender_accounts(x, relay, f);

	if (r == 0 && relay == NULL) {
		import_value(x, "relayhost");
		if (x->accounts == before)
			r = import_fault(x, f, "no relayhost: this Postfix "
			    "takes mail to the recipients' own servers",
			    "name a server to submit to");
		else
			import_note(x, "mail from others has no relayhost, and "
			    "is refused here");
	} else if (r == 0) {
		import_account(x, "default");
		r = set_server(x, relay, f);
		if (r == 0)
			r = set_login(x, NULL, relay, f);
	}
	free(relay);
	return r;
}

/* ---- whom it is from and to */

/* Does a pattern fit every address? */
static bool
fits_all(const char *pattern)
{
	static const char *const all[] = { "", ".", ".+", ".*", ".+@.+",
	    ".*@.*" };
	char bare[16];
	size_t n = 0;

	if (pattern[0] != '/')
		return false;
	for (; *pattern != '\0' && n < sizeof(bare) - 1; pattern++)
		if (strchr("/^$()i", *pattern) == NULL)
			bare[n++] = *pattern;
	bare[n] = '\0';
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(bare, all[i]) == 0)
			return true;
	return false;
}

/* One address for all: in the header too, unless only the envelope is meant. */
static int
set_one_sender(struct import *x, const char *address, struct fault *f)
{
	const char *classes = import_value(x, "sender_canonical_classes");
	bool header = classes == NULL || strstr(classes, "header") != NULL;
	int r = header ? import_set(x, OPTION_SENDER, address, f) :
	    import_set(x, OPTION_FROM, address, f);

	return r == -1 ? -1 : header ? import_add(x, OPTION_SENDER, "force",
	    f) : import_set(x, OPTION_ALLOW_FROM_OVERRIDE, "off", f);
}

static int
add_senders(struct import *x, const char *maps, struct fault *f)
{
	int r = read_tables(x, maps, f);

	for (size_t i = 0; i < x->pairs && r == 0; i++) {
		const char *key = key_of(&x->pair[i], maps), *value;

		if (key == NULL)
			continue;
		value = x->pair[i].value;
		x->at.file = x->pair[i].file;
		x->at.line = x->pair[i].line;
		if (fits_all(key))
			r = set_one_sender(x, value, f);
		else if (key[0] == '/' || value[0] == '@' ||
		    strchr(value, '@') == NULL)
			import_note(x, "a pattern, or a result that is no "
			    "whole address, cannot stand in the file of "
			    "senders");
		else
			r = import_sender(x, key, value, f);
	}
	if (r == 0 && x->senders.len > 0 && strcmp(maps,
	    "sender_canonical_maps") != 0)
		import_note(x, "%s changed recipients, too; the alias file "
		    "does that for names of this host", maps);
	return r;
}

static int
set_domains(struct import *x, struct fault *f)
{
	char *name = parameter(x, "myhostname");
	char *origin = parameter(x, "myorigin");
	char *line = origin == NULL ? memory_string(name) : origin[0] == '/' ?
	    import_first_line(x, strcmp(origin, "/etc/mailname") == 0 ?
	    "../mailname" : origin) : memory_string(origin);
	int r = import_set(x, OPTION_DOMAIN, name, f);

	if (r == 0)
		r = line != NULL ? import_set(x, OPTION_QUALIFY_DOMAIN, line,
		    f) : import_pattern(x, OPTION_QUALIFY_DOMAIN,
		    origin != NULL ? "%M" : "%H", f);
	free(line);
	free(origin);
	free(name);
	return r;
}

/* Days, where no unit is named. */
static int
set_lifetime(struct import *x, struct fault *f)
{
	char *time = parameter(x, "maximal_queue_lifetime"), *days;
	int r;

	if (time == NULL)
		return 0;
	days = buffer_format("%s%s", time, text_is_digit(
	    time[strlen(time) - 1]) ? "d" : "");
	r = import_set(x, OPTION_QUEUE_LIFETIME, days, f);
	free(days);
	free(time);
	return r;
}

static int
set_local(struct import *x, struct fault *f)
{
	char *domains = parameter(x, "mydestination");
	const char *protocols = import_value(x, "inet_protocols");
	const char *source = import_value(x, "smtp_bind_address");
	int r = 0;

	if (source != NULL && strcmp(source, "0.0.0.0") != 0)
		r = import_set(x, OPTION_SOURCE_IP, source, f);
	if (domains != NULL && strpbrk(domains, "/:") != NULL)
		import_note(x, "name the domains of a table by alias_domains");
	else if (domains != NULL && r == 0)
		r = import_set(x, OPTION_ALIAS_DOMAINS, domains, f);
	if (r == 0 && protocols != NULL && (strcmp(protocols, "ipv4") == 0 ||
	    strcmp(protocols, "ipv6") == 0))
		r = import_set(x, OPTION_ADDRESS_FAMILY, protocols, f);
	if (r == 0)
		r = import_aliases(x, f);
	if (domains != NULL || import_value(x, "mydestination") == NULL)
		import_note(x, "mail for users of this host who have no alias "
		    "goes to the smarthost; Postfix wrote it to their "
		    "mailboxes");
	free(domains);
	return r;
}

int
import_postfix(struct import *x, const char *file, struct fault *f)
{
	if (read_lines(x, file, f) == -1)
		return -1;
	/* what is common to all senders is apart if some have servers */
	import_account(x, import_value(x, "sender_dependent_relayhost_maps") !=
	    NULL || import_is_yes(x, "smtp_sender_dependent_authentication") ?
	    "defaults" : "default");
	if (set_domains(x, f) == -1 || set_tls(x, f) == -1 ||
	    import_apply(x, rows, f) == -1 || set_local(x, f) == -1 ||
	    set_lifetime(x, f) == -1 ||
	    import_set(x, OPTION_QUEUE, "on", f) == -1 ||
	    add_senders(x, "sender_canonical_maps", f) == -1 ||
	    add_senders(x, "canonical_maps", f) == -1 ||
	    add_senders(x, "smtp_generic_maps", f) == -1 ||
	    read_tables(x, "smtp_sasl_password_maps", f) == -1 ||
	    read_tables(x, "sender_dependent_relayhost_maps", f) == -1)
		return -1;
	return set_servers(x, f);
}
