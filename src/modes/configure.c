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

#define BLOCK_MAX (1024 * 1024)	/* octets of what is printed */
#define OTHERS_MAX 8		/* servers that are named beside the first */

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
	const struct service *service;	/* NULL: none was found */
	struct srv_list list;
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
	return fault_hint(f, "most providers say in their help pages what "
	    "\"host\" and \"port\" should be");
}

static int
find(struct finding *x, struct fault *f)
{
	int64_t deadline = clock_after(DIAL_TIMEOUT_MS);
	char *name;
	int r = 0;

	for (size_t i = 0; r == 0 && x->service == NULL && i < SERVICES; i++) {
		name = buffer_format("%s.%s", services[i].name, x->domain);
		r = srv_query(&x->list, name, deadline, f);
		free(name);
		if (r == 0 && x->list.count > 0) {
			x->service = &services[i];
			break;
		}
		x->denied += x->list.denied;
		x->unusable += x->list.unusable;
		srv_list_free(&x->list);
	}
	if (r == 0 && x->service == NULL)
		r = nothing(x, f);
	return r;
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

static void
add_password(struct buffer *b, const struct finding *x)
{
	buffer_add_string(b, "# The password: either in the keyring, where it "
	    "is found without a line here,\n"
	    "#     secret-tool store --label=postrider application postrider "
	    "\\\n#         host ");
	buffer_printf(b, "%s user ", x->list.record[0].target);
	text_add_sh_word(b, x->spec);
	buffer_add_string(b, "\n# or in a file that nobody else can read "
	    "(chmod 600); then remove the '#' of\n"
	    "#password_file ~/.config/postrider/password\n");
}

static void
add_account(struct buffer *b, const struct finding *x)
{
	const struct srv_list *l = &x->list;

	buffer_printf(b, "# %s.%s says: %s, port %u\n", x->service->name,
	    x->domain, l->record[0].target, (unsigned)l->record[0].port);
	for (size_t i = 1; i < l->count && i <= OTHERS_MAX; i++)
		buffer_printf(b, "# and then: %s, port %u\n",
		    l->record[i].target, (unsigned)l->record[i].port);
	buffer_printf(b, "account %s\nhost %s\nport %u\ntls on\n"
	    "tls_starttls %s\nauth on\nuser %s\n", x->domain,
	    l->record[0].target, (unsigned)l->record[0].port,
	    x->service->starttls ? "on" : "off", x->spec);
	add_from(b, x);
	add_password(b, x);
}

/* Is the host the domain, or below it? */
static bool
is_within(const char *host, const char *domain)
{
	size_t n = strlen(host), m = strlen(domain);

	return n >= m && text_same_word(host + (n - m), m, domain) &&
	    (n == m || host[n - m - 1] == '.');
}

static void
warn(const struct finding *x, const struct request *request)
{
	const char *host = x->list.record[0].target;
	char *text;

	if (is_within(host, x->domain))
		return;
	text = buffer_format("%s is outside %s, and answers of the DNS can be "
	    "forged: make sure that it is your provider's before it gets a "
	    "password (RFC 6186 section 6)", host, x->domain);
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
		r = find(&x, f);
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
