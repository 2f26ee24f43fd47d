/* SPDX-License-Identifier: ISC */
/*
 * The table of settings, in groups that are ranges of enum option_id; the
 * rows of a group stand in a file of their own. Only setup/option.c, which
 * makes one table of them, includes this besides.
 */
#ifndef CONFIG_OPTION_TABLE_H
#define CONFIG_OPTION_TABLE_H

#include "config/option/option.h"

extern const struct option_choice option_toggles[];	/* on, off */

extern const struct option_row option_server_rows[];	/* from OPTION_HOST */
extern const struct option_row option_mail_rows[];	/* from OPTION_FROM */
extern const struct option_row option_tls_rows[];	/* from OPTION_TLS */

#endif
