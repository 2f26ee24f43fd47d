/* SPDX-License-Identifier: ISC */
/*
 * idna: the A-labels of a domain (RFC 5890), by libidn2, which nobody else
 * asks. Mail and connections need the same answer.
 */
#ifndef BASE_IDNA_H
#define BASE_IDNA_H

/*
 * The domain in A-labels: 0 and a string that the caller frees, or -1 when it
 * has none. ASCII stays as it is. Other characters are mapped as UTS #46 has
 * it: case, width and such forms go, the ideographic full stops are dots, soft
 * hyphens and the like are left out. But no mapping gives an ASCII character
 * that is neither letter, digit, hyphen nor dot, or an empty label: a domain
 * that would become another one, or an address of its own, has no A-labels.
 */
int idna_to_ascii(const char *domain, char **ascii);

#endif
