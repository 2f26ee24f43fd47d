/* SPDX-License-Identifier: ISC */
/*
 * import: the words that the readers of other programs' configuration share. A
 * reader takes files apart into pairs of a key and a value, has a table say
 * what most keys become, asks for the values of the others by name, and sets
 * settings of accounts. import.c prints what has come of it.
 */
#ifndef MODES_IMPORT_IMPORT_H
#define MODES_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "config/option/option.h"

/* One line of an old file. */
struct import_pair {
	const char *file;
	unsigned line;
	char *key;
	char *value;
};

/* An account: its settings as text, NULL where they are not set. */
struct import_account {
	char *name;
	char *value[OPTION_COUNT];
};

struct import {
	const char *path;	/* as it was given */
	char *folder;		/* that the files are in */
	struct notes files;	/* all that were opened; owns their names */
	struct option_place at;	/* the line that is looked at */
	struct import_pair *pair;
	size_t pairs;
	size_t pairs_cap;
	struct import_account *account;
	size_t accounts;
	struct import_account *now;	/* what import_set() is about */
	struct notes notes;	/* what is different now */
	struct buffer without;	/* lines that have no counterpart, */
	const char *without_of;	/* the last of them in this file */
	struct buffer senders;	/* lines of a file of `senders` */
	struct buffer aliases;	/* lines of an alias file */
};

/* ---- files */

/* A file, line by line. */
struct import_text {
	struct buffer text;
	const char *rest;
	size_t left;
	bool indented;		/* blanks stood before the last line */
};

/*
 * Opens a file in the folder of the configuration, or with a whole path: 1; 0
 * when it is `optional` and not there; else -1 with FAULT_INPUT that names it.
 */
int import_open(struct import *, struct import_text *, const char *name,
    bool optional, struct fault *);
/*
 * The next line that is neither empty nor a comment ("#"), without blanks
 * around it, and its length; NULL behind the last, and the text is freed. The
 * present line of the import is set.
 */
const char *import_next(struct import *, struct import_text *, size_t *n);
/* The first such line of a file, for the caller to free, or NULL. */
char *import_first_line(struct import *, const char *name);
/* FAULT_CONFIG that begins with the present line, and the remedy. Always -1. */
int import_fault(const struct import *, struct fault *, const char *what,
    const char *hint);

/* ---- pairs */

/* Adds a pair of the present line. */
void import_pair(struct import *, const char *key, size_t, const char *value,
    size_t);
/* All are done, and go. */
void import_forget(struct import *);
/* The last value of a key in any case, whose line becomes the present one, or
 * NULL. */
const char *import_value(struct import *, const char *key);
/* Is it there, and yes, true, on or 1 in any case? */
bool import_is_yes(struct import *, const char *key);

enum import_how {
	IMPORT_VALUE,		/* the value of a setting */
	IMPORT_YES,		/* a setting that is on or off */
	IMPORT_KNOWN,		/* the reader asks for it, or nothing does */
	IMPORT_NOTE		/* there is something to say about it */
};

/* A key, in any case; "*" at its end stands for any rest. */
struct import_row {
	char key[40];
	enum import_how how;
	enum option_id id;	/* of IMPORT_VALUE and IMPORT_YES */
	const char *note;	/* of IMPORT_NOTE */
};

#define KNOWN(key) { key, IMPORT_KNOWN, 0, NULL }

/* Does that with all pairs; one that has no row has no counterpart. Rows end
 * with an empty key. -1 as import_set(). */
int import_apply(struct import *, const struct import_row *, struct fault *);

/* ---- accounts */

/* The account of that name is the present one; it is made if it is new. What
 * one called "defaults" has, all others have, too. */
void import_account(struct import *, const char *name);
/*
 * Sets a setting of the present account, whose value is taken as it is; where a
 * setting knows patterns, "%" is doubled, but not by import_pattern(). NULL:
 * does nothing. FAULT_CONFIG with the present line when it cannot be that.
 */
int import_set(struct import *, enum option_id, const char *, struct fault *);
int import_pattern(struct import *, enum option_id, const char *,
    struct fault *);
/* Adds to a setting that is a list. */
int import_add(struct import *, enum option_id, const char *, struct fault *);
/* host and port of "host", "host:port", "[host]:port" or "host::port"; a port
 * may be a service. */
int import_server(struct import *, const char *, struct fault *);

enum import_tls { IMPORT_TLS_OFF, IMPORT_TLS_START, IMPORT_TLS_FIRST };
int import_tls(struct import *, enum import_tls, struct fault *);
/*
 * auth with the user and the password, which may be NULL. `methods` is NULL for
 * whatever is best. Where the account's tls is off, a password in clear is
 * allowed, with a note.
 */
int import_login(struct import *, const char *methods, const char *user,
    const char *password, struct fault *);
/* The domain of senders and recipients without one, and the name for EHLO. */
int import_domain(struct import *, const char *, struct fault *);

/* The alias file of the system, where that is not ours by itself. */
int import_aliases(struct import *, struct fault *);

/* ---- what goes beside the account file */

/* What is different now, about the present line. */
void import_note(struct import *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A line of the file of `senders`, and of the alias file. */
int import_sender(struct import *, const char *name, const char *address,
    struct fault *);
int import_alias(struct import *, const char *name, const char *addresses,
    struct fault *);

/* ---- the readers, one for each program */

int import_ssmtp(struct import *, const char *file, struct fault *);
int import_nullmailer(struct import *, const char *file, struct fault *);
int import_esmtp(struct import *, const char *file, struct fault *);
int import_dma(struct import *, const char *file, struct fault *);
int import_postfix(struct import *, const char *file, struct fault *);
int import_exim(struct import *, const char *file, struct fault *);

#endif
