/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "config/account/account.h"
#include "config/alias/alias.h"
#include "modes/import/import.h"

#define TEXT_MAX (1024 * 1024)	/* octets of a file that people write */

/* ---- files */

/* A file that is named by its whole path may stand beside the configuration,
 * where that has been copied to. */
static char *
whole_path(const struct import *x, const char *name)
{
	const char *base = name[0] == '/' ? strrchr(name, '/') + 1 : name;
	char *path = strcmp(x->folder, ".") == 0 && base[0] != '.' ?
	    memory_string(base) : buffer_format("%s/%s", x->folder, base);
	struct stat st;

	if (base == name || stat(path, &st) == 0)
		return path;
	free(path);
	return memory_string(name);
}

int
import_open(struct import *x, struct import_text *t, const char *name,
    bool optional, struct fault *f)
{
	char *path = whole_path(x, name);
	int r;

	memset(t, 0, sizeof(*t));
	buffer_init(&t->text, TEXT_MAX);
	errno = 0;
	r = file_load(path, &t->text) == 0 ? 1 :
	    optional && (errno == ENOENT || errno == ENOTDIR) ? 0 : -1;
	if (r == -1) {
		fault(f, FAULT_INPUT, "%s cannot be read: %s", path,
		    errno == 0 ? "it is not a regular file" : strerror(errno));
		fault_hint(f, "run this as a user who may read it, such as "
		    "root");
	}
	if (r == 1) {
		notes_add(&x->files, "%s", path);
		x->at.file = x->files.text[x->files.count - 1];
		x->at.line = 0;
		x->at.column = 1;
		t->rest = t->text.data;
		t->left = t->text.len;
		if (memchr(t->rest, '\0', t->left) != NULL)
			r = import_fault(x, f, "the file has a NUL character",
			    "name the text file, not what was made of it");
	}
	if (r != 1)
		buffer_wipe(&t->text);
	free(path);
	return r;
}

const char *
import_next(struct import *x, struct import_text *t, size_t *n)
{
	const char *line;

	while ((line = text_take_line(&t->rest, &t->left, n)) != NULL) {
		size_t blanks = text_blanks(line, *n);

		x->at.line++;
		t->indented = blanks > 0;
		line += blanks;
		*n = text_trimmed(line, *n - blanks);
		if (*n > 0 && *line != '#')
			return line;
	}
	buffer_wipe(&t->text);
	return NULL;
}

char *
import_first_line(struct import *x, const char *name)
{
	struct option_place at = x->at;
	struct import_text t;
	const char *line;
	char *copy = NULL;
	size_t n;

	if (import_open(x, &t, name, true, NULL) != 1)
		return NULL;
	if ((line = import_next(x, &t, &n)) != NULL)
		copy = memory_copy(line, n);
	buffer_wipe(&t.text);
	x->at = at;
	return copy;
}

int
import_fault(const struct import *x, struct fault *f, const char *what,
    const char *hint)
{
	fault(f, FAULT_CONFIG, "%s", what);
	fault_hint(f, "%s", hint);
	return fault_prefix(f, "%s:%u: ", x->at.file, x->at.line);
}

/* ---- pairs */

void
import_pair(struct import *x, const char *key, size_t klen, const char *value,
    size_t n)
{
	x->pair = memory_grow(x->pair, x->pairs, &x->pairs_cap,
	    sizeof(*x->pair));
	x->pair[x->pairs++] = (struct import_pair){ x->at.file, x->at.line,
	    memory_copy(key, klen), memory_copy(value, n) };
}

void
import_forget(struct import *x)
{
	for (size_t i = 0; i < x->pairs; i++) {
		memory_wipe(x->pair[i].value, strlen(x->pair[i].value));
		free(x->pair[i].key);
		free(x->pair[i].value);
	}
	x->pairs = 0;
}

const char *
import_value(struct import *x, const char *key)
{
	for (size_t i = x->pairs; i-- > 0;) {
		const struct import_pair *p = &x->pair[i];

		if (!text_same_word(p->key, strlen(p->key), key))
			continue;
		x->at.file = p->file;
		x->at.line = p->line;
		return p->value;
	}
	return NULL;
}

static bool
is_yes(const char *s)
{
	static const char *const words[] = { "yes", "true", "on", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text_same_word(s, strlen(s), words[i]))
			return true;
	return false;
}

bool
import_is_yes(struct import *x, const char *key)
{
	const char *value = import_value(x, key);

	return value != NULL && is_yes(value);
}

