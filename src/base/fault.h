/* SPDX-License-Identifier: ISC */
/*
 * fault: what went wrong, once. A class, one printable sentence, and the
 * remedy where we know it. The first fault wins: what follows from it is a
 * consequence and is left out. Only this module knows sysexits.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum fault_class {
	FAULT_NONE = 0,		/* success */
	FAULT_USAGE,		/* the command line is wrong */
	FAULT_DATA,		/* the message or an address is wrong */
	FAULT_INPUT,		/* a file named by the user cannot be read */
	FAULT_RECIPIENT,	/* a recipient was refused for good */
	FAULT_HOST,		/* the host name does not exist, as far as
				 * the resolver knows now */
	FAULT_NO_HOST,		/* what cannot be a host name */
	FAULT_REFUSED,		/* the server refused for good, or cannot */
	FAULT_SOFTWARE,		/* a bug here or in a library */
	FAULT_SYSTEM,		/* the system refused something ordinary */
	FAULT_IO,		/* reading the message, or its file, failed */
	FAULT_TEMPORARY,	/* worth another try, and anything unforeseen */
	FAULT_PROTOCOL,		/* the server does not speak SMTP as it must */
	FAULT_AUTH,		/* the server refused the credentials */
	FAULT_CONFIG,		/* the account file is wrong or unreadable */
	FAULT_COMMAND,		/* a command that it names has failed */
	FAULT_CLASSES
};

struct fault {
	enum fault_class class;
	char *text;	/* printable, no final stop; owned by the fault */
	char *hint;	/* the remedy, printable, or NULL */
	char *detail;	/* printable lines, '\n' between them, or NULL */
	bool muted;	/* the last fault() was a consequence */
};

/*
 * Records a fault unless one is recorded already, or `fault` is NULL, as of a
 * caller who does not want to know why. The formatted text is made printable
 * here and nowhere else. Always returns -1.
 */
int fault(struct fault *, enum fault_class, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/*
 * Adds the remedy to the fault just recorded; does nothing when that fault()
 * was a consequence, or there is a hint already. Always returns -1.
 */
int fault_hint(struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Puts text before that of the fault just recorded (a host, a file); does
 * nothing when that fault() was a consequence. Always returns -1.
 */
int fault_prefix(struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Gives the fault just recorded another class, unless it was a consequence. */
void fault_reclass(struct fault *, enum fault_class);
/*
 * Adds a line with particulars to the fault just recorded, unless it was a
 * consequence: for people, below the text, which says the same without them.
 */
void fault_detail(struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The text and its particulars in one line, for the caller to free. */
char *fault_line(const struct fault *);
/* Adds to the text of the fault that is recorded; nothing when none is. */
void fault_add(struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The remedy instead of the one recorded; nothing when no fault is. */
void fault_replace_hint(struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Records what another fault says, behind `before` (a host, a file), with its
 * class, its hint and its particulars. Always -1. */
int fault_pass(struct fault *, const struct fault *other, const char *before);
/* Forgets the fault and frees its texts. */
void fault_clear(struct fault *);

/*
 * What fault_exit_status() gives for FAULT_TEMPORARY from now on: 64 to 78, or
 * 0 for EX_TEMPFAIL, which it is without a call. For the whole process.
 */
void fault_set_tempfail(int status);
/*
 * Sentences for the user that are no faults. They are gathered where they
 * arise; the caller decides whether and where to print them. A struct of zeros
 * is an empty one.
 */
struct notes {
	char **text;	/* printable, without final stop or newline */
	size_t count;
};

/* Adds a note; it is made printable. */
void notes_add(struct notes *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void notes_free(struct notes *);

/* sysexits(3) status of a class, 0 for FAULT_NONE. */
int fault_exit_status(enum fault_class);
/* What a command means by its exit status, which is not 0: FAULT_TEMPORARY by
 * 75, FAULT_AUTH by 77, else FAULT_COMMAND. */
enum fault_class fault_of_command(int status);
/* The name of that status, such as "EX_TEMPFAIL", for logs. */
const char *fault_exit_name(enum fault_class);
/*
 * How the class is told by SMTP: reply code and enhanced status code (RFC
 * 3463), such as 451 and "4.3.5". What another try can cure, because it is
 * not about this mail, is temporary.
 */
int fault_smtp_code(enum fault_class);
const char *fault_smtp_status(enum fault_class);

#endif
