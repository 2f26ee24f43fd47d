/* SPDX-License-Identifier: ISC */
/*
 * folders: all queue folders that the caller may have: those that the accounts
 * of his files name, and the default one.
 */
#ifndef MODES_QUEUE_FOLDERS_H
#define MODES_QUEUE_FOLDERS_H

#include <stddef.h>

#include "delivery/queue/folder.h"

struct fault;
struct request;

struct queue_folders {
	struct queue_folder *folder;	/* open */
	size_t count;
};

/*
 * Opens those that are there, each once. What is wrong with an account file or
 * a folder is told by `note`, and the others are opened all the same; then -1,
 * and the fault is the first of these.
 */
int queue_folders_open(struct queue_folders *, const struct request *,
    struct fault *);
void queue_folders_close(struct queue_folders *);

/*
 * Passes on what is wrong with one of several things, and forgets it there:
 * the first becomes the fault, each later one is told by `note`.
 */
void queue_folders_tell(const struct request *, struct fault *why,
    struct fault *);

#endif
