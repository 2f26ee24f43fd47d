/* SPDX-License-Identifier: ISC */
/*
 * fold: writes the body of a field anew, some of it as encoded words, and
 * folds it where blanks allow that (RFC 5322 section 2.2.3). What unfolding
 * gives stays the same, blank for blank.
 */
#ifndef MAIL_HEADER_FOLD_H
#define MAIL_HEADER_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct fold {
	struct buffer *out;
	size_t limit;		/* octets of a line, where blanks allow it */
	size_t column;		/* octets of the line written so far */
	bool begun;		/* a word has been written on it */
	struct buffer blanks;	/* to be written before the next word */
};

/* column: octets of the line that stand before what is to be written. */
void fold_start(struct fold *, struct buffer *out, size_t limit,
    size_t column);
/* Text in wire form, line ends included. A call ends at a word's edge. */
void fold_add(struct fold *, const char *, size_t);
/*
 * UTF-8 as encoded words. A blank is put in front of it where there is none,
 * but for the beginning of a comment.
 */
void fold_add_encoded(struct fold *, const char *, size_t);
/* A blank, if none is there already: what comes next is a word of its own. */
void fold_separate(struct fold *);
/* What was held back; frees what the fold holds. */
void fold_end(struct fold *);

#endif
