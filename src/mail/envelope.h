/* SPDX-License-Identifier: ISC */
/*
 * envelope: reverse-path, recipients and delivery status wishes (RFC 5321,
 * RFC 3461), and what became of each recipient.
 */
#ifndef MAIL_ENVELOPE_H
#define MAIL_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "base/memory.h"
#include "mail/address/address.h"

struct fault;
struct header;

enum recipient_state {
	RECIPIENT_PENDING,	/* nothing known: never a success */
	RECIPIENT_ACCEPTED,	/* 2yz to RCPT */
	RECIPIENT_DEFERRED,	/* 4yz: temporary */
	RECIPIENT_REFUSED,	/* 5yz: for good */
	RECIPIENT_DELIVERED	/* 2yz to the end of data */
};

struct recipient {
	struct mailbox box;	/* without a display name */
	enum recipient_state state;
	char *reply;		/* printable reply of a refusal, or NULL */
	int code;		/* of that reply, 0: none was read */
	int subject;		/* its enhanced status code X.subject.detail */
	int detail;		/* (RFC 3463); both -1 when it has none */
	unsigned notify;	/* DSN_*, 0: as the envelope has it */
	char *orcpt;		/* TYPE;XTEXT (RFC 3461 section 4.2), or NULL:
				 * made of the address; owned */
	bool doubtful;		/* see mailbox_is_doubtful() */
};

/* So begins a reply of ours, where no server was asked about the recipient. */
#define RECIPIENT_UNTRIED "not tried: "
/* The reason behind it, or NULL where a server has said the reply. */
const char *recipient_untried(const struct recipient *);

enum { /* NOTIFY of RFC 3461 section 4.1 */
	DSN_NEVER = 1, DSN_SUCCESS = 2, DSN_FAILURE = 4, DSN_DELAY = 8
};
enum dsn_return { DSN_RETURN_UNSET, DSN_RETURN_FULL, DSN_RETURN_HEADERS };

struct envelope {
	bool null_path;		/* MAIL FROM:<> */
	struct mailbox path;	/* reverse-path; its local part is NULL when
				 * null_path is set, or when none is known */
	char *unusable_path;	/* what was given for it and is none, such as
				 * "web@", or ""; NULL: nothing like that */
	struct recipient *recipient;
	size_t count;
	size_t cap;
	struct memory_pool strings;	/* of their mailboxes */
	struct index index;	/* of the recipients, */
	size_t indexed;		/* as far as it has been needed */
	struct buffer key;	/* of the one that was looked for last */
	unsigned notify;	/* DSN_*, 0 when not asked for */
	enum dsn_return ret;
	char *envid;		/* before xtext; NULL when not asked for */
	bool smtputf8;		/* -U: asked for whether needed or not */
	bool requiretls;	/* RFC 8689: not to be sent otherwise */
	bool qualified;		/* the reverse-path's domain is the one of
				 * qualify_domain: the writer gave none */
};

void envelope_init(struct envelope *);
void envelope_free(struct envelope *);
void envelope_set_path(struct envelope *, const struct mailbox *);
void envelope_set_null_path(struct envelope *);
/* Keeps what cannot be a reverse-path, for somebody who can replace it. "" is
 * the null path as well. */
void envelope_set_unusable_path(struct envelope *, const char *);
/* Why that is none: -1 with FAULT_DATA. 0 where it is the null path. */
int envelope_check_path(const struct envelope *, struct fault *);
/* Reverse-path and delivery status wishes of another one, in place of none. */
void envelope_copy_sender(struct envelope *to, const struct envelope *from);
/* Adds a recipient of another envelope, with its wishes, as PENDING; it must
 * not be there yet. */
void envelope_copy_recipient(struct envelope *to, const struct recipient *);
/* Adds a copy of a recipient unless mailbox_same() finds it among those there.
 */
void envelope_add(struct envelope *, const struct mailbox *);
/* Adds a recipient that is known not to be there; that is cheaper. */
void envelope_append(struct envelope *, const struct mailbox *);
/* The recipient's number, or INDEX_NONE when it is not there. */
size_t envelope_find(struct envelope *, const struct mailbox *);
/* Has the reverse-path, or a recipient that is not refused, a local part that
 * is not ASCII? */
bool envelope_needs_smtputf8(const struct envelope *);
/*
 * Adds the addresses in To, Cc and Bcc, or, where envelope_resent() finds a
 * block of Resent- fields, in Resent-To, Resent-Cc and Resent-Bcc of that. -1
 * with FAULT_DATA, which names field and line, when one cannot be parsed.
 */
int envelope_add_header(struct envelope *, const struct header *,
    struct fault *);
/*
 * Has the header a block of Resent- fields (RFC 5322 section 3.6.6)? Then
 * fields *first to *last - 1 are the latest block, which is the first one;
 * else these are all fields.
 */
bool envelope_resent(const struct header *, size_t *first, size_t *last);
/* Exchanges the recipients of two envelopes, their states included. */
void envelope_swap_recipients(struct envelope *, struct envelope *);
size_t envelope_in_state(const struct envelope *, enum recipient_state);

/*
 * What people write for NOTIFY: a list such as "failure,delay", or "never",
 * in any case. -1, and *notify as it was, when it is something else; "never"
 * stands alone.
 */
int dsn_parse_notify(unsigned *notify, const char *, size_t);
/* Adds that list, or as RCPT has it in capitals; "off" for 0. */
void dsn_add_notify(struct buffer *, unsigned notify, bool capitals);

#endif
