/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "wire/tls/tls.h"
#include "wire/tls/trust.h"

#define BUNDLE_MIN 5	/* anchors; fewer are imported at once */

/* Why a file could not be loaded, by its errno. */
static const char *
load_trouble(int error)
{
	return error == 0 ? "not a regular file" : error == EFBIG ?
	    "it has more than 64 MiB" : strerror(error);
}

static int
open_file(struct trust_file *file, const char *name, struct fault *f)
{
	file->name = name;
	if (!anchors_open(&file->anchors, name)) {
		fault(f, FAULT_INPUT, "%s: cannot read the trust file: %s",
		    name, load_trouble(errno));
		return fault_hint(f, "\"tls_trust_file\" and "
		    "\"tls_extra_trust_file\" name files of CA certificates "
		    "in PEM form; without them the system's are used");
	}
	if (file->anchors.count > 0)
		return 0;
	fault(f, FAULT_INPUT, "%s: no certificate in the trust file", name);
	return fault_hint(f, "it must be in PEM form: \"-----BEGIN "
	    "CERTIFICATE-----\" and so on");
}

/* One certificate, into *cert; 0 or GnuTLS's error. */
static int
import(gnutls_x509_crt_t *cert, const struct span *block)
{
	gnutls_datum_t pem;
	int n = gnutls_x509_crt_init(cert);

	if (n < 0)
		return n;
	pem.data = (unsigned char *)(uintptr_t)block->p;
	pem.size = (unsigned)block->len;
	n = gnutls_x509_crt_import(*cert, &pem, GNUTLS_X509_FMT_PEM);
	if (n < 0)
		gnutls_x509_crt_deinit(*cert);
	return n < 0 ? n : 0;
}

/*
 * Trusts the file's certificates, of these names or all; how many. One that
 * the library cannot read is left out: it can be nobody's issuer, and must
 * not keep the others from being one. That is so whoever else is asked for,
 * so that the verdict does not depend on how many are imported.
 */
static int
add_file(struct trust_store *s, struct trust_file *file,
    const struct anchor_names *names)
{
	gnutls_x509_trust_list_t list;
	gnutls_x509_crt_t cert;
	struct span block;
	size_t at = 0;
	int n, added = 0;

	gnutls_certificate_get_trust_list(s->cred, &list);
	file->left_out = 0;
	while (anchors_next(&file->anchors, names, &at, &block)) {
		n = import(&cert, &block);
		if (n < 0) {
			if (file->left_out++ == 0) {
				file->line = anchors_line(&file->anchors,
				    &block);
				file->error = n;
			}
			continue;
		}
		if (gnutls_x509_trust_list_add_cas(list, &cert, 1,
		    GNUTLS_TL_NO_DUPLICATES) == 1)
			added++;
		else
			gnutls_x509_crt_deinit(cert);
	}
	return added;
}

static int
refuse_file(const struct trust_file *file, int n, struct fault *f)
{
	return fault(f, FAULT_INPUT, "%s: cannot use the trust file: %s",
	    file->name, gnutls_strerror(n));
}

/* A file is of use when one of its certificates can be read. */
static int
check_file(const struct trust_file *file, struct fault *f)
{
	gnutls_x509_crt_t cert;
	struct span block;
	size_t at = 0;
	int n, first = 0;

	while (anchors_next(&file->anchors, NULL, &at, &block)) {
		n = import(&cert, &block);
		if (n == 0) {
			gnutls_x509_crt_deinit(cert);
			return 0;
		}
		if (first == 0)
			first = n;
	}
	return first == 0 ? 0 : refuse_file(file, first, f);
}

static int
load_crl(struct trust_store *s, const char *file, struct fault *f)
{
	gnutls_datum_t pem;
	struct buffer b;
	int n;

	buffer_init(&b, ANCHORS_MAX);
	if (file_load(file, &b) == -1) {
		fault(f, FAULT_INPUT, "%s: cannot read the revocation list: "
		    "%s", file, load_trouble(errno));
		buffer_free(&b);
		return fault_hint(f, "\"tls_crl_file\" names a file of "
		    "revocation lists in PEM form");
	}
	pem.data = (unsigned char *)b.data;
	pem.size = (unsigned)b.len;
	n = gnutls_certificate_set_x509_crl_mem(s->cred, &pem,
	    GNUTLS_X509_FMT_PEM);
	buffer_free(&b);
	if (n < 0)
		return fault(f, FAULT_INPUT,
		    "%s: cannot use the revocation list: %s", file,
		    gnutls_strerror(n));
	return n > 0 ? 0 : fault(f, FAULT_INPUT,
	    "%s: no revocation list of a trusted CA in it", file);
}

/* No anchors are wanted; a system that has none is a fault instead. */
static bool
trusts_nobody(const struct tls_params *params)
{
	return params->trust_file != NULL && params->trust_file[0] == '\0' &&
	    params->extra_trust_file == NULL;
}

/* Reads files of PEM text; the library loads any other store at once. */
static int
open_files(struct trust_store *s, const struct tls_params *params,
    struct fault *f)
{
	struct trust_file *main_file = &s->files[0];	/* the store */
	int n;

#ifdef TRUST_STORE_FILE
	if (params->trust_file == NULL &&
	    anchors_open(&main_file->anchors, TRUST_STORE_FILE))
		main_file->name = TRUST_STORE_FILE;
#endif
	if (params->trust_file == NULL && main_file->name == NULL) {
		s->of_library = true;
		n = gnutls_certificate_set_x509_system_trust(s->cred);
		/* without a store nothing verifies, and the fault says why */
		s->count = n < 0 ? 0 : n;
	} else if (params->trust_file != NULL &&
	    params->trust_file[0] != '\0' &&
	    open_file(main_file, params->trust_file, f) == -1)
		return -1;
	return params->extra_trust_file == NULL ? 0 :
	    open_file(&s->files[1], params->extra_trust_file, f);
}

