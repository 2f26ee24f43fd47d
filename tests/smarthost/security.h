/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_SECURITY_H
#define SMARTHOST_SECURITY_H

#include <gnutls/gnutls.h>

/* The server's side of TLS: certificate, priorities, ticket key. */
struct security;

/*
 * Certificate (chain) and key are PEM files. priority is a GnuTLS priority
 * string, or NULL for the defaults; tls_max is "1.2", "1.3" or NULL. With
 * client_ca (PEM, else NULL) a client is asked for a certificate, and one that
 * does not come from there is refused. Ends the program when something cannot
 * be used.
 */
struct security *security_new(const char *certificate, const char *key,
    const char *priority, const char *tls_max, const char *client_ca);
void security_free(struct security *security);

/*
 * The handshake on a non-blocking socket, waiting as long as it takes.
 * Returns the session, or NULL with GnuTLS's error code in *error.
 */
gnutls_session_t security_handshake(const struct security *security, int fd,
    int *error);

#endif
