/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/text.h"
#include "mail/conversion/encoding.h"
#include "mail/header/fold.h"
#include "mail/header/header.h"

void
fold_start(struct fold *fd, struct buffer *out, size_t limit, size_t column)
{
	memset(fd, 0, sizeof(*fd));
	fd->out = out;
	fd->limit = limit;
	fd->column = column;
	buffer_init(&fd->blanks, HEADER_MAX);
}

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
	buffer_clear(&fd->blanks);
}

/* A word; without blanks before it, it goes on with the last one. */
static void
add_word(struct fold *fd, const char *s, size_t n)
{
	size_t blanks = fd->blanks.len;

	/* a line of blanks alone would be obsolete syntax (section 4.2), and
	 * one of a field's name alone is taken for an empty field by some */
	if (blanks > 0 && fd->begun && fd->column + blanks + n > fd->limit)
		break_line(fd);
	flush_blanks(fd);
	buffer_add(fd->out, s, n);
	fd->column += n;
	fd->begun = true;
}

static bool
ends_word(char c)
{
	return text_is_blank(c) || c == '\r' || c == '\n';
}

void
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
			while (end < n && !ends_word(s[end]))
				end++;
			add_word(fd, s + i, end - i);
		}
	}
}

static char
last_octet(const struct fold *fd)
{
	return fd->out->len == 0 ? ':' : fd->out->data[fd->out->len - 1];
}

void
fold_separate(struct fold *fd)
{
	if (fd->blanks.len == 0 && fd->column > 0)
		buffer_add_char(&fd->blanks, ' ');
}

void
fold_add_encoded(struct fold *fd, const char *s, size_t n)
{
	size_t before, at;

	if (last_octet(fd) != '(')
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

void
fold_end(struct fold *fd)
{
	flush_blanks(fd);
	buffer_free(&fd->blanks);
}
