/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"
#include "listen.h"
#include "play.h"
#include "record.h"
#include "serve.h"
#include "text.h"

/* A script is over within a second or is stuck; a server may run for long. */
#define GUARD_PLAY 30
#define GUARD_SERVE 600

/* What a large provider offers, and a test's gigabyte fits into. */
#define SIZE_DEFAULT (10ULL << 30)

#define SCRIPTS_MAX 16

struct options {
	struct service service;
	struct refusal *last_refusal;
	struct script *scripts[SCRIPTS_MAX];
	size_t script_count;
	bool serve;
	const char *listen, *port_file;
	const char *certificate, *key, *priority, *tls_max, *client_ca;
	unsigned long long sessions; /* 0: not said */
	unsigned long long timeout;
	bool timeout_said;
};

enum setting {
	SETTING_LISTEN = 256,
	SETTING_PORT_FILE,
	SETTING_CERT,
	SETTING_KEY,
	SETTING_CLIENT_CA,
	SETTING_PRIORITY,
	SETTING_TLS_MAX,
	SETTING_SESSIONS,
	SETTING_TIMEOUT,
	SETTING_TRANSCRIPT,
	SETTING_PLAY,
	SETTING_SERVE,
	SETTING_USER,
	SETTING_MECHS,
	SETTING_ITERATIONS,
	SETTING_REQUIRE_TLS,
	SETTING_REQUIRE_AUTH,
	SETTING_IMPLICIT_TLS,
	SETTING_NO,
	SETTING_UNUSED,
	SETTING_SIZE,
	SETTING_NAME,
	SETTING_REFUSE,
	SETTING_CAPTURE,
	SETTING_LMTP,
	SETTING_LIMITS,
	SETTING_CUT
};

static const struct option_row {
	const char *name;
	int argument;
	enum setting setting;
} option_rows[] = {
	{ "listen", required_argument, SETTING_LISTEN },
	{ "port-file", required_argument, SETTING_PORT_FILE },
	{ "cert", required_argument, SETTING_CERT },
	{ "key", required_argument, SETTING_KEY },
	{ "client-ca", required_argument, SETTING_CLIENT_CA },
	{ "priority", required_argument, SETTING_PRIORITY },
	{ "tls-max", required_argument, SETTING_TLS_MAX },
	{ "sessions", required_argument, SETTING_SESSIONS },
	{ "timeout", required_argument, SETTING_TIMEOUT },
	{ "transcript", required_argument, SETTING_TRANSCRIPT },
	{ "play", required_argument, SETTING_PLAY },
	{ "serve", no_argument, SETTING_SERVE },
	{ "user", required_argument, SETTING_USER },
	{ "mechs", required_argument, SETTING_MECHS },
	{ "iterations", required_argument, SETTING_ITERATIONS },
	{ "require-tls", no_argument, SETTING_REQUIRE_TLS },
	{ "require-auth", no_argument, SETTING_REQUIRE_AUTH },
	{ "implicit-tls", no_argument, SETTING_IMPLICIT_TLS },
	{ "no", required_argument, SETTING_NO },
	{ "unused", required_argument, SETTING_UNUSED },
	{ "size", required_argument, SETTING_SIZE },
	{ "name", required_argument, SETTING_NAME },
	{ "refuse", required_argument, SETTING_REFUSE },
	{ "capture", required_argument, SETTING_CAPTURE },
	{ "lmtp", no_argument, SETTING_LMTP },
	{ "limits", required_argument, SETTING_LIMITS },
	{ "cut", required_argument, SETTING_CUT },
};
#define OPTION_ROWS (sizeof(option_rows) / sizeof(*option_rows))

static unsigned long long
main_number(const char *text, unsigned long long max)
{
	unsigned long long number;

	if (text_number(text, strlen(text), max, &number) != 0)
		die(EXIT_TROUBLE, "%s: not a number up to %llu", text, max);
	return number;
}

