/* SPDX-License-Identifier: ISC */
/* stranger: servers that are none for mail, by the first that they say. */
#ifndef WIRE_STRANGER_H
#define WIRE_STRANGER_H

#include <stddef.h>

struct fault;

/* The protocol whose servers begin so, such as "IMAP"; NULL: none that we know,
 * which it may be for SMTP. */
const char *stranger_protocol(const char *octets, size_t n);
/* Gives the remedy to a fault about a server of that protocol, or, by NULL,
 * about one that does not speak SMTP. */
void stranger_explain(const char *protocol, struct fault *);

#endif
