/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_TOKEN_H
#define SMARTHOST_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/* Mechanisms whose secret is a bearer token: RFC 7628, and Google's. */
enum token_kind { TOKEN_NONE, TOKEN_OAUTHBEARER, TOKEN_XOAUTH2 };

struct token {
	char *user;
	char *token;
};

/* The kind of a mechanism by its name. */
enum token_kind token_kind(const char *mechanism);

/*
 * Takes a client's first message apart, strictly; false when it is none. The
 * strings are the caller's to free by token_free.
 */
bool token_parse(enum token_kind kind, const char *message, size_t len,
    struct token *token);
void token_free(struct token *token);

/* Is this how a client answers the error that it was told? */
bool token_is_answer(enum token_kind kind, const char *message, size_t len);

#endif
