/* SPDX-License-Identifier: ISC */
/*
 * blame: which address a refusal is about. Servers refuse the reverse-path in
 * the reply to RCPT, or From in the reply to the message; what the reply says
 * is all there is to know it by.
 */
#ifndef DELIVERY_DIAGNOSIS_H
#define DELIVERY_DIAGNOSIS_H

#include "smtp/reply.h"

struct envelope;
struct fault;
struct header;

/*
 * For a transaction that has failed: gives the fault a hint that names the
 * address that was refused, and the setting or option that it comes from. The
 * replies are those to MAIL, the last refusal of a recipient, to DATA and to
 * the message; their code is 0 where there was none.
 */
struct diagnosis_replies {
	const struct reply *mail;
	const struct reply *rcpt;
	const struct reply *data;
	const struct reply *message;
};
void diagnosis_explain(const struct diagnosis_replies *,
		       const struct envelope *, const struct header *,
		       struct fault *);
/* The same for recipients that were refused while others were not: if one is
 * a bare name, whatever else the hint said gives way to that. */
void diagnosis_bare(const struct envelope *, struct fault *);

#endif
