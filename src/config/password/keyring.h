/* SPDX-License-Identifier: ISC */
/* keyring: passwords kept by the desktop's Secret Service. */
#ifndef CONFIG_PASSWORD_KEYRING_H
#define CONFIG_PASSWORD_KEYRING_H

#include <stdbool.h>

struct account;
struct fault;
struct secret;

/* Is there a program to ask, a session bus, and a user to ask for? */
bool keyring_can_ask(const struct account *);
/*
 * Asks the program secret-tool(1), if there is one and a session bus, for the
 * account's host and user: 1 when it has a password, else 0. It looks for the
 * attributes
 *	application=postrider host user, ours;
 *	host service=smtp user, and
 *	server protocol=smtp user, which msmtp uses.
 * FAULT_TEMPORARY when it takes longer than passwordeval_timeout: somebody
 * may have to unlock the keyring.
 */
int keyring_password(const struct account *, struct secret *, struct fault *);

#endif
