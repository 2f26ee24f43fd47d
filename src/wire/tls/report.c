/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>
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
#define DIGEST_MAX 64			/* octets; SHA-512 */
#define LABEL_WIDTH 14			/* columns up to the value */

/* Text of a certificate may be anybody's: it is made printable. */
static void
add_line(struct buffer *b, const char *what, const char *value, size_t n)
{
	buffer_printf(b, "    %-*s", LABEL_WIDTH, what);
	text_add_printable(b, value, n);
	buffer_add_char(b, '\n');
}

static void
add_word(struct buffer *b, const char *what, const char *value)
{
	if (value != NULL)
		add_line(b, what, value, strlen(value));
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
add_name(struct buffer *b, const char *what, gnutls_x509_crt_t cert,
    int (*get)(gnutls_x509_crt_t, gnutls_datum_t *, unsigned))
{
	gnutls_datum_t dn;

	if (get(cert, &dn, 0) < 0)
		return;
	add_line(b, what, (const char *)dn.data, dn.size);
	gnutls_free(dn.data);
}

static void
add_time(struct buffer *b, const char *what, time_t when, const char *remark)
{
	struct buffer line;

	buffer_init(&line, LINE_MAX_OCTETS);
	trust_add_time(&line, when);
	buffer_add_string(&line, remark);
	add_line(b, what, line.data, line.len);
	buffer_free(&line);
}

static void
add_digest(struct buffer *b, const char *what, const gnutls_datum_t *der,
    gnutls_digest_algorithm_t algorithm)
{
	unsigned char digest[DIGEST_MAX];
	size_t n = sizeof(digest);
	struct buffer line;

	if (gnutls_fingerprint(algorithm, der, digest, &n) < 0)
		return;
	buffer_init(&line, LINE_MAX_OCTETS);
	for (size_t i = 0; i < n; i++)
		buffer_printf(&line, "%s%02X", i == 0 ? "" : ":", digest[i]);
	add_line(b, what, line.data, line.len);
	buffer_free(&line);
}

static void
add_key(struct buffer *b, gnutls_x509_crt_t cert)
{
	struct buffer line;
	unsigned bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(cert, &bits);

	if (algorithm < 0)
		return;
	buffer_init(&line, LINE_MAX_OCTETS);
	buffer_printf(&line, "%s, %u bits", gnutls_pk_get_name(
	    (gnutls_pk_algorithm_t)algorithm), bits);
	add_line(b, "key:", line.data, line.len);
	buffer_free(&line);
}

static void
add_certificate(struct buffer *b, const gnutls_datum_t *der)
{
	time_t now = time(NULL), from, to;
	gnutls_x509_crt_t cert;
	struct buffer names;

	if (gnutls_x509_crt_init(&cert) < 0)
		return;
	if (gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) == 0) {
		from = gnutls_x509_crt_get_activation_time(cert);
		to = gnutls_x509_crt_get_expiration_time(cert);
		add_name(b, "subject:", cert, gnutls_x509_crt_get_dn3);
		buffer_init(&names, LINE_MAX_OCTETS);
		trust_add_names(&names, cert, NAMES_MAX);
		add_line(b, "names:", names.data, names.len);
		buffer_free(&names);
		add_name(b, "issuer:", cert, gnutls_x509_crt_get_issuer_dn3);
		add_time(b, "valid from:", from, from > now ?
		    ", which is yet to come" : "");
		add_time(b, "valid to:", to, to < now ?
		    ", which has passed" : "");
		add_key(b, cert);
	}
	gnutls_x509_crt_deinit(cert);
	add_digest(b, "SHA-256:", der, GNUTLS_DIG_SHA256);
	add_digest(b, "SHA-1:", der, GNUTLS_DIG_SHA1);
}

static void
add_trust(struct buffer *b, const struct tlsreport *r)
{
	if (!r->params->check)
		add_word(b, "trusted:", "not checked, as tls_certcheck is off");
	else if (r->distrust != NULL)
		add_word(b, "trusted:", "NO");
	else if (r->match != TRUST_NO_MATCH)
		add_word(b, "trusted:", "yes, by tls_fingerprint or tls_pin");
	else
		add_word(b, "trusted:", "yes");
	if (r->distrust != NULL)
		add_word(b, "why not:", r->distrust->text);
}

/* Each of these lines can be pasted into an account file. */
static void
add_pins(struct buffer *b, gnutls_session_t session)
{
	struct buffer line;

	buffer_init(&line, LINE_MAX_OCTETS);
	trust_add_fingerprint(&line, session);
	buffer_add_char(&line, '\n');
	buffer_add_string(b, "setting for this certificate and no other:\n");
	buffer_add(b, line.data, line.len);
	buffer_clear(&line);
	trust_add_pin(&line, session);
	buffer_add_char(&line, '\n');
	buffer_add_string(b, "setting for its key, which may outlive it:\n");
	buffer_add(b, line.data, line.len);
	buffer_free(&line);
}

void
tlsreport_add(const struct tlsreport *r, struct buffer *b)
{
	const gnutls_datum_t *chain;
	unsigned n = 0;

	buffer_add_string(b, "TLS:\n");
	add_session(b, r->session);
	chain = gnutls_certificate_get_peers(r->session, &n);
	buffer_printf(b, "certificate%s:\n", n > 1 ?
	    " (the first of those that were sent)" : "");
	if (chain != NULL && n > 0)
		add_certificate(b, &chain[0]);
	add_trust(b, r);
	if (chain != NULL && n > 0)
		add_pins(b, r->session);
}
