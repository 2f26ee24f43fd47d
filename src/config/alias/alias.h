/* SPDX-License-Identifier: ISC */
/*
 * alias: files of aliases(5): "name: address, address ...". Lines that begin
 * with a blank continue the entry above; names have no case; what stands
 * behind a name is looked at only when somebody asks for it, so that a long
 * file costs one walk over its octets.
 */
#ifndef CONFIG_ALIAS_ALIAS_H
#define CONFIG_ALIAS_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/index.h"
#include "mail/address/address.h"

struct fault;
struct notes;

/*
 * Octets of a file: 100,000 entries of 2,000 octets fit. No RFC has a limit;
 * this one keeps a device or a wrong file from filling the memory.
 */
#define ALIAS_FILE_MAX (256 * 1024 * 1024)

enum alias_kind {
	ALIAS_ADDRESS,
	ALIAS_FINAL,		/* "\name": is no alias itself */
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

/* What an entry comes to once all aliases behind it are resolved. */
struct alias_summary {
	size_t addresses;		/* 0, 1, or 2 for more */
	const struct mailbox *only;	/* that one; lives as the aliases do */
	bool hidden;			/* by "default", or by a list */
};

enum alias_state { ALIAS_NEW, ALIAS_OPEN, ALIAS_DONE };

struct alias_entry {
	struct aliases *in;	/* the file that it stands in */
	size_t name;		/* offset in the text, without quotes; */
	size_t name_len;	/* 0: an included list */
	size_t line;
	size_t value;		/* offset of what follows the colon */
	size_t value_len;	/* octets, continuation lines included */
	bool parsed;		/* `target` is filled */
	struct alias_target *target;
	size_t targets;
	/* of config/alias/expand.h: */
	size_t expansion;	/* the one that `state` belongs to */
	enum alias_state state;
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
	size_t expansion;	/* counted from 1, as the messages are */
	size_t message;
	struct aliases *first;	/* entries that win over these, or NULL */
	struct aliases **list;	/* lists that were included, each once */
	size_t lists;
};

void aliases_init(struct aliases *);
void aliases_free(struct aliases *);

/*
 * Takes the octets of a file (`text` is empty afterwards) and finds its
 * entries. Lines that are none, and a name's second entry, are left out; each
 * is a note that begins "FILE:LINE:COLUMN: ", lines and columns from 1,
 * columns in octets. The aliases must be empty before.
 */
void alias_parse(struct aliases *, const char *file, struct buffer *text,
    struct notes *errors);
/* The same for an included list: addresses in lines or behind commas. They
 * become the only entry, without a name. */
void alias_parse_list(struct aliases *, const char *file, struct buffer *text);
/*
 * An entry from elsewhere, in place of the one that a file may have: `text` is
 * a line of such a file, `origin` what messages call it. It must be right.
 */
void alias_put_first(struct aliases *, const char *origin, const char *text);
/* The entry of a name in any case, or NULL. */
struct alias_entry *alias_find(const struct aliases *, const char *name,
    size_t n);
/*
 * Fills the entry's targets, once. FAULT_CONFIG beginning "FILE:LINE:COLUMN: "
 * for what is no address, and for an entry without any.
 */
int alias_targets(struct alias_entry *, struct fault *);
/* Forgets them. */
void alias_clear(struct alias_entry *);

#endif
