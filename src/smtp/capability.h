/* SPDX-License-Identifier: ISC */
/*
 * capability: what a server announced in its EHLO reply (RFC 5321 section
 * 4.1.1.1). Keywords are matched whole and without regard to case; the first
 * line of the reply is the server's name and no capability.
 */
#ifndef SMTP_CAPABILITY_H
#define SMTP_CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

struct reply;

enum capability {
	CAP_STARTTLS, CAP_AUTH, CAP_PIPELINING, CAP_SIZE, CAP_8BITMIME,
	CAP_ENHANCEDSTATUSCODES, CAP_SMTPUTF8, CAP_DSN, CAP_CHUNKING,
	CAP_LIMITS, CAP_ETRN, CAP_REQUIRETLS,
	CAP_COUNT
};

struct capabilities {
	bool has[CAP_COUNT];
	uint64_t size;		/* octets; 0: no fixed limit (RFC 1870) */
	uint64_t rcpt_max;	/* in one transaction (RFC 9422); 0: unsaid */
	uint64_t mail_max;	/* transactions in a session; 0: unsaid */
	char *mechanisms;	/* of AUTH, upper case, a blank around each */
};

/* Reads an EHLO reply anew; what was known before is forgotten. */
void capability_read(struct capabilities *, const struct reply *);
void capability_clear(struct capabilities *);
/* Is this SASL mechanism (upper case) offered? */
bool capability_has_mechanism(const struct capabilities *, const char *);
/* Is any mechanism with channel binding offered, known to us or not? */
bool capability_has_binding(const struct capabilities *);

#endif
