/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/text.h"
#include "wire/tls/tls.h"
#include "wire/tls/trust.h"

#define EXPLAIN_MAX 8192	/* octets of explanation in a fault */
#define SECONDS_A_DAY (24 * 60 * 60)
#define NAMES_MAX 16		/* names worth listing in a fault, */
#define NAMES_ALL 1024		/* and in a report: all of them */
#define VALUE_MAX (64 * 1024)	/* octets in a line of that */
#define LABEL_WIDTH 14		/* columns up to the value */
#define NAME_SIZE 1024		/* room for one name, octets */
#define DIGEST_MAX 64		/* octets; SHA-512 */
#define WORD_MAX 256		/* octets of one fingerprint or pin */

/* The peer's own certificate in DER, or NULL. */
static const gnutls_datum_t *
peer_der(gnutls_session_t session)
{
	unsigned n = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);

	return n == 0 ? NULL : chain;
}

/* The same, or NULL; gnutls_x509_crt_deinit() takes that, too. */
static gnutls_x509_crt_t
peer_certificate(gnutls_session_t session)
{
	const gnutls_datum_t *der = peer_der(session);
	gnutls_x509_crt_t cert;

	if (der == NULL || gnutls_x509_crt_init(&cert) < 0)
		return NULL;
	if (gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) == 0)
		return cert;
	gnutls_x509_crt_deinit(cert);
	return NULL;
}

/* Adds its digest in hex, octets apart by `apart`. */
static int
add_digest(struct buffer *b, gnutls_session_t session,
    gnutls_digest_algorithm_t algorithm, const char *apart)
{
	const gnutls_datum_t *der = peer_der(session);
	unsigned char digest[DIGEST_MAX];
	size_t n = sizeof(digest);

	if (der == NULL || gnutls_fingerprint(algorithm, der, digest, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		buffer_printf(b, apart[0] == '\0' ? "%s%02x" : "%s%02X",
		    i == 0 ? "" : apart, digest[i]);
	return 0;
}

/* RFC 7469 section 2.4: the key with its algorithm, not the bare bits. */
static int
add_key_digest(struct buffer *b, gnutls_session_t session)
{
	gnutls_x509_crt_t cert = peer_certificate(session);
	unsigned char digest[DIGEST_MAX];
	size_t n = sizeof(digest);
	int r = cert == NULL ? -1 : gnutls_x509_crt_get_key_id(cert,
	    GNUTLS_KEYID_USE_SHA256, digest, &n);

	gnutls_x509_crt_deinit(cert);
	if (r < 0)
		return -1;
	buffer_add_string(b, "sha256//");
	return base64_add(b, digest, n);
}

bool
trust_is_pinned(const struct tls_params *params)
{
	return params->fingerprints != NULL || params->key_pins != NULL;
}

/* Does the peer's certificate match a word of the params? */
static enum trust_match
match_pin(gnutls_session_t session, const struct tls_params *params)
{
	static const struct {
		gnutls_digest_algorithm_t algorithm;
		enum trust_match match;
	} digests[] = {
		{ GNUTLS_DIG_SHA256, TRUST_MATCH },
		{ GNUTLS_DIG_SHA1, TRUST_WEAK_MATCH },
		{ GNUTLS_DIG_MD5, TRUST_WEAK_MATCH },
	};
	size_t n = params->fingerprints == NULL ? 0 :
	    sizeof(digests) / sizeof(digests[0]);
	enum trust_match match = TRUST_NO_MATCH;
	struct buffer b;

	buffer_init(&b, WORD_MAX);
	if (params->key_pins != NULL && add_key_digest(&b, session) == 0 &&
	    text_has_word(params->key_pins, b.data))
		match = TRUST_MATCH;
	for (size_t i = 0; i < n && match == TRUST_NO_MATCH; i++) {
		buffer_clear(&b);
		if (add_digest(&b, session, digests[i].algorithm,
		    "") == 0 && text_has_word(params->fingerprints, b.data))
			match = digests[i].match;
	}
	buffer_free(&b);
	return match;
}

void
trust_add_fingerprint(struct buffer *b, gnutls_session_t session)
{
	buffer_add_string(b, "tls_fingerprint ");
	add_digest(b, session, GNUTLS_DIG_SHA256, ":");
}

static void
add_pin(struct buffer *b, gnutls_session_t session)
{
	buffer_add_string(b, "tls_pin ");
	add_key_digest(b, session);
}

static void
add_time(struct buffer *b, time_t t)
{
	char text[32];
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm) > 0)
		buffer_add_string(b, text);
	else
		buffer_add_string(b, "?");
}

