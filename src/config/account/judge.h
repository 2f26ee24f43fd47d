/* SPDX-License-Identifier: ISC */
/*
 * judge: whether the settings of an account go together, so that what cannot
 * send is found before it is tried. Nothing is opened and nobody is asked.
 */
#ifndef CONFIG_ACCOUNT_JUDGE_H
#define CONFIG_ACCOUNT_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "smtp/session.h"

struct account;
struct fault;
struct notes;

/*
 * How the session is secured, and the port. `tls` unset means: TLS from the
 * first octet on port 465; STARTTLS, required, on port 587 and wherever the
 * account authenticates to a host that is not this one; else none.
 */
enum session_tls account_tls(const struct account *);
uint16_t account_port(const struct account *);
/* Does what is said stay on this machine, as the account names the server? */
bool account_stays_here(const struct account *);

/*
 * FAULT_CONFIG, with the line to add, when a setting is missing that every
 * message needs: the host, LMTP's port, the user.
 */
int account_judge(const struct account *, struct fault *);
/*
 * FAULT_CONFIG when hardly any server can be reached, or will do, as the
 * account has it: port 465 without TLS from the first octet (RFC 8314 section
 * 3.3), a port of IMAP or POP3, methods that show the password and no TLS, on
 * the way to another host. That is not certain: who sends may try all the
 * same, and say this first. The account has a host or socket.
 */
int account_judge_way(const struct account *, struct fault *);
/* Adds a note for each thing that may send, but is not what most people mean.
 * As account_judge_way(). */
void account_judge_doubts(const struct account *, struct notes *);

#endif
