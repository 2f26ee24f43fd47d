/* SPDX-License-Identifier: ISC */
/*
 * body: what is behind a header, kept as it came and given in wire form, with
 * CRLF for every line end and one behind the last line.
 */
#ifndef MAIL_MESSAGE_BODY_H
#define MAIL_MESSAGE_BODY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "mail/message/bodyscan.h"
#include "mail/message/lineend.h"
#include "mail/message/source.h"

struct fault;

/* Octets of a body kept in memory: an ordinary mail needs no file system. */
#define BODY_MEMORY_MAX (1024 * 1024)

/* Octets that are worth being read at once: what a Linux pipe holds. */
#define BODY_READ (64 * 1024)

struct body {
	struct buffer memory;	/* the octets, while they are few; later those
				 * on their way to the spool */
	int spool;		/* or all of them: an unlinked file, or -1, */
	struct source source;	/* or the file that we were given */
	const char *tempfile_dir;	/* where it is, for faults */
	uint64_t size;		/* octets as they came */
	bool cr;		/* they begin behind a CR */
	uint64_t octets;	/* in wire form */
	struct bodycuts cuts;	/* where to cut it then */
};

void body_init(struct body *);
void body_free(struct body *);
/* Room for the next BODY_READ octets: read there, they need not be copied. */
char *body_room(struct body *);
/*
 * Keeps n octets more. From BODY_MEMORY_MAX on all of them move to a spool (in
 * $TMPDIR, else /var/tmp, else /tmp); or, if the input is a regular file (not
 * -1) in which the body begins at `start`, stay there, and it must stay open
 * as long as the body. FAULT_IO when spooling fails.
 */
int body_add(struct body *, const char *, size_t n, int input,
    uint64_t start, struct fault *);
/* There are no more of them: scan has seen all; its cuts become the body's. */
int body_end(struct body *, struct bodyscan *scan, struct fault *);

/* A walk over it, from body_walk_start() to body_walk_end(). */
struct body_walk {
	uint64_t at;		/* octets read */
	uint64_t given;		/* octets given, in wire form */
	struct lineend lineend;
	struct source_walk source;
	struct buffer raw;	/* octets from a file, */
	struct buffer wire;	/* and in wire form */
};
void body_walk_start(struct body_walk *);
/*
 * The next octets in wire form at *p, valid until the next call. Returns their
 * number, 0 at the end, -1 with FAULT_IO if the file fails, or has changed.
 */
ssize_t body_next(const struct body *, struct body_walk *, const char **p,
    struct fault *);
void body_walk_end(struct body_walk *);

#endif
