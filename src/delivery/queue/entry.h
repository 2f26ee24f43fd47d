/* SPDX-License-Identifier: ISC */
/*
 * entry: a message in the queue, in one file that is never edited: a header of
 * lines "key: value", an empty line, and the message as one account sends it,
 * in wire form. postrider-queue(5) is the manual of the format. There is no
 * secret in it: the account has only its name there.
 */
#ifndef DELIVERY_QUEUE_ENTRY_H
#define DELIVERY_QUEUE_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "mail/envelope.h"
#include "delivery/queue/folder.h"

struct fault;
struct message;

struct queue_entry {
	char id[QUEUE_ID_LEN + 1];
	enum queue_place place;		/* QUEUE_MSG or QUEUE_DEAD */
	int64_t time;			/* seconds since 1970 */
	uint64_t uid;			/* who submitted it */
	char *account;			/* by name */
	char *file;			/* -C, a whole path; or NULL */
	bool file_of_root;		/* that file must be root's own */
	bool path_of_account;		/* the reverse-path was not given, */
	bool from_of_account;		/* nor was a From field */
	/* all recipients; state.h says what has become of them */
	struct envelope envelope;
	bool eight_bit;			/* BODY=8BITMIME */
	uint64_t octets;		/* of the message */
	struct file on_disk;		/* the lock goes with it */
	uint64_t message_at;		/* offset of the message in it */
};

/* An entry of nothing. */
void queue_entry_init(struct queue_entry *);
/* Frees everything, and lets the lock go. */
void queue_entry_free(struct queue_entry *);

/*
 * Reads an entry. With `lock` nobody else has it until it is freed. 1: read.
 * 0: it is gone, or somebody else has the lock. -1: FAULT_IO says why it is
 * none, and it must be left alone: it is not ours, is no file, has a version
 * or key that is unknown, or is shorter or longer than it says.
 */
int queue_entry_read(struct queue_entry *, const struct queue_folder *,
    enum queue_place, const char *id, bool lock, struct fault *);
/* Has somebody the lock of an entry that was read without? */
bool queue_entry_is_busy(const struct queue_entry *);

/*
 * Writes an entry to tmp, under a new id and locked: everything but id, octets
 * and on_disk must be filled. It is durable, and not in the queue yet. -1 with
 * FAULT_IO, or FAULT_DATA when a name holds a control character.
 */
int queue_entry_write(struct queue_entry *, const struct queue_folder *,
    const struct message *, struct fault *);
/*
 * Puts the entry that was written into the queue. 0 is the point from which on
 * the message cannot be lost. -1 with FAULT_IO: it is not in the queue.
 */
int queue_entry_commit(struct queue_entry *, const struct queue_folder *,
    struct fault *);
/* Or takes it back. */
void queue_entry_abandon(struct queue_entry *, const struct queue_folder *);

/* These want an entry with its lock. Removes it, and its state. */
int queue_entry_remove(struct queue_entry *, const struct queue_folder *,
    struct fault *);
/* Moves it to another place. */
int queue_entry_move(struct queue_entry *, const struct queue_folder *,
    enum queue_place to, struct fault *);

#endif
