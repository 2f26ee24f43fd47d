/* SPDX-License-Identifier: ISC */
/*
 * conn: two windows over a wire. Writes are promises: conn_put() and
 * conn_flush() cannot fail, a failure surfaces at the next conn_fill(), after
 * everything the peer managed to say has been read. Only this module knows
 * blocking and deadlines.
 */
#ifndef WIRE_CONN_H
#define WIRE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fault;

#define CONN_OUTPUT_SIZE 16384		/* octets: a TLS record, RFC 8446 5.1 */
#define CONN_INPUT_MAX (128 * 1024)	/* octets the peer may be ahead of us */
#define CONN_PROGRESS_MS (180 * 1000)	/* a write stalled longer has failed */

/*
 * How bytes move. recv and send return octets moved, 0 (recv only) at the end
 * of the stream, or -1: with *events set to the poll(2) events to wait for,
 * or *events 0 and a fault recorded. A send that wanted to wait is repeated
 * with the same bytes. recv is asked before anything is waited for, since it
 * may hold octets that no descriptor shows, and it comes back after a while
 * even if the peer keeps it busy without any: deadlines are looked at in
 * between. shut says goodbye without waiting.
 */
struct wire {
	void *context;
	ssize_t (*recv)(void *, void *, size_t, short *events, struct fault *);
	ssize_t (*send)(void *, const void *, size_t, short *events,
	    struct fault *);
	void (*shut)(void *);
};

struct conn;

/*
 * A connection over descriptors that the conn owns from now on (they may be
 * the same) and makes non-blocking. peer ("host:port") is copied; it begins
 * every fault. progress_ms bounds a stalled write.
 */
struct conn *conn_new(int rfd, int wfd, const char *peer, int64_t progress_ms);
/* Closes; what was not flushed is lost. */
void conn_free(struct conn *);
const char *conn_peer(const struct conn *);
int conn_read_fd(const struct conn *);
int conn_write_fd(const struct conn *);
/* From now on bytes move by this wire. Both windows must be empty. */
void conn_rewire(struct conn *, const struct wire *);

/* Output leaves when the window is full; may wait for that long. */
void conn_put(struct conn *, const void *, size_t);
/*
 * Output that leaves from where it is, the window being empty: the caller
 * keeps it until conn_flush(), or conn_flush_some() with true, has returned.
 */
void conn_lend(struct conn *, const void *, size_t);
/* Waits until the output has left, or failed. */
void conn_flush(struct conn *);
/*
 * Works on the output until it has left or failed (true), or until input has
 * arrived that the caller should look at (false). It fails when nothing has
 * left for progress_ms; taking input begins that time anew.
 */
bool conn_flush_some(struct conn *);
/* Room in the output window, octets. */
size_t conn_room(const struct conn *);
/* Octets that have left this process since the beginning. */
uint64_t conn_sent(const struct conn *);
/* Is told of these whenever some have left; NULL: nobody is. */
void conn_watch(struct conn *, void (*watch)(void *context, uint64_t sent),
    void *context);
/* All that was put has left this process. */
bool conn_all_sent(const struct conn *);

/* The input window: what has been received and not taken. */
size_t conn_input(const struct conn *, const char **p);
void conn_take(struct conn *, size_t);
/*
 * Flushes, and waits until more input is there: 0, or -1 with FAULT_TEMPORARY
 * for the end of the stream, a broken wire or a passed deadline (absolute, as
 * of clock_now(); it bounds the flush, too), FAULT_PROTOCOL if the window is
 * full.
 */
int conn_fill(struct conn *, int64_t deadline, struct fault *);
/* Takes in what has arrived already; never waits. True if there is input. */
bool conn_peek(struct conn *);

/* Sends what is left if that is possible at once, says goodbye, and closes
 * the wire. Never waits, never fails. */
void conn_leave(struct conn *);

#endif
