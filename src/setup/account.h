/* SPDX-License-Identifier: ISC */
/*
 * account: one field for each setting, each named once in the option table
 * (setup/option.c), with where its value came from.
 */
#ifndef SETUP_ACCOUNT_H
#define SETUP_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "setup/option.h"

enum toggle { TOGGLE_UNSET, TOGGLE_OFF, TOGGLE_ON };
enum from_header { FROM_HEADER_AUTO, FROM_HEADER_ON, FROM_HEADER_OFF };

struct origin {
	const char *file;	/* NULL: default, or the command line */
	size_t line;		/* 0 with a NULL file: default; 1: command line */
};

struct account {
	char *name;
	/* the settings; strings are NULL when unset, owned by the account */
	char *host;
	int64_t port;			/* 0: unset */
	int64_t timeout;		/* seconds; 0: unset */
	char *domain;			/* EHLO name */
	char *from;			/* reverse-path, or a glob to match it */
	enum toggle tls;
	enum toggle tls_starttls;
	char *tls_trust_file;		/* NULL: system; "~" resolved */
	enum toggle tls_certcheck;	/* unset: on */
	char *auth;			/* NULL: off; "on"; else upper-case mechanism */
	enum toggle auth_without_tls;
	char *user;
	struct secret password;
	char *passwordeval;
	int64_t passwordeval_timeout;	/* seconds */
	enum from_header set_from_header;
	enum toggle remove_bcc_headers;	/* unset: on */
	enum toggle set_date_header;	/* unset: on (auto) */
	enum toggle set_msgid_header;
	/* where each value came from, by row of the option table */
	struct origin origin[OPTION_COUNT];
	bool set[OPTION_COUNT];		/* explicitly set (inheritance) */
};

#endif
