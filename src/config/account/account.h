/* SPDX-License-Identifier: ISC */
/*
 * account: one field for each setting, each named once in the option table
 * (config/option), with where its value came from; and the set of accounts
 * that the account files define, from which one is chosen.
 */
#ifndef CONFIG_ACCOUNT_ACCOUNT_H
#define CONFIG_ACCOUNT_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/index.h"
#include "base/memory.h"
#include "mail/conversion/conversion.h"
#include "mail/envelope.h"
#include "config/option/option.h"

enum toggle { TOGGLE_UNSET, TOGGLE_OFF, TOGGLE_ON };
enum tls_min_version { TLS_MIN_VERSION_1_2, TLS_MIN_VERSION_1_3 };
enum to_header { TO_HEADER_OFF, TO_HEADER_ON, TO_HEADER_AUTO,
    TO_HEADER_UNDISCLOSED };
enum protocol { PROTOCOL_SMTP, PROTOCOL_LMTP };
enum rejected { REJECTED_DELIVER, REJECTED_ABORT };
enum address_family { ADDRESS_FAMILY_ANY, ADDRESS_FAMILY_IPV4,
	ADDRESS_FAMILY_IPV6 };
enum queue_unsure { QUEUE_UNSURE_RETRY, QUEUE_UNSURE_HOLD };
enum from_header { FROM_HEADER_AUTO, FROM_HEADER_ON, FROM_HEADER_OFF };

struct account {
	char *name;
	struct option_place defined;	/* its account line */
	char *author;			/* %F, or NULL; set by the choice */
	const char *reason;		/* why it was chosen; static text */
	/* the settings, a field for each */
#define ROW(id, member, kind, ...) OPTION_FIELD_##kind member;
#define TOGGLE(id, member, ...) enum toggle member;
#include "config/option/rows.h"
#undef ROW
#undef TOGGLE
	/* where each value came from, by row of the option table */
	struct option_place origin[OPTION_COUNT];
	bool set[OPTION_COUNT];		/* explicitly set (inheritance) */
	bool forgotten;		/* the passwords, to be read again */
	bool base;		/* others are built on it */
	bool evaluated;		/* while files are checked: "eval" would add
				 * to it */
};

/* Leaves all settings unset; a field that needs a value has its default. */
void account_init(struct account *);
/* Frees all that the account owns and wipes its password. */
void account_free(struct account *);
/* Copies all settings, with origins; `to` must be initialised. */
void account_copy(struct account *to, const struct account *from);
/* Takes over each setting that is explicitly set in `from`. */
void account_override(struct account *to, const struct account *from);
/*
 * The setting that says where the account's password or token comes from:
 * password, password_file, password_fd, passwordeval or oauth2, whichever is
 * set first; OPTION_COUNT when none is.
 */
enum option_id account_password_setting(const struct account *);
/*
 * For an account with `oauth2`: gives it the user and the methods that go with
 * a token, unless they are set. FAULT_CONFIG when a password is set beside it.
 */
int account_complete_oauth2(struct account *, struct fault *);
/*
 * The account's own reverse-path, for the caller to free: the first address in
 * its `from` that is no glob (a glob only chooses the account), with patterns
 * replaced; NULL when there is none. -1 when a pattern has no value here:
 * FAULT_CONFIG, or FAULT_DATA when the message lacks it.
 */
int account_sender(const struct account *, char **sender, struct fault *);
/* The same for the account's `from_full_name`, patterns replaced. */
int account_full_name(const struct account *, char **name, struct fault *);
/*
 * The i-th name in the account's `fallback`, names being separated by blanks
 * or commas: *len octets of that setting, not terminated. NULL, and 0, behind
 * the last. Whether there is such an account is not looked at.
 */
const char *account_fallback_at(const struct account *, size_t i, size_t *len);
/* Where the message goes, for people: the socket, else the host; or NULL. */
const char *account_server(const struct account *);
/* Whom a password is for: the host, else the socket; or NULL. */
const char *account_host(const struct account *);
/*
 * Where a setting came from, in words that fit into a message: "FILE:LINE",
 * "the environment", "the command line" or "the default". The caller frees it.
 */
