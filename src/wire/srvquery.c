/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>

#include <netinet/in.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/memory.h"
#include "wire/srv.h"

#define ANSWER_MAX 65535	/* octets: RFC 1035 section 4.2.2, over TCP */
#define CLASS_IN 1
#define TYPE_SRV 33

static int
unanswered(const char *name, int error, struct fault *f)
{
	/* netdb.h: these two are answers */
	if (error == HOST_NOT_FOUND || error == NO_DATA)
		return 0;
	fault(f, FAULT_TEMPORARY, "%s: the DNS gives no answer: %s", name,
	    error == TRY_AGAIN ? "no name server could be asked, or it "
	    "failed" : "the name server refused or broke off");
	return fault_hint(f, "check /etc/resolv.conf and the network, or try "
	    "again later");
}

int
srv_query(struct srv_list *l, const char *name, struct fault *f)
{
#ifdef HAVE_RES_QUERY
	unsigned char *answer = memory_alloc(ANSWER_MAX);
	int n, r = 0;

	h_errno = 0;
	n = res_query(name, CLASS_IN, TYPE_SRV, answer, ANSWER_MAX);
	if (n < 0)
		r = unanswered(name, h_errno, f);
	else if (srv_parse(l, answer, n > ANSWER_MAX ? ANSWER_MAX :
	    (size_t)n) == -1)
		r = fault(f, FAULT_TEMPORARY, "%s: the DNS gives a malformed "
		    "answer", name);
	free(answer);
	return r;
#else
	(void)l;
	(void)unanswered;
	return fault(f, FAULT_SOFTWARE, "%s: this program was built without a "
	    "resolver library, and cannot ask for SRV records", name);
#endif
}
