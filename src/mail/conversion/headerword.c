/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "mail/address/scan.h"
#include "mail/conversion/encoding.h"
#include "mail/conversion/conversion.h"
#include "mail/header/header.h"

/*
 * Writes the body of a field anew, some of it as encoded words, and folds it
 * where blanks allow that (RFC 5322 section 2.2.3). What unfolding gives stays
 * the same, blank for blank.
 */
struct fold {
	struct buffer *out;
	size_t limit;		/* octets of a line, where blanks allow it */
	size_t column;		/* octets of the line written so far */
	bool begun;		/* a word has been written on it */
	struct buffer blanks;	/* to be written before the next word */
	/* where no blank is: */
	size_t split;		/* octets of a line; 0: words stay whole */
	bool quoted;		/* in a quoted string, */
	bool escaped;		/* or a quoted pair, */
	bool angle;		/* or angle brackets, */
	size_t depth;		/* or so many comments */
};

static void
break_line(struct fold *fd)
{
	buffer_add_string(fd->out, "\r\n");
	fd->column = 0;
	fd->begun = false;
}

static void
flush_blanks(struct fold *fd)
{
	buffer_add(fd->out, fd->blanks.data, fd->blanks.len);
	fd->column += fd->blanks.len;
	fd->escaped = fd->escaped && fd->blanks.len == 0;
	buffer_clear(&fd->blanks);
}

/* Where are we behind this octet? */
static void
follow(struct fold *fd, char c)
{
	if (fd->escaped)
		fd->escaped = false;
	else if (c == '\\')
		fd->escaped = fd->quoted || fd->depth > 0;
	else if (fd->quoted || (c == '"' && fd->depth == 0))
		fd->quoted = fd->quoted != (c == '"');
	else if (c == '(' || (c == ')' && fd->depth > 0))
		fd->depth += c == '(' ? 1 : (size_t)-1;
	else if (fd->depth == 0 && (c == '<' || c == '>'))
		fd->angle = c == '<';
}

/* Octets of a word that fit on the line and end where a blank may stand: behind
 * a separator, or between two message identifiers. */
static size_t
find_split(const struct fold *fd, const char *s, size_t n)
{
	struct fold at = *fd;
	size_t split = 0;

	for (size_t i = 0; i + 1 < n &&
	    (split == 0 || fd->column + i < fd->split); i++) {
		follow(&at, s[i]);
		if (!at.quoted && !at.escaped && !at.angle && at.depth == 0 &&
		    (s[i] == ',' || s[i] == ';' ||
		    (s[i] == '>' && s[i + 1] == '<')))
			split = i + 1;
	}
	return split;
}

static void
put_word(struct fold *fd, const char *s, size_t n)
{
	for (size_t i = 0; fd->split > 0 && i < n; i++)
		follow(fd, s[i]);
	buffer_add(fd->out, s, n);
	fd->column += n;
	fd->begun = true;
}

/* A word; without blanks before it, it goes on with the last one. */
static void
add_word(struct fold *fd, const char *s, size_t n)
{
	size_t blanks = fd->blanks.len, part;

	/* a line of blanks alone would be obsolete syntax (section 4.2), and
	 * one of a field's name alone is taken for an empty field by some */
	if (blanks > 0 && fd->begun && fd->column + blanks + n > fd->limit)
		break_line(fd);
	flush_blanks(fd);
	while (fd->split > 0 && fd->column + n > fd->split &&
	    (part = find_split(fd, s, n)) > 0) {
		put_word(fd, s, part);
		break_line(fd);
		buffer_add_char(fd->out, ' ');
		fd->column = 1;
		s += part;
		n -= part;
	}
	put_word(fd, s, n);
}

static bool
is_space(char c)
{
	return text_is_blank(c) || c == '\r' || c == '\n';
}

/* Text in wire form, line ends included. A call ends at a word's edge. */
static void
fold_add(struct fold *fd, const char *s, size_t n)
{
	size_t end;

	for (size_t i = 0; i < n; i = end) {
		end = i + 1;
		if (text_is_blank(s[i])) {
			while (end < n && text_is_blank(s[end]))
				end++;
			buffer_add(&fd->blanks, s + i, end - i);
		} else if (s[i] == '\n') {
			flush_blanks(fd);
			break_line(fd);
		} else if (s[i] != '\r') {
			while (end < n && !is_space(s[end]))
				end++;
			add_word(fd, s + i, end - i);
		}
	}
}

