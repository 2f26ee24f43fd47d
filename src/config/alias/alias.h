/* SPDX-License-Identifier: ISC */
/*
 * alias: files of aliases(5), in lines of "name: address, address ...". A line
 * that begins with a blank continues the entry above, and the case of a name
 * does not matter. What stands behind a name is parsed only when a recipient
 * leads there, so that a long file costs one walk over its octets.
 */
#ifndef CONFIG_ALIAS_ALIAS_H
#define CONFIG_ALIAS_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/index.h"
#include "mail/address/address.h"

struct account;
struct envelope;
struct fault;
struct notes;

/*
 * Octets of a file: 100,000 entries of 2,000 octets fit. No RFC has a limit;
 * this one keeps a wrong file from filling the memory.
 */
#define ALIAS_FILE_MAX (256 * 1024 * 1024)

enum alias_kind {
	ALIAS_ADDRESS,
	ALIAS_FINAL,		/* "\name": not looked up again */
	ALIAS_COMMAND,		/* "|command" */
	ALIAS_FILE,		/* "/file" */
	ALIAS_INCLUDE,		/* ":include:/file" */
	ALIAS_SPECIAL		/* ":word:" of some mail server */
};

struct alias_target {
	enum alias_kind kind;
	struct mailbox box;	/* of an address; its domain may be "" */
	char *path;		/* of an included list, else NULL */
	size_t line;		/* in the file, from 1 */
};

/* The addresses that an entry stands for, once all behind it is resolved. */
struct alias_summary {
	size_t addresses;		/* 0, 1, or 2 for more than one */
	const struct mailbox *only;	/* that one; lives as the aliases do */
	bool hidden;			/* it comes of "default" or a list */
};

struct alias_entry {
	struct aliases *in;	/* the file that it stands in */
	size_t name;		/* offset in the text of its line and of the
				 * name, quotes being removed; */
	size_t name_len;	/* 0: an included list */
	size_t line;
	size_t value;		/* offset of what follows the colon */
	size_t value_len;	/* octets, continuation lines included */
	bool parsed;		/* `target` is filled */
	struct alias_target *target;
	size_t targets;
	/* of expand.c: */
	size_t expansion;	/* the last one that has led here */
	bool open;		/* in it, what is behind is being resolved: */
	size_t next;		/* the next target, */
	struct alias_entry *outer;	/* for this entry, or NULL */
	size_t message;		/* the last one that had a recipient who is
				 * this entry by name */
	struct alias_summary summary;
};

struct aliases {
	char *file;		/* its name, for messages */
	struct buffer text;
	struct alias_entry *entry;
	size_t count;
	size_t cap;
	struct index names;
	bool include;		/* ":include:" is followed */
	bool senders;		/* a file of `senders`: a name may have a
				 * domain */
	size_t expansion;	/* counted from 1, as the messages are */
	size_t message;
	struct aliases *first;	/* entries that win over these, or NULL */
	struct aliases **list;	/* lists that were included, each once */
	size_t lists;
};

void aliases_init(struct aliases *);
void aliases_free(struct aliases *);

/*
 * Parses the octets of a file into empty aliases, which own them then: `text`
 * is empty afterwards. A line that is no entry and a second entry of a name are
 * left out; `errors` gets a note of each, which begins "FILE:LINE:COLUMN: "
 * (both from 1, columns in octets).
 */
void alias_parse(struct aliases *, const char *file, struct buffer *text,
    struct notes *errors);
/*
 * Adds an entry that is found before the one that a file has by its name.
 * `text` is a valid line of an alias file, and `origin` takes the place of the
 * file's name in messages.
 */
void alias_put_first(struct aliases *, const char *origin, const char *text);
/* The entry of a name in any case, or NULL. */
struct alias_entry *alias_find(const struct aliases *, const char *name,
    size_t n);
/*
 * Parses the entry's targets, the first time that it is called. FAULT_CONFIG
 * that begins "FILE:LINE:COLUMN: ": one is no address, or there is none.
 */
