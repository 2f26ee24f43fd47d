/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_CAPTURE_H
#define SMARTHOST_CAPTURE_H

#include <stddef.h>
#include <stdio.h>

/*
 * An accepted message becomes FOLDER/N.envelope and FOLDER/N.message, N from 1.
 * Both are written under other names and appear complete, the message last;
 * several processes may share the folder.
 */
struct capture {
	const char *folder; /* NULL: nothing is kept */
	FILE *message;
	char *draft;        /* name of the unfinished message */
};

/* Opens the draft; capture->message is to be written, NULL without folder. */
void capture_begin(struct capture *capture, const char *folder);

/* Returns N, 0 without a folder. Ends the program when it cannot be kept. */
unsigned long capture_commit(struct capture *capture, const char *envelope,
    size_t len);

/* Removes the draft; may be called at any time after memset or begin. */
void capture_abandon(struct capture *capture);

#endif
