/* SPDX-License-Identifier: ISC */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "smtp/transaction.h"
#include "config/account/account.h"
#include "config/account/sender.h"

#define WILDCARDS "?*["

/* ---- from: addresses and globs */

/* Octets up to one of `ends` that is not in double quotes. */
static size_t
element_length(const char *s, const char *ends)
{
	bool quoted = false;
	size_t n;

	for (n = 0; s[n] != '\0'; n++) {
		if (quoted && s[n] == '\\' && s[n + 1] != '\0')
			n++;
		else if (s[n] == '"')
			quoted = !quoted;
		else if (!quoted && strchr(ends, s[n]) != NULL)
			break;
	}
	return n;
}

/* The next element, for the caller to free; NULL behind the last. */
static char *
next_element(const char **rest)
{
	const char *s = *rest + strspn(*rest, ", \t");
	size_t part = element_length(s, ","), n, open;

	if (*s == '\0')
		return NULL;
	open = element_length(s, ",<");
	if (open < part && s[open] == '<') {
		*rest = s + part;
		s += open + 1;
		n = element_length(s, ">,");
		/* "<>" is the null reverse-path */
		return n == 0 ? memory_string("<>") : memory_copy(s, n);
	}
	n = element_length(s, ", \t");
	*rest = s + n;
	return memory_copy(s, n);
}

static bool
is_glob(const char *element)
{
	return strpbrk(element, WILDCARDS) != NULL;
}

/* Makes lower case what follows the last "@", or all; to be freed. */
static char *
lower(const char *s, bool all)
{
	char *copy = memory_string(s), *at = all ? NULL : strrchr(copy, '@');

	for (char *p = at == NULL ? copy : at; *p != '\0'; p++)
		*p = text_to_lower(*p);
	return copy;
}

/* A glob without "@" may fit a domain: then no case counts at all. */
static bool
glob_fits(const char *glob, const char *sender)
{
	bool all = strchr(glob, '@') == NULL;
	char *pattern = lower(glob, all), *address = lower(sender, all);
	bool fits = fnmatch(pattern, address, 0) == 0;

	free(pattern);
	free(address);
	return fits;
}

/* How many characters of the glob are no wildcards. */
static size_t
glob_weight(const char *glob)
{
	size_t n = 0;

	for (; *glob != '\0'; glob++) {
		if (*glob == '[' && strchr(glob, ']') != NULL)
			glob = strchr(glob, ']');
		else if (*glob == '\\' && glob[1] != '\0')
			n++, glob++;
		else
			n += *glob != '?' && *glob != '*';
	}
	return n;
}

/* How well one address fits another; only the local part has a case. */
static size_t
address_fit(const char *address, const char *sender)
{
	const char *at = strrchr(address, '@');

	if (!text_same_word(sender, strlen(sender), address))
		return ACCOUNTMATCH_NONE;
	if (memcmp(address, sender, at == NULL ? strlen(address) :
	    (size_t)(at - address)) == 0)
		return ACCOUNTMATCH_EXACT;
	return ACCOUNTMATCH_CASE;
}

/* The address without its subaddress ("+..."), for the caller to free; NULL
 * when it has none. */
static char *
untagged(const char *sender)
{
	const char *at = strrchr(sender, '@');
	const char *plus = strchr(sender, '+');

	if (at == NULL || plus == NULL || plus > at || plus == sender ||
	    sender[0] == '"')
		return NULL;
	return buffer_format("%.*s%s", (int)(plus - sender), sender, at);
}

/* `bare` is the reverse-path without its subaddress, or NULL. */
static size_t
element_fit(const char *element, bool glob, const char *sender,
    const char *bare)
{
	size_t fit;

	if (glob) {
		fit = 2 * glob_weight(element);
		if (glob_fits(element, sender))
			return fit + 2 < ACCOUNTMATCH_GLOB ? fit + 2 :
			    ACCOUNTMATCH_GLOB;
		return bare != NULL && strchr(element, '+') == NULL &&
		    glob_fits(element, bare) ? 1 : ACCOUNTMATCH_NONE;
	}
	fit = address_fit(element, sender);
	if (fit != ACCOUNTMATCH_NONE || bare == NULL ||
	    strchr(element, '+') != NULL)
		return fit;
	fit = address_fit(element, bare);
	return fit == ACCOUNTMATCH_NONE ? fit : ACCOUNTMATCH_TAGGED +
	    (fit == ACCOUNTMATCH_EXACT);
}

