/* SPDX-License-Identifier: ISC */
/*
 * confinement: what the process has to keep of its rights when its link has all
 * it needs. With one account and one message that is the queue's folder, if
 * there is a queue, and the way to the smarthost. Where another account may
 * follow, files can be read and connections made; where its password may come
 * from a command, nothing is given up.
 */
#ifndef DELIVERY_CONFINEMENT_H
#define DELIVERY_CONFINEMENT_H

#include <stdbool.h>

#include "base/confine.h"
#include "mail/message/body.h"

struct account;
struct accounts;

struct rest {
	struct confinement keep;
	char *queue;			/* path of the queue's folder */
	char *log;			/* and of the log file, or of its
					 * folder */
	const char *path[2 + BODY_PLACES];
};

/*
 * Fills the rest, which was zeros or filled before, and returns its `keep`, or
 * NULL where nothing can be given up. `own` is the account that the message is
 * for; `others`: one of the other accounts may follow. `queue` is the path of
 * its queue's folder, or NULL.
 */
const struct confinement *rest_fill(struct rest *, const struct account *own,
    const struct accounts *, bool others, const char *queue);
void rest_free(struct rest *);

#endif