static void
add_address(struct buffer *b, int family, const char *octets)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(family, octets, text, sizeof(text)) != NULL)
		buffer_add_string(b, text);
}

static void
add_names(struct buffer *b, gnutls_x509_crt_t cert, unsigned max)
{
	char name[NAME_SIZE];
	size_t size;
	unsigned found = 0;
	int type;

	for (unsigned i = 0; i < max; i++) {
		size = sizeof(name);
		type = gnutls_x509_crt_get_subject_alt_name(cert, i, name,
		    &size, NULL);
		if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			break;
		if (type == GNUTLS_SAN_DNSNAME) {
			buffer_add_string(b, found++ == 0 ? "" : " ");
			buffer_add(b, name, size);
		} else if (type == GNUTLS_SAN_IPADDRESS &&
		    (size == 4 || size == 16)) {
			buffer_add_string(b, found++ == 0 ? "" : " ");
			add_address(b, size == 4 ? AF_INET : AF_INET6, name);
		}
	}
	if (found == 0)
		buffer_add_string(b, "none");
}

/* Adds the subject or issuer behind `before`, if there is one. */
static void
add_dn(struct buffer *b, const char *before, gnutls_x509_crt_t cert,
    int (*get)(gnutls_x509_crt_t, gnutls_datum_t *, unsigned))
{
	gnutls_datum_t dn;

	if (get(cert, &dn, 0) < 0)
		return;
	buffer_printf(b, "%s%.*s", before, (int)dn.size, dn.data);
	gnutls_free(dn.data);
}

/* A line about the certificate; the buffer is emptied. */
static void
add_detail(struct fault *f, const char *what, struct buffer *value)
{
	if (value->len > 0)
		fault_detail(f, "%s: %s", what, value->data);
	buffer_clear(value);
}

/* Subject, names, issuer and validity of the peer's own certificate. */
static void
add_particulars(struct fault *f, gnutls_session_t session)
{
	gnutls_x509_crt_t cert = peer_certificate(session);
	struct buffer b;

	if (cert == NULL)
		return;
	buffer_init(&b, EXPLAIN_MAX);
	add_dn(&b, "", cert, gnutls_x509_crt_get_dn3);
	add_detail(f, "subject", &b);
	add_names(&b, cert, NAMES_MAX);
	add_detail(f, "names", &b);
	add_dn(&b, "", cert, gnutls_x509_crt_get_issuer_dn3);
	add_detail(f, "issuer", &b);
	add_time(&b, gnutls_x509_crt_get_activation_time(cert));
	buffer_add_string(&b, " to ");
	add_time(&b, gnutls_x509_crt_get_expiration_time(cert));
	buffer_add_string(&b, ", our clock says ");
	add_time(&b, time(NULL));
	add_detail(f, "valid", &b);
	buffer_free(&b);
	gnutls_x509_crt_deinit(cert);
}

void
trust_add_summary(struct buffer *b, gnutls_session_t session)
{
	gnutls_x509_crt_t cert = peer_certificate(session);
	time_t left;

	if (cert == NULL)
		return;
	buffer_add_string(b, "; certificate of ");
	add_names(b, cert, NAMES_MAX);
	add_dn(b, ", issued by ", cert, gnutls_x509_crt_get_issuer_dn3);
	left = gnutls_x509_crt_get_expiration_time(cert) - time(NULL);
	buffer_printf(b, left < 0 ? ", expired" : ", valid for %lld days",
	    (long long)(left / SECONDS_A_DAY));
	gnutls_x509_crt_deinit(cert);
}

