/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "config/account/account.h"

#define VALUE_SHOWN_MAX 40	/* octets of a wrong value that are quoted */

static const struct legacy rows[] = {
	{ "undisclosed_recipients", "undisclosed-recipients",
	    OPTION_SET_TO_HEADER, "undisclosed_recipients", "off" },
	{ "add_missing_from_header", "add-missing-from-header",
	    OPTION_SET_FROM_HEADER, "auto", "off" },
	{ "add_missing_date_header", "add-missing-date-header",
	    OPTION_SET_DATE_HEADER, "auto", "off" },
	{ "keepbcc", "keepbcc", OPTION_REMOVE_BCC_HEADERS, "off", "on" },
	{ "tls_nocertcheck", NULL, OPTION_TLS_CERTCHECK, "off", NULL },
	{ "tls_nostarttls", NULL, OPTION_TLS_STARTTLS, "off", NULL },
	{ "tls_force_sslv3", "tls-force-sslv3", OPTION_COUNT, "on", "off" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/*
 * All of msmtp's long options, since scripts abbreviate them. "password" is
 * none of them, but keeps "--password" from being short for "--passwordeval",
 * which would run the password as a command.
 */
static const char *const msmtp_names[] = {
	"account", "add-missing-date-header", "add-missing-from-header",
	"aliases", "auth", "auto-from", "configure", "connect-timeout",
	"debug", "domain", "dsn-notify", "dsn-return", "file", "from", "help",
	"host", "keepbcc", "logfile", "logfile-time-format", "maildomain",
	"password", "passwordeval", "port", "pretend", "protocol",
	"proxy-host", "proxy-port", "read-envelope-from", "read-recipients",
	"remove-bcc-headers", "rmqs", "serverinfo", "set-date-header",
	"set-from-header", "set-msgid-header", "set-to-header", "socket",
	"source-ip", "syslog", "timeout", "tls", "tls-cert-file",
	"tls-certcheck", "tls-crl-file", "tls-fingerprint", "tls-force-sslv3",
	"tls-host-override", "tls-key-file", "tls-min-dh-prime-bits",
	"tls-priorities", "tls-starttls", "tls-trust-file",
	"undisclosed-recipients", "user", "version",
};

const struct legacy *
legacy_find(const char *s, size_t n, bool by_name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (text_is(s, n, by_name ? rows[i].name : rows[i].keyword))
			return &rows[i];
	return NULL;
}

const struct legacy *
legacy_at(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

/* The value that the setting gets; NULL when the word cannot have this one. */
static const char *
value_of(const struct legacy *l, const char *value, size_t n)
{
	if (n == 0 || (l->off != NULL && text_is(value, n, "on")))
		return l->on;
	return l->off != NULL && text_is(value, n, "off") ? l->off : NULL;
}

int
legacy_set(struct account *account, const struct legacy *l, const char *value,
    size_t n, const struct option_place *place, struct notes *notes,
    struct fault *f)
{
	const char *to = value_of(l, value, n);

	if (to == NULL) {
		option_fault(f, place, "%s%s '%.*s'", l->keyword,
		    l->off == NULL ? " takes no value, not" : " cannot be",
		    n > VALUE_SHOWN_MAX ? VALUE_SHOWN_MAX : (int)n, value);
		if (l->off == NULL)
			return fault_hint(f, "write '%s %s'",
			    option_row(l->id)->keyword, l->on);
		return fault_hint(f, "write on or off");
	}
	if (l->id != OPTION_COUNT)
		return option_set(account, l->id, to, strlen(to), place, f);
	legacy_note(notes, l, value, n, place);
	return 0;
}

void
legacy_note(struct notes *notes, const struct legacy *l, const char *value,
    size_t n, const struct option_place *place)
{
	const char *to = value_of(l, value, n);

	if (place->file != NULL && l->id == OPTION_COUNT)
		notes_add(notes, "%s:%u: %s has no effect; remove the line",
		    place->file, place->line, l->keyword);
	else if (l->id == OPTION_COUNT)
		notes_add(notes, "--%s has no effect", l->name);
	else if (place->file != NULL && to != NULL)
		notes_add(notes, "%s:%u: %s is obsolete; write '%s %s'",
		    place->file, place->line, l->keyword,
		    option_row(l->id)->keyword, to);
}

const char *
legacy_advice(enum option_id id)
{
	if (id == OPTION_AUTO_FROM || id == OPTION_MAILDOMAIN)
		return "from %U@DOMAIN";
	return NULL;
}

const char *
legacy_expand(const char *s, size_t n)
{
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(msmtp_names) / sizeof(*msmtp_names);
	    i++) {
		if (strncmp(msmtp_names[i], s, n) != 0)
			continue;
		if (name != NULL)
			return NULL;
		name = msmtp_names[i];
	}
	return name;
}
