/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>

#include <netinet/in.h>
#ifdef HAVE_RESOLVER
#include <arpa/nameser.h>
#include <resolv.h>
#endif
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/dial.h"

void
srv_list_free(struct srv_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->record[i].target);
	free(l->record);
	memset(l, 0, sizeof(*l));
}

#ifdef HAVE_RESOLVER

#define ANSWER_MAX 65535	/* octets: RFC 1035 section 4.2.2, over TCP */
#define NAME_SIZE 1025		/* a name as dn_expand() writes it, escaped */
#define HOST_MAX 253		/* octets of 255 (RFC 1035 2.3.4) as text */
#define FIXED_SIZE 6		/* RFC 2782: priority, weight, port */
#define MX_FIXED_SIZE 2		/* RFC 1035 section 3.3.9: preference */
#define MX_PORT 25

/*
 * Letters, digits, "-", "_" in labels that do not begin with "-". What else
 * a label may hold dn_expand() has escaped by a backslash.
 */
static bool
is_host(const char *name)
{
	bool first = true;

	if (strlen(name) > HOST_MAX)
		return false;
	for (; *name != '\0'; name++) {
		if (*name == '.' ? first : !text_is_alpha(*name) &&
		    !text_is_digit(*name) && *name != '_' &&
		    (*name != '-' || first))
			return false;
		first = *name == '.';
	}
	return true;
}

/*
 * Whether a name that dn_expand() can expand is one without dots and zeros in
 * its labels: musl's does not escape them.
 */
static bool
has_plain_labels(const unsigned char *message, const unsigned char *name)
{
	while (*name != 0) {
		if ((*name & 0xc0) != 0) {	/* RFC 1035 section 4.1.4 */
			name = message + ((*name & 0x3f) << 8 | name[1]);
			continue;
		}
		if (memchr(name + 1, '.', *name) != NULL ||
		    memchr(name + 1, '\0', *name) != NULL)
			return false;
		name += 1 + *name;
	}
	return true;
}

static int
add_record(struct srv_list *l, const ns_msg *message, const ns_rr *rr)
{
	const unsigned char *p = ns_rr_rdata(*rr);
	size_t n = ns_rr_rdlen(*rr);
	bool mx = ns_rr_type(*rr) == ns_t_mx;
	size_t fixed = mx ? MX_FIXED_SIZE : FIXED_SIZE;
	char target[NAME_SIZE];
	struct srv s = { .port = MX_PORT };

	if (n <= fixed || dn_expand(ns_msg_base(*message),
	    ns_msg_end(*message), p + fixed, target, sizeof(target)) !=
	    (int)(n - fixed))
		return -1;
	s.priority = (uint16_t)ns_get16(p);
	if (!mx) {
		s.weight = (uint16_t)ns_get16(p + 2);
		s.port = (uint16_t)ns_get16(p + 4);
	}
	if (!has_plain_labels(ns_msg_base(*message), p + fixed)) {
		l->unusable++;
	} else if (target[0] == '\0') {
		l->denied = true;
	} else if (s.port == 0 || !is_host(target)) {
		l->unusable++;
	} else {
		s.target = memory_string(target);
		l->record = memory_resize(l->record, l->count + 1, sizeof(s));
		l->record[l->count++] = s;
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct srv *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (strcmp(x->target, y->target) != 0)
		return strcmp(x->target, y->target);
	return (x->port > y->port) - (x->port < y->port);
}

int
srv_parse(struct srv_list *l, enum srv_type type, const unsigned char *p,
    size_t n)
{
	ns_type wanted = type == SRV_MX ? ns_t_mx : ns_t_srv;
	ns_msg message;
	ns_rr rr;

	if (n > ANSWER_MAX || ns_initparse(p, (int)n, &message) == -1)
		return -1;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &rr) == -1)
			return -1;
		if (ns_rr_type(rr) == wanted && ns_rr_class(rr) == ns_c_in &&
		    add_record(l, &message, &rr) == -1)
			return -1;
	}
	if (l->count > 0)
		qsort(l->record, l->count, sizeof(*l->record), compare);
	return 0;
}

struct question {
	const char *name;
	enum srv_type type;
};

/* In the child: h_errno, 0 for an answer, which follows. */
static void
ask(int fd, const void *context)
{
	static unsigned char answer[ANSWER_MAX];
	const struct question *q = context;
	int n, error;

	h_errno = 0;
	n = res_query(q->name, ns_c_in, q->type == SRV_MX ? ns_t_mx : ns_t_srv,
	    answer, sizeof(answer));
	error = n < 0 ? h_errno == 0 ? NO_RECOVERY : h_errno : 0;
	bounded_write(fd, &error, sizeof(error));
	if (n > 0)
		bounded_write(fd, answer, n > ANSWER_MAX ? ANSWER_MAX :
		    (size_t)n);
}

int
srv_query(struct srv_list *l, enum srv_type type, const char *name,
    int64_t deadline, struct fault *f)
{
	const struct question q = { name, type };
	int error = TRY_AGAIN, r = 0;
	struct buffer b;

	buffer_init(&b, sizeof(error) + ANSWER_MAX);
	if (bounded_run(ask, &q, &b, deadline) == 0 &&
	    b.len >= sizeof(error)) {
		memcpy(&error, b.data, sizeof(error));
		buffer_consume(&b, sizeof(error));
	}
	/* HOST_NOT_FOUND and NO_DATA are answers: there is no such record */
	if (error == 0 && srv_parse(l, type, (const unsigned char *)b.data,
	    b.len) == -1) {
		r = fault(f, FAULT_TEMPORARY, "%s: the DNS gives a malformed "
		    "answer", name);
	} else if (error != 0 && error != HOST_NOT_FOUND && error != NO_DATA) {
		fault(f, FAULT_TEMPORARY, "%s: the DNS gives no answer: %s",
		    name, error == TRY_AGAIN ? "no name server could be "
		    "asked, or it failed" : "the name server refused or broke "
		    "off");
		r = fault_hint(f, "check /etc/resolv.conf and the network, or "
		    "try again later");
	}
	buffer_free(&b);
	return r;
}

#else /* !HAVE_RESOLVER */

int
srv_parse(struct srv_list *l, enum srv_type type, const unsigned char *p,
    size_t n)
{
	(void)l;
	(void)type;
	(void)p;
	(void)n;
	return -1;
}

int
srv_query(struct srv_list *l, enum srv_type type, const char *name,
    int64_t deadline, struct fault *f)
{
	(void)l;
	(void)deadline;
	return fault(f, FAULT_SOFTWARE, "%s: this program was built without a "
	    "resolver library, and cannot ask for %s records", name,
	    type == SRV_MX ? "MX" : "SRV");
}

#endif
