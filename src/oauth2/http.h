/* SPDX-License-Identifier: ISC */
/*
 * http: a form is posted by HTTPS, and the answer is read. Only this module
 * knows libcurl. Certificates are always verified; redirects are never
 * followed.
 */
#ifndef OAUTH2_HTTP_H
#define OAUTH2_HTTP_H

#include <stdbool.h>

#include "base/buffer.h"

struct fault;

#define HTTP_SECONDS 30			/* for all of one request */
#define HTTP_ANSWER_MAX (1024 * 1024)	/* octets of a body */

struct http_route {
	const char *url;	/* as http_is_secure() wants it */
	const char *ca_file;	/* trust anchors instead of the system's, PEM;
				 * NULL: the system's store */
	const char *ca_folder;	/* the same, a folder of hashed names */
	const char *proxy;	/* NULL: what the environment says */
};

struct http_answer {
	long status;		/* 200, ... */
	struct buffer body;	/* wiped by http_answer_free() */
};

/* An https address without blanks, control characters, user or password? */
bool http_is_secure(const char *url);
/* The host of such an address, which the caller frees. */
char *http_host(const char *url);

void http_answer_init(struct http_answer *);
void http_answer_free(struct http_answer *);
/*
 * Posts the form. FAULT_TEMPORARY when no complete answer came: name, network,
 * TLS, time, size. FAULT_CONFIG when the trust anchors cannot be read. A
 * status of any kind is an answer.
 */
int http_post(const struct http_route *, const struct buffer *form,
    struct http_answer *, struct fault *);

#endif
