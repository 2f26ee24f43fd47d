/* SPDX-License-Identifier: ISC */
/*
 * queueid: the name that a server has given to a message, from its reply to
 * the end of data. No RFC says where it stands; these servers are known:
 *
 *	2.0.0 Ok: queued as 4XyZ1b2c3Dz9	Postfix
 *	OK id=1rTz8K-0004dP-1x			Exim
 *	2.0.0 41SFxyz012345 Message accepted	sendmail, OpenSMTPD
 *	2.6.0 <...> [InternalId=4321, ...	Exchange
 */
#ifndef SMTP_QUEUEID_H
#define SMTP_QUEUEID_H

#include <stddef.h>

#define QUEUEID_MIN 4	/* octets; what is shorter may be anything */
#define QUEUEID_MAX 64	/* octets; Exchange's number has 20, Exim's name 23 */

/*
 * Finds it in the text of a reply (as in struct reply). Its length, and *id
 * points into the text; 0 when there is none, or something that only looks
 * like one: a queue id consists of letters, digits, "-" and "_", and has a
 * digit.
 */
size_t queueid_find(const char *text, size_t n, const char **id);

#endif
