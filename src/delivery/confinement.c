/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/account/account.h"
#include "config/password/password.h"
#include "delivery/carrier.h"

/* Might one of the accounts, or the file of them, run a command again? */
static bool
run_commands(const struct account *own, const struct accounts *all)
{
	bool run = all->evaluated || account_runs_command(own);

	for (size_t i = 0; i < all->table.count && !run; i++)
		run = account_runs_command(all->table.account[i]);
	return run;
}

/* The log file; its folder, where it is opened for so long that it may have
 * been rotated. */
static char *
log_path(const struct account *a, bool long_lived)
{
	char *path = a->logfile == NULL || strcmp(a->logfile, "-") == 0 ?
	    NULL : account_path(a->logfile);
	char *slash = path == NULL ? NULL : strrchr(path, '/');

	if (long_lived && slash != NULL)
		slash[slash == path] = '\0';
	return path;
}

const struct confinement *
rights_fill(struct rights *r, const struct account *own,
    const struct accounts *all, bool others, const char *queue)
{
	size_t n = 0;

	rights_free(r);
	if (others && run_commands(own, all))
		return NULL;
	r->queue = memory_string(queue);
	r->log = others || queue != NULL ? log_path(own, others) : NULL;
	r->path[n++] = r->queue;
	r->path[n++] = r->log;
	if (others)
		n += body_places(&r->path[n]);
	r->keep.read = others;
	r->keep.path = r->path;
	r->keep.paths = n;
	return &r->keep;
}

void
rights_free(struct rights *r)
{
	free(r->queue);
	free(r->log);
	memset(r, 0, sizeof(*r));
}
