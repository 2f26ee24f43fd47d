/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/variable.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "config/password/password.h"

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

/* A value with a NUL cannot be used: the protocols have no place for it. */
static void
entry_set_password(struct entry *e, const struct scan *s)
{
	if (s->word.len > 0 && memchr(s->word.data, '\0', s->word.len) == NULL)
		secret_set(&e->password, s->word.data, s->word.len);
}

static void
take_keyword(struct scan *s, struct entry *e, const char *user)
{
	if (word_is_any(s, "login", "user")) {
		e->other_user = !next_word(s, false) || user == NULL ||
		    !word_is(s, user);
	} else if (word_is_any(s, "password", "passwd")) {
		if (next_word(s, false))
			entry_set_password(e, s);
	} else if (word_is(s, "macdef")) {
		skip_macro(s);
	} else if (word_is(s, "account")) {
		next_word(s, false);
	}
}

bool
netrc_find(const char *text, size_t n, const char *host, const char *user,
    struct secret *secret)
{
	struct scan s = { .p = text, .end = text + n };
	struct entry e = { false, false, { NULL, 0 } };
	bool found;

	/* at once as large as the text: a buffer that grows leaves copies of a
	 * password behind */
	buffer_init(&s.word, n + 1);
	buffer_reserve(&s.word, n);
	while (n > 0 && next_word(&s, true)) {
		if (!word_is_any(&s, "machine", "default")) {
			take_keyword(&s, &e, user);
			continue;
		}
		if (entry_fits(&e))
			break;
		secret_clear(&e.password);
		e.other_user = false;
		e.ours = word_is(&s, "default") || (next_word(&s, false) &&
		    text_same_word(s.word.data, s.word.len, host));
	}
	found = entry_fits(&e);
	if (found)
		secret_copy(secret, &e.password);
	secret_clear(&e.password);
	buffer_wipe(&s.word);
	return found;
}

static int
check(const struct file *file, struct notes *notes, struct fault *f)
{
	if (owner_check(file, "netrc file", NULL, f) == -1)
		return -1;
	return passwordfile_check(file, "a password", true, notes, f);
}

/* Looks into one of the files; the result is that of netrc_password(). */
static int
look_into(const char *path, bool own, const struct account *account,
    struct secret *secret, struct notes *notes, struct fault *f)
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
		r = own && check(&file, notes, f) == -1 ? -1 : 1;
	buffer_wipe(&b);
	file_close(&file);
	return r;
}

int
netrc_password(const struct account *account, struct secret *secret,
    struct notes *notes, struct fault *f)
{
	char *path = variable_set_id() ? NULL : account_path("~/.netrc");
	int r = path == NULL ? 0 : look_into(path, true, account, secret,
	    notes, f);

	free(path);
	if (r != 0)
		return r;
	return look_into(SYSCONFDIR "/netrc", false, account, secret, notes,
	    f);
}
