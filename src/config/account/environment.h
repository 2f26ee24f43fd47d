/* SPDX-License-Identifier: ISC */
/*
 * environment: the account that environment variables describe: POSTRIDER_HOST
 * and so on, one for each setting but those that run commands; SMTPSERVER and
 * EMAIL where POSTRIDER_HOST and POSTRIDER_FROM are missing.
 */
#ifndef CONFIG_ACCOUNT_ENVIRONMENT_H
#define CONFIG_ACCOUNT_ENVIRONMENT_H

#include <stdbool.h>

#define ENVIRONMENT_NAME "environment"	/* what the account is called */

struct account;
struct fault;
struct notes;

/* Is a smarthost named there? */
bool environment_has_host(void);
/*
 * Sets the settings that the environment has; a variable that is no setting may
 * be another program's and is passed over. FAULT_CONFIG: a value is wrong, or
 * it is a command.
 */
int environment_read(struct account *, struct fault *);
/*
 * Does nothing unless the account is that of the environment: then adds a note
 * for each variable that looks like a setting and is none, with the name that
 * was probably meant.
 */
void environment_note(const struct account *, struct notes *);

#endif
