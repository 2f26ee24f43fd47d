/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "wire/stranger.h"

#define TLS "TLS"
#define READING(name) "by " name " mail is read; it is sent to another port, " \
    "mostly 587 or 465: set \"port\", and \"host\" if that is another one"
#define OTHER "check \"host\" and \"port\""

static const struct {
	const char *begins;
	const char *protocol;
	const char *hint;
} strangers[] = {
	{ "* OK", "IMAP", READING("IMAP") },
	{ "* PREAUT", "IMAP", READING("IMAP") },
	{ "* BYE", "IMAP", READING("IMAP") },
	{ "+OK", "POP3", READING("POP3") },
	{ "HTTP/", "HTTP", "that is a web server: " OTHER "; a network that "
	    "wants a login first does the same" },
	{ "SSH-", "SSH", "that is for logins: " OTHER },
	/* a record's type and version (RFC 8446 section 5.1) */
	{ "\x15\x03", TLS, "this port begins with TLS: set \"tls on\" and "
	    "\"tls_starttls off\"" },
	{ "\x16\x03", TLS, "this port begins with TLS: set \"tls on\" and "
	    "\"tls_starttls off\"" },
};

#define COUNT (sizeof(strangers) / sizeof(strangers[0]))

const char *
stranger_protocol(const char *octets, size_t n)
{
	size_t len;

	for (size_t i = 0; i < COUNT; i++) {
		len = strlen(strangers[i].begins);
		if (n >= len && memcmp(octets, strangers[i].begins, len) == 0)
			return strangers[i].protocol;
	}
	return NULL;
}

void
stranger_explain(const char *protocol, struct fault *f)
{
	const char *hint = "no mail server answers there: " OTHER "; a "
	    "network that wants a login first does the same";

	for (size_t i = 0; protocol != NULL && i < COUNT; i++)
		if (strcmp(strangers[i].protocol, protocol) == 0)
			hint = strangers[i].hint;
	fault_replace_hint(f, "%s", hint);
}
