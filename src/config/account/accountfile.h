/* SPDX-License-Identifier: ISC */
/*
 * accountfile: the account files, of which postrider-accounts(5) is the
 * reference. load.c knows where they are looked for, whom they may belong to,
 * and whether what they hold fits their mode; grammar.c parses octets.
 */
#ifndef CONFIG_ACCOUNT_ACCOUNTFILE_H
#define CONFIG_ACCOUNT_ACCOUNTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct account;
struct accounts;
struct fault;
struct file;
struct notes;
struct option_place;
struct parser;
struct secret;

enum accountfile_kind {
	ACCOUNTFILE_USER,	/* found in the home folder */
	ACCOUNTFILE_NAMED,	/* named by -C: it has to be readable */
	ACCOUNTFILE_TRUSTED,	/* by -C of a caller who is not trusted */
	ACCOUNTFILE_SYSTEM
};

/*
 * Reads one file, if it is there, and remembers it as a source. A file that is
 * missing or cannot be opened is a fault only when it was named. FAULT_CONFIG:
 * it is not a regular file (a pipe can be named), or too large; what
 * accountfile_parse() finds; it is ours, holds a password and lets others in (a
 * warning where we could not mend that, and where everybody can read the
 * system's file or one of root's that was named); others own it or could have
 * written it, and it was found in the home folder or runs a command; the same
 * of the files that it includes. FAULT_USAGE: with
 * ACCOUNTFILE_TRUSTED, the file or its folder is not root's alone.
 * FAULT_TEMPORARY: it grew while it was read, reading failed, or a command did
 * not end in time. FAULT_COMMAND: a command failed. FAULT_SYSTEM: it could not
 * be started.
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

/* ---- grammar.c ---- */

/* What a file holds that its owner and mode have to fit. */
struct accountfile_facts {
	bool password;
	const char *command;	/* the last setting that runs one, in words */
};

/*
 * What the lines "eval COMMAND" and "include PATTERN" need of the world; the
 * place is that of the command or pattern, for faults.
 */
struct parser_hooks {
	/* Gets the line that the command prints, without its end. */
	int (*eval)(void *arg, const char *command,
	    const struct option_place *, struct secret *line, struct fault *);
	/* Parses the files that fit, each by parser_include(). */
	int (*include)(void *arg, struct parser *, const char *pattern,
	    const struct option_place *, struct fault *);
	void *arg;
};

/*
 * Adds the accounts of a file given as octets. An account whose name is there
 * already, from a file parsed earlier, is left out. On the first error: -1,
 * FAULT_CONFIG beginning "NAME:LINE:COLUMN: " (both from 1, columns in
 * octets), or a fault of a hook's, and no account of this file is added.
 * Without hooks (NULL) no "eval" is run and no "include" followed.
 */
int accountfile_parse(struct accounts *, const struct parser_hooks *,
    const char *name, const char *bytes, size_t n, struct accountfile_facts *,
    struct fault *);
/*
 * Parses a file as if its lines stood where the parser is, with hooks and facts
 * of its own. What follows the include belongs to the account that it stood
 * in. -1: the fault is recorded where accountfile_parse() was told to.
 */
int parser_include(struct parser *, const struct parser_hooks *,
    const char *name, const char *bytes, size_t n, struct accountfile_facts *);

/*
 * ---- environment.c: the account that environment variables describe:
 * POSTRIDER_HOST and so on, one for each setting but those that run commands;
 * SMTPSERVER and EMAIL where POSTRIDER_HOST and POSTRIDER_FROM are missing.
 */

#define ENVIRONMENT_NAME "environment"	/* what the account is called */

/* Is a smarthost named there? */
bool environment_has_host(void);
/*
 * Sets the settings that the environment has; a variable that is no setting may
 * be another program's and is passed over, as an empty one is. FAULT_CONFIG: a
 * value is wrong, or it is a command.
 */
int environment_read(struct account *, struct fault *);
/*
 * Does nothing unless the account is that of the environment: then adds a note
 * for each variable that looks like a setting and is none, with the name that
 * was probably meant.
 */
void environment_note(const struct account *, struct notes *);
/* The same in front of the fault just recorded, that there is no account. */
void environment_blame(struct fault *);

/*
 * ---- fallback.c: whether the accounts exist that a `fallback` names, so that
 * a slip of the pen is told at once and not on the day of the failure.
 *
 * An account may not name itself. One that has its `fallback` from `defaults`
 * may be among those that this names; it is none of its own fallbacks.
 */

/*
 * While files are checked (see struct accounts): reports, with file, line and
 * column, each name in the `fallback` of an account that is no account's, or
 * is its own. `alone`: one file was read without the others, one of which may
 * define the account, so that only a note is added to the warnings.
 */
void fallback_report(struct accounts *, bool alone);
/*
 * Looks at the names of an account that was chosen, settings of the command
 * line included: FAULT_CONFIG for the first that is wrong in that way.
 */
int fallback_check(const struct accounts *, const struct account *,
    struct fault *);

/*
 * ---- owner.c: whose a file has to be before it counts. Whoever can write one
 * that HOME leads to tells us where mail goes and what we write: root who has
 * kept a user's HOME must not obey that user.
 */

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