/* A blank, if none is there already: what comes next is a word of its own. */
static void
fold_separate(struct fold *fd)
{
	if (fd->blanks.len == 0 && fd->column > 0)
		buffer_add_char(&fd->blanks, ' ');
}

/* UTF-8 as encoded words. A blank is put in front of it where there is none,
 * but for the beginning of a comment. */
static void
fold_add_encoded(struct fold *fd, const char *s, size_t n)
{
	size_t before = fd->out->len, at;

	if (before == 0 || fd->out->data[before - 1] != '(')
		fold_separate(fd);
	if (fd->column > 0 &&
	    fd->column + fd->blanks.len > ENCODING_COLUMN_MAX) {
		fold_separate(fd);
		break_line(fd);
	}
	flush_blanks(fd);
	before = fd->out->len;
	/* two octets are left for what may follow: the end of a comment */
	encoding_add_words(fd->out, s, n, fd->column + 2);
	fd->begun = true;
	fd->column += fd->out->len - before;
	for (at = fd->out->len; at > before; at--)
		if (fd->out->data[at - 1] == '\n') {
			fd->column = fd->out->len - at;
			break;
		}
}

/* A field's body on its way from raw text to encoded words. */
struct writing {
	const char *s;
	size_t n;
	size_t done;		/* octets written */
	size_t seen;		/* end of the last token looked at */
	struct fold fold;
	struct buffer text;	/* of a run of words to be encoded */
	bool changed;
};

/* Octets from `at` to `end` give way to w->text, encoded; it is empty then. */
static void
put_run(struct writing *w, size_t at, size_t end)
{
	fold_add(&w->fold, w->s + w->done, at - w->done);
	fold_add_encoded(&w->fold, w->text.data, w->text.len);
	if (end < w->n && !text_is_blank(w->s[end]) && w->s[end] != '\r' &&
	    w->s[end] != ')')
		fold_separate(&w->fold);
	buffer_clear(&w->text);
	w->done = end;
	w->changed = true;
}

/* Adds text as a reader has it: unfolded, and a comment's without escapes. */
static void
add_text(struct writing *w, size_t at, size_t end, bool comment)
{
	for (; at < end; at++) {
		if (comment && w->s[at] == '\\' && at + 1 < end)
			at++;
		if (w->s[at] != '\r' && w->s[at] != '\n')
			buffer_add_char(&w->text, w->s[at]);
	}
}

/* A word of unstructured text, and the white space before it. */
struct word {
	size_t space;		/* where that begins */
	size_t at;
	size_t end;
	bool encoded;		/* an encoded one already */
};

static bool
next_word(const struct writing *w, struct word *word, size_t from, size_t end)
{
	size_t n;

	word->space = word->at = from;
	while (word->at < end && is_space(w->s[word->at]))
		word->at++;
	word->end = word->at;
	while (word->end < end && !is_space(w->s[word->end]))
		word->end++;
	n = word->end - word->at;
	word->encoded = n > 0 && n <= ENCODING_WORD_MAX &&
	    scan_encoded_length(w->s + word->at, n) == n;
	return n > 0;
}

/*
 * Unstructured text, or a comment's up to its next parenthesis: encoded from
 * the first word that needs it to the last, so that the white space between
 * words is in the text. Encoded words of others bound such a run; as readers
 * drop what separates two of them, the run has that in itself.
 */
static void
write_text(struct writing *w, size_t from, size_t end, bool comment)
{
	struct word word, last = { from, from, from, false };
	size_t first = end, stop = end, head = end;

	for (bool more = true; more; from = word.end, last = word) {
		more = next_word(w, &word, from, end);
		if (!text_is_ascii(w->s + word.at, word.end - word.at)) {
			if (first == end) {
				first = word.at;
				head = last.encoded ? word.space : word.at;
			}
			stop = word.end;
		}
		if ((more && !word.encoded) || first == end)
			continue;
		add_text(w, head, more && stop == last.end ? word.at : stop,
		    comment);
		put_run(w, first, stop);
		first = end;
	}
}

