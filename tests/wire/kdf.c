/* SPDX-License-Identifier: ISC */
/* kdf: the examples of RFC 6070 and RFC 7914 section 11. */
#include "wire/tls/tls.h"
#include "tests/tap.h"

static const struct {
	enum tls_hash hash;
	unsigned iterations;
	const char *password;
	const char *salt;
	const char *key;
	size_t n;
} rows[] = {
	{ TLS_SHA1, 1, "password", "salt",
	    "\x0c\x60\xc8\x0f\x96\x1f\x0e\x71\xf3\xa9"
	    "\xb5\x24\xaf\x60\x12\x06\x2f\xe0\x37\xa6", 20 },
	{ TLS_SHA1, 4096, "password", "salt",
	    "\x4b\x00\x79\x01\xb7\x65\x48\x9a\xbe\xad"
	    "\x49\xd9\x26\xf7\x21\xd0\x65\xa4\x29\xc1", 20 },
	{ TLS_SHA256, 1, "passwd", "salt",
	    "\x55\xac\x04\x6e\x56\xe3\x08\x9f\xec\x16\x91\xc2\x25\x44\xb6\x05"
	    "\xf9\x41\x85\x21\x6d\xde\x04\x65\xe6\x8b\x9d\x57\xc2\x0d\xac\xbc",
	    32 },
	{ TLS_NO_HASH, 1, "passwd", "salt", "", 0 },
};

int
main(void)
{
	unsigned char key[TLS_HASH_MAX];
	size_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = tls_derive(rows[i].hash, rows[i].password,
		    strlen(rows[i].password), rows[i].salt,
		    strlen(rows[i].salt), rows[i].iterations, key);
		tap_same("a key", (const char *)key, n, rows[i].key,
		    rows[i].n);
	}
	return tap_done();
}