static void
main_add_user(struct service *service, const char *text)
{
	struct account *account = text_alloc(sizeof(*account));
	const char *colon = strchr(text, ':');

	if (colon == NULL)
		die(EXIT_TROUBLE, "%s: not NAME:PASSWORD", text);
	account->user = text_copy(text, (size_t)(colon - text));
	account->password = colon + 1;
	account->next = service->accounts;
	service->accounts = account;
}

/* The last "=ddd" splits the rule: a SIZE=500 may stand in the pattern. */
static const char *
main_split_refusal(const char *text)
{
	const char *split = NULL;

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] == '=' && p[1] >= '2' && p[1] <= '5' &&
		    isdigit((unsigned char)p[2]) &&
		    isdigit((unsigned char)p[3]) &&
		    (p[4] == ' ' || p[4] == '-' || p[4] == '\0'))
			split = p;
	}
	if (split == NULL)
		die(EXIT_TROUBLE, "%s: not PATTERN=REPLY", text);
	return split;
}

/* Appended, as the first one that matches counts. */
static void
main_add_refusal(struct options *options, const char *text)
{
	struct refusal *refusal = text_alloc(sizeof(*refusal));
	const char *split = main_split_refusal(text);
	const size_t len = strlen(split + 1);
	size_t size;

	refusal->pattern = text_copy(text, (size_t)(split - text));
	refusal->reply = text_alloc(len + sizeof("\r\n"));
	memcpy(refusal->reply, split + 1, len + 1);
	if (text_unescape(refusal->reply, &size) != 0)
		die(EXIT_TROUBLE, "%s: unknown escape", text);
	memcpy(refusal->reply + size, "\r\n", sizeof("\r\n"));
	refusal->next = NULL;
	if (options->last_refusal == NULL)
		options->service.refusals = refusal;
	else
		options->last_refusal->next = refusal;
	options->last_refusal = refusal;
}

static void
main_withhold(struct service *service, const char *keyword)
{
	const enum extension extension = extension_find(keyword);

	if (extension == EXTENSION_COUNT)
		die(EXIT_TROUBLE, "--no %s: no such extension", keyword);
	service->withheld[extension] = true;
}

static void
main_forbid(struct service *service, const char *keyword)
{
	const enum extension extension = extension_find(keyword);

	if (extension != EXTENSION_PIPELINING &&
	    extension != EXTENSION_CHUNKING)
		die(EXIT_TROUBLE, "--unused %s: PIPELINING or CHUNKING",
		    keyword);
	service->unused[extension] = true;
}

static void
main_check_mechanisms(const char *list)
{
	while (*list != '\0') {
		const size_t n = strcspn(list, " ");

		if (n > 0 && !auth_knows(list, n))
			die(EXIT_TROUBLE, "--mechs: unknown %.*s", (int)n,
			    list);
		list += n + (list[n] == ' ');
	}
}

static void
main_add_script(struct options *options, const char *path)
{
	if (options->script_count == SCRIPTS_MAX)
		die(EXIT_TROUBLE, "too many scripts");
	options->scripts[options->script_count++] = script_load(path);
}

/* What --serve serves. */
static void
main_service_option(struct service *service, enum setting setting,
    const char *value)
{
	switch (setting) {
	case SETTING_USER:
		main_add_user(service, value);
		break;
	case SETTING_MECHS:
		main_check_mechanisms(value);
		service->mechanisms = value;
		break;
	case SETTING_ITERATIONS:
		auth_iterations = value;
		break;
	case SETTING_REQUIRE_TLS:
		service->require_tls = true;
		break;
	case SETTING_REQUIRE_AUTH:
		service->require_auth = true;
		break;
	case SETTING_IMPLICIT_TLS:
		service->implicit_tls = true;
		break;
	case SETTING_LMTP:
		service->lmtp = true;
		break;
	case SETTING_LIMITS:
		service->limits = value;
		break;
	case SETTING_CUT:
		service->cut = value;
		break;
	case SETTING_NO:
		main_withhold(service, value);
		break;
	case SETTING_UNUSED:
		main_forbid(service, value);
		break;
	case SETTING_SIZE:
		service->size = main_number(value, LLONG_MAX);
		break;
	case SETTING_NAME:
		service->name = value;
		break;
	default:
		service->capture = value;
		break;
	}
}

