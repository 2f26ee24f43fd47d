/* SPDX-License-Identifier: ISC */
/* The settings of TLS, authentication and its secrets. */
#include <limits.h>

#include "smtp/sasl/mechanism.h"
#include "config/account/account.h"
#include "config/option/table.h"

#define SECONDS_MAX (INT_MAX / 1000)	/* poll(2) counts milliseconds in int */
#define FD_MIN 3	/* below are the message and our own output */
#define DH_BITS_MAX 16384		/* far above any group in use */

static const struct option_choice versions[] = {
	{ "1.2", TLS_MIN_VERSION_1_2 }, { "1.3", TLS_MIN_VERSION_1_3 },
	{ NULL, 0 }
};
#define WORD(name, ...) { name, 1 },

/* SASL mechanism names (RFC 4422 section 3.1); the value 0 is "off". */
static const struct option_choice methods[] = {
	{ "on", 1 }, { "off", 0 }, SASL_MECHANISMS(WORD) { NULL, 0 }
};

#define FIELD(member) offsetof(struct account, member)
#define AT(id) (OPTION_##id - OPTION_TLS)

const struct option_row option_tls_rows[] = {
	[AT(TLS)] = {
		.keyword = "tls", .name = "tls", .type = OPTION_TYPE_CHOICE,
		.offset = FIELD(tls), .choices = option_toggles,
		.value = "on|off", .preset = "by port and auth",
		.help = "whether TLS is required"
	},
	[AT(TLS_STARTTLS)] = {
		.keyword = "tls_starttls", .name = "tls-starttls",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(tls_starttls),
		.choices = option_toggles,
		.value = "on|off", .preset = "by port",
		.help = "TLS by STARTTLS, or from the first octet"
	},
	[AT(TLS_TRUST_FILE)] = {
		.keyword = "tls_trust_file", .name = "tls-trust-file",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY | OPTION_SYSTEM,
		.offset = FIELD(tls_trust_file),
		.value = "FILE", .preset = "system",
		.help = "certificates to trust, in PEM"
	},
	[AT(TLS_CERTCHECK)] = {
		.keyword = "tls_certcheck", .name = "tls-certcheck",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(tls_certcheck),
		.choices = option_toggles,
		.value = "on|off", .preset = "on",
		.help = "whether the certificate must be valid"
	},
	[AT(TLS_EXTRA_TRUST_FILE)] = {
		.keyword = "tls_extra_trust_file",
		.name = "tls-extra-trust-file", .type = OPTION_TYPE_PATH,
		.flags = OPTION_EMPTY, .offset = FIELD(tls_extra_trust_file),
		.value = "FILE", .preset = "none",
		.help = "more certificates to trust, in PEM"
	},
	[AT(TLS_CRL_FILE)] = {
		.keyword = "tls_crl_file", .name = "tls-crl-file",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY,
		.offset = FIELD(tls_crl_file),
		.value = "FILE", .preset = "none",
		.help = "certificate revocation lists, in PEM"
	},
	[AT(TLS_FINGERPRINT)] = {
		.keyword = "tls_fingerprint", .name = "tls-fingerprint",
		.type = OPTION_TYPE_FINGERPRINTS, .flags = OPTION_EMPTY,
		.offset = FIELD(tls_fingerprints),
		.value = "HEX", .preset = "none",
		.help = "the only certificates to trust"
	},
	[AT(TLS_PIN)] = {
		.keyword = "tls_pin", .name = "tls-pin",
		.type = OPTION_TYPE_KEY_PINS, .flags = OPTION_EMPTY,
		.offset = FIELD(tls_pins),
		.value = "sha256//BASE64", .preset = "none",
		.help = "the only public keys to trust"
	},
	[AT(TLS_HOST_OVERRIDE)] = {
		.keyword = "tls_host_override", .name = "tls-host-override",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_WORD,
		.offset = FIELD(tls_host_override),
		.value = "NAME", .preset = "host",
		.help = "name to ask for and find in the certificate"
	},
	[AT(TLS_KEY_FILE)] = {
		.keyword = "tls_key_file", .name = "tls-key-file",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY,
		.offset = FIELD(tls_key_file),
		.value = "FILE", .preset = "none",
		.help = "key of our certificate, PEM or PKCS#11 URI"
	},
	[AT(TLS_CERT_FILE)] = {
		.keyword = "tls_cert_file", .name = "tls-cert-file",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY,
		.offset = FIELD(tls_cert_file),
		.value = "FILE", .preset = "none",
		.help = "our certificate, PEM or PKCS#11 URI"
	},
	[AT(TLS_PRIORITIES)] = {
		.keyword = "tls_priorities", .name = "tls-priorities",
		.type = OPTION_TYPE_STRING, .flags = OPTION_EMPTY,
		.offset = FIELD(tls_priorities),
		.value = "STRING", .preset = "the system's",
		.help = "versions and algorithms, as GnuTLS writes them"
	},
	[AT(TLS_MIN_VERSION)] = {
		.keyword = "tls_min_version", .name = "tls-min-version",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(tls_min_version),
		.choices = versions,
		.value = "1.2|1.3", .preset = "1.2",
		.help = "the oldest version of TLS"
	},
	[AT(TLS_MIN_DH_PRIME_BITS)] = {
		.keyword = "tls_min_dh_prime_bits",
		.name = "tls-min-dh-prime-bits", .type = OPTION_TYPE_NUMBER,
		.flags = OPTION_EMPTY, .offset = FIELD(tls_min_dh_prime_bits),
		.min = 1, .max = DH_BITS_MAX,
		.value = "BITS", .preset = "2048",
		.help = "the smallest Diffie-Hellman group"
	},
	[AT(AUTH)] = {
		.keyword = "auth", .name = "auth", .type = OPTION_TYPE_AUTH,
		.offset = FIELD(auth), .choices = methods,
		.value = "on|off|METHODS", .preset = "off",
		.help = "authentication and its method"
	},
	[AT(AUTH_WITHOUT_TLS)] = {
		.keyword = "auth_without_tls", .name = "auth-without-tls",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(auth_without_tls),
		.choices = option_toggles,
		.value = "on|off", .preset = "off",
		.help = "let a named method go out unencrypted"
	},
	[AT(USER)] = {
		.keyword = "user", .name = "user", .type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY, .offset = FIELD(user),
		.value = "NAME", .preset = "none",
		.help = "name to authenticate as"
	},
	[AT(PASSWORD)] = { /* no long option: everybody can read argv */
		.keyword = "password", .type = OPTION_TYPE_SECRET,
		.flags = OPTION_EMPTY | OPTION_RAW, .offset = FIELD(password),
		.value = "TEXT", .preset = "none",
		.help = "password to authenticate with"
	},
	[AT(PASSWORDEVAL)] = {
		.keyword = "passwordeval", .name = "passwordeval",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_RAW | OPTION_COMMAND,
		.offset = FIELD(passwordeval),
		.value = "COMMAND", .preset = "none",
		.help = "command that prints the password"
	},
	[AT(PASSWORDEVAL_TIMEOUT)] = {
		.keyword = "passwordeval_timeout",
		.name = "passwordeval-timeout", .type = OPTION_TYPE_NUMBER,
		.offset = FIELD(passwordeval_timeout), .min = 1,
		.max = SECONDS_MAX,
		.value = "SECONDS", .preset = "60",
		.help = "time for that command"
	},
	[AT(PASSWORD_FILE)] = {
		.keyword = "password_file", .name = "password-file",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY,
		.offset = FIELD(password_file),
		.value = "FILE", .preset = "none",
		.help = "file whose first line is the password"
	},
	[AT(PASSWORD_FD)] = {
		.keyword = "password_fd", .name = "password-fd",
		.type = OPTION_TYPE_NUMBER, .flags = OPTION_EMPTY,
		.offset = FIELD(password_fd), .min = FD_MIN, .max = INT_MAX,
		.value = "NUMBER", .preset = "none",
		.help = "descriptor to read the password from"
	},
	[AT(AUTH_ID)] = {
		.keyword = "auth_id", .name = "auth-id",
		.type = OPTION_TYPE_STRING, .flags = OPTION_EMPTY,
		.offset = FIELD(auth_id),
		.value = "NAME", .preset = "the user",
		.help = "whom to act as, once authenticated"
	},
	[AT(NTLMDOMAIN)] = {
		.keyword = "ntlmdomain", .name = "ntlmdomain",
		.type = OPTION_TYPE_STRING, .flags = OPTION_EMPTY,
		.offset = FIELD(ntlmdomain),
		.value = "NAME", .preset = "none",
		.help = "domain of the user, for NTLM"
	},
};
