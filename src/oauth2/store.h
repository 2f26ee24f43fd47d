/* SPDX-License-Identifier: ISC */
/*
 * store: the file that keeps what an address has signed in with, in the form
 * of sasl-xoauth2's token files. It is read without a lock, because it is only
 * ever replaced as a whole; whoever replaces it holds the lock from before he
 * reads until after.
 */
#ifndef OAUTH2_STORE_H
#define OAUTH2_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct fault;
struct json;

#define STORE_MAX (1024 * 1024)	/* octets of the file */

/* Members of the file. The first nine are sasl-xoauth2's. */
#define STORE_ACCESS_TOKEN "access_token"
#define STORE_REFRESH_TOKEN "refresh_token"
#define STORE_EXPIRY "expiry"	/* seconds since 1970, in a string */
#define STORE_USER "user"
#define STORE_CLIENT_ID "client_id"
#define STORE_CLIENT_SECRET "client_secret"
#define STORE_TOKEN_ENDPOINT "token_endpoint"
#define STORE_CA_FILE "ca_bundle_file"
#define STORE_REFRESH_WINDOW "refresh_window"	/* seconds */
#define STORE_CA_FOLDER "ca_certs_dir"
#define STORE_PROXY "proxy"
#define STORE_SCOPE "scope"
#define STORE_PROVIDER "provider"	/* as login was given it */
#define STORE_TENANT "tenant"
#define STORE_GRANT "grant_type"	/* refresh_token unless it is there */
#define STORE_CERTIFICATE "client_cert_file"
#define STORE_KEY "client_key_file"
#define STORE_SERVICE_ACCOUNT "service_account_file"

struct store {
	char *address;
	char *path;		/* of the file */
	struct json *json;	/* as read, or as it shall be; NULL: none */
	int folder;		/* -1: not open */
	int lock;
	int new;		/* of the file that takes its place */
};

/*
 * The folder of these files, which the caller frees: NULL with FAULT_CONFIG
 * when this user has none.
 */
char *store_folder(struct fault *);
/* Can it be an address, and the name of a file? FAULT_USAGE when not. */
int store_check_address(const char *, struct fault *);
/*
 * The store of an address; nothing is opened. store_close() frees it, gives up
 * the lock, and removes a file that was not put in place.
 */
int store_init(struct store *, const char *address, struct fault *);
void store_close(struct store *);

/*
 * Reads the file into `json`, anew when it had been read. FAULT_CONFIG when it
 * is not there, cannot be read, is no object of JSON, belongs to somebody else,
 * or others may read or write it.
 */
int store_read(struct store *, struct fault *);
/*
 * Takes the lock, and makes the folder if there is none. FAULT_TEMPORARY when
 * another process holds it for longer than two requests may take.
 */
int store_lock(struct store *, struct fault *);
/*
 * Makes the file that will take the place of the old one, with room enough: a
 * disk that is full is found out before a token is spent. FAULT_TEMPORARY when
 * it cannot be. The lock is held.
 */
int store_reserve(struct store *, struct fault *);
/*
 * `json` takes the place of the file, and is on the disk when this returns 0.
 * The next one needs another store_reserve(). FAULT_TEMPORARY.
 */
int store_write(struct store *, struct fault *);
/* Removes the file and its lock, which is held: 1, or 0 when there was none. */
int store_remove(struct store *, struct fault *);

#endif
