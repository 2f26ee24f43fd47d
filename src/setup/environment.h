/* SPDX-License-Identifier: ISC */
/*
 * environment: the account that environment variables describe: POSTRIDER_HOST
 * and so on, one for each setting but those that run commands; SMTPSERVER and
 * EMAIL where POSTRIDER_HOST and POSTRIDER_FROM are missing.
 */
#ifndef SETUP_ENVIRONMENT_H
#define SETUP_ENVIRONMENT_H

#include <stdbool.h>

#define ENVIRONMENT_NAME "environment"	/* what the account is called */

struct account;
struct fault;

/* Is a smarthost named there? */
bool environment_has_host(void);
/*
 * Sets what is there. FAULT_CONFIG names a variable that is no setting, or
 * what is wrong with its value.
 */
int environment_read(struct account *, struct fault *);

#endif
