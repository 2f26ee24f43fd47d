/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "wire/dial.h"
#include "smtp/sasl/sasl.h"
#include "config/account/account.h"
#include "config/account/judge.h"

#define PORT_SUBMISSIONS 465	/* RFC 8314: TLS from the first octet */
#define PORT_SUBMISSION 587	/* RFC 6409 */
#define PORT_SMTP 25

static bool
is_loopback_name(const char *host)
{
	return text_same_word(host, strlen(host), "localhost") ||
	    text_same_word(host, strlen(host), "::1") ||
	    (strncmp(host, "127.", 4) == 0 && dial_is_literal(host));
}

/* Behind a proxy a loopback name is that of another machine. */
bool
account_stays_here(const struct account *a)
{
	return a->socket != NULL ||
	    (a->proxy_host == NULL && is_loopback_name(a->host));
}

/* A socket has no port, whatever is said of the host. */
static int64_t
named_port(const struct account *a)
{
	return a->socket != NULL ? 0 : a->port;
}

enum session_tls
account_tls(const struct account *a)
{
	int64_t port = named_port(a);
	bool secure = a->tls == TOGGLE_ON || (a->tls == TOGGLE_UNSET &&
	    (port == PORT_SUBMISSIONS || port == PORT_SUBMISSION ||
	    (a->auth != NULL && !account_stays_here(a))));
	bool starttls = a->tls_starttls == TOGGLE_ON ||
	    (a->tls_starttls == TOGGLE_UNSET && port != PORT_SUBMISSIONS);

	return !secure ? SESSION_CLEAR : starttls ? SESSION_STARTTLS :
	    SESSION_IMPLICIT_TLS;
}

uint16_t
account_port(const struct account *a)
{
	int64_t port = named_port(a);

	return port != 0 ? (uint16_t)port :
	    account_tls(a) == SESSION_IMPLICIT_TLS ? PORT_SUBMISSIONS :
	    PORT_SMTP;
}

int
account_judge(const struct account *account, struct fault *f)
{
	if (account_server(account) == NULL) {
		fault(f, FAULT_CONFIG, "has no host");
		return fault_hint(f, "add the line 'host NAME', where NAME is "
		    "the smarthost");
	}
	if (account->protocol == PROTOCOL_LMTP && account->port == 0 &&
	    account->socket == NULL) {
		fault(f, FAULT_CONFIG, "speaks LMTP and has no port");
		return fault_hint(f, "add the line 'port NUMBER'; LMTP has no "
		    "port of its own, 24 is common");
	}
	if (account->auth != NULL && account->user == NULL &&
	    sasl_needs_password(account->auth)) {
		fault(f, FAULT_CONFIG, "has auth but no user");
		return fault_hint(f, "add the line 'user NAME', or 'auth off'");
	}
	return 0;
}

/* Would each method that the account allows show its secret, or bind itself to
 * TLS? */
static bool
needs_tls(const char *auth)
{
	const struct sasl_mechanism *m;
	size_t i = 0;

	if (auth == NULL || text_same_word(auth, strlen(auth), "on"))
		return false;
	while ((m = sasl_choice(auth, i)) != NULL && (m->clear || m->binding))
		i++;
	return m == NULL && i > 0;
}

/* By which protocol others read mail there, or NULL. */
static const char *
reading(int64_t port)
{
	return port == 143 || port == 993 ? "IMAP" :
	    port == 110 || port == 995 ? "POP3" : NULL;
}

int
account_judge_way(const struct account *a, struct fault *f)
{
	enum session_tls tls = account_tls(a);
	const char *protocol = reading(named_port(a));

	if (account_stays_here(a))
		return 0;
	if (protocol != NULL) {
		fault(f, FAULT_CONFIG, "port %u is for reading mail by %s",
		    (unsigned)account_port(a), protocol);
		fault_hint(f, "write 'port 587', or 'port 465', and the host "
		    "that takes mail");
		return account_fault_prefix(f, a, OPTION_PORT);
	}
	if (named_port(a) == PORT_SUBMISSIONS && tls != SESSION_IMPLICIT_TLS) {
		fault(f, FAULT_CONFIG, "port 465 has TLS from the first octet "
		    "(RFC 8314), and this account has %s there", tls ==
		    SESSION_CLEAR ? "no TLS" : "STARTTLS");
		fault_hint(f, tls == SESSION_CLEAR ? "remove that line" :
		    "remove that line, or set 'port 587'");
		return account_fault_prefix(f, a, tls == SESSION_CLEAR ?
		    OPTION_TLS : OPTION_TLS_STARTTLS);
	}
	if (tls != SESSION_CLEAR || !needs_tls(a->auth) ||
	    a->auth_without_tls == TOGGLE_ON)
		return 0;
	fault(f, FAULT_CONFIG, "without TLS, auth %s is not sent to another "
	    "host", a->auth);
	fault_hint(f, "write 'tls on'");
	return account_fault_prefix(f, a, OPTION_TLS);
}

static void
doubt(const struct account *a, enum option_id id, const char *what,
    struct notes *notes)
{
	char *where = account_origin(a, id);

	notes_add(notes, "%s (%s): %s", option_row(id)->keyword, where, what);
	free(where);
}

void
account_judge_doubts(const struct account *a, struct notes *notes)
{
	enum session_tls tls = account_tls(a);
	int64_t port = named_port(a);

	if (account_stays_here(a))
		return;
	if (port == PORT_SUBMISSION && tls == SESSION_CLEAR)
		doubt(a, OPTION_TLS, "few servers take mail on port 587 "
		    "without TLS; remove that line", notes);
	else if (port == PORT_SUBMISSION && tls == SESSION_IMPLICIT_TLS)
		doubt(a, OPTION_TLS_STARTTLS, "port 587 begins without TLS "
		    "(RFC 6409), and has STARTTLS; remove that line, or set "
		    "'port 465'", notes);
	else if (a->auth != NULL && tls == SESSION_CLEAR &&
	    sasl_needs_password(a->auth))
		doubt(a, OPTION_TLS, "without TLS others can read what is "
		    "sent, and few servers let users authenticate; write 'tls "
		    "on'", notes);
}
