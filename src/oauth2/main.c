/* SPDX-License-Identifier: ISC */
/*
 * postrider-oauth2: signs in at a provider, and prints an access token that is
 * good for a while. The command line is read here, and here is decided to exit.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/wait.h"
#include "base/text.h"
#include "oauth2/login.h"
#include "oauth2/status.h"
#include "oauth2/token.h"

static const char help[] =
"usage: postrider-oauth2 login ADDRESS --provider=NAME --client-id=ID ...\n"
"       postrider-oauth2 login ADDRESS --service-account=FILE\n"
"       postrider-oauth2 token ADDRESS [--json]\n"
"       postrider-oauth2 status [ADDRESS]\n"
"       postrider-oauth2 logout ADDRESS\n"
"login:\n"
"  --provider=NAME            google, microsoft, yahoo, fastmail or a file\n"
"  --client-id=ID             as it is registered at the provider\n"
"  --client-secret-file=FILE  the secret that belongs to it\n"
"  --client-cert=FILE         or the certificate, PEM\n"
"  --client-key=FILE          and its private key, PEM\n"
"  --tenant=TENANT            Microsoft's directory\n"
"  --user=MAILBOX             a shared mailbox that is to be used\n"
"  --ca-file=FILE             trust anchors instead of the system's, PEM\n"
"  --open                     have xdg-open show the address\n"
"  --device                   sign in with a code, on any device\n"
"  --client-credentials       no person: the client signs in\n"
"  --service-account=FILE     no person: Google's key file\n"
"token:\n"
"  --json                     an object with expires_in\n"
"all:\n"
"  --help                     this text\n"
"  --version                  the version\n";

struct command {
	const char *name;	/* login, token, status, logout; "": none */
	struct login login;	/* its address is that of any command */
	bool json;
	bool help;
	bool version;
};

/* ---- The command line. */

/* An option with a value, or without one, and where that goes. */
struct option_row {
	const char *name;
	const char *command;	/* it belongs to; NULL: none */
	const char **value;
	bool *set;
};

/* The value of an option may be the next word, which *at is then moved to. */
static int
take_option(const struct option_row *row, const char *word, const char *next,
    int *at, const char **command, struct fault *f)
{
	size_t n = strcspn(word, "=");
	const char *value = word[n] == '=' ? word + n + 1 : NULL;

	while (row->name != NULL && !text_is(word, n, row->name))
		row++;
	if (row->name == NULL)
		return fault(f, FAULT_USAGE, "unknown option '--%.*s'", (int)n,
		    word);
	if (row->command != NULL)
		*command = row->command;
	if (row->set != NULL) {
		*row->set = true;
		return value == NULL ? 0 : fault(f, FAULT_USAGE,
		    "--%s takes no value", row->name);
	}
	if (value == NULL && next != NULL) {
		value = next;
		++*at;
	}
	if (value == NULL || *value == '\0')
		return fault(f, FAULT_USAGE, "--%s needs a value", row->name);
	*row->value = value;
	return 0;
}

static int
take_word(struct command *c, const char *word, struct fault *f)
{
	if (*c->name == '\0')
		c->name = word;
	else if (c->login.address == NULL)
		c->login.address = word;
	else
		return fault(f, FAULT_USAGE, "'%s' is one word too many",
		    word);
	return 0;
}

static int
check(const struct command *c, const char *belongs, struct fault *f)
{
	static const char *const names[] = { "login", "token", "status",
	    "logout" };
	size_t i = 0, n = sizeof(names) / sizeof(names[0]);

	if (*c->name == '\0')
		return fault(f, FAULT_USAGE, "no command: login, token, status "
		    "or logout");
	while (i < n && strcmp(c->name, names[i]) != 0)
		i++;
	if (i == n)
		return fault(f, FAULT_USAGE, "unknown command '%s': login, "
		    "token, status or logout", c->name);
	if (belongs != NULL && strcmp(c->name, belongs) != 0)
		return fault(f, FAULT_USAGE, "%s does not take an option of "
		    "%s", c->name, belongs);
	if (c->login.address == NULL && strcmp(c->name, "status") != 0)
		return fault(f, FAULT_USAGE, "%s: the address is missing",
		    c->name);
	return 0;
}

static int
parse(struct command *c, int argc, char *argv[], struct fault *f)
{
	struct login *l = &c->login;
	const struct option_row rows[] = {
		{ "provider", "login", &l->provider, NULL },
		{ "client-id", "login", &l->client_id, NULL },
		{ "client-secret-file", "login", &l->client_secret_file,
		    NULL },
		{ "client-cert", "login", &l->client_cert, NULL },
		{ "client-key", "login", &l->client_key, NULL },
		{ "tenant", "login", &l->tenant, NULL },
		{ "user", "login", &l->user, NULL },
		{ "ca-file", "login", &l->ca_file, NULL },
		{ "service-account", "login", &l->service_account, NULL },
		{ "open", "login", NULL, &l->open },
		{ "device", "login", NULL, &l->device },
		{ "client-credentials", "login", NULL,
		    &l->client_credentials },
		{ "json", "token", NULL, &c->json },
		{ "help", NULL, NULL, &c->help },
		{ "version", NULL, NULL, &c->version },
		{ NULL, NULL, NULL, NULL },
	};
	const char *belongs = NULL;
	bool words = false;

	for (int i = 1; i < argc; i++) {
		if (!words && strcmp(argv[i], "--") == 0)
			words = true;
		else if (!words && strncmp(argv[i], "--", 2) == 0) {
			/* argv ends with NULL */
			if (take_option(rows, argv[i] + 2, argv[i + 1], &i,
			    &belongs, f) == -1)
				return -1;
		} else if (!words && argv[i][0] == '-') {
			return fault(f, FAULT_USAGE, "unknown option '%s'",
			    argv[i]);
		} else if (take_word(c, argv[i], f) == -1) {
			return -1;
		}
	}
	return c->help || c->version ? 0 : check(c, belongs, f);
}

/* ---- The process. */

static void
run(const struct command *c, struct fault *f)
{
	if (c->help)
		fputs(help, stdout);
	else if (c->version)
		puts("postrider-oauth2 " PACKAGE_VERSION);
	else if (strcmp(c->name, "login") == 0)
		login_run(&c->login, stdout, f);
	else if (strcmp(c->name, "token") == 0)
		token_print(c->login.address, c->json, stdout, f);
	else if (strcmp(c->name, "status") == 0)
		status_print(c->login.address, stdout, f);
	else
		status_forget(c->login.address, f);
}

int
main(int argc, char *argv[])
{
	struct fault f = { .class = FAULT_NONE };
	struct command c;
	int status;

	memory_settle(fault_exit_status(FAULT_TEMPORARY));
	process_prepare();
	umask(077);
	memset(&c, 0, sizeof(c));
	c.name = "";
	if (parse(&c, argc, argv, &f) == 0)
		run(&c, &f);
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		fault(&f, FAULT_IO, "standard output: %s", strerror(errno));
	if (f.class != FAULT_NONE)
		fprintf(stderr, "postrider-oauth2: %s\n", f.text);
	if (f.hint != NULL)
		fprintf(stderr, "hint: %s\n", f.hint);
	status = fault_exit_status(f.class);
	fault_clear(&f);
	return status;
}
