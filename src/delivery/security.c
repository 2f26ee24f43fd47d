/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "wire/tls/tls.h"
#include "config/account/account.h"
#include "delivery/security.h"

void
security_fill(struct tls_params *p, const struct account *a)
{
	memset(p, 0, sizeof(*p));
	p->host = a->tls_host_override;
	p->trust_file = a->tls_trust_file;
	p->extra_trust_file = a->tls_extra_trust_file;
	p->crl_file = a->tls_crl_file;
	p->fingerprints = a->tls_fingerprints;
	p->key_pins = a->tls_pins;
	p->key_file = a->tls_key_file;
	p->cert_file = a->tls_cert_file;
	p->priorities = a->tls_priorities;
	p->min_dh_bits = (unsigned)a->tls_min_dh_prime_bits;
	p->newest = a->tls_min_version == TLS_MIN_VERSION_1_3;
	p->check = a->tls_certcheck != TOGGLE_OFF;
}
