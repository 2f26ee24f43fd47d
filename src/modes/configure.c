/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "wire/dial.h"
#include "delivery/request.h"
#include "modes/modes.h"
#include "modes/provider.h"

#define BLOCK_MAX (1024 * 1024)	/* octets of what is printed */
#define OTHERS_MAX 8		/* servers that are named beside the first */
#define IMPLICIT_TLS_PORT 465	/* RFC 8314 section 7.3 */

/* RFC 8314 section 7.3 and RFC 6186 section 3.1, in order of preference. */
static const struct service {
	const char *name;
	bool starttls;
} services[] = {
	{ "_submissions._tcp", false },
	{ "_submission._tcp", true },
};

#define SERVICES (sizeof(services) / sizeof(services[0]))

struct finding {
	struct mailbox box;		/* the address */
	char *spec;			/* the address as text */
	char *domain;			/* in A-labels */
	const char *host;		/* the submission server */
	uint16_t port;
	bool starttls;
	const struct provider *provider;	/* whose that is; or NULL */
	const struct service *service;	/* which the DNS announces; or NULL */
	const char *exchanger;		/* what the provider is known by, or
					 * NULL */
	struct srv_list list;		/* services or mail exchangers */
	size_t denied;			/* services declared not to exist */
	size_t unusable;		/* records without host or port */
};

static int
read_address(struct finding *x, const char *address, struct fault *f)
{
	bool empty = false;

	if (address_parse_path(&x->box, &empty, address, strlen(address),
	    f) == -1)
		return fault_prefix(f, "--configure: ");
	if (empty || x->box.domain[0] == '\0' || x->box.domain[0] == '[') {
		fault(f, FAULT_DATA, "--configure '%s': an address with a "
		    "domain is needed", address);
		return fault_hint(f, "such as you@example.org");
	}
	/* any other is a quoted string, and account lines cannot quote it */
	if (!address_is_dot_atom(x->box.local, strlen(x->box.local)))
		return fault(f, FAULT_DATA, "--configure '%s': a local part "
		    "that must be quoted has to be set by hand", address);
	if (idna_to_ascii(x->box.domain, &x->domain) == -1 ||
	    !address_is_domain(x->domain, strlen(x->domain)))
		return fault(f, FAULT_DATA, "--configure '%s': '%s' is no "
		    "valid domain", address, x->box.domain);
	x->spec = address_spec(&x->box);
	return 0;
}

static int
nothing(const struct finding *x, struct fault *f)
{
	fault(f, FAULT_HOST, "%s: %s", x->domain, x->unusable > 0 ? "what the "
	    "DNS announces as its submission servers is no usable host and "
	    "port" : x->denied > 0 ? "the DNS says that this domain has no "
	    "submission server" : "the DNS announces no submission server for "
	    "this domain");
	return x->list.count == 0 ? fault_hint(f, "most providers say in "
	    "their help pages what \"host\" and \"port\" should be") :
	    fault_hint(f, "its mail goes to %s: whoever runs that should say "
	    "in his help pages what \"host\" and \"port\" should be",
	    x->list.record[0].target);
}

static void
take_provider(struct finding *x)
{
	x->host = x->provider->host;
	x->port = x->provider->port;
	x->starttls = x->port != IMPLICIT_TLS_PORT;
}

/* What the domain announces; nothing is a result, too. */
static int
find_service(struct finding *x, int64_t deadline, struct fault *f)
{
	char *name;
	int r = 0;

	for (size_t i = 0; r == 0 && x->host == NULL && i < SERVICES; i++) {
		srv_list_free(&x->list);
		name = buffer_format("%s.%s", services[i].name, x->domain);
		r = srv_query(&x->list, SRV_SRV, name, deadline, f);
		free(name);
		x->denied += x->list.denied;
		x->unusable += x->list.unusable;
		if (r == -1 || x->list.count == 0)
			continue;
		x->service = &services[i];
		x->starttls = services[i].starttls;
		x->host = x->list.record[0].target;
		x->port = x->list.record[0].port;
		x->provider = provider_of_host(x->host);
	}
	return r;
}

/* By whom it has its mail delivered, if that is a provider that we know. */
static int
find_exchanger(struct finding *x, int64_t deadline, struct fault *f)
{
	srv_list_free(&x->list);
	if (x->denied == 0 && srv_query(&x->list, SRV_MX, x->domain, deadline,
	    f) == -1)
		return -1;
	for (size_t i = 0; x->provider == NULL && i < x->list.count; i++) {
		x->exchanger = x->list.record[i].target;
		x->provider = provider_of_exchanger(x->exchanger);
	}
	if (x->provider == NULL)
		return nothing(x, f);
	take_provider(x);
	return 0;
}

static int
find(struct finding *x, const char *host, struct fault *f)
{
	int64_t deadline;

	x->provider = host == NULL ? provider_of_domain(x->domain) :
	    provider_of_host(host);
	if (x->provider != NULL) {
		take_provider(x);
		x->host = host == NULL ? x->host : host;
		return 0;
	}
	if (host != NULL) {
		fault(f, FAULT_HOST, "%s: --configure does not know this "
		    "server", host);
		return fault_hint(f, "without --host the DNS is asked; those "
		    "known are in postrider(1)");
	}
	deadline = clock_after(DIAL_TIMEOUT_MS);
	if (find_service(x, deadline, f) == -1)
		return -1;
	return x->host == NULL ? find_exchanger(x, deadline, f) : 0;
}