static void
main_option(struct options *options, enum setting setting, const char *value)
{
	switch (setting) {
	case SETTING_LISTEN:
		options->listen = value;
		break;
	case SETTING_PORT_FILE:
		options->port_file = value;
		break;
	case SETTING_CERT:
		options->certificate = value;
		break;
	case SETTING_KEY:
		options->key = value;
		break;
	case SETTING_CLIENT_CA:
		options->client_ca = value;
		break;
	case SETTING_PRIORITY:
		options->priority = value;
		break;
	case SETTING_TLS_MAX:
		if (strcmp(value, "1.2") != 0 && strcmp(value, "1.3") != 0)
			die(EXIT_TROUBLE, "--tls-max takes 1.2 or 1.3");
		options->tls_max = value;
		break;
	case SETTING_SESSIONS:
		options->sessions = main_number(value, LONG_MAX);
		break;
	case SETTING_TIMEOUT:
		options->timeout = main_number(value, 86400);
		options->timeout_said = true;
		break;
	case SETTING_TRANSCRIPT:
		record_open(value);
		break;
	case SETTING_PLAY:
		main_add_script(options, value);
		break;
	case SETTING_SERVE:
		options->serve = true;
		break;
	case SETTING_REFUSE:
		main_add_refusal(options, value);
		break;
	default:
		main_service_option(&options->service, setting,
		    value);
		break;
	}
}

static void
main_options(struct options *options, int argc, char **argv)
{
	struct option rows[OPTION_ROWS + 1];
	int option;

	memset(rows, 0, sizeof(rows));
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		rows[i].name = option_rows[i].name;
		rows[i].has_arg = option_rows[i].argument;
		rows[i].val = (int)option_rows[i].setting;
	}
	while ((option = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		if (option == '?')
			exit(EXIT_TROUBLE);
		main_option(options, (enum setting)option, optarg);
	}
	if (optind != argc || options->serve == (options->script_count > 0))
		die(EXIT_TROUBLE,
		    "usage: smarthost --play FILE | --serve [options]");
	if (options->service.implicit_tls && options->certificate == NULL)
		die(EXIT_TROUBLE, "--implicit-tls needs --cert and --key");
	if ((options->certificate == NULL) != (options->key == NULL))
		die(EXIT_TROUBLE, "--cert and --key go together");
}

/* Connection by connection; the last script serves all that are left. */
static int
main_play(const struct options *options, int listener,
    const struct security *security)
{
	const unsigned long long sessions = options->sessions > 0 ?
	    options->sessions : options->script_count;

	guard_term_exits(EXIT_UNVISITED);
	for (unsigned long long i = 0; i < sessions; i++) {
		const size_t last = options->script_count - 1;
		int connection;

		guard_awaits("client %llu", i + 1);
		do {
			connection = listen_accept(listener);
		} while (connection < 0);
		guard_term_exits(EXIT_DEVIATED);
		play_script(options->scripts[i < last ? i : last], connection,
		    security);
	}
	return EXIT_FOLLOWED;
}

int
main(int argc, char **argv)
{
	static struct options options; /* lives as long as any child */
	struct security *security = NULL;
	int listener, status;

	options.listen = "127.0.0.1:0";
	options.service.name = "mail.example.org";
	options.service.size = SIZE_DEFAULT;
	main_options(&options, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	if (options.serve)
		guard_term_stops();
	guard_start(options.timeout_said ? (unsigned)options.timeout :
	    options.serve ? GUARD_SERVE : GUARD_PLAY);
	if (options.certificate != NULL)
		security = security_new(options.certificate, options.key,
		    options.priority, options.tls_max, options.client_ca);
	options.service.security = security;
	listener = listen_on(options.listen);
	if (options.port_file != NULL)
		listen_publish(listener, options.port_file);
	status = options.serve ?
	    serve(&options.service, listener, options.sessions) :
	    main_play(&options, listener, security);
	security_free(security);
	for (size_t i = 0; i < options.script_count; i++)
		script_free(options.scripts[i]);
	return status;
}