/* White space and comments, nested or not, between two tokens. */
static void
write_gap(struct writing *w, size_t from, size_t end)
{
	size_t part = from;

	if (text_is_ascii(w->s + from, end - from))
		return;
	for (size_t i = from; i < end; i++) {
		if (w->s[i] == '\\') {
			i++;
		} else if (w->s[i] == '(' || w->s[i] == ')') {
			write_text(w, part, i, true);
			part = i + 1;
		}
	}
}

static size_t
token_end(const struct token *t)
{
	return t->at + t->len;
}

/* Does a comment stand between a token and the one before it? */
static bool
is_apart(const struct writing *w, const struct token *t)
{
	return memchr(w->s + token_end(&t[-1]), '(',
	    t->at - token_end(&t[-1])) != NULL;
}

/* An encoded word that readers take for one: it stands alone. */
static bool
is_encoded(const struct scan *sc, size_t i)
{
	return sc->token[i].kind == TOKEN_ENCODED &&
	    (i == 0 || sc->token[i].spaced) &&
	    (i + 1 == sc->count || sc->token[i + 1].spaced);
}

static bool
is_raw(const struct writing *w, const struct token *t)
{
	return !text_is_ascii(w->s + t->at, t->len);
}

/*
 * The run of words of a phrase that token k, which needs it, makes to be
 * encoded: to the last that needs it, with what stands close to either end.
 */
static struct token_span
find_run(const struct writing *w, const struct scan *sc, size_t first,
    size_t k)
{
	struct token_span run = { k, k + 1 };

	while (run.first > first && !sc->token[run.first].spaced)
		run.first--;
	for (size_t j = k + 1; j < sc->count && !is_encoded(sc, j) &&
	    !is_apart(w, &sc->token[j]); j++)
		if (is_raw(w, &sc->token[j]) ||
		    (run.last == j && !sc->token[j].spaced))
			run.last = j + 1;
	return run;
}

/* The run's text, as write_text() has it. */
static void
read_run(struct writing *w, const struct scan *sc, struct token_span run)
{
	if (run.first > 0 && is_encoded(sc, run.first - 1) &&
	    !is_apart(w, &sc->token[run.first]))
		buffer_add_char(&w->text, ' ');
	for (size_t i = run.first; i < run.last; i++) {
		const struct token *t = &sc->token[i];

		if (i > run.first && t->spaced)
			buffer_add_char(&w->text, ' ');
		buffer_add(&w->text, scan_value(sc, t), t->value_len);
	}
	if (run.last < sc->count && is_encoded(sc, run.last) &&
	    !is_apart(w, &sc->token[run.last]))
		buffer_add_char(&w->text, ' ');
}

/* The tokens of the scan so far: a phrase, or an address. */
static void
write_tokens(struct writing *w, const struct scan *sc, bool phrase)
{
	struct token_span run = { 0, 0 };

	for (size_t i = 0; i < sc->count; i++) {
		const struct token *t = &sc->token[i];

		if (i >= run.last)
			write_gap(w, w->seen, t->at);
		if (i >= run.last && phrase && is_raw(w, t)) {
			run = find_run(w, sc, run.last, i);
			read_run(w, sc, run);
			put_run(w, sc->token[run.first].at,
			    token_end(&sc->token[run.last - 1]));
		}
		w->seen = token_end(t);
	}
}

/* Where a part of an address list ends that is a phrase or an address. */
static bool
ends_part(enum token_kind kind, bool angle)
{
	return kind == TOKEN_END || kind == TOKEN_GT || (!angle &&
	    (kind == TOKEN_LT || kind == TOKEN_COLON || kind == TOKEN_COMMA ||
	    kind == TOKEN_SEMICOLON));
}