/* In `from`, "%" begins a pattern and is doubled; a glob cannot be quoted. */
static void
add_from(struct buffer *b, const struct finding *x)
{
	if (strpbrk(x->box.local, "*?[") != NULL) {
		buffer_printf(b, "# 'from' would take %s for a glob: "
		    "give it by -f\n", x->spec);
		return;
	}
	buffer_add_string(b, "from ");
	for (const char *p = x->spec; *p != '\0'; p++) {
		if (*p == '%')
			buffer_add_char(b, '%');
		buffer_add_char(b, *p);
	}
	buffer_add_char(b, '\n');
}

/* Lines as comments. */
static void
add_lines(struct buffer *b, const char *text)
{
	for (size_t n; *text != '\0'; text += n) {
		n = strcspn(text, "\n") + 1;
		buffer_printf(b, "# %.*s", (int)n, text);
	}
}

/* Where it comes from, and what its owner should know. */
static void
add_origin(struct buffer *b, const struct finding *x)
{
	const struct srv_list *l = &x->list;

	if (x->service != NULL)
		buffer_printf(b, "# %s.%s says: %s, port %u\n",
		    x->service->name, x->domain, x->host, (unsigned)x->port);
	else if (x->exchanger != NULL)
		buffer_printf(b, "# The mail exchanger of %s is %s.\n",
		    x->domain, x->exchanger);
	for (size_t i = 1; x->service != NULL && i < l->count &&
	    i <= OTHERS_MAX; i++)
		buffer_printf(b, "# and then: %s, port %u\n",
		    l->record[i].target, (unsigned)l->record[i].port);
	if (x->provider != NULL) {
		buffer_printf(b, "# %s, as of " PROVIDER_DATE ":\n",
		    x->provider->name);
		add_lines(b, x->provider->advice);
	}
}

static void
add_token(struct buffer *b, const struct finding *x)
{
	buffer_add_string(b, "# Sign in once, with a client of your own:\n"
	    "#     postrider-oauth2 login ");
	text_add_sh_word(b, x->spec);
	buffer_printf(b, " \\\n#         %s\noauth2 %s\n",
	    x->provider->token, x->spec);
}

static void
add_password(struct buffer *b, const struct finding *x, const char *user)
{
	if (user[0] == '#') {
		buffer_add_string(b, "# The password in a file that nobody "
		    "else can read (chmod 600), likewise\n");
	} else {
		buffer_printf(b, "# The password: either in the keyring, where "
		    "it is found without a line here,\n#     secret-tool store "
		    "--label=postrider application postrider \\\n"
		    "#         host %s user ", x->host);
		text_add_sh_word(b, user);
		buffer_add_string(b, "\n# or in a file that nobody else can "
		    "read (chmod 600); then remove the '#' of\n");
	}
	buffer_add_string(b, "#password_file ~/.config/postrider/password\n");
}

static void
add_account(struct buffer *b, const struct finding *x)
{
	const struct provider *p = x->provider;
	const char *user = p == NULL || p->user == NULL ? x->spec :
	    p->user[0] == '\0' ? x->box.local : p->user;
	bool token = p != NULL && p->token != NULL;

	add_origin(b, x);
	buffer_printf(b, "account %s\nhost %s\nport %u\ntls on\n"
	    "tls_starttls %s\n", x->domain, x->host, (unsigned)x->port,
	    x->starttls ? "on" : "off");
	if (!token)
		buffer_printf(b, "auth on\n%suser %s\n", user[0] != '#' ? "" :
		    "# Put yours in its place, and remove the '#' of\n#",
		    user + (user[0] == '#'));
	add_from(b, x);
	if (token)
		add_token(b, x);
	else
		add_password(b, x, user);
	buffer_printf(b, "# It takes all mail that is no other account's; a "
	    "file may have one such line.\naccount default : %s\n", x->domain);
}

static void
warn(const struct finding *x, const struct request *request)
{
	char *text;

	if (x->service == NULL || x->provider != NULL ||
	    provider_is_within(x->host, x->domain, strlen(x->domain)))
		return;
	text = buffer_format("%s is outside %s, and answers of the DNS can be "
	    "forged: make sure that it is your provider's before it gets a "
	    "password (RFC 6186 section 6)", x->host, x->domain);
	request->note(text);
	free(text);
}

int
configure(const struct request *request, const char *address,
    struct fault *f)
{
	struct finding x;
	struct buffer b;
	int r;

	memset(&x, 0, sizeof(x));
	r = read_address(&x, address, f);
	if (r == 0)
		r = find(&x, request->settings->host, f);
	if (r == 0) {
		buffer_init(&b, BLOCK_MAX);
		add_account(&b, &x);
		fwrite(b.data, 1, b.len, stdout);
		buffer_free(&b);
		fflush(stdout);
		warn(&x, request);
	}
	srv_list_free(&x.list);
	mailbox_free(&x.box);
	free(x.spec);
	free(x.domain);
	return r;
}
