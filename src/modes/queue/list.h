/* SPDX-License-Identifier: ISC */
/*
 * list: what is in the queue, for people and for programs. Messages that wait
 * come first, then those that were given up, the oldest of each first.
 */
#ifndef MODES_QUEUE_LIST_H
#define MODES_QUEUE_LIST_H

#include <stdio.h>

struct fault;
struct request;

enum queue_list_form {
	QUEUE_LIST_MAILQ,	/* as Postfix's mailq prints it */
	QUEUE_LIST_JSON,	/* an object (RFC 8259) a line */
	QUEUE_LIST_COUNT	/* how many there are */
};

/*
 * Lists all messages of the caller. Files that are none are told by `note` and
 * left out; that is no failure. -1 as queue_folders_open(), or with FAULT_IO
 * when a folder cannot be read: the others have been listed.
 */
int queue_list(const struct request *, enum queue_list_form, FILE *,
    struct fault *);

#endif
