/* SPDX-License-Identifier: ISC */
/*
 * anchors: the few certificates of a PEM bundle of trust anchors that can
 * matter for one chain. To import a system's whole store costs more than all
 * the rest of a small submission; all but one or two of it have names that
 * nobody asked for. Decides nothing about trust: it only selects by name.
 */
#ifndef WIRE_ANCHORS_H
#define WIRE_ANCHORS_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;

/* Octets that belong to somebody else. */
struct span {
	const unsigned char *p;
	size_t len;
};

/* Anchors that can be selected from; owns the text. */
struct anchors {
	char *pem;
	size_t len;
	size_t count;		/* CERTIFICATE blocks; 0: not open */
};

/*
 * Reads a bundle that can be searched: a regular file with one or more PEM
 * blocks, all of them labelled CERTIFICATE (RFC 7468 section 5). False, with
 * nothing open, for anything else: the TLS library must then judge it whole.
 */
bool anchors_open(struct anchors *, const char *file);
/* The same of octets, which are copied. */
bool anchors_take(struct anchors *, const char *pem, size_t len);
void anchors_close(struct anchors *);

/*
 * Adds each block whose subject is, octet by octet of its DER, one of the n
 * names. False when a block cannot be read: it could be any of them.
 */
bool anchors_select(const struct anchors *, const struct span *names, size_t n,
    struct buffer *pem);

/*
 * Issuer and subject of a certificate in DER (RFC 5280 section 4.1), as spans
 * of it. It may end anywhere behind the subject. False when it is none.
 */
bool anchors_names(const unsigned char *der, size_t len, struct span *issuer,
    struct span *subject);

#endif
