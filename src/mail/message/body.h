/* SPDX-License-Identifier: ISC */
/*
 * body: the octets behind the header and its empty line. They are kept as they
 * came, and read in wire form: CRLF for every line end, and one behind the last
 * line.
 */
#ifndef MAIL_MESSAGE_BODY_H
#define MAIL_MESSAGE_BODY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "mail/message/bodyscan.h"

struct fault;

/* Octets of a body kept in memory: an ordinary mail needs no file system. */
#define BODY_MEMORY_MAX (1024 * 1024)

/* Octets that are worth being read at once: what a Linux pipe holds. */
#define BODY_READ (64 * 1024)

/* A sum of octets cut in any way; it tells accidents apart, no more. */
#define BODY_LANES 4	/* words that are summed up side by side */

struct body_sum {
	uint64_t lane[BODY_LANES];
	/* octets that are not in it yet, and how many */
	char row[BODY_LANES * sizeof(uint64_t)];
	size_t held;
};

struct body {
	/* all octets are in one of three places: in memory, where otherwise
	 * those stand that have still to be written to the file, */
	struct buffer memory;
	int tempfile;		/* in a file without a name, or -1, */
	const char *tempfile_dir;	/* which is in this folder; static, or
					 * the environment's, */
	int input;		/* or in the regular file given, or -1: */
	uint64_t start;		/* where they begin there, */
	struct body_sum sum;	/* and what they were at first */
	uint64_t size;		/* octets as they came */
	uint64_t crs;		/* CRs before the first: see line_next() */
	uint64_t octets;	/* in wire form */
	bool is_wire;		/* they came in it */
	struct bodycuts cuts;	/* where the wire form may be cut */
};

void body_init(struct body *);
/* The folders for the temporary file, the first that will do; how many. */
#define BODY_PLACES 3
size_t body_places(const char *place[BODY_PLACES]);
void body_free(struct body *);
/* Where the next BODY_READ octets may be read to: body_add() need not copy
 * them then. */
char *body_room(struct body *);
/*
 * Adds n octets. A body of BODY_MEMORY_MAX octets or more leaves memory. If
 * `input` is not -1 but a regular file in which the body begins at `start`, it
 * is read from there whenever it is needed, and the file must stay open as
 * long as the body; otherwise it moves to a temporary file: one that nobody
 * else can read, in $TMPDIR, or else in /var/tmp, or else in /tmp. -1 with
 * FAULT_IO when that cannot be made or written.
 */
int body_add(struct body *, const char *, size_t n, int input,
    uint64_t start, struct fault *);
/* The body is complete; `scan` has seen all of it, and its cuts become the
 * body's. -1 with FAULT_IO as above. */
int body_end(struct body *, struct bodyscan *scan, struct fault *);

/* A walk over the body, from body_walk_start() to body_walk_end(). */
struct body_walk {
	uint64_t at;		/* octets read */
	uint64_t given;		/* octets given, in wire form */
	bool begun;
	struct lineend lineend;
	struct body_sum sum;	/* of what was read from the input */
	struct buffer raw;	/* octets read from a file */
	const char *rest;	/* octets read that are not in wire form yet */
	const char *rest_end;
	struct buffer wire;	/* the same in wire form */
};
void body_walk_start(struct body_walk *);
/*
 * The next octets in wire form at *p, valid until the next call. Returns their
 * number, 0 at the end, -1 with FAULT_IO if the file cannot be read or has
 * changed: the last octets are given only when all have been found to be what
 * they were. A file that has only grown is as good.
 */
ssize_t body_next(const struct body *, struct body_walk *, const char **p,
    struct fault *);
void body_walk_end(struct body_walk *);
/* -1 with FAULT_IO: the file is not what it was. */
int body_changed(struct fault *);

#endif