static bool
row_fits(const struct import_row *row, const char *key)
{
	size_t n = strlen(row->key);

	return row->key[n - 1] == '*' ? strlen(key) >= n - 1 &&
	    text_same(key, n - 1, row->key, n - 1) :
	    text_same_word(key, strlen(key), row->key);
}

/* "FILE:LINE KEY, LINE KEY, ..." */
static void
add_without(struct import *x, const struct import_pair *p)
{
	if (x->without.len > 0)
		buffer_add_string(&x->without, ", ");
	if (x->without_of == NULL || strcmp(p->file, x->without_of) != 0)
		buffer_printf(&x->without, "%s:", p->file);
	buffer_printf(&x->without, "%u %s", p->line, p->key);
	x->without_of = p->file;
}

int
import_apply(struct import *x, const struct import_row *rows, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; i < x->pairs && r == 0; i++) {
		const struct import_pair *p = &x->pair[i];
		const struct import_row *row = rows;

		x->at.file = p->file;
		x->at.line = p->line;
		while (row->key[0] != '\0' && !row_fits(row, p->key))
			row++;
		if (row->key[0] == '\0')
			add_without(x, p);
		else if (row->how == IMPORT_NOTE)
			import_note(x, "%s", row->note);
		else if (row->how == IMPORT_YES)
			r = import_set(x, row->id, is_yes(p->value) ? "on" :
			    "off", f);
		else if (row->how == IMPORT_VALUE && p->value[0] != '\0')
			r = import_set(x, row->id, p->value, f);
	}
	return r;
}

/* ---- accounts */

/* What is in no name of an account becomes "_". */
static char *
account_name(const char *name)
{
	char *copy = memory_string(name[0] == '\0' ? "_" : name);

	for (char *p = copy; *p != '\0'; p++)
		if (strchr(",: ", *p) != NULL || text_is_control(*p))
			*p = '_';
	return copy;
}

void
import_account(struct import *x, const char *text)
{
	char *name = account_name(text);

	for (size_t i = 0; i < x->accounts; i++)
		if (strcmp(x->account[i].name, name) == 0) {
			x->now = &x->account[i];
			free(name);
			return;
		}
	x->account = memory_resize(x->account, x->accounts + 1,
	    sizeof(*x->account));
	x->now = &x->account[x->accounts++];
	memset(x->now, 0, sizeof(*x->now));
	x->now->name = name;
}

int
import_pattern(struct import *x, enum option_id id, const char *value,
    struct fault *f)
{
	struct account scratch;
	int r;

	if (value == NULL)
		return 0;
	if (strpbrk(value, "\n\r") != NULL)
		return import_fault(x, f, "a value with a line end in it",
		    "no line of an account file can hold that; for a password "
		    "there is password_file");
	account_init(&scratch);
	r = option_set(&scratch, id, value, strlen(value), &x->at, f);
	account_free(&scratch);
	if (r == -1)
		return fault_hint(f, "correct it there, and import it again");
	free(x->now->value[id]);
	x->now->value[id] = memory_string(value);
	return 0;
}

/* The settings in which "%" begins a pattern. */
static bool
has_patterns(enum option_id id)
{
	return id == OPTION_FROM || id == OPTION_FROM_FULL_NAME ||
	    id == OPTION_DOMAIN || id == OPTION_QUALIFY_DOMAIN ||
	    id == OPTION_SENDER || id == OPTION_QUEUE_DIRECTORY;
}

int
import_set(struct import *x, enum option_id id, const char *value,
    struct fault *f)
{
	struct buffer b;
	int r;

	if (value == NULL || !has_patterns(id))
		return import_pattern(x, id, value, f);
	buffer_init(&b, TEXT_MAX);
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '%')
			buffer_add_char(&b, '%');
		buffer_add_char(&b, *p);
	}
	r = import_pattern(x, id, b.len == 0 ? "" : b.data, f);
	buffer_free(&b);
	return r;
}

int
import_add(struct import *x, enum option_id id, const char *value,
    struct fault *f)
{
	const char *old = x->now->value[id];
	char *list = buffer_format("%s%s%s", old == NULL ? "" : old,
	    old == NULL ? "" : " ", value);
	int r = import_pattern(x, id, list, f);

	free(list);
	return r;
}

/* Services that people write in place of ports. */
static const char *
port_of(const char *service)
{
	static const char services[][2][12] = {
		{ "smtp", "25" }, { "submission", "587" }, { "smtps", "465" },
		{ "ssmtp", "465" }, { "submissions", "465" }, { "urd", "465" }
	};

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (strcmp(service, services[i][0]) == 0)
			return services[i][1];
	return service;
}

