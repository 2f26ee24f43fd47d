/* SPDX-License-Identifier: ISC */
/*
 * anchors: finds in a PEM file of trust anchors the few certificates that a
 * chain can need. To import a system's whole store costs more than all the rest
 * of a small submission, and all but one or two of its certificates have names
 * that the chain does not mention. Nothing is decided here about trust: only
 * certificates that cannot have one of the names are left out.
 */
#ifndef WIRE_TLS_ANCHORS_H
#define WIRE_TLS_ANCHORS_H

#include <stdbool.h>
#include <stddef.h>

/* Octets that are not owned. */
struct span {
	const unsigned char *p;
	size_t len;
};

/* Octets of a file of anchors; a system's store has less than one MiB. */
#define ANCHORS_MAX (64 * 1024 * 1024)

/* A file of anchors; owns the text. */
struct anchors {
	char *pem;
	size_t len;
	size_t count;	/* blocks that should hold a certificate */
	bool plain;	/* all of them, and all there is, are CERTIFICATE */
};

/* A chain has two of each certificate, and GnuTLS takes 16 of those. */
#define ANCHOR_NAMES_MAX 64

/* Names in DER, which are not owned; begins as { 0 }. */
struct anchor_names {
	struct span name[ANCHOR_NAMES_MAX];
	size_t count;
	bool any;	/* one of them could equal the name of any anchor */
};

/*
 * Reads a regular file, whether there is a certificate in it or not. False, and
 * there is nothing to close, when it cannot be read: errno says why, EFBIG that
 * it has more than ANCHORS_MAX octets, 0 that it is no regular file.
 */
bool anchors_open(struct anchors *, const char *file);
/* Takes a copy of a file's octets. */
void anchors_take(struct anchors *, const char *pem, size_t len);
void anchors_close(struct anchors *);

/* Adds a name; false when there are too many. */
bool anchors_add_name(struct anchor_names *, const struct span *);

/*
 * The next block whose certificate may have one of the names as its subject,
 * or, with NULL, any subject. Its label is CERTIFICATE or X509 CERTIFICATE (RFC
 * 7468 section 5), and it goes from "-----BEGIN" to behind "-----END ". A block
 * that cannot be read is among them: the TLS library must judge it. *at is
 * where to look, 0 at first; false when there are no more.
 */
bool anchors_next(const struct anchors *, const struct anchor_names *,
    size_t *at, struct span *block);
/* The line in which a block begins, from 1. */
size_t anchors_line(const struct anchors *, const struct span *block);

/*
 * Issuer and subject of a certificate in DER (RFC 5280 section 4.1), as spans
 * of it. It may end anywhere behind the subject. False when it is none.
 */
bool anchors_names(const unsigned char *der, size_t len, struct span *issuer,
    struct span *subject);

#endif
