/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "smtp/reply.h"
#include "smtp/verdict.h"

void
verdict_init(struct verdict *v)
{
	memset(v, 0, sizeof(*v));
	buffer_init(&v->text, REPLY_MAX);
}

void
verdict_free(struct verdict *v)
{
	buffer_free(&v->text);
	verdict_init(v);
}

void
verdict_reply(struct verdict *v, const struct reply *r)
{
	if (v == NULL || r == NULL || r->code == 0)
		return;
	v->code = r->code;
	buffer_clear(&v->text);
	buffer_add(&v->text, r->text.data, r->text.len);
}
