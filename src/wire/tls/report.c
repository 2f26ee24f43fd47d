/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "wire/tls/tls.h"
#include "wire/tls/trust.h"

#define LINE_MAX_OCTETS (64 * 1024)	/* one line; names can be many */
#define NAMES_MAX 1024			/* of a certificate; all of them */
#define LABEL_WIDTH 14			/* columns up to the value */

/*
 * Adds a line of the value that was written, which is made printable, since a
 * certificate may hold anybody's text. Nothing for an empty one.
 */
static void
add_line(struct buffer *b, const char *what, struct buffer *value)
{
	if (value->len > 0) {
		buffer_printf(b, "    %-*s", LABEL_WIDTH, what);
		text_add_printable(b, value->data, value->len);
		buffer_add_char(b, '\n');
	}
	buffer_clear(value);
}

static void
add_word(struct buffer *b, const char *what, const char *value)
{
	if (value != NULL)
		buffer_printf(b, "    %-*s%s\n", LABEL_WIDTH, what, value);
}

static void
add_session(struct buffer *b, gnutls_session_t session)
{
	add_word(b, "version:", gnutls_protocol_get_name(
	    gnutls_protocol_get_version(session)));
	add_word(b, "cipher suite:", gnutls_ciphersuite_get(session));
	add_word(b, "key exchange:", gnutls_group_get_name(
	    gnutls_group_get(session)));
	add_word(b, "signature:", gnutls_sign_get_name(
	    (gnutls_sign_algorithm_t)gnutls_sign_algorithm_get(session)));
}

static void
add_certificate(struct buffer *b, gnutls_session_t session,
    gnutls_x509_crt_t cert)
{
	time_t now = time(NULL);
	time_t from = gnutls_x509_crt_get_activation_time(cert);
	time_t to = gnutls_x509_crt_get_expiration_time(cert);
	struct buffer value;
	unsigned bits = 0;
	int key = gnutls_x509_crt_get_pk_algorithm(cert, &bits);

	buffer_init(&value, LINE_MAX_OCTETS);
	trust_add_dn(&value, "", cert, gnutls_x509_crt_get_dn3);
	add_line(b, "subject:", &value);
	trust_add_names(&value, cert, NAMES_MAX);
	add_line(b, "names:", &value);
	trust_add_dn(&value, "", cert, gnutls_x509_crt_get_issuer_dn3);
	add_line(b, "issuer:", &value);
	trust_add_time(&value, from);
	buffer_add_string(&value, from > now ? ", which is yet to come" : "");
	add_line(b, "valid from:", &value);
	trust_add_time(&value, to);
	buffer_add_string(&value, to < now ? ", which has passed" : "");
	add_line(b, "valid to:", &value);
	if (key >= 0)
		buffer_printf(&value, "%s, %u bits", gnutls_pk_get_name(
		    (gnutls_pk_algorithm_t)key), bits);
	add_line(b, "key:", &value);
	trust_add_digest(&value, session, GNUTLS_DIG_SHA256, ":");
	add_line(b, "SHA-256:", &value);
	trust_add_digest(&value, session, GNUTLS_DIG_SHA1, ":");
	add_line(b, "SHA-1:", &value);
	buffer_free(&value);
}

static void
add_trust(struct buffer *b, const struct tls_params *params,
    enum trust_match match, const struct fault *distrust)
{
	add_word(b, "trusted:", !params->check ?
	    "not checked, as tls_certcheck is off" :
	    distrust != NULL ? "NO" : match != TRUST_NO_MATCH ?
	    "yes, by tls_fingerprint or tls_pin" : "yes");
	if (distrust != NULL)
		add_word(b, "why not:", distrust->text);
}

void
trust_add_report(struct buffer *b, gnutls_session_t session,
    const struct tls_params *params, enum trust_match match,
    const struct fault *distrust)
{
	gnutls_x509_crt_t cert = trust_peer(session);
	unsigned n = 0;

	gnutls_certificate_get_peers(session, &n);
	buffer_add_string(b, "TLS:\n");
	add_session(b, session);
	buffer_printf(b, "certificate%s:\n", n > 1 ?
	    " (the first of those that were sent)" : "");
	if (cert != NULL)
		add_certificate(b, session, cert);
	add_trust(b, params, match, distrust);
	if (cert == NULL)
		return;
	gnutls_x509_crt_deinit(cert);
	/* the settings are lines that can be pasted into an account file */
	buffer_add_string(b, "setting for this certificate and no other:\n");
	trust_add_fingerprint(b, session);
	buffer_add_string(b, "\nsetting for its key, which may outlive it:\n");
	trust_add_pin(b, session);
	buffer_add_char(b, '\n');
}
