/* SPDX-License-Identifier: ISC */
/* aliasload: which alias file there is, and its content. */
#ifndef CONFIG_ALIAS_LOAD_H
#define CONFIG_ALIAS_LOAD_H

#include <stdbool.h>

struct account;
struct alias_entry;
struct aliases;
struct fault;
struct notes;

/* The alias file of the system, and the file with its mail name. */
#define ALIASLOAD_DEFAULT SYSCONFDIR "/aliases"
#define ALIASLOAD_MAILNAME SYSCONFDIR "/mailname"

/* What an account's setting `aliases` comes to. */
enum alias_choice { ALIAS_CHOICE_DEFAULT, ALIAS_CHOICE_NONE,
    ALIAS_CHOICE_FILE };
enum alias_choice alias_choice(const struct account *);

/*
 * Reads a file and finds its entries; what is wrong in them becomes notes as
 * of alias_parse(). FAULT_CONFIG when it cannot be read, is no regular file or
 * is longer than ALIAS_FILE_MAX.
 */
int alias_read(struct aliases *, const char *path, struct notes *errors,
    struct fault *);
/*
 * The same as mail needs it. A file that the account names must be without
 * error: the first one is the fault, FAULT_CONFIG. The system's file (not
 * `configured`) may belong to a mail server and is not to stop anybody's mail:
 * it may be missing, and what is wrong becomes notes.
 */
int alias_load(struct aliases *, const char *path, bool configured,
    struct notes *, struct fault *);
/*
 * The entry of a list that a target includes, which is read once: FAULT_CONFIG
 * as above, and when there are too many. It belongs to the aliases.
 */
struct alias_entry *alias_list(struct aliases *, const char *path,
    struct fault *);

#endif