static int
write_addresses(struct writing *w)
{
	enum token_kind kind = TOKEN_COMMA;
	const struct token *t;
	bool angle = false;
	struct scan sc;
	int result = 0;

	scan_start(&sc, w->s, w->n, NULL);
	while (result == 0 && kind != TOKEN_END) {
		size_t at;

		if (scan_next(&sc, &t) == -1) {
			result = -1;
			break;
		}
		kind = t->kind;
		if (!ends_part(kind, angle))
			continue;
		at = t->at;
		if (kind != TOKEN_END)
			sc.count--;
		write_tokens(w, &sc, kind == TOKEN_LT || kind == TOKEN_COLON);
		write_gap(w, w->seen, at);
		w->seen = at;
		angle = kind == TOKEN_LT;
		scan_clear(&sc);
	}
	scan_free(&sc);
	return result;
}

/* Of fields of unknown text, "X-" ones, nobody knows who reads it. */
enum field_kind { FIELD_OTHER, FIELD_TEXT, FIELD_UNKNOWN, FIELD_ADDRESSES };

static enum field_kind
kind_of(const struct header *h, const struct header_field *f)
{
	static const char *const text[] = { "Subject", "Comments",
	    "Content-Description", "Organization", "Organisation", "Summary",
	    "Thread-Topic" };
	static const char *const addresses[] = { "From", "Sender", "Reply-To",
	    "To", "Cc", "Bcc", "Resent-From", "Resent-Sender",
	    "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc",
	    "Mail-Reply-To", "Mail-Followup-To", "Errors-To",
	    "Return-Receipt-To", "Disposition-Notification-To" };

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		if (header_field_is(h, f, text[i]))
			return FIELD_TEXT;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		if (header_field_is(h, f, addresses[i]))
			return FIELD_ADDRESSES;
	return f->name_len > 2 && text_same(h->text.data + f->start, 2,
	    "X-", 2) ? FIELD_UNKNOWN : FIELD_OTHER;
}

bool
headerword_may_stand(const struct header *h, const struct header_field *f)
{
	return kind_of(h, f) != FIELD_OTHER;
}

/* Writes the field's body into `out`. False: it stays as it is. */
static bool
write_field(const struct header *h, const struct header_field *f,
    enum field_kind kind, size_t limit, struct buffer *out)
{
	struct writing w = { .changed = false };
	int result = 0;

	w.s = header_body(h, f, &w.n);
	w.fold.out = out;
	w.fold.limit = kind == FIELD_OTHER ? limit : HEADERWORD_LINE_MAX;
	w.fold.split = kind_of(h, f) == FIELD_TEXT ? 0 : limit;
	w.fold.column = f->body - f->start;
	buffer_init(&w.fold.blanks, HEADER_MAX);
	buffer_init(&w.text, HEADER_MAX);
	if (kind == FIELD_TEXT || kind == FIELD_UNKNOWN)
		write_text(&w, 0, w.n, false);
	else if (kind == FIELD_ADDRESSES)
		result = write_addresses(&w);
	fold_add(&w.fold, w.s + w.done, w.n - w.done);
	flush_blanks(&w.fold);
	buffer_free(&w.fold.blanks);
	buffer_free(&w.text);
	return result == 0 && (w.changed || kind == FIELD_OTHER);
}

static size_t
longest_line(const char *p, const char *end)
{
	size_t longest = 0, n;
	const char *eol;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			break;
		n = (size_t)(eol - p) - 1;
		longest = n > longest ? n : longest;
	}
	return longest;
}

static size_t
field_longest_line(const struct header *h, const struct header_field *f)
{
	const char *p = h->text.data + f->start;

	return longest_line(p, p + f->len);
}

size_t
headerword_longest_line(const struct header *h, size_t *number)
{
	const struct header_field *of = NULL;
	size_t longest = number != NULL || h->added.len == 0 ? 0 :
	    longest_line(h->added.data, h->added.data + h->added.len);

	for (size_t i = 0; i < h->count; i++) {
		size_t n = h->field[i].removed ? 0 :
		    field_longest_line(h, &h->field[i]);

		if (n > longest) {
			longest = n;
			of = &h->field[i];
		}
	}
	if (number != NULL)
		*number = of == NULL ? 0 : header_line_number(h, of);
	return longest;
}

bool
headerword_is_needed(const struct header *h)
{
	size_t at = 0, n;
	const char *p;

	while ((n = header_next_octets(h, &at, &p)) > 0)
		if (!text_is_ascii(p, n))
			return true;
	return false;
}