#define UNSAFE "; \"tls_certcheck off\" would accept it, and anybody else's"

/* The checks in the order in which a person should hear of them. */
static const struct {
	unsigned status;
	bool pin;		/* a pin would be a way out for good */
	const char *what;
	const char *hint;
} checks[] = {
	{ GNUTLS_CERT_REVOKED, false, "it has been revoked",
	    "tell the server's operator" UNSAFE },
	{ GNUTLS_CERT_EXPIRED, false,
	    "it, or a certificate above it, has expired",
	    "check this machine's clock; else the server's operator must "
	    "renew it" UNSAFE },
	{ GNUTLS_CERT_NOT_ACTIVATED, false, "it is not valid yet",
	    "check this machine's clock; else tell the server's operator"
	    UNSAFE },
	{ GNUTLS_CERT_INSECURE_ALGORITHM, false, "its key or signature is "
	    "too weak (RSA needs 2048 bits, signatures SHA-256)",
	    "the server's operator must replace it" UNSAFE },
	{ GNUTLS_CERT_SIGNER_NOT_FOUND, true, "its issuer is not trusted",
	    "if this is the right server, save its CA certificate to a file "
	    "and set \"tls_trust_file FILE\"" },
	{ GNUTLS_CERT_SIGNER_NOT_CA, true, "its issuer is not a CA",
	    "if this is the right server, save its CA certificate to a file "
	    "and set \"tls_trust_file FILE\"" },
	{ GNUTLS_CERT_PURPOSE_MISMATCH, false, "it is not meant for servers",
	    "the server's operator must replace it" UNSAFE },
	{ GNUTLS_CERT_UNEXPECTED_OWNER, true, "it does not name this host",
	    "set \"host\" or \"tls_host_override\" to one of the names in "
	    "the certificate" },
	{ GNUTLS_CERT_INVALID, false, "it cannot be verified",
	    "tell the server's operator" UNSAFE },
};

/* Why, in words; what a hint can be made of, as an index of checks or -1. */
static int
add_reasons(struct buffer *b, unsigned status, const char *host)
{
	int first = -1;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if ((status & checks[i].status) == 0)
			continue;
		/* "invalid" stands beside every other reason */
		if (checks[i].status == GNUTLS_CERT_INVALID && first != -1)
			continue;
		buffer_printf(b, "%s%s", first == -1 ? "" : ", ",
		    checks[i].what);
		if (checks[i].status == GNUTLS_CERT_UNEXPECTED_OWNER)
			buffer_printf(b, " (%s)", host);
		if (first == -1)
			first = (int)i;
	}
	return first;
}

/* An anchor that could not be read may be the one that is missing. */
static void
add_left_out(struct fault *f, const struct trust_store *store)
{
	const struct trust_file *file;
	struct buffer b;

	buffer_init(&b, EXPLAIN_MAX);
	for (size_t i = 0; i < TRUST_FILES; i++) {
		file = &store->files[i];
		if (file->left_out == 0)
			continue;
		buffer_printf(&b, "%s:%zu: this certificate cannot be read",
		    file->name, file->line);
		if (file->left_out > 1)
			buffer_printf(&b, ", nor can %zu below it",
			    file->left_out - 1);
		buffer_printf(&b, " (%s)", gnutls_strerror(file->error));
		add_detail(f, "left out", &b);
	}
	buffer_free(&b);
}

static int
refuse(gnutls_session_t session, const struct tls_params *params,
    const struct trust_store *store, unsigned status, const char *peer,
    struct fault *f)
{
	struct buffer b;
	int reason;

	buffer_init(&b, EXPLAIN_MAX);
	reason = add_reasons(&b, status, params->host);
	fault(f, FAULT_REFUSED,
	    "%s: the server's certificate is not trusted: %s", peer, b.data);
	if (!params->survey)
		add_particulars(f, session);
	add_left_out(f, store);
	buffer_clear(&b);
	if (store->count == 0)
		buffer_add_string(&b, "no CA certificates are installed; "
		    "install the package ca-certificates, or set "
		    "\"tls_trust_file FILE\"");
	else
		buffer_add_string(&b, reason == -1 ?
		    "tell the server's operator" : checks[reason].hint);
	if (reason != -1 && checks[reason].pin) {
		buffer_add_string(&b, "; or, once you are sure that this is "
		    "the server's key, \"");
		add_pin(&b, session);
		buffer_add_string(&b, "\"");
	}
	fault_hint(f, "%s", b.data);
	buffer_free(&b);
	return -1;
}

