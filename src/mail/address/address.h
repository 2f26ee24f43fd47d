/* SPDX-License-Identifier: ISC */
/*
 * address: RFC 5322 section 3.4 and RFC 6854 address lists, obsolete forms of
 * section 4.4 included, and the RFC 5321 form of one mailbox.
 */
#ifndef MAIL_ADDRESS_ADDRESS_H
#define MAIL_ADDRESS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct fault;

/* Strings are NUL-terminated, free of NUL and of other control characters. In
 * a mailbox that owns them the domain stands behind the local part, in its
 * memory. */
struct mailbox {
	char *name;	/* display name: phrase without quotes, or NULL; ""
			 * if the bare name may be half of one */
	char *local;	/* without quotes and escapes; never "" */
	char *domain;	/* "" for a bare name; "[...]" for a literal */
};

/* Where an address stands in the text: the addr-spec or bare name alone,
 * without display name, angle brackets and route. */
struct address_place {
	size_t at;	/* offset */
	size_t len;	/* octets, blanks and comments within included */
};

struct address_list {
	struct mailbox *box;
	struct address_place *place;	/* of each box, in the text that it
					 * was read from */
	size_t count;
	size_t cap;
};

/*
 * Adds the mailboxes of an address list, those in groups included. The text is
 * the body of a field, with its folds and final CRLF, or an argument of the
 * command line. Routes, comments and empty elements are left out. On a syntax
 * error: -1 with FAULT_DATA, which quotes the text and says at which octet it
 * begins, counted from 1; mailboxes that stand before it have been added.
 *
 * What is tolerated beyond the RFC, and what is not, follows one rule: no
 * reading may be a guess that could reach somebody who was not meant. Hence
 * bare names are taken ("root"), but not two words, nor one that a comma
 * separates from a display name ("Doe, John <j@example.org>"); and a domain
 * that is not ASCII has A-labels (see base/idna.h).
 */
int address_parse(struct address_list *, const char *s, size_t n,
    struct fault *);
/*
 * The same for recipients, where a name before a display name is one, too
 * ("root, Carol <carol@example.org>"), and doubtful.
 */
int address_parse_recipients(struct address_list *, const char *s, size_t n,
    struct fault *);
/* Is it a bare name that may be half of a display name with a comma? */
bool mailbox_is_doubtful(const struct mailbox *);
/*
 * Parses one reverse-path, as address_parse() does, but without groups and
 * separators. "" and "<>" set *empty, and give no mailbox (RFC 5321 section
 * 4.5.5). The caller frees the mailbox in every case; what it held before is
 * overwritten.
 */
int address_parse_path(struct mailbox *, bool *empty, const char *s, size_t n,
    struct fault *);
/* Forgets the mailboxes, keeps the room for others. */
void address_list_clear(struct address_list *);
void address_list_free(struct address_list *);
void mailbox_free(struct mailbox *);

/* Gives a mailbox copies of a local part and a domain of so many octets. What
 * it held before is overwritten, but for the display name. */
void mailbox_set(struct mailbox *, const char *local, size_t,
    const char *domain, size_t);
/* Copies the local part and the domain; the display name is left out. What
 * `to` held before is overwritten. */
void mailbox_copy(struct mailbox *to, const struct mailbox *from);
/* Do two mailboxes reach the same person? The local part is compared exactly,
 * the domain without regard to case (RFC 5321 section 2.4). */
bool mailbox_same(const struct mailbox *, const struct mailbox *);
/* Is the local part not ASCII? Then it can be sent with SMTPUTF8 only (RFC
 * 6531); a domain can go as A-labels. False without a local part. */
bool mailbox_needs_smtputf8(const struct mailbox *);

/*
 * Octets of an address as address_spec() writes it. The parser takes 16 KiB,
 * far above the 256 of RFC 5321 section 4.5.3.1.3; quotes and a domain that
 * replaces another may add to that, and a command must hold it with its ORCPT.
 */
#define ADDRESS_MAX (64 * 1024)

/* Adds text without control characters as a quoted string (RFC 5322 section
 * 3.2.4). */
void address_add_quoted(struct buffer *, const char *, size_t);
/* Adds local@domain as RFC 5321 Mailbox: the local part is quoted when it
 * needs that, and there is no "@" when the domain is "". */
void address_add_spec(struct buffer *, const struct mailbox *);
/* The same as a string that the caller frees; NULL without a local part. */
char *address_spec(const struct mailbox *);
/* That, printable; "<>" without a local part. */
char *address_printable(const struct mailbox *);

/* atext of RFC 5322 section 3.2.3, or an octet of a UTF-8 character. */
bool address_is_atext(char);
/* A dot-atom of RFC 5322, UTF-8 allowed (RFC 6532) where well-formed. */
bool address_is_dot_atom(const char *, size_t);
/* Is this domain ASCII, or has it A-labels (see base/idna.h)? */
bool address_has_ascii_domain(const char *, size_t);
/*
 * RFC 5321 Domain: labels of letters, digits and inner hyphens, at most 63
 * octets each and 255 in all (RFC 1035 section 2.3.4); or UTF-8 that has
 * A-labels. A mailbox may have others: for its domain the server has the
 * last word.
 */
bool address_is_domain(const char *, size_t);
/* As above, with at least two labels, ASCII only, none of them "localhost"
 * or "localdomain", the last not numeric: a name fit for EHLO. */
bool address_is_fqdn(const char *, size_t);

#endif
