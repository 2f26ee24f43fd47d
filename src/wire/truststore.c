/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "wire/tls.h"
#include "wire/trust.h"

#define BUNDLE_MIN 5	/* anchors; fewer are imported at once */
#define NAMES_MAX 64	/* two of each certificate; GnuTLS takes 16 of them */
#define SELECTED_MAX (1024 * 1024)	/* octets of anchors with those names */

/*
 * GnuTLS says "file error"; the system says which. What is no regular file
 * might never end, or never begin.
 */
static int
file_readable(const char *file, const char *what, struct fault *f)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int error = errno;
	bool regular = false;
	struct stat st;

	if (fd != -1) {
		regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
		close(fd);
	}
	if (regular)
		return 0;
	return fault(f, FAULT_INPUT, "%s: cannot read the %s: %s", file, what,
	    fd == -1 ? strerror(error) : "not a regular file");
}

static int
load_anchors(struct trust_store *s, const char *file, struct fault *f)
{
	int n;

	if (file_readable(file, "trust file", f) == -1)
		return fault_hint(f, "\"tls_trust_file\" and "
		    "\"tls_extra_trust_file\" name files of CA certificates "
		    "in PEM form; without them the system's are used");
	n = gnutls_certificate_set_x509_trust_file(s->cred, file,
	    GNUTLS_X509_FMT_PEM);
	if (n < 0)
		return fault(f, FAULT_INPUT,
		    "%s: cannot use the trust file: %s", file,
		    gnutls_strerror(n));
	if (n == 0)
		return fault(f, FAULT_INPUT,
		    "%s: no certificate in the trust file", file);
	s->count += n;
	return 0;
}

static int
load_crl(struct trust_store *s, const char *file, struct fault *f)
{
	int n;

	if (file_readable(file, "revocation list", f) == -1)
		return fault_hint(f, "\"tls_crl_file\" names a file of "
		    "revocation lists in PEM form");
	n = gnutls_certificate_set_x509_crl_file(s->cred, file,
	    GNUTLS_X509_FMT_PEM);
	if (n < 0)
		return fault(f, FAULT_INPUT,
		    "%s: cannot use the revocation list: %s", file,
		    gnutls_strerror(n));
	if (n == 0)
		return fault(f, FAULT_INPUT,
		    "%s: no revocation list of a trusted CA in it", file);
	return 0;
}

/* No anchors by intent, which is not the same as a system that has none. */
static bool
trusts_nobody(const struct tls_params *params)
{
	return params->trust_file != NULL && params->trust_file[0] == '\0' &&
	    params->extra_trust_file == NULL;
}

/*
 * The store itself, or only its text to select from. A revocation list counts
 * for the anchor that has signed it, whichever that is: then all are loaded.
 */
static int
load_store(struct trust_store *s, const struct tls_params *params,
    bool on_demand, struct fault *f)
{
	const char *file = params->trust_file;
	int n;

#ifdef TRUST_STORE_FILE
	if (file == NULL)
		file = TRUST_STORE_FILE;
#endif
	if (on_demand && params->crl_file == NULL && file != NULL &&
	    anchors_open(&s->bundle, file)) {
		if (s->bundle.count >= BUNDLE_MIN) {
			s->count += (int)s->bundle.count;
			return 0;
		}
		anchors_close(&s->bundle);
	}
	if (params->trust_file == NULL) {
		n = gnutls_certificate_set_x509_system_trust(s->cred);
		/* without a store nothing verifies, and the fault says why */
		s->count += n < 0 ? 0 : n;
		return 0;
	}
	return params->trust_file[0] == '\0' ? 0 :
	    load_anchors(s, params->trust_file, f);
}

static int
load(struct trust_store *s, const struct tls_params *params, bool on_demand,
    struct fault *f)
{
	s->count = 0;
	if (load_store(s, params, on_demand, f) == -1)
		return -1;
	if (params->extra_trust_file != NULL &&
	    load_anchors(s, params->extra_trust_file, f) == -1)
		return -1;
	/* behind the anchors: a list counts for the CA that has signed it */
	return params->crl_file == NULL ? 0 : load_crl(s, params->crl_file, f);
}

int
trust_load(struct trust_store *s, gnutls_certificate_credentials_t cred,
    const struct tls_params *params, struct fault *f)
{
	memset(s, 0, sizeof(*s));
	s->cred = cred;
	if (!params->check || trust_is_pinned(params))
		return 0;
	if (trusts_nobody(params)) {
		fault(f, FAULT_CONFIG, "tls_trust_file is empty: there is "
		    "nobody to trust");
		return fault_hint(f, "set \"tls_trust_file system\", or "
		    "\"tls_fingerprint\" or \"tls_pin\"");
	}
	return load(s, params, true, f);
}

void
trust_free(struct trust_store *s)
{
	anchors_close(&s->bundle);
}

/* Every name in the peer's chain; 0 if one of its certificates is strange. */
static size_t
chain_names(gnutls_session_t session, struct span *names)
{
	const gnutls_datum_t *chain;
	unsigned n = 0;

	chain = gnutls_certificate_get_peers(session, &n);
	if (chain == NULL || n > NAMES_MAX / 2)
		return 0;
	for (unsigned i = 0; i < n; i++)
		if (!anchors_names(chain[i].data, chain[i].size,
		    &names[2 * i], &names[2 * i + 1]))
			return 0;
	return 2 * (size_t)n;
}

/* The anchors that the chain names become the store. False if none does. */
static bool
select_anchors(const struct trust_store *s, gnutls_session_t session)
{
	struct span names[NAMES_MAX];
	size_t n = chain_names(session, names);
	gnutls_datum_t pem;
	struct buffer b;
	bool found;

	buffer_init(&b, SELECTED_MAX);
	found = n > 0 && anchors_select(&s->bundle, names, n, &b) && b.len > 0;
	if (found) {
		pem.data = (unsigned char *)b.data;
		pem.size = (unsigned)b.len;
		found = gnutls_certificate_set_x509_trust_mem(s->cred, &pem,
		    GNUTLS_X509_FMT_PEM) > 0;
	}
	buffer_free(&b);
	return found;
}

/* What was selected makes way for all that there is. */
static int
load_all(struct trust_store *s, const struct tls_params *params,
    struct fault *f)
{
	gnutls_x509_trust_list_t list;

	anchors_close(&s->bundle);
	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		return fault(f, FAULT_SYSTEM, "the TLS library: no memory");
	gnutls_certificate_set_trust_list(s->cred, list, 0);
	return load(s, params, false, f);
}

int
trust_store_verify(struct trust_store *s, gnutls_session_t session,
    const struct tls_params *params, gnutls_typed_vdata_st *data, unsigned n,
    unsigned *status, struct fault *f)
{
	int r = -1;

	*status = 0;
	if (s->bundle.count == 0)
		return gnutls_certificate_verify_peers(session, data, n,
		    status);
	if (select_anchors(s, session))
		r = gnutls_certificate_verify_peers(session, data, n, status);
#ifndef SANITIZE
	if (r == 0 && *status == 0)
		return 0;
#endif
	if (load_all(s, params, f) == -1)
		return GNUTLS_E_FILE_ERROR;
#ifdef SANITIZE
	/* never more trusting than the library with the whole store */
	if (r == 0 && *status == 0 && (gnutls_certificate_verify_peers(
	    session, data, n, status) != 0 || *status != 0))
		abort();
#endif
	return gnutls_certificate_verify_peers(session, data, n, status);
}