static int
refuse_pinned(gnutls_session_t session, const struct tls_params *params,
    const char *peer, struct fault *f)
{
	struct buffer b;

	fault(f, FAULT_REFUSED, "%s: the server's certificate is not one that "
	    "%s allows", peer, params->key_pins == NULL ? "tls_fingerprint" :
	    params->fingerprints == NULL ? "tls_pin" :
	    "tls_fingerprint or tls_pin");
	if (!params->survey)
		add_particulars(f, session);
	buffer_init(&b, EXPLAIN_MAX);
	buffer_add_string(&b, "an impostor does this, and a server that has a "
	    "new certificate; only if you are sure of the latter: \"");
	if (params->key_pins == NULL)
		trust_add_fingerprint(&b, session);
	else
		add_pin(&b, session);
	fault_hint(f, "%s\"", b.data);
	buffer_free(&b);
	return -1;
}

int
trust_verify(struct trust_store *store, gnutls_session_t session,
    const struct tls_params *params, const char *peer,
    enum trust_match *match, struct fault *f)
{
	gnutls_typed_vdata_st data[2];
	char purpose[] = GNUTLS_KP_TLS_WWW_SERVER;
	unsigned status = 0;
	int n;

	*match = TRUST_NO_MATCH;
	if (!params->check)
		return 0;
	if (trust_is_pinned(params)) {
		*match = match_pin(session, params);
		return *match != TRUST_NO_MATCH ? 0 :
		    refuse_pinned(session, params, peer, f);
	}
	memset(data, 0, sizeof(data));
	data[0].type = GNUTLS_DT_DNS_HOSTNAME;
	data[0].data = (unsigned char *)(uintptr_t)params->host;
	data[1].type = GNUTLS_DT_KEY_PURPOSE_OID;
	data[1].data = (unsigned char *)purpose;
	n = trust_store_verify(store, session, data, 2, &status, f);
	if (n < 0)
		return fault(f, FAULT_REFUSED,
		    "%s: the server's certificate cannot be verified: %s",
		    peer, gnutls_strerror(n));
	if (status != 0)
		return refuse(session, params, store, status, peer, f);
	return 0;
}

/* What is told of a session: lines for people, or the members of an object. */
struct report {
	struct buffer *b;
	bool json;
	struct buffer value;
};

/*
 * Adds the value that was written, which is made printable, since a certificate
 * may hold anybody's text. Nothing for an empty one.
 */
static void
add_line(struct report *r, const char *what, const char *name)
{
	if (r->value.len > 0 && r->json) {
		jsonout_text(r->b, name, r->value.data, r->value.len);
	} else if (r->value.len > 0) {
		buffer_printf(r->b, "    %-*s", LABEL_WIDTH, what);
		text_add_printable(r->b, r->value.data, r->value.len);
		buffer_add_char(r->b, '\n');
	}
	buffer_clear(&r->value);
}

static void
add_word(struct report *r, const char *what, const char *name,
    const char *value)
{
	if (value != NULL)
		buffer_add_string(&r->value, value);
	add_line(r, what, name);
}

static void
add_session(struct report *r, gnutls_session_t session)
{
	add_word(r, "version:", "version", gnutls_protocol_get_name(
	    gnutls_protocol_get_version(session)));
	add_word(r, "cipher suite:", "cipher", gnutls_ciphersuite_get(session));
	add_word(r, "key exchange:", "group", gnutls_group_get_name(
	    gnutls_group_get(session)));
	add_word(r, "signature:", "signature", gnutls_sign_get_name(
	    (gnutls_sign_algorithm_t)gnutls_sign_algorithm_get(session)));
}

