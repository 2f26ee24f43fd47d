/* SPDX-License-Identifier: ISC */
/*
 * option: the table of settings. One row (rows.h) is a keyword of the account
 * file, a long option, a field of struct account, a default and a help text;
 * nothing else in the program lists the settings. HACKING says how to add one.
 */
#ifndef CONFIG_OPTION_OPTION_H
#define CONFIG_OPTION_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct account;
struct fault;
struct notes;

enum option_id {
#define ROW(id, ...) OPTION_##id,
#define TOGGLE ROW
#include "config/option/rows.h"
#undef ROW
#undef TOGGLE
	OPTION_COUNT
};

enum option_type {
	OPTION_TYPE_STRING,	/* char *; NULL when unset */
	OPTION_TYPE_PATH,	/* the same; "~" stands for the home folder */
	OPTION_TYPE_NUMBER,	/* int64_t; 0 when unset */
	OPTION_TYPE_DURATION,	/* int64_t, seconds; as 90, 30m, 12h, 5d */
	OPTION_TYPE_CHOICE,	/* int; its word is one of `choices` */
	OPTION_TYPE_AUTH,	/* char *; NULL off, "on", or mechanisms */
	OPTION_TYPE_FINGERPRINTS,	/* char *; as in wire/tls/tls.h */
	OPTION_TYPE_KEY_PINS,	/* char *; the same */
	OPTION_TYPE_NOTIFY,	/* int64_t, DSN_* of mail/envelope.h; 0 off */
	OPTION_TYPE_SECRET	/* struct secret */
};

/* The fields that they have in struct account, which owns strings. */
#define OPTION_FIELD_STRING char *
#define OPTION_FIELD_PATH char *
#define OPTION_FIELD_NUMBER int64_t
#define OPTION_FIELD_DURATION int64_t
#define OPTION_FIELD_CHOICE int
#define OPTION_FIELD_AUTH char *
#define OPTION_FIELD_FINGERPRINTS char *
#define OPTION_FIELD_KEY_PINS char *
#define OPTION_FIELD_NOTIFY int64_t
#define OPTION_FIELD_SECRET struct secret

enum {
	OPTION_VALUE = 1,	/* no empty value, which would unset it */
	OPTION_WORD = 2,	/* the name of a host or domain */
	OPTION_RAW = 4,		/* control characters are allowed, NUL is not */
	OPTION_OFF = 8,		/* a number that may be "off": unset */
	OPTION_LATE = 16,	/* a path: "~" is resolved when it is used */
	OPTION_SYSTEM = 32,	/* a path: "system" unsets it, "" is no file */
	OPTION_FILE_ONLY = 64,	/* it has no long option */
	OPTION_ANY_CASE = 256,	/* words of either case are the same */
	OPTION_NEEDED = 512,	/* an empty value is not the first choice */
	OPTION_COMMAND = 1024,	/* it runs one: not from the environment */
	OPTION_LITERAL = 2048,	/* an IPv4 or IPv6 address, no name */
	OPTION_ADDRESSES = 4096,	/* a string: addresses, or bare names */
	OPTION_FORCE = 8192	/* one whole address, then perhaps "force" */
};

/* One word that a setting takes. The first is what an empty value means. */
struct option_choice {
	const char *word;	/* NULL ends the list */
	int value;
};

/* In the order in which people read a row. NOLINTNEXTLINE */
struct option_row {
	const char *keyword;	/* in the account file */
	enum option_type type;
	size_t offset;		/* of the field in struct account */
	const char *value;	/* what the help calls the value */
	const char *preset;	/* the default in words */
	const char *help;
	unsigned flags;
	int64_t min;		/* of a number */
	int64_t max;
	const struct option_choice *choices;
};

/* What the place of a value has as its `line` without a file. */
enum { ORIGIN_DEFAULT, ORIGIN_COMMAND_LINE, ORIGIN_ENVIRONMENT };

/* Where a value stands. */
struct option_place {
	const char *file;	/* NULL: none; see line */
	unsigned line;		/* from 1; without a file, ORIGIN_* */
	unsigned column;	/* of the value's first octet, from 1 */
};

const struct option_row *option_row(enum option_id);
/* The long option without "--": the keyword with "-" for "_"; or NULL. */
const char *option_name(const struct option_row *);
/* The setting of a keyword or long option, OPTION_COUNT if there is none. */
enum option_id option_find_keyword(const char *, size_t);
enum option_id option_find_name(const char *, size_t);
/* The keyword that was probably meant by an unknown word, or NULL. */
const char *option_nearest(const char *, size_t);
/*
 * How many slips of the pen make `a` of the known word `b`; SIZE_MAX when they
 * are too many for a word of that length. Another case is no slip.
 */
size_t option_slip(const char *a, size_t alen, const char *b);
/* May the long option stand without a value (--tls for --tls=on)? */
bool option_value_optional(enum option_id);

/*
 * Sets a field from text. A wrong value leaves the account as it was and is
 * FAULT_CONFIG beginning "FILE:LINE:COLUMN: ", or FAULT_USAGE beginning with
 * the long option when it came from the command line. place->file must live as
 * long as the account. The values of secrets are never quoted.
 */
int option_set(struct account *, enum option_id, const char *value, size_t n,
    const struct option_place *, struct fault *);
/* Copies one field, with its origin and whether it was set explicitly; what
 * `to` had is freed. */
void option_copy(struct account *to, const struct account *from,
    enum option_id);
/* Makes it unset; a secret is wiped. */
void option_clear(struct account *, enum option_id);

/*
 * The length of the address in a value "ADDRESS [force]"; *force tells whether
 * that word follows.
 */
size_t option_address_split(const char *, size_t, bool *force);

/*
 * Records FAULT_CONFIG that begins "FILE:LINE:COLUMN: ", or FAULT_USAGE when
 * the place is the command line. Always returns -1.
 */
int option_fault(struct fault *, const struct option_place *, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Columns that the help gives to an option and its value. */
#define OPTION_HELP_COLUMN 33
/* Prints "  --name=VALUE  help (default)" for each long option. */
void option_print_help(FILE *);

/* ---- legacy.c: words of msmtp that are no settings here ---- */

/* Most stand for a setting of another name; the others have no effect. */
struct legacy {
	const char *keyword;
	const char *name;	/* long option without "--", or NULL */
	enum option_id id;	/* OPTION_COUNT: it has no effect */
	const char *on;		/* what that becomes for "on" or no value */
	const char *off;	/* and for "off"; NULL: it takes no value */
};

/* The row of a keyword, or of a long option (`by_name`), or NULL. */
const struct legacy *legacy_find(const char *, size_t, bool by_name);
/* The i-th row, NULL behind the last. */
const struct legacy *legacy_at(size_t i);

/*
 * Sets the setting that the word stands for; a word without effect adds a note
 * instead. Faults are those of option_set().
 */
int legacy_set(struct account *, const struct legacy *, const char *value,
    size_t n, const struct option_place *, struct notes *, struct fault *);
/* Adds a note on what to write in place of the word. */
void legacy_note(struct notes *, const struct legacy *, const char *value,
    size_t n, const struct option_place *);
/* The line to write instead of a setting that should not be used any more; NULL
 * for all others. */
const char *legacy_advice(enum option_id);

/* The long option of msmtp that these octets abbreviate; NULL when none or
 * several begin so. */
const char *legacy_expand(const char *, size_t);

#endif
