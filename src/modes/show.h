/* SPDX-License-Identifier: ISC */
/*
 * show: what the modes print on standard output, one on a line. Everything is
 * made printable, so that nothing in it can deceive a terminal.
 */
#ifndef MODES_SHOW_H
#define MODES_SHOW_H

#include <stddef.h>

struct account;
struct accounts;
struct envelope;
struct header;
struct mailbox;

/* `what`, with the colon and blank that belong to it, then the text. */
void show_text(const char *what, const char *, size_t);
/* The same with an address, or "<>" where there is no local part. */
void show_mailbox(const char *what, const struct mailbox *);
/* "account: ", its name, where it is defined, and why it was chosen. */
void show_account(const struct account *);

/*
 * ---- -P, what would be done with a message: which files were read,
 * which account was chosen and why, its settings and where each of them is set,
 * where its password would come from (it is not fetched), the envelope, and the
 * fields that are added, removed and changed. Passwords are not shown.
 */
void pretend_print(const struct accounts *, const struct account *,
    const struct envelope *, const struct header *);

#endif