size_t
accountmatch(const struct account *a, const char *sender, const char *author)
{
	const char *rest = a->from;
	size_t best = ACCOUNTMATCH_NONE, fit;
	char *element, *expanded, *bare;

	if (a->from == NULL)
		return ACCOUNTMATCH_NONE;
	bare = untagged(sender);
	while ((element = next_element(&rest)) != NULL) {
		expanded = pattern_expand_setting(a, OPTION_FROM, element,
		    author, is_glob(element), NULL);
		fit = expanded == NULL ? ACCOUNTMATCH_NONE :
		    element_fit(expanded, is_glob(element), sender, bare);
		best = fit > best ? fit : best;
		free(expanded);
		free(element);
	}
	free(bare);
	return best;
}

/* What auto_from stands for: user@maildomain, or the user alone. */
static char *
automatic(const struct account *a, struct fault *f)
{
	char *user = pattern_expand("%U", PATTERN_FROM, NULL, false, f);
	char *address;

	if (user == NULL || a->maildomain == NULL)
		return user;
	address = buffer_format("%s@%s", user, a->maildomain);
	free(user);
	return address;
}

/* The next element that is no glob, for the caller to free, or NULL. */
static char *
next_address(const char **rest)
{
	char *element = *rest == NULL ? NULL : next_element(rest);

	while (element != NULL && is_glob(element)) {
		free(element);
		element = next_element(rest);
	}
	return element;
}

/* One that needs a From field gives way to the next where there is none. */
static char *
first_address(const struct account *a, char *element, const char *rest,
    struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	char *address = NULL, *next;

	while (element != NULL && address == NULL) {
		address = pattern_expand_setting(a, OPTION_FROM, element,
		    a->author, false, &why);
		next = why.class == FAULT_DATA ? next_address(&rest) : NULL;
		free(element);
		element = next;
		if (next == NULL && address == NULL)
			fault_pass(f, &why, "");
		fault_clear(&why);
	}
	return address;
}

int
account_sender(const struct account *a, char **sender, struct fault *f)
{
	enum option_id id = a->auto_from == TOGGLE_ON ? OPTION_AUTO_FROM :
	    OPTION_FROM;
	const char *rest = a->from;
	char *element = NULL;

	*sender = NULL;
	if (id == OPTION_FROM && (element = next_address(&rest)) == NULL)
		return 0;
	*sender = element == NULL ? automatic(a, f) :
	    first_address(a, element, rest, f);
	return *sender != NULL ? 0 : account_fault_prefix(f, a, id);
}

int
account_full_name(const struct account *a, char **name, struct fault *f)
{
	*name = a->from_full_name == NULL ? NULL :
	    pattern_expand_setting(a, OPTION_FROM_FULL_NAME,
	    a->from_full_name, NULL, false, f);
	return *name != NULL || a->from_full_name == NULL ? 0 :
	    account_fault_prefix(f, a, OPTION_FROM_FULL_NAME);
}

/* The element with an example in place of each pattern, so that its syntax can
 * be checked. */
static char *
exemplify(const char *element)
{
	struct buffer b;

	buffer_init(&b, SIZE_MAX / 4);
	for (const char *p = element; *p != '\0'; p++) {
		if (p[0] != '%' || p[1] == '\0' ||
		    strchr(PATTERN_FROM, p[1]) == NULL) {
			buffer_add_char(&b, *p);
			continue;
		}
		p++;
		buffer_add_string(&b, *p == 'U' ? "user" : *p == 'F' ?
		    "user@host.example" : *p == '%' ? "%" : "host.example");
	}
	return buffer_detach(&b);
}

int
accountmatch_check(const struct account *a, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	struct option_place at = a->origin[OPTION_FROM];
	const unsigned column = at.column;
	const char *from = a->from == NULL ? "" : a->from, *rest = from;
	struct mailbox box;
	char *element, *example;
	bool empty;
	int r = 0;

	for (; r == 0; free(element)) {
		at.column = column + (unsigned)(rest - from) +
		    (unsigned)strspn(rest, ", \t");
		element = next_element(&rest);
		if (element == NULL)
			break;
		memset(&box, 0, sizeof(box));
		example = exemplify(element);
		if (!is_glob(element) && address_parse_path(&box, &empty,
		    example, strlen(example), &why) == -1)
			r = option_fault(f, &at, "from '%s': %s", element,
			    why.text);
		mailbox_free(&box);
		free(example);
		fault_clear(&why);
	}
	return r;
}

