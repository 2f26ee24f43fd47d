/* SPDX-License-Identifier: ISC */
/* web: HTTPS, one connection at a time and one request on each. */
#ifndef TOKENSERVER_WEB_H
#define TOKENSERVER_WEB_H

#include <stddef.h>

#define WEB_TEXT 65536	/* octets of a request, and of most that is in one */

struct web;

struct web_request {
	char method[16];
	char path[256];
	char form[WEB_TEXT];	/* the query of a GET, the body of a POST */
};

/* Credentials for all connections; ends the program if they are unusable. */
void web_credentials(const char *certificate, const char *key);
/* Accepts a connection and reads its request; NULL when that fails. */
struct web *web_accept(int listener, struct web_request *);
void web_close(struct web *);

/* Sends a whole answer; `header` is lines that end with CRLF. */
void web_answer(struct web *, int status, const char *type,
    const char *header, const char *body);
/* Sends zeros as the body of an answer until the client goes away. */
void web_flood(struct web *);

/* The decoded value of a field, or "" when there is none. */
void web_field(const char *form, const char *name, char out[WEB_TEXT]);

#endif
