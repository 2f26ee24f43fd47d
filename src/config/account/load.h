/* SPDX-License-Identifier: ISC */
/*
 * load: the account files. Where they are looked for, whom they may belong to,
 * and whether what they hold fits their mode.
 */
#ifndef CONFIG_ACCOUNT_LOAD_H
#define CONFIG_ACCOUNT_LOAD_H

#include <stdbool.h>

struct accounts;
struct fault;

enum accountfile_kind {
	ACCOUNTFILE_USER,	/* found in the home folder */
	ACCOUNTFILE_NAMED,	/* named by -C: it has to be readable */
	ACCOUNTFILE_TRUSTED,	/* by -C of a caller who is not trusted */
	ACCOUNTFILE_SYSTEM
};

/*
 * Reads one file, if it is there, and remembers it as a source. A file that is
 * missing or cannot be opened is a fault only when it was named. FAULT_CONFIG:
 * it is not a regular file, or too large; what accountfile_parse() finds; it
 * holds a password and lets others in (the system file: a warning, when
 * everybody can read it); it holds a passwordeval or eval and others could have
 * written it; the same of the files that it includes. FAULT_USAGE: with
 * ACCOUNTFILE_TRUSTED, the file or its folder is not root's alone.
 * FAULT_TEMPORARY: it grew while it was read, reading failed, or a command did
 * not end in time. FAULT_SYSTEM: a command could not be started.
 */
int accountfile_read(struct accounts *, const char *path,
    enum accountfile_kind, struct fault *);

/*
 * Reads the user's file and the system's. `file` (-C) takes the place of the
 * user's file; `trusted`: it must be root's, see above. Otherwise the first
 * that exists of $XDG_CONFIG_HOME/postrider/accounts, ~/.msmtprc,
 * $XDG_CONFIG_HOME/msmtp/config; the system's is SYSCONFDIR/postrider/accounts
 * or SYSCONFDIR/msmtprc. Faults are those of accountfile_read().
 */
int accountfile_load(struct accounts *, const char *file, bool trusted,
    struct fault *);

#endif
