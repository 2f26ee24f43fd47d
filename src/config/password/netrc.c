/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/password/source.h"

#define PATH_SIZE_MAX (64 * 1024)	/* octets of a path */

struct scan {
	const char *p;
	const char *end;
	struct buffer word;	/* the last one; may be a password */
};

/* One entry, as far as it has been read. */
struct entry {
	bool ours;		/* of the host that is looked for */
	bool other_user;
	struct secret password;
};

static bool
is_space(char c)
{
	return text_is_blank(c) || c == '\n' || c == '\r';
}

static void
skip_line(struct scan *s)
{
	while (s->p < s->end && *s->p != '\n')
		s->p++;
}

/* Reads a quoted word; a quote that is not closed ends with its line. */
static void
quoted(struct scan *s)
{
	char quote = *s->p++;

	for (; s->p < s->end && *s->p != '\n' && *s->p != quote; s->p++) {
		if (*s->p == '\\' && s->p + 1 < s->end && s->p[1] != '\n')
			s->p++;
		buffer_add_char(&s->word, *s->p);
	}
	if (s->p < s->end && *s->p == quote)
		s->p++;
}

/* Reads the next word; false at the end. Only where a keyword could stand
 * (`grammar`) "#" begins a comment. */
static bool
next_word(struct scan *s, bool grammar)
{
	buffer_clear(&s->word);
	for (;;) {
		while (s->p < s->end && is_space(*s->p))
			s->p++;
		if (s->p == s->end)
			return false;
		if (!grammar || *s->p != '#')
			break;
		skip_line(s);
	}
	if (*s->p == '"' || *s->p == '\'') {
		quoted(s);
		return true;
	}
	while (s->p < s->end && !is_space(*s->p))
		buffer_add_char(&s->word, *s->p++);
	return true;
}

static bool
word_is(const struct scan *s, const char *word)
{
	return text_is(s->word.data, s->word.len, word);
}

static bool
word_is_any(const struct scan *s, const char *a, const char *b)
{
	return s->word.len > 0 && (word_is(s, a) || word_is(s, b));
}

/* A macro's text ends with an empty line. */
static void
skip_macro(struct scan *s)
{
	next_word(s, false);
	do {
		skip_line(s);
		if (s->p < s->end)
			s->p++;
	} while (s->p < s->end && *s->p != '\n' && *s->p != '\r');
}

static bool
entry_fits(const struct entry *e)
{
	return e->ours && !e->other_user && secret_is_set(&e->password);
}

static void
entry_begin(struct entry *e, bool ours)
{
	secret_clear(&e->password);
	e->ours = ours;
	e->other_user = false;
}

/* A value with a NUL cannot be used: the protocols have no place for it. */
static void
entry_set_password(struct entry *e, const struct scan *s)
{
	if (s->word.len > 0 && memchr(s->word.data, '\0', s->word.len) == NULL)
		secret_set(&e->password, s->word.data, s->word.len);
}

/*
 * Reads up to the keyword of the next entry; false at the end. The caller looks
 * at the entry that was read before it begins that one.
 */
static bool
read_entry(struct scan *s, struct entry *e, const char *user)
{
	while (next_word(s, true)) {
		if (word_is_any(s, "machine", "default"))
			return true;
		if (word_is_any(s, "login", "user")) {
			e->other_user = !next_word(s, false) ||
			    user == NULL || !word_is(s, user);
		} else if (word_is_any(s, "password", "passwd")) {
			if (next_word(s, false))
				entry_set_password(e, s);
		} else if (word_is_any(s, "macdef", "macdef")) {
			skip_macro(s);
		} else if (word_is_any(s, "account", "account")) {
			next_word(s, false);
		}
	}
	return false;
}

bool
netrc_find(const char *text, size_t n, const char *host, const char *user,
    struct secret *secret)
{
	struct scan s = { .p = text, .end = text + n };
	struct entry e = { false, false, { NULL, 0 } };
	bool more = n > 0, found;

	/* at once as large as the text: a buffer that grows leaves copies of a
	 * password behind */
	buffer_init(&s.word, n + 1);
	buffer_reserve(&s.word, n);
	while (more) {
		more = read_entry(&s, &e, user);
		if (entry_fits(&e) || !more)
			break;
		if (word_is(&s, "default"))
			entry_begin(&e, true);
		else
			entry_begin(&e, next_word(&s, false) && text_same_word(
			    s.word.data, s.word.len, host));
	}
	found = entry_fits(&e);
	if (found)
		secret_set(secret, e.password.bytes, e.password.len);
	secret_clear(&e.password);
	buffer_wipe(&s.word);
	return found;
}

/* One of the files: as netrc_password(). */
static int
look_into(const char *path, bool own, const struct account *account,
    struct secret *secret, struct fault *f)
{
	struct file file;
	struct buffer b;
	int r = 0;

	if (file_open(&file, path) == -1)
		return 0;
	buffer_init(&b, NETRC_MAX);
	if ((file_type(&file) == NULL || S_ISFIFO(file.st.st_mode)) &&
	    file_read(&file, &b) == 0 && netrc_find(b.data, b.len,
	    account_host(account), account->user, secret))
		r = own && passwordfile_check(&file, f) == -1 ? -1 : 1;
	buffer_wipe(&b);
	file_close(&file);
	return r;
}

int
netrc_password(const struct account *account, struct secret *secret,
    struct fault *f)
{
	char *home = account_home();
	struct buffer path;
	int r = 0;

	buffer_init(&path, PATH_SIZE_MAX);
	if (home != NULL && buffer_printf(&path, "%s/.netrc", home) == 0)
		r = look_into(path.data, true, account, secret, f);
	free(home);
	buffer_free(&path);
	if (r != 0)
		return r;
	return look_into(SYSCONFDIR "/netrc", false, account, secret, f);
}