int
import_server(struct import *x, const char *text, struct fault *f)
{
	size_t open = text[0] == '[', n = strcspn(text, open ? "]" : ":");
	const char *port = text + n;
	char *host = memory_copy(text + open, n - open);
	int r = import_set(x, OPTION_HOST, host, f);

	port += strspn(port, "]:");
	if (r == 0 && *port != '\0')
		r = import_set(x, OPTION_PORT, port_of(port), f);
	free(host);
	return r;
}

int
import_tls(struct import *x, enum import_tls tls, struct fault *f)
{
	if (import_set(x, OPTION_TLS, tls == IMPORT_TLS_OFF ? "off" : "on",
	    f) == -1)
		return -1;
	return tls == IMPORT_TLS_OFF ? 0 : import_set(x, OPTION_TLS_STARTTLS,
	    tls == IMPORT_TLS_START ? "on" : "off", f);
}

int
import_login(struct import *x, const char *methods, const char *user,
    const char *password, struct fault *f)
{
	const char *tls = x->now->value[OPTION_TLS];
	bool clear = tls != NULL && strcmp(tls, "off") == 0;

	if (password != NULL && *password == '\0')
		password = NULL;
	if (methods == NULL)
		methods = clear ? "cram-md5 plain login" : "on";
	if (import_set(x, OPTION_AUTH, methods, f) == -1 ||
	    import_set(x, OPTION_USER, user, f) == -1 ||
	    import_set(x, OPTION_PASSWORD, password, f) == -1)
		return -1;
	if (password == NULL && user != NULL)
		import_note(x, "there is no password; add password_file, or "
		    "one of the ways that postrider-accounts(5) has");
	if (!clear || password == NULL)
		return 0;
	import_note(x, "the password goes over the network in clear, as "
	    "before: better remove \"tls off\", \"auth_without_tls on\" and "
	    "the methods of \"auth\"");
	return import_set(x, OPTION_AUTH_WITHOUT_TLS, "on", f);
}

int
import_domain(struct import *x, const char *domain, struct fault *f)
{
	return import_set(x, OPTION_QUALIFY_DOMAIN, domain, f) == -1 ||
	    import_set(x, OPTION_DOMAIN, domain, f) == -1 ? -1 : 0;
}

int
import_aliases(struct import *x, struct fault *f)
{
	static const char file[] = "/etc/aliases";

	return strcmp(file, ALIAS_FILE_DEFAULT) == 0 ? 0 :
	    import_set(x, OPTION_ALIASES, file, f);
}

/* ---- what goes beside the account file */

void
import_note(struct import *x, const char *fmt, ...)
{
	struct buffer b;
	va_list ap;

	buffer_init(&b, TEXT_MAX);
	va_start(ap, fmt);
	buffer_vprintf(&b, fmt, ap);
	va_end(ap);
	notes_add(&x->notes, "%s:%u: %s", x->at.file, x->at.line, b.data);
	buffer_free(&b);
}

/* A name in quotes where a line of an alias file needs them. */
static int
add_entry(struct import *x, struct buffer *b, const char *name,
    const char *value, struct fault *f)
{
	bool quote = name[strcspn(name, " \t:#\"\\")] != '\0';

	if (text_has_control(name, strlen(name)) ||
	    text_has_control(value, strlen(value)))
		return import_fault(x, f, "a control character in an entry",
		    "remove it, and import this again");
	buffer_add_string(b, quote ? "\"" : "");
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			buffer_add_char(b, '\\');
		buffer_add_char(b, *name);
	}
	buffer_printf(b, "%s: %s\n", quote ? "\"" : "", value);
	return 0;
}

/* One whole address, or with `many` any of which the first is something. */
static bool
is_address(const char *text, bool many)
{
	struct address_list list = { .box = NULL };
	bool good = address_parse(&list, text, strlen(text), NULL) == 0 &&
	    list.count > 0 && (many || (list.count == 1 &&
	    list.box[0].domain[0] != '\0'));

	address_list_free(&list);
	return good;
}

int
import_sender(struct import *x, const char *name, const char *address,
    struct fault *f)
{
	if (is_address(address, false))
		return add_entry(x, &x->senders, name, address, f);
	import_note(x, "a sender stands for one whole address: this one is "
	    "left out");
	return 0;
}

int
import_alias(struct import *x, const char *name, const char *addresses,
    struct fault *f)
{
	if (is_address(addresses, true))
		return add_entry(x, &x->aliases, name, addresses, f);
	import_note(x, "no address: this one is left out");
	return 0;
}
