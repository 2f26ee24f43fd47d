/* SPDX-License-Identifier: ISC */
/*
 * folder: where messages are kept until another try can serve them. A folder
 * belongs to one user and holds
 *
 *	msg/ID		a message that waits, never edited (entry.h)
 *	dead/ID		one that was given up
 *	state/ID	what has become of it so far (state.h)
 *	tmp/ID		a message that is still being written
 *	account/NAME	refused credentials, and the lock of a run (hold.h)
 *
 * What a crash can leave: files in tmp/, which nobody was told of, and a state
 * whose message is gone, or that was not yet in its place (ID.new).
 * queue_folder_sweep() removes these.
 */
#ifndef DELIVERY_QUEUE_FOLDER_H
#define DELIVERY_QUEUE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

struct account;
struct buffer;
struct fault;

#define QUEUE_ID_LEN 16		/* octets of the name of a message */

enum queue_place {
	QUEUE_MSG, QUEUE_DEAD, QUEUE_STATE, QUEUE_TMP, QUEUE_ACCOUNT,
	QUEUE_PLACES
};

struct queue_folder {
	char *path;			/* for people */
	int fd[QUEUE_PLACES];		/* its folders */
};

/*
 * The folder that the account names, patterns replaced, or else the default:
 * $STATE_DIRECTORY/queue, for root LOCALSTATEDIR/spool/postrider, else
 * $XDG_STATE_HOME/postrider/queue or ~/.local/state/postrider/queue. NULL is
 * an account that names none. The caller frees it; NULL with FAULT_CONFIG.
 */
char *queue_folder_path(const struct account *, struct fault *);
/*
 * Opens it; with `make` it is made where it is missing, and durable then. It
 * must be no symbolic link, belong to the effective user, and nobody else may
 * write it; the same goes for the folders in it. 1: opened. 0: there is none.
 * -1: FAULT_IO says why it will not do.
 */
int queue_folder_open(struct queue_folder *, const char *path, bool make,
    struct fault *);
/* The same for the folder of an account; -1 also as queue_folder_path(). */
int queue_folder_open_of(struct queue_folder *, const struct account *,
    bool make, struct fault *);
void queue_folder_close(struct queue_folder *);

/* Names, the oldest message first. */
struct queue_names {
	char (*name)[QUEUE_ID_LEN + 1];	/* the caller frees them */
	size_t count;
};
/* All files of one place whose names are ids. -1 with FAULT_IO: as many as
 * could be read. */
int queue_folder_list(const struct queue_folder *, enum queue_place,
    struct queue_names *, struct fault *);

/*
 * Makes what was done in a place durable. A file system that cannot sync a
 * folder is no failure. -1 with FAULT_IO.
 */
int queue_folder_sync(const struct queue_folder *, enum queue_place,
    struct fault *);
/*
 * Puts a file in place of the one of that name, or of none, whole and durable.
 * Nobody else may write it meanwhile. -1 with FAULT_IO: the old one is there,
 * or the new one, whole, if only the folder could not be synced.
 */
int queue_folder_replace(const struct queue_folder *, enum queue_place,
    const char *name, const struct buffer *, struct fault *);
/* Removes what a crash has left behind. */
void queue_folder_sweep(const struct queue_folder *);

/*
 * An id: the time in milliseconds, then a random number, so that ids sort by
 * age. -1 with FAULT_SYSTEM.
 */
int queue_id_make(char id[QUEUE_ID_LEN + 1], struct fault *);
bool queue_is_id(const char *);

#endif
