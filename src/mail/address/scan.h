/* SPDX-License-Identifier: ISC */
/*
 * scan: cuts an address list into tokens (RFC 5322 sections 3.2 and 4.1 to
 * 4.4), for the parser and for headerword. Blanks, folds and comments are known
 * here only. An element is what lies between two separators.
 */
#ifndef MAIL_ADDRESS_SCAN_H
#define MAIL_ADDRESS_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct fault;

enum token_kind {
	TOKEN_END,
	TOKEN_ATOM,	/* atext of RFC 5322 and RFC 6532 */
	TOKEN_ENCODED,	/* encoded word of RFC 2047, specials or not */
	TOKEN_QUOTED,	/* quoted string */
	TOKEN_LITERAL,	/* [...]: a domain literal, or part of a name */
	TOKEN_DOT = '.',
	TOKEN_AT = '@',
	TOKEN_LT = '<',
	TOKEN_GT = '>',
	TOKEN_COLON = ':',
	TOKEN_SEMICOLON = ';',
	TOKEN_COMMA = ','
};

struct token {
	enum token_kind kind;
	bool spaced;	/* blanks or comments stand before it */
	size_t at;	/* where it begins in the input */
	size_t len;	/* octets in the input */
	size_t value;	/* offset in scan.values, where it stands without
			 * quotes, escapes and folds */
	size_t value_len;
};

/* Some tokens of an element, from `first` to the one before `last`. */
struct token_span {
	size_t first;
	size_t last;
};

/*
 * Tokens of one element. An address with more is an attack on memory, not an
 * address: RFC 5321 section 4.5.3.1.3 wants 256 octets of a path, and no
 * display name has thousands of words.
 */
#define ELEMENT_TOKENS_MAX 8192

struct scan {
	const char *s;
	size_t n;
	size_t i;		/* next octet */
	bool checked;		/* there are no control characters from there */
	struct fault *fault;
	struct token *token;	/* the element; the last is its TOKEN_END */
	size_t count;		/* tokens, that one not counted */
	size_t cap;
	struct buffer values;	/* of the tokens of this element */
};

/* Begins with a text, which is not owned; scan_free() is due. */
void scan_start(struct scan *, const char *s, size_t n, struct fault *);
/* Forgets the tokens so far: a new element begins. */
void scan_clear(struct scan *);
/*
 * Adds the next token, which is valid until the next call. -1 with FAULT_DATA
 * for text that is none, and when from here on control characters come other
 * than tabs and folds (RFC 5322 section 3.2.2), or a line end that does not
 * fold.
 */
int scan_next(struct scan *, const struct token **);
void scan_free(struct scan *);

/*
 * An element that needs no tokens, as nearly all are: "local@domain" of at most
 * `max` octets, of letters, digits, "-" and "_", with dots in between and
 * nothing but blanks around it. False, and nothing is taken, where another one
 * begins.
 */
struct scan_plain {
	size_t at;		/* of the local part, in the input */
	size_t domain;		/* the "@" stands before it */
	size_t end;
	bool last;		/* else a comma stood behind it */
};
bool scan_plain(struct scan *, size_t max, struct scan_plain *);
bool scan_is_plain(char);

/* Octets of the encoded word (RFC 2047 section 2) that begins n octets, of any
 * length; 0 if none does. */
size_t scan_encoded_length(const char *, size_t n);
const char *scan_value(const struct scan *, const struct token *);
/*
 * Records FAULT_DATA, which names octet `at` (counted from 0 here, and from 1
 * in the fault) and quotes n octets from there, or the first of many.
 */
int scan_fault(const struct scan *, size_t at, size_t n, const char *what);
/* The same of the octets of a span, or of the token behind an empty one; and
 * of one token. */
int scan_span_fault(const struct scan *, struct token_span, const char *what);
int scan_token_fault(const struct scan *, size_t i, const char *what);

#endif
