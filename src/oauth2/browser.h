/* SPDX-License-Identifier: ISC */
/* browser: the desktop's. */
#ifndef OAUTH2_BROWSER_H
#define OAUTH2_BROWSER_H

#include <stdbool.h>

/* Hands the address to xdg-open(1), without a shell; false when there is none.
 * It is not waited for. */
bool browser_open(const char *address);

#endif
