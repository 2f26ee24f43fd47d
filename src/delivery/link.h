/* SPDX-License-Identifier: ISC */
/*
 * link: the way to the smarthost of one account: its session, and the secret
 * that it needs. Here a session is opened, kept for the next message, found
 * stale, and opened again.
 */
#ifndef DELIVERY_LINK_H
#define DELIVERY_LINK_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "smtp/session.h"

struct account;
struct confinement;
struct envelope;
struct outcome;
struct request;

struct link {
	const struct request *request;	/* not owned */
	const struct account *account;	/* not owned */
	struct session_params params;
	struct session session;		/* only while it is open */
	bool open;
	bool used;			/* a transaction was made in it */
	bool no_chunking;		/* the server does not know BDAT */
	char *sender_domain;		/* for EHLO, or NULL */
	/* what was fetched for the session; another one that takes its place
	 * needs nothing more: */
	struct secret password;
	struct tls *tls;
	struct buffer addresses;
	/* What the process keeps of its rights once that is there; NULL: all.
	 * Not owned. */
	const struct confinement *rest;
	bool confined;			/* to that: nothing can be fetched */
	bool typed;			/* by somebody at a terminal */
	bool renewed;			/* it is the second token: the first
					 * one was refused */
	bool refused_before;		/* the credentials, by an earlier
					 * process */
	struct fault denied;		/* why it is not to be opened: the
					 * credentials were refused */
};

/* To the smarthost of this account, which must outlive the link. */
void link_init(struct link *, const struct request *, const struct account *);
/* Closes the session without waiting, and wipes the secret. */
void link_free(struct link *);
/* Who sends the first message, which EHLO may tell: before link_open(). An
 * empty envelope: whoever sends by the account. */
void link_set_sender(struct link *, const struct envelope *);
/*
 * Makes sure of a session. One that is open is used again unless its server
 * has said something, or has gone, or a message was broken off in it; else the
 * secret is fetched and a session is opened. As soon as nothing more will be
 * fetched the process is confined to `rest`: before the server is heard or,
 * where AUTH may ask for another token or for tickets, or TLS for a token's
 * files, when the session is open. Credentials that were refused are
 * not tried again: the same password once more only makes servers lock the
 * account. -1 as account_password() and session_open(), the fault as
 * delivery/diagnosis has it; `outcome` says how far it came.
 */
int link_open(struct link *, struct outcome *, struct fault *);
/* Can the open session take another command? Not within a message, nor while a
 * reply is owed. */
bool link_is_whole(const struct link *);
/* Has the server of the open session gone, or said something unasked, as 421?
 * Nothing may be owed. */
bool link_is_stale(const struct link *);
/* A new session in place of the open one, with the same secret. */
int link_renew(struct link *, struct outcome *, struct fault *);
/* Leaves the smarthost, if we are there, and wipes the secret unless the
 * process is confined: then it could not be fetched again. */
void link_close(struct link *);

/*
 * What an account says of its session, in the words of the session; transcript
 * and note are left NULL. The account and the password must outlive the
 * params.
 */
void link_fill_params(struct session_params *, const struct account *,
    const struct secret *password);
/* Does the account's session use TLS? As it says, or as fits its port. */
bool link_wants_tls(const struct account *);
/* Does the account's session need a secret? */
bool link_wants_secret(const struct account *);

#endif