char *account_origin(const struct account *, enum option_id);
/*
 * Puts "KEYWORD (WHERE): " before the fault just recorded, about the value of a
 * setting. Always -1.
 */
int account_fault_prefix(struct fault *, const struct account *,
    enum option_id);

/* Accounts by name, in order; owns them. */
struct account_table {
	struct account **account;
	size_t count;
	size_t cap;
	struct index names;
};

struct account *account_table_find(const struct account_table *,
    const char *name, size_t n);
/* Takes the account, whose name must not be there yet. */
void account_table_add(struct account_table *, struct account *);
/* The name that was probably meant, or NULL. */
const char *account_table_nearest(const struct account_table *,
    const char *name, size_t n);
void account_table_free(struct account_table *);

enum account_source_state {
	ACCOUNT_SOURCE_MISSING,
	ACCOUNT_SOURCE_READ,
	ACCOUNT_SOURCE_UNREADABLE	/* it is there, or may be */
};

/* An account file that was looked for. */
struct account_source {
	char *path;
	enum account_source_state state;
	struct fault why;	/* it is unreadable, perhaps with a remedy */
};

/* What the account files hold: the user's accounts before the system's. */
struct accounts {
	struct account_table table;
	struct account_source **source;
	size_t sources;
	struct notes warnings;	/* for the caller to print */
	/*
	 * Not NULL while files are checked: it is called for each error in a
	 * file, and parsing then goes on and does not fail. No command of the
	 * files is run, and obsolete settings become warnings.
	 */
	void (*report)(void *arg, const struct fault *);
	void *report_arg;
	const char *author;	/* %F: address of the From field, or NULL */
	bool evaluated;		/* a command of "eval" was run */
	/* what accountfile_load() was called with, to load passwords again */
	bool loaded;
	bool once;	/* but a pipe cannot be read again */
	char *named_file;
	bool trusted;
};

void accounts_init(struct accounts *);
/* The accounts chosen from these have origins that point into them: free those
 * accounts first. */
void accounts_free(struct accounts *);
/*
 * Takes the result of parsing. While files are checked, an error (-1) is
 * reported and forgotten, and the result is 0, so that parsing goes on.
 */
int accounts_report(const struct accounts *, int r, struct fault *);
/* Remembers a file, once; the result lives as long as the accounts. */
struct account_source *accounts_source(struct accounts *, const char *path);

/* The first file that cannot be read and has a remedy, or NULL. */
const struct account_source *accounts_unreadable(const struct accounts *);

/*
 * Chooses an account and copies it into `out`, which is initialised and which
 * the caller frees before the accounts. It is the account called `name`; else
 * the one whose `from` fits `sender` best; else "default"; else the only one;
 * else that of the environment. `name` and `sender` (as address_spec() writes
 * it) may be NULL. Then the settings in `overrides` replace its own; if they
 * have a host, the account is made of them alone. Paths and the patterns of
 * `domain` and `qualify_domain` are resolved, and it is checked that no setting
 * is missing that an account needs, and that its fallbacks exist.
 *
 * FAULT_CONFIG names the accounts there are and the files that were tried.
 * When the password of the chosen account has been forgotten, the files are
 * read again for it; then the faults are those of accountfile_load(), too.
 */
int accounts_choose(struct accounts *, const char *name,
    const char *sender, const struct account *overrides, struct account *out,
    struct fault *);

/*
 * Wipes the passwords (password, proxy_password) of all accounts but of that
 * called `but` (NULL: of all): those that no connection is made with need not
 * be in memory while there is one. Nothing is done when they came by a pipe,
 * which cannot be read again. To be called once an account has been
 * chosen. An account that is chosen later gets its passwords back from the
 * files, if accountfile_load() has read them.
 */
void accounts_forget_passwords(struct accounts *, const char *but);

/* The file whose first line is the mail domain of this host. */
#define MAILNAME SYSCONFDIR "/mailname"
/*
 * A path with the home folder in place of a "~" that is all of it or stands
 * before a slash. The caller frees it; NULL when there is no home folder.
 */
char *account_path(const char *);

/* Is it the account that environment variables describe? */
bool account_is_environment(const struct account *);

#endif
