/* SPDX-License-Identifier: ISC */
/* The client certificate, and its private key. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <gnutls/gnutls.h>
#include <gnutls/pkcs11.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "wire/tls/tls.h"
#include "wire/tls/trust.h"

#define CLIENT_MAX (1024 * 1024)	/* octets of a chain, or a key */
#define PKCS11_SCHEME "pkcs11:"	/* RFC 7512 */

static bool
is_token(const char *file)
{
	return strncmp(file, PKCS11_SCHEME, sizeof(PKCS11_SCHEME) - 1) == 0;
}

/*
 * The library calls this when a token wants its PIN. The PIN is given once
 * only, since a PIN that is wrong three times locks the token.
 */
static int
give_pin(void *context, int attempt, const char *token_url,
    const char *token_label, unsigned flags, char *pin, size_t size)
{
	const struct secret *own = context;

	(void)token_url;
	(void)token_label;
	if (own == NULL || !secret_is_set(own) || own->len >= size ||
	    attempt > 0 || (flags & GNUTLS_PIN_WRONG) != 0)
		return GNUTLS_E_PKCS11_PIN_ERROR;
	memcpy(pin, own->bytes, own->len + 1);
	return 0;
}

/*
 * The system says why a file cannot be read; GnuTLS does not, and would wait
 * without end for the writer of a FIFO.
 */
static int
check_file(const char *path, const char *keyword, struct fault *f)
{
	struct file file;

	if (is_token(path))
		return 0;
	if (file_open(&file, path) == -1)
		return fault(f, FAULT_INPUT,
		    "%s: cannot read the file of %s: %s", path, keyword,
		    strerror(errno));
	file_close(&file);
	if (file_type(&file) != NULL)
		return fault(f, FAULT_INPUT, "%s: cannot read the file of %s: "
		    "it is %s", path, keyword,
		    file_type(&file));
	if (file.st.st_size > CLIENT_MAX)
		return fault(f, FAULT_INPUT, "%s: cannot read the file of %s: "
		    "it has more than 1 MiB", path, keyword);
	return 0;
}

static int
unusable(const struct tls_params *params, int n, struct fault *f)
{
	bool token = is_token(params->key_file) || is_token(params->cert_file);
	const struct secret *pin = params->token_pin;
	bool has_pin = pin != NULL && secret_is_set(pin);

	fault(f, FAULT_INPUT, "cannot use the certificate %s with the key %s: "
	    "%s", params->cert_file, params->key_file, gnutls_strerror(n));
	switch (n) {
	case GNUTLS_E_DECRYPTION_FAILED:
	case GNUTLS_E_PKCS11_PIN_ERROR:
	case GNUTLS_E_PKCS11_PIN_LOCKED:
	case GNUTLS_E_PKCS11_PIN_EXPIRED:
	case GNUTLS_E_PKCS11_USER_ERROR:
		return fault_hint(f, has_pin ? "is \"password\" its PIN or "
		    "passphrase?" : "set its PIN or passphrase as "
		    "\"password\", or by \"passwordeval\"");
	case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
		return fault_hint(f, "\"tls_key_file\" must hold the key of "
		    "the first certificate in \"tls_cert_file\"");
	default:
		return fault_hint(f, token ? "p11tool --list-all shows what a "
		    "token holds; \"password\" is its PIN" :
		    "both files are in PEM form");
	}
}

int
trust_load_client(gnutls_certificate_credentials_t cred,
    const struct tls_params *params, struct fault *f)
{
	const char *pass = NULL;
	int n;

	if (params->key_file == NULL && params->cert_file == NULL)
		return 0;
	if (params->key_file == NULL || params->cert_file == NULL) {
		fault(f, FAULT_CONFIG, "%s is set, but %s is not",
		    params->key_file != NULL ? "tls_key_file" :
		    "tls_cert_file", params->key_file != NULL ?
		    "tls_cert_file" : "tls_key_file");
		return fault_hint(f, "set both, to the same file if it holds "
		    "both");
	}
	if (check_file(params->cert_file, "tls_cert_file", f) == -1 ||
	    check_file(params->key_file, "tls_key_file", f) == -1)
		return -1;
	if (params->token_pin != NULL && secret_is_set(params->token_pin))
		pass = params->token_pin->bytes;
	/* the library's type has no const; the callback does not write */
	gnutls_certificate_set_pin_function(cred, give_pin,
	    (void *)(uintptr_t)params->token_pin);
	n = gnutls_certificate_set_x509_key_file2(cred, params->cert_file,
	    params->key_file, GNUTLS_X509_FMT_PEM, pass, 0);
	return n < 0 ? unusable(params, n, f) : 0;
}
