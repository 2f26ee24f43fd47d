/* SPDX-License-Identifier: ISC */
/*
 * verdict: what a session leaves behind for those who tell of it afterwards,
 * when its connection is closed and its memory is gone.
 */
#ifndef SMTP_VERDICT_H
#define SMTP_VERDICT_H

#include "base/buffer.h"

struct reply;

struct verdict {
	int code;		/* of the reply that settled it; 0: none did */
	struct buffer text;	/* its lines, as in struct reply */
	const char *tls_version;	/* as of tls_version(); NULL: no TLS */
};

void verdict_init(struct verdict *);
void verdict_free(struct verdict *);
/* This reply settles it, unless its code is 0. Either may be NULL. */
void verdict_reply(struct verdict *, const struct reply *);

#endif