static void
add_validity(struct report *r, gnutls_x509_crt_t cert)
{
	time_t now = time(NULL);
	time_t from = gnutls_x509_crt_get_activation_time(cert);
	time_t to = gnutls_x509_crt_get_expiration_time(cert);

	if (r->json) {
		jsonout_number(r->b, "valid_from", from);
		jsonout_number(r->b, "valid_to", to);
		return;
	}
	add_time(&r->value, from);
	buffer_add_string(&r->value, from > now ? ", which is yet to come" :
	    "");
	add_line(r, "valid from:", NULL);
	add_time(&r->value, to);
	buffer_add_string(&r->value, to < now ? ", which has passed" : "");
	add_line(r, "valid to:", NULL);
}

static void
add_certificate(struct report *r, gnutls_session_t session,
    gnutls_x509_crt_t cert)
{
	unsigned bits = 0;
	int key = gnutls_x509_crt_get_pk_algorithm(cert, &bits);

	add_dn(&r->value, "", cert, gnutls_x509_crt_get_dn3);
	add_line(r, "subject:", "subject");
	add_names(&r->value, cert, NAMES_ALL);
	add_line(r, "names:", "names");
	add_dn(&r->value, "", cert, gnutls_x509_crt_get_issuer_dn3);
	add_line(r, "issuer:", "issuer");
	add_validity(r, cert);
	if (key >= 0)
		buffer_printf(&r->value, "%s, %u bits", gnutls_pk_get_name(
		    (gnutls_pk_algorithm_t)key), bits);
	add_line(r, "key:", "key");
	add_digest(&r->value, session, GNUTLS_DIG_SHA256, ":");
	add_line(r, "SHA-256:", "sha256");
	add_digest(&r->value, session, GNUTLS_DIG_SHA1, ":");
	add_line(r, "SHA-1:", "sha1");
}

static void
add_trust(struct report *r, const struct tls_params *params,
    enum trust_match match, const struct fault *distrust)
{
	char *why;

	if (r->json) {
		jsonout_bool(r->b, "trusted", params->check &&
		    distrust == NULL);
		return;
	}
	add_word(r, "trusted:", NULL, !params->check ?
	    "not checked, as tls_certcheck is off" :
	    distrust != NULL ? "NO" : match != TRUST_NO_MATCH ?
	    "yes, by tls_fingerprint or tls_pin" : "yes");
	if (distrust == NULL)
		return;
	why = fault_line(distrust);
	add_word(r, "why not:", NULL, why);
	free(why);
}

/* The settings are lines that can be pasted into an account file. */
static void
add_settings(struct report *r, gnutls_session_t session)
{
	if (!r->json) {
		buffer_add_string(r->b, "setting for this certificate and no "
		    "other:\n");
		trust_add_fingerprint(r->b, session);
		buffer_add_string(r->b, "\nsetting for its key, which may "
		    "outlive it:\n");
		add_pin(r->b, session);
		buffer_add_char(r->b, '\n');
	} else if (add_key_digest(&r->value, session) == 0) {
		add_line(r, NULL, "tls_pin");
	}
}

void
trust_add_report(struct buffer *b, bool json, gnutls_session_t session,
    const struct tls_params *params, enum trust_match match,
    const struct fault *distrust)
{
	gnutls_x509_crt_t cert = peer_certificate(session);
	struct report r = { .b = b, .json = json };
	unsigned n = 0;

	gnutls_certificate_get_peers(session, &n);
	buffer_init(&r.value, VALUE_MAX);
	if (json)
		jsonout_begin(b, "tls", '{');
	else
		buffer_add_string(b, "TLS:\n");
	add_session(&r, session);
	if (!json)
		buffer_printf(b, "certificate%s:\n", n > 1 ?
		    " (the first of those that were sent)" : "");
	if (cert != NULL)
		add_certificate(&r, session, cert);
	add_trust(&r, params, match, distrust);
	if (cert != NULL)
		add_settings(&r, session);
	gnutls_x509_crt_deinit(cert);
	if (json)
		jsonout_end(b, '}');
	buffer_free(&r.value);
}
