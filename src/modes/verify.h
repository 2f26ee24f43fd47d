/* SPDX-License-Identifier: ISC */
/* verify: -bv and -bt, what addresses come to. No network, no message. */
#ifndef MODES_VERIFY_H
#define MODES_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

struct account;
struct envelope;
struct fault;

struct verification {
	struct envelope *envelope;	/* reverse-path and recipients given */
	const struct account *settings;	/* those of the command line */
	const char *config_file;	/* -C, or NULL */
	bool config_of_root;		/* -C must be root's own file */
	const char *account;		/* -a, or NULL */
	bool no_aliases;		/* -n */
	void (*note)(const char *text);
};

/*
 * -bv: prints the account, the reverse-path and the recipients as a message to
 * these would have them. FAULT_RECIPIENT when one is a name without a domain
 * in the end, which only a mail server on this host could deliver to; else as
 * submit().
 */
int verify_recipients(const struct verification *, struct fault *);
/*
 * -bt: prints for each word, or each line of standard input if there are none,
 * its local part and domain, whether that is this host's, the recipients that
 * it comes to, and which account a message from it would go by. FAULT_DATA
 * when one is no address; the others are printed all the same.
 */
int verify_words(const struct verification *, const char *const *words,
    size_t n, struct fault *);

#endif
