/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "config/account/account.h"
#include "delivery/request.h"
#include "modes/queue/folders.h"

void
queue_folders_tell(const struct request *r, struct fault *why, struct fault *f)
{
	if (why->class == FAULT_NONE)
		return;
	if (f->class != FAULT_NONE)
		r->note(why->text);
	else
		fault_pass(f, why, "");
	fault_clear(why);
}

/* Two paths can be one folder. */
static bool
is_same(const struct queue_folder *a, const struct queue_folder *b)
{
	struct stat one, two;

	return fstat(a->fd[QUEUE_MSG], &one) == 0 &&
	    fstat(b->fd[QUEUE_MSG], &two) == 0 && one.st_dev == two.st_dev &&
	    one.st_ino == two.st_ino;
}

static void
add(struct queue_folders *all, const struct account *a,
    const struct request *r, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	char *path = queue_folder_path(a, &why);
	struct queue_folder folder;
	bool known = false;

	if (path != NULL && queue_folder_open(&folder, path, false,
	    &why) == 1) {
		for (size_t i = 0; i < all->count && !known; i++)
			known = is_same(&all->folder[i], &folder);
		all->folder = memory_resize(all->folder, all->count + 1,
		    sizeof(*all->folder));
		all->folder[all->count++] = folder;
	}
	if (known)
		queue_folder_close(&all->folder[--all->count]);
	/* somebody without a home folder has no queue either */
	if (path != NULL || a != NULL)
		queue_folders_tell(r, &why, f);
	fault_clear(&why);
	free(path);
}

int
queue_folders_open(struct queue_folders *all, const struct request *r,
    struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	struct accounts accounts;

	memset(all, 0, sizeof(*all));
	accounts_init(&accounts);
	request_load(r, &accounts, &why);
	queue_folders_tell(r, &why, f);
	if (r->settings->queue_directory != NULL)
		add(all, r->settings, r, f);
	for (size_t i = 0; i < accounts.table.count; i++)
		if (accounts.table.account[i]->queue_directory != NULL)
			add(all, accounts.table.account[i], r, f);
	add(all, NULL, r, f);
	accounts_free(&accounts);
	return f->class == FAULT_NONE ? 0 : -1;
}

void
queue_folders_close(struct queue_folders *all)
{
	for (size_t i = 0; i < all->count; i++)
		queue_folder_close(&all->folder[i]);
	free(all->folder);
	memset(all, 0, sizeof(*all));
}
