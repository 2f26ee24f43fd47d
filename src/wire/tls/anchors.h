/* SPDX-License-Identifier: ISC */
/*
 * anchors: a PEM file of trust anchors as a row of certificates, and the few of
 * them that can matter for one chain. To import a system's whole store costs
 * more than all the rest of a small submission; all but one or two of it have
 * names that nobody asked for. Decides nothing about trust: it only leaves out
 * what cannot have one of the names.
 */
#ifndef WIRE_TLS_ANCHORS_H
#define WIRE_TLS_ANCHORS_H

#include <stdbool.h>
#include <stddef.h>

/* Octets that belong to somebody else. */
struct span {
	const unsigned char *p;
	size_t len;
};

/* A file of anchors; owns the text. */
struct anchors {
	char *pem;
	size_t len;
	size_t count;	/* blocks that should hold a certificate */
	bool plain;	/* all of them, and all there is, are CERTIFICATE */
};

/* Two of each certificate; GnuTLS takes 16 of them. */
#define ANCHOR_NAMES_MAX 64

/* Names in DER that belong to somebody else; begins as { 0 }. */
struct anchor_names {
	struct span name[ANCHOR_NAMES_MAX];
	size_t count;
	bool any;	/* one is such that every anchor could have it */
};

/*
 * Reads a regular file. False, with nothing open, when it cannot be read: errno
 * says why, 0 that it is no regular file. One without a certificate is read.
 */
bool anchors_open(struct anchors *, const char *file);
/* The same of octets, which are copied. */
void anchors_take(struct anchors *, const char *pem, size_t len);
void anchors_close(struct anchors *);

/* False when there are too many. */
bool anchors_add_name(struct anchor_names *, const struct span *);

/*
 * The next block that may hold a certificate of one of the names, or with NULL
 * of any: labelled CERTIFICATE or X509 CERTIFICATE (RFC 7468 section 5), from
 * "-----BEGIN" to behind "-----END ". A block that cannot be read is among
 * them: the TLS library must judge it. *at begins as 0 and is where to go on;
 * false when there is no more.
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
