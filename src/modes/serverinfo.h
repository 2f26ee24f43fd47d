/* SPDX-License-Identifier: ISC */
/* serverinfo: what a smarthost says about itself. */
#ifndef MODES_SERVERINFO_H
#define MODES_SERVERINFO_H

struct contact;
struct fault;

/*
 * Prints to standard output, as far as it gets: greeting, TLS parameters,
 * certificate with the settings that would pin it, and capabilities. Nobody
 * is authenticated and no client certificate is shown, so the certificate may
 * be looked at that is not trusted: that is told, and the fault afterwards.
 * Other faults are those of session_open().
 */
int serverinfo(const struct contact *, struct fault *);

#endif
