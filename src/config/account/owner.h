/* SPDX-License-Identifier: ISC */
/*
 * owner: whose a file has to be before it counts. Whoever can write one that
 * HOME leads to tells us where mail goes and what we write: root who has kept
 * a user's HOME must not obey that user.
 */
#ifndef CONFIG_ACCOUNT_OWNER_H
#define CONFIG_ACCOUNT_OWNER_H

#include <sys/types.h>

struct fault;
struct file;

/* "NAME (uid NUMBER)", to be freed. */
char *owner_words(uid_t);
/*
 * FAULT_CONFIG, with owner and mode, unless the file is the effective user's or
 * root's and nobody else can write it; see file_flaw(). `what` is the file for
 * the message, such as "account file"; `holds`: what in it makes that needed;
 * NULL: HOME led to it. The file is looked at and not its folders, as ssh(1)
 * does with its configuration: what others put there belongs to them.
 */
int owner_check(const struct file *, const char *what, const char *holds,
    struct fault *);

#endif
