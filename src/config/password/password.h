/* SPDX-License-Identifier: ISC */
/* password: where the password of an account comes from. */
#ifndef CONFIG_PASSWORD_PASSWORD_H
#define CONFIG_PASSWORD_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct account;
struct fault;
struct file;
struct notes;
struct secret;

/*
 * The account's `password`, else the first line of its `password_file`, of
 * its `password_fd`, or of what its `passwordeval` or, for its `oauth2`, the
 * token program prints; the first of these that is set counts, and what goes
 * wrong with it is a fault. Without any of them the keyring, the netrc files
 * and the terminal are asked for host and user. The caller clears the secret.
 * The notes get what passwordfile_check() says. 1: somebody typed it. 0: it was
 * found elsewhere. -1: FAULT_CONFIG when there is none; FAULT_COMMAND when the
 * command fails (its status and standard error are quoted), prints nothing, a
 * NUL or more than CHILD_OUTPUT_MAX octets in a line; FAULT_TEMPORARY when it
 * takes longer than passwordeval_timeout or exits 75; FAULT_AUTH when it exits
 * 77.
 */
int account_password(const struct account *, struct secret *, struct notes *,
    struct fault *);
/*
 * The server has refused the token that is in `secret`: puts in its place the
 * one that the account's `passwordeval` or `oauth2` gives now. The command's
 * environment has POSTRIDER_TOKEN=refused, and the refused one's SHA-256 in
 * hexadecimal as POSTRIDER_TOKEN_SHA256. 1: done. 0: there is no such command,
 * or it prints the same one. -1 as account_password().
 */
int account_another_token(const struct account *, struct secret *,
    struct fault *);

/*
 * Where account_password() would look, in words: the setting with its origin
 * or, without one, the places in their order. Nothing is read. The caller frees
 * it.
 */
char *account_password_source(const struct account *);

/* FAULT_COMMAND when the account's `oauth2` needs a program that is not
 * installed. */
int account_check_program(const struct account *, struct fault *);
/* May a command be run for it: `passwordeval`, `oauth2`, or the keyring's? */
bool account_runs_command(const struct account *);

/* ---- file.c: files and descriptors whose first line is a password ---- */

#define PASSWORDFILE_MAX (64 * 1024)	/* octets of a file or line */

/*
 * A file that `holds` ("a password") what nobody else should read: FAULT_CONFIG
 * when others can, and we could mend that, see file_exposure(); a note when we
 * could not, or it is root's: so containers deliver secrets. `home`: it was
 * found in the home folder, where no container's are, and root's is no better.
 */
int passwordfile_check(const struct file *, const char *holds, bool home,
    struct notes *, struct fault *);
/* The same for the file of a private key, if it is a file and can be read. */
int passwordfile_check_key(const char *path, struct notes *, struct fault *);
/*
 * Gets the first line of a regular file or FIFO, without its end. A relative
 * path is below $CREDENTIALS_DIRECTORY, where systemd.exec(5) puts credentials.
 * FAULT_CONFIG when the file cannot be read or fails the check above, or when
 * the line is empty or holds a NUL.
 */
int passwordfile_read(const char *path, struct secret *, struct notes *,
    struct fault *);
/*
 * Gets the first line from a descriptor that the caller has given us. It is
 * read up to the end of the line and closed; the process keeps the password,
 * and gets it again the next time. FAULT_CONFIG as above; FAULT_TEMPORARY when
 * the line has not come within `ms` milliseconds.
 */
int passwordfile_descriptor(int fd, int64_t ms, struct secret *,
    struct fault *);

/* ---- netrc.c: the file in which ftp(1) and others keep logins ----
 *
 * An entry begins with "machine NAME" or "default" and has login, password and
 * account in any order; "user" and "passwd" mean login and password. Words are
 * separated by blanks and line ends, and may stand in single or double quotes,
 * in which a backslash takes the next character as it is. Where a keyword could
 * stand, "#" begins a comment up to the end of its line. A macro ("macdef
 * NAME") lasts up to an empty line.
 */

#define NETRC_MAX (1024 * 1024)	/* octets; a larger file is not looked into */

/*
 * Gets the password of the first entry for that host (in any case, or
 * "default") whose login is `user` or missing; an entry without a password is
 * passed over. False, and the secret unchanged, when there is none. It cannot
 * fail: a text that is no netrc has no entries.
 */
bool netrc_find(const char *text, size_t n, const char *host,
    const char *user, struct secret *);
/*
 * Looks into the user's ~/.netrc, then into the system's netrc, for the
 * account's host and user: 1 when found, else 0. A file that is missing, cannot
 * be read or is larger than NETRC_MAX counts as empty. FAULT_CONFIG when the
 * password is in the user's file and that fails owner_check() or
 * passwordfile_check(). In a set-id process there is no user's file.
 */
int netrc_password(const struct account *, struct secret *, struct notes *,
    struct fault *);

/* ---- terminal.c: the user in front of it ---- */

/*
 * Asks for the account's password on /dev/tty, without echo: 1 when one was
 * typed, 0 when there is no terminal or we run in its background. Whatever
 * happens, the terminal is as before: a signal that ends or stops us is held
 * until it is, and then has its usual effect. FAULT_CONFIG when the answer is
 * empty.
 */
int terminal_password(const struct account *, struct secret *,
    struct fault *);

/*
 * ---- child.c: a command and what it prints. It runs in a process group of its
 * own, which can be ended as a whole. Only where somebody at the terminal talks
 * to us it runs in our group, so that it can ask him, too.
 */

#define CHILD_OUTPUT_MAX (64 * 1024)	/* octets kept of standard output */
#define CHILD_ERROR_MAX 4096		/* octets kept of standard error */

struct child {
	struct buffer out;	/* may be a secret: wiped by child_free() */
	struct buffer err;
	bool timed_out;		/* it was ended because time was up, or: */
	const char *signal;	/* name of the signal that ends us; or NULL */
	int status;		/* as of waitpid(2) */
};

void child_init(struct child *);
void child_free(struct child *);

/* The arguments that run a command line of the user's in a shell. */
#define CHILD_SHELL(command) \
    (const char *const []){ "/bin/sh", "-c", (command), NULL }

/*
 * Runs argv[0], which is a path, with an empty standard input, and waits for
 * it, not for what it may have left in the background. Output beyond the
 * maxima is read and dropped; out.full and err.full then say so. After `ms`
 * milliseconds, or when a signal ends us, its group gets SIGTERM, and a moment
 * later SIGKILL; without one of its own only the command itself does. Signals
 * are as they are by default and none is blocked for it. Where none was caught
 * before (base/wait), one that has come meanwhile ends the process.
 * -1 with FAULT_SYSTEM only when no process could be made.
 */
int child_run(struct child *, const char *const argv[], int64_t ms,
    struct fault *);

/*
 * Runs a command for the first line that it prints, without the line's end. A
 * fault goes on behind the command's name, with what the command wrote to
 * standard error, such as " failed with exit status 2: no key"; a line of that
 * which begins with "hint: " is the fault's hint. FAULT_COMMAND: it failed or
 * printed no line that can be used; `nothing` is what an empty one is called
 * ("no password"). FAULT_TEMPORARY: it did not end within so many seconds, or
 * its exit status was 75; FAULT_AUTH: that was 77. FAULT_SYSTEM: no process
 * could be made.
 */
int child_first_line(const char *const argv[], int64_t seconds,
    const char *nothing, struct secret *line, struct fault *);

#endif