/* ---- sender: the address in place of others */

static int
parse(struct sender_address *s, const char *value, struct fault *f)
{
	bool empty = false;

	if (address_parse_path(&s->box, &empty, value, strlen(value), f) == -1)
		return -1;
	if (empty || s->box.domain[0] == '\0')
		return fault(f, FAULT_CONFIG, "'%s' has no domain", value);
	path_to_ascii(&s->box);
	return 0;
}

/* The user who runs us has an address of his own. */
static int
read_map(struct sender_address *s, struct fault *f)
{
	struct mailbox login = { .domain = (char[]){ "" } };
	const struct mailbox *box;

	s->map = senders_read(s->account, f);
	if (s->map == NULL)
		return -1;
	login.local = pattern_expand("%U", PATTERN_SENDER, NULL, false, NULL);
	box = login.local == NULL ? NULL : senders_find(s->map, &login);
	if (box != NULL) {
		mailbox_free(&s->box);
		mailbox_copy(&s->box, box);
	}
	free(login.local);
	return 0;
}

static int
read_sender(struct sender_address *s, struct fault *f)
{
	char *value = pattern_expand_setting(s->account, OPTION_SENDER,
	    s->account->sender, NULL, false, f);
	int r = -1;

	if (value != NULL) {
		value[option_address_split(value, strlen(value),
		    &s->force)] = '\0';
		r = parse(s, value, f);
	}
	free(value);
	return r;
}

int
sender_address_get(struct sender_address *s, const struct account *a,
    struct fault *f)
{
	enum option_id id = OPTION_SENDER;
	int r = 0;

	memset(s, 0, sizeof(*s));
	s->account = a;
	s->set = a->sender != NULL;
	if (s->set)
		r = read_sender(s, f);
	if (r == 0 && a->senders != NULL) {
		id = OPTION_SENDERS;
		r = read_map(s, f);
	}
	if (r == 0)
		return 0;
	fault_reclass(f, FAULT_CONFIG);
	return account_fault_prefix(f, a, id);
}

void
sender_address_free(struct sender_address *s)
{
	mailbox_free(&s->box);
	senders_free(s->map);
	memset(s, 0, sizeof(*s));
}

static bool
same_domain(const char *domain, const char *ours)
{
	size_t n = strlen(domain);
	char *ascii;
	bool same;

	if (ours == NULL || n == 0)
		return false;
	if (text_same_word(domain, n, ours))
		return true;
	if (idna_to_ascii(domain, &ascii) == -1)
		return false;
	same = text_same_word(ascii, strlen(ascii), ours);
	free(ascii);
	return same;
}

static bool
is_ours(const struct sender_address *s, const struct mailbox *box)
{
	char *spec;
	bool fits;

	if (!s->set)
		return true;
	if (s->force)
		return strcmp(box->local, s->box.local) == 0 &&
		    same_domain(box->domain, s->box.domain);
	if ((s->guess == NULL || !mailbox_same(box, s->guess)) &&
	    (same_domain(box->domain, s->box.domain) ||
	    same_domain(box->domain, s->account->qualify_domain)))
		return true;
	if (box->domain[0] == '\0' || s->account->from == NULL)
		return false;
	spec = address_spec(box);
	fits = accountmatch(s->account, spec, s->account->author) !=
	    ACCOUNTMATCH_NONE;
	free(spec);
	return fits;
}

/* What the file has for an address, or for the name that was the client's. */
static const struct mailbox *
mapped(const struct sender_address *s, const struct mailbox *box)
{
	const struct mailbox *found = senders_find(s->map, box);
	struct mailbox name = { .local = box->local, .domain = (char[]){ "" } };

	return found != NULL || s->guess == NULL ||
	    !mailbox_same(box, s->guess) ? found : senders_find(s->map, &name);
}

const struct mailbox *
sender_address_instead(const struct sender_address *s,
    const struct mailbox *box)
{
	const struct mailbox *found = s->map == NULL ? NULL : mapped(s, box);

	return found != NULL ? found : is_ours(s, box) ? NULL : &s->box;
}