int alias_targets(struct alias_entry *, struct fault *);

/* The system's alias file. */
#define ALIAS_FILE_DEFAULT SYSCONFDIR "/aliases"
/* The file that the account names; the system's when it says nothing about
 * aliases, NULL when it wants none. */
const char *alias_file(const struct account *);

/*
 * Reads and parses a file; `errors` as of alias_parse(). FAULT_CONFIG: it
 * cannot be read, is no regular file, or is longer than ALIAS_FILE_MAX.
 */
int alias_read(struct aliases *, const char *path, struct notes *errors,
    struct fault *);
/*
 * The same before mail is sent. The first error in a file that the account
 * names (`configured`) is FAULT_CONFIG. The system's file is made for a mail
 * server and must not stop the mail of all users: it may be missing, and its
 * errors become notes.
 */
int alias_load(struct aliases *, const char *path, bool configured,
    struct notes *, struct fault *);
/*
 * The entry of an included list, a file that has an address in each line or
 * between commas: they are its targets, and it has no name. The aliases own
 * the list and read it once. NULL with FAULT_CONFIG as of alias_read(), and
 * when there are too many lists.
 */
struct alias_entry *alias_list(struct aliases *, const char *path,
    struct fault *);

/* ---- localdomain.c: which addresses mean somebody on this host ---- */

enum locality {
	LOCALITY_NONE,		/* somewhere else */
	/*
	 * Only the file mailname has the domain. It may be the domain of a
	 * whole organisation: aliases apply to it, but "default" does not,
	 * since it would take everybody's mail.
	 */
	LOCALITY_SHARED,
	LOCALITY_OWN
};

/* Domains, each with its locality. */
struct local_domains {
	struct index names;
};

/*
 * Gathers localhost, this host's name and the first label of it, the
 * account's alias_domains, and the first line of `mailname` (usually MAILNAME)
 * if that file can be read. FAULT_CONFIG, naming where the setting comes from,
 * when a word of alias_domains is no domain. To be freed in every case.
 */
int local_domains_gather(struct local_domains *, const struct account *,
    const char *mailname, struct fault *);
/* One that is there keeps its locality. */
void local_domains_add(struct local_domains *, const char *, size_t,
    enum locality);
void local_domains_free(struct local_domains *);
/* The locality of a domain in any case; "" is LOCALITY_OWN. */
enum locality local_domains_find(const struct local_domains *,
    const char *domain);

/* ---- expand.c: from a recipient to those that it stands for ---- */

/*
 * Begins a new expansion. Within an expansion each entry is resolved once,
 * whatever leads to it, and its addresses are added once: the time is that of
 * the entries reached, not of the ways to them. A new one adds them again.
 */
void alias_begin_expansion(struct aliases *);
/* The same for a new message: alias_replacement() forgets its recipients. */
void alias_begin_message(struct aliases *);
/*
 * Adds to the envelope the addresses that a recipient stands for; its own when
 * it has no alias, or its alias names it. FAULT_CONFIG that begins "FILE:LINE":
 * it leads to a command, a file, a list that is not to be included or cannot
 * be read, to what is no address, or round in a circle.
 */
int alias_expand(struct aliases *, const struct local_domains *,
    const struct mailbox *, struct envelope *, struct fault *);
/*
 * The address to write in place of this one in the header, or NULL when it
 * stays: it must be a recipient of the message by the name of an alias that
 * stands for one address only. Neither a fallback nor an included list counts,
 * so that the header tells nobody who is on a list.
 */
const struct mailbox *alias_replacement(const struct aliases *,
    const struct local_domains *, const struct mailbox *);
/*
 * Resolves all entries and notes each fault that a recipient could lead to, but
 * for commands, files and lists: a mail server may have a use for them.
 */
void alias_check(struct aliases *, const struct local_domains *,
    struct notes *errors);

#endif
