/* SPDX-License-Identifier: ISC */
/*
 * state: what has become of a message in the queue, in a file beside it that
 * is replaced as a whole. Who has the message already is not tried again.
 */
#ifndef DELIVERY_QUEUE_STATE_H
#define DELIVERY_QUEUE_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct buffer;
struct fault;
struct queue_entry;
struct queue_folder;

/* Times are seconds since 1970. */
struct queue_state {
	unsigned long attempts;
	int64_t since;		/* from when on its age counts; 0: from the
				 * entry's time */
	int64_t last;		/* the last try; 0: none */
	int64_t next;		/* not before that */
	int64_t unsure;		/* since then it may have been delivered; 0: it
				 * is certain that it was not */
	bool held;		/* not tried until it is released */
	char *by;		/* the account at whose smarthost it may have
				 * been delivered, where it is a fallback */
	char *reason;		/* why it waits, printable; or NULL */
};

void queue_state_init(struct queue_state *);
void queue_state_free(struct queue_state *);
void queue_state_set_reason(struct queue_state *, const char *);
/*
 * Reads the state of an entry; without a file it is the first one. Recipients
 * get theirs: PENDING with the reply that they had last, REFUSED for good with
 * the reply, or DELIVERED. -1 with FAULT_IO when it is not understood.
 */
int queue_state_read(struct queue_state *, struct queue_entry *,
    const struct queue_folder *, struct fault *);
/*
 * Writes it, durably, with the recipients as the entry has them; what is
 * neither REFUSED nor DELIVERED waits. -1 with FAULT_IO: the old one stands.
 */
int queue_state_write(const struct queue_state *, const struct queue_entry *,
    const struct queue_folder *, struct fault *);
/* Adds the lines of its file, but for those of recipients. */
void queue_state_add(struct buffer *, const struct queue_state *);

/*
 * When a message of that time that was tried now is to be tried again: after 5
 * minutes, and half as long again each time, up to 4000 seconds. It is the age
 * that counts, so that tries by hand make no difference.
 */
int64_t queue_state_next(int64_t time, int64_t now);
/* Is it to be tried now? A clock that was wrong does not put it off. */
bool queue_state_is_due(const struct queue_state *, int64_t now);
/* Seconds in which one that may have been delivered is not tried again. */
#define QUEUE_UNSURE_SECONDS (10 * 60)

#endif