/* What encoded words may stand for in this field. */
static enum field_kind
raw_kind(const struct header *h, const struct header_field *f)
{
	const char *body;
	size_t n;

	body = header_body(h, f, &n);
	return text_is_ascii(body, n) || !text_is_utf8(body, n) ?
	    FIELD_OTHER : kind_of(h, f);
}

/*
 * Text that is too long for its lines and has no blanks, as encoded words:
 * those fold, and a reader sees the same. Not if it has some already.
 */
static bool
write_encoded(const struct header *h, const struct header_field *f,
    struct buffer *out)
{
	struct writing w = { .changed = false };

	w.s = header_body(h, f, &w.n);
	w.n -= strlen("\r\n");
	if (!text_is_utf8(w.s, w.n) || text_find(w.s, w.n, "=?", 2) != NULL)
		return false;
	w.fold.out = out;
	w.fold.column = f->body - f->start;
	buffer_init(&w.fold.blanks, HEADER_MAX);
	buffer_init(&w.text, HEADER_MAX);
	for (; w.done < w.n && is_space(w.s[w.done]); w.done++)
		if (text_is_blank(w.s[w.done]))
			buffer_add_char(&w.fold.blanks, w.s[w.done]);
	add_text(&w, w.done, w.n, false);
	fold_add_encoded(&w.fold, w.text.data, w.text.len);
	buffer_add_string(out, "\r\n");
	buffer_free(&w.fold.blanks);
	buffer_free(&w.text);
	return true;
}

/* One field's new body, if it gets one. */
static bool
encode_field(const struct header *h, const struct header_field *f,
    bool encode, size_t limit, struct header_edit *edit)
{
	enum field_kind kind = encode ? raw_kind(h, f) : FIELD_OTHER;
	bool lengthy = limit > 0 && field_longest_line(h, f) > limit;
	bool changed = false;
	struct buffer out;

	buffer_init(&out, HEADER_MAX);
	if (kind != FIELD_OTHER)
		changed = write_field(h, f, kind, limit, &out);
	if (!changed && lengthy) {
		buffer_clear(&out);
		changed = write_field(h, f, FIELD_OTHER, limit, &out);
	}
	if (lengthy && kind_of(h, f) == FIELD_TEXT && out.len > 0 &&
	    longest_line(out.data, out.data + out.len) > limit) {
		buffer_clear(&out);
		changed = write_encoded(h, f, &out);
	}
	changed = changed && !out.full;
	if (changed)
		*edit = (struct header_edit){ f->body,
		    f->start + f->len - f->body, buffer_detach(&out) };
	buffer_free(&out);
	return changed;
}

static int
encode_fields(struct header *h, bool encode, size_t limit)
{
	struct header_edit *edit = NULL, one;
	size_t count = 0, cap = 0;
	int result;

	for (size_t i = 0; i < h->count; i++) {
		if (h->field[i].removed ||
		    !encode_field(h, &h->field[i], encode, limit, &one))
			continue;
		edit = memory_grow(edit, count, &cap, sizeof(*edit));
		edit[count++] = one;
	}
	result = header_edit(h, edit, count);
	while (count > 0)
		free(edit[--count].text);
	free(edit);
	return result;
}

/* Copies of what the message has, such as Reply-To, need it as much. */
static int
encode_added(struct header *h, bool encode, size_t limit)
{
	const char *p = h->added.data, *end = p + h->added.len, *eol;
	struct header own;
	int result = 0;

	if (text_is_ascii(p, h->added.len) &&
	    (limit == 0 || longest_line(p, end) <= limit))
		return 0;
	header_init(&own);
	for (; p < end && result == 0; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		result = header_add_line(&own, p, (size_t)(eol - p) - 1);
	}
	if (result == 0 && (result = encode_fields(&own, encode, limit)) == 0) {
		buffer_clear(&h->added);
		buffer_add(&h->added, own.text.data, own.text.len);
	}
	header_free(&own);
	return result;
}

int
headerword_encode(struct header *h, bool encode, size_t limit)
{
	if (h->added.len > 0 && encode_added(h, encode, limit) == -1)
		return -1;
	return encode_fields(h, encode, limit);
}
