/* SPDX-License-Identifier: ISC */
/* login: an address signs in, by the flow that was asked for. */
#ifndef OAUTH2_LOGIN_H
#define OAUTH2_LOGIN_H

#include <stdbool.h>
#include <stdio.h>

struct fault;

/* What the command line says; NULL for what it does not say. */
struct login {
	const char *address;
	const char *provider;
	const char *client_id;
	const char *client_secret_file;
	const char *client_cert;
	const char *client_key;
	const char *tenant;
	const char *user;		/* a shared mailbox */
	const char *ca_file;
	const char *service_account;
	bool device;
	bool client_credentials;
	bool open;
};

/*
 * Signs in and keeps what came. FAULT_USAGE for options that do not go
 * together; else as the flow has it. Nothing is changed unless it succeeds.
 */
int login_run(const struct login *, FILE *to, struct fault *);

#endif
