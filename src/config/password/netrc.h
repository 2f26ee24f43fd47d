/* SPDX-License-Identifier: ISC */
/*
 * netrc: the file in which ftp(1) and others keep logins. Entries begin with
 * "machine NAME" or "default" and have login, password and account in any
 * order; "user" and "passwd" are other words for two of them. Words are
 * separated by blanks and line ends, and may be in single or double quotes,
 * where a backslash takes the next character as it is. Where a word of the
 * grammar should be, "#" begins a comment up to the end of its line. A macro
 * ("macdef NAME") lasts up to an empty line.
 */
#ifndef CONFIG_PASSWORD_NETRC_H
#define CONFIG_PASSWORD_NETRC_H

#include <stdbool.h>
#include <stddef.h>

struct account;
struct fault;
struct secret;

#define NETRC_MAX (1024 * 1024)	/* octets; larger files are refused */

/*
 * The password of the first entry for that host (in any case, or "default")
 * whose login is `user` or missing. An entry without a password is none.
 * False, and the secret as it was, when there is no such entry. Cannot fail:
 * what is no netrc has no entries.
 */
bool netrc_find(const char *text, size_t n, const char *host,
    const char *user, struct secret *);

/*
 * Looks into the user's ~/.netrc, then into the system's netrc, for the
 * account's host and user: 1 when found, else 0. A file that is missing or
 * unreadable has no entries. FAULT_CONFIG when the user's file holds the
 * password and lets others in, or belongs to somebody else.
 */
int netrc_password(const struct account *, struct secret *, struct fault *);

#endif
