/* SPDX-License-Identifier: ISC */
/*
 * progress: how far an upload has come, as one line on a terminal that is
 * written anew and erased at the end. What takes no more than a second has
 * none.
 */
#ifndef SMTP_PROGRESS_H
#define SMTP_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;		/* not owned; NULL: there is no upload */
	uint64_t origin;	/* octets of the connection before it, */
	uint64_t total;		/* and of it */
	int64_t settled;	/* clock_now() from when on the rate is
				 * reckoned, */
	int64_t show;		/* and when the line is due */
	int64_t base_time;	/* when something left last before it, */
	uint64_t base;		/* and the octets until then */
	int width;		/* columns of the line; 0: none is shown */
};

/* An upload begins, of about so many octets. */
void progress_begin(struct progress *, FILE *, uint64_t origin,
    uint64_t total);
/* So many octets of the connection have left: a conn_watch(). */
void progress_sent(void *progress, uint64_t octets);
/* Erases the line: before anything else is written there. */
void progress_hide(struct progress *);

#endif
