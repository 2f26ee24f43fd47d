/* SPDX-License-Identifier: ISC */
/*
 * accountfile: the account files. Their grammar, where they are looked for,
 * and whom they may belong to; postrider-accounts(5) is the reference.
 */
#ifndef CONFIG_ACCOUNT_GRAMMAR_H
#define CONFIG_ACCOUNT_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

struct accounts;
struct fault;

/* What a file holds that its mode has to fit. */
struct accountfile_facts {
	bool password;
	bool passwordeval;
	bool eval;
};

/*
 * Adds the accounts of a file given as bytes. An account whose name is there
 * already, from a file parsed earlier, is left out. On the first error: -1,
 * FAULT_CONFIG beginning "NAME:LINE:COLUMN: " (both from 1, columns in
 * octets), and no account of this file is added.
 * No "eval" is run and no "include" followed: bytes have no owner.
 */
int accountfile_parse(struct accounts *, const char *name, const char *bytes,
    size_t n, struct accountfile_facts *, struct fault *);

enum accountfile_kind {
	ACCOUNTFILE_USER,	/* found in the home folder */
	ACCOUNTFILE_NAMED,	/* named by -C: it has to be readable */
	ACCOUNTFILE_TRUSTED,	/* by -C of a caller who is not trusted */
	ACCOUNTFILE_SYSTEM
};

/*
 * Reads one file, if it is there, and remembers it as a source. A file that is
 * missing or cannot be read is a fault only when it was named. Faults, all
 * FAULT_CONFIG: not a regular file; what accountfile_parse() finds; a password
 * that others can read (in the system file a warning); a passwordeval or eval
 * in a file that others could have written; the same of included files; with
 * ACCOUNTFILE_TRUSTED a file or its folder that is not root's alone.
 */
int accountfile_read(struct accounts *, const char *path,
    enum accountfile_kind, struct fault *);

/*
 * Reads the user's file and the system's. `file` (-C) takes the place of the
 * user's file; `trusted`: only when it is root's, see above. Otherwise the
 * first that exists of $XDG_CONFIG_HOME/postrider/accounts, ~/.msmtprc,
 * $XDG_CONFIG_HOME/msmtp/config; the system's is SYSCONFDIR/postrider/accounts
 * or SYSCONFDIR/msmtprc.
 */
int accountfile_load(struct accounts *, const char *file, bool trusted,
    struct fault *);

#endif