/* Certificates that are text and nothing else, and enough to be worth it. */
static bool
is_searchable(const struct trust_store *s)
{
	size_t n = 0;

	if (s->count > 0)	/* of which nobody has the text */
		return false;
	for (size_t i = 0; i < TRUST_FILES; i++) {
		if (s->files[i].name != NULL && !s->files[i].anchors.plain)
			return false;
		n += s->files[i].anchors.count;
	}
	return n >= BUNDLE_MIN;
}

/* All anchors, in the order of the files, in place of what was selected. */
static int
load_all(struct trust_store *s, struct fault *f)
{
	struct trust_file *file;
	int n;

	s->on_demand = false;
	for (size_t i = 0; i < TRUST_FILES; i++) {
		file = &s->files[i];
		if (file->name == NULL)
			continue;
		n = add_file(s, file, NULL);
		if (n == 0 && file->anchors.count > 0)
			return refuse_file(file, file->error, f);
		s->count += n;
		anchors_close(&file->anchors);
	}
	return 0;
}

/*
 * A file that holds no certificates is told before there is a connection. A
 * large one is not looked into, since that costs too much each time.
 */
static int
check_small_files(const struct trust_store *s, struct fault *f)
{
	for (size_t i = 0; i < TRUST_FILES; i++)
		if (s->files[i].name != NULL &&
		    s->files[i].anchors.count < BUNDLE_MIN &&
		    check_file(&s->files[i], f) == -1)
			return -1;
	return 0;
}

int
trust_load(struct trust_store *s, gnutls_certificate_credentials_t cred,
    const struct tls_params *params, struct fault *f)
{
	s->cred = cred;
	if (trusts_nobody(params)) {
		fault(f, FAULT_CONFIG, "tls_trust_file is empty: there is "
		    "nobody to trust");
		return fault_hint(f, "set \"tls_trust_file system\", or "
		    "\"tls_fingerprint\" or \"tls_pin\"");
	}
	if (open_files(s, params, f) == -1)
		return -1;
	/* a list counts for the anchor that has signed it, whichever it is */
	s->on_demand = params->crl_file == NULL && is_searchable(s);
	if (s->on_demand)
		return check_small_files(s, f);
	if (load_all(s, f) == -1)
		return -1;
	/* behind the anchors: a list counts for the CA that has signed it */
	return params->crl_file == NULL ? 0 : load_crl(s, params->crl_file, f);
}

void
trust_free(struct trust_store *s)
{
	for (size_t i = 0; i < TRUST_FILES; i++)
		anchors_close(&s->files[i].anchors);
}

/* Every name in the peer's chain. False if one of its certificates is odd. */
static bool
chain_names(gnutls_session_t session, struct anchor_names *names)
{
	const gnutls_datum_t *chain;
	struct span issuer, subject;
	unsigned n = 0;

	memset(names, 0, sizeof(*names));
	chain = gnutls_certificate_get_peers(session, &n);
	for (unsigned i = 0; chain != NULL && i < n; i++)
		if (!anchors_names(chain[i].data, chain[i].size, &issuer,
		    &subject) || !anchors_add_name(names, &issuer) ||
		    !anchors_add_name(names, &subject))
			return false;
	return names->count > 0;
}

/*
 * The anchors that the chain names become the store. False if none does, or
 * if a file is of no use, which is a fault where all are loaded.
 */
static bool
select_anchors(struct trust_store *s, gnutls_session_t session)
{
	struct anchor_names names;
	int n, added = 0;
	bool good = true;

	if (!chain_names(session, &names))
		return false;
	for (size_t i = 0; i < TRUST_FILES && good; i++) {
		if (s->files[i].name == NULL)
			continue;
		n = add_file(s, &s->files[i], &names);
		good = n > 0 || check_file(&s->files[i], NULL) == 0;
		added += n;
	}
	return good && added > 0;
}

static int
load_instead(struct trust_store *s, struct fault *f)
{
	gnutls_x509_trust_list_t list;

	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		return fault(f, FAULT_SYSTEM, "the TLS library: no memory");
	gnutls_certificate_set_trust_list(s->cred, list, 0);
	return load_all(s, f);
}

int
trust_store_verify(struct trust_store *s, gnutls_session_t session,
    gnutls_typed_vdata_st *data, unsigned n, unsigned *status,
    struct fault *f)
{
	int r = -1;

	*status = 0;
	if (!s->on_demand)
		return gnutls_certificate_verify_peers(session, data, n,
		    status);
	if (select_anchors(s, session))
		r = gnutls_certificate_verify_peers(session, data, n, status);
#ifndef SANITIZE
	if (r == 0 && *status == 0)
		return 0;
#endif
	if (load_instead(s, f) == -1)
		return GNUTLS_E_FILE_ERROR;
#ifdef SANITIZE
	/* never more trusting than the library with the whole store */
	if (r == 0 && *status == 0 && (gnutls_certificate_verify_peers(
	    session, data, n, status) != 0 || *status != 0))
		abort();
#endif
	return gnutls_certificate_verify_peers(session, data, n, status);
}
