/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wait.h"
#include "wire/conn.h"
#include "wire/dial.h"
#include "wire/stranger.h"
#include "wire/tls/tls.h"
#include "wire/tls/trust.h"

/*
 * On top of the system's own policy, or what the user has in its place:
 * nothing below TLS 1.2 (RFC 8996), and unless the user says otherwise nothing
 * below 112 bits, which is RSA with 2048 (RFC 9325 section 4).
 */
#define FLOOR "-VERS-TLS1.1:-VERS-TLS1.0:-VERS-SSL3.0:-VERS-DTLS-ALL"
#define NEWEST ":-VERS-TLS1.2"
#define PROFILE ":%PROFILE_MEDIUM"
#define PRIORITY_MAX 65536	/* octets; above any list of all there is */
#define DH_BITS_MIN 2048	/* RFC 9325 section 4.1 */
#define FIRST_WORDS 11	/* octets that tell SMTP in clear from TLS, and a
			 * ServerHello from others, up to its version */
#define STARTTLS_HINT "if this port does not begin with TLS, set " \
    "\"tls_starttls on\""
#ifndef MSG_MORE
#define MSG_MORE 0	/* Linux: do not fill up a segment for this alone */
#endif
#define WARNINGS_MAX 16	/* warning alerts in a row that we sit through */
/*
 * Reads from the socket, two for each record, before the library has to come
 * back: it goes on as long as records come that hold no data, and knows no
 * deadline.
 */
#define PULLS_MAX 256

/*
 * GnuTLS is initialised where it is first used, and not when the program
 * starts: that costs a tenth of a submission in clear.
 */
GNUTLS_SKIP_GLOBAL_INIT

struct tls {
	struct tls_params params;
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t priority;
	gnutls_session_t session;	/* NULL until started */
	struct trust_store store;
	enum trust_match match;		/* of the peer with our pins */
	struct conn *conn;
	char heard[FIRST_WORDS];	/* the peer's first octets */
	size_t heard_len;
	bool more;		/* another record follows at once */
	int error;		/* why nothing could be received, or 0 */
	int send_error;		/* why nothing can be sent, or 0 */
	unsigned pulls;		/* reads from the socket in this call */
	struct fault verdict;		/* of the verification */
};

static int
refuse_priorities(const struct tls *t, const char *list, const char *wrong,
    int n, struct fault *f)
{
	const char *own = t->params.priorities;

	if (own == NULL)
		return fault(f, FAULT_SOFTWARE, "the TLS library: %s",
		    gnutls_strerror(n));
	if (n == GNUTLS_E_INVALID_REQUEST && wrong != NULL && wrong >= list &&
	    wrong < list + strlen(own)) {
		fault(f, FAULT_CONFIG, "tls_priorities '%s' is wrong at "
		    "character %zu: '%.*s'", own, (size_t)(wrong - list) + 1,
		    (int)(strlen(own) - (size_t)(wrong - list)), wrong);
		return fault_hint(f, "gnutls-cli --priority-list lists the "
		    "words there are; the first is often NORMAL");
	}
	fault(f, FAULT_CONFIG, "tls_priorities '%s' cannot be used: %s", own,
	    gnutls_strerror(n));
	return fault_hint(f, "TLS %s must be left, with something to encrypt "
	    "by", t->params.newest ? "1.3" : "1.2 or 1.3");
}

/*
 * Groups of RFC 7919 are negotiated by name: the library's own minimum, which
 * is for those that a server makes up, does not count for them.
 */
static void
add_groups(struct buffer *b, unsigned min_bits)
{
	static const unsigned groups[] = { 2048, 3072, 4096, 6144, 8192 };

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i] < min_bits)
			buffer_printf(b, ":-GROUP-FFDHE%u", groups[i]);
}

static int
choose_priority(struct tls *t, struct fault *f)
{
	const char *own = t->params.priorities, *wrong = NULL;
	struct buffer b;
	int n;

	buffer_init(&b, PRIORITY_MAX);
	if (own != NULL)
		buffer_printf(&b, "%s:", own);
	buffer_add_string(&b, FLOOR);
	if (t->params.newest)
		buffer_add_string(&b, NEWEST);
	if (own == NULL || strstr(own, "%PROFILE") == NULL)
		buffer_add_string(&b, PROFILE);
	add_groups(&b, t->params.min_dh_bits);
	n = b.full ? GNUTLS_E_INVALID_REQUEST : own != NULL ?
	    gnutls_priority_init(&t->priority, b.data, &wrong) :
	    gnutls_priority_init2(&t->priority, b.data, &wrong,
	    GNUTLS_PRIORITY_INIT_DEF_APPEND);
	if (n < 0) {
		t->priority = NULL;
		refuse_priorities(t, b.data, wrong, n, f);
	}
	buffer_free(&b);
	return n < 0 ? -1 : 0;
}

int
tls_prepare(struct tls **out, const struct tls_params *params,
    struct fault *f)
{
	struct tls *t = memory_alloc(sizeof(*t));
	int n = gnutls_global_init();

	if (n == 0)
		n = gnutls_certificate_allocate_credentials(&t->cred);
	if (n < 0) {
		free(t);
		return fault(f, FAULT_SOFTWARE, "the TLS library: %s",
		    gnutls_strerror(n));
	}
	t->params = *params;
	if (choose_priority(t, f) == -1 ||
	    (params->check && !trust_is_pinned(params) &&
	    trust_load(&t->store, t->cred, params, f) == -1) ||
	    trust_load_client(t->cred, &t->params, f) == -1) {
		tls_free(t);
		return -1;
	}
	*out = t;
	return 0;
}

void
tls_reuse(struct tls *t, const char *host)
{
	if (t->session != NULL)
		gnutls_deinit(t->session);
	t->session = NULL;
	t->params.host = host;
	t->conn = NULL;
	t->match = TRUST_NO_MATCH;
	t->heard_len = 0;
	t->error = t->send_error = 0;
	fault_clear(&t->verdict);
}

static bool
is_of_token(const char *name)
{
	return name != NULL && gnutls_url_is_supported(name) != 0;
}

bool
tls_opens_more(const struct tls *t)
{
	return t->store.of_library || is_of_token(t->params.key_file) ||
	    is_of_token(t->params.cert_file);
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	if (t->session != NULL)
		gnutls_deinit(t->session);
	trust_free(&t->store);
	gnutls_certificate_free_credentials(t->cred);
	if (t->priority != NULL)
		gnutls_priority_deinit(t->priority);
	fault_clear(&t->verdict);
	free(t);
}

static ssize_t
transport_pull(gnutls_transport_ptr_t p, void *to, size_t n)
{
	struct tls *t = p;
	ssize_t got = -1;

	if (t->pulls++ < PULLS_MAX)
		got = recv(conn_read_fd(t->conn), to, n, 0);
	else
		errno = EAGAIN;
	if (got == -1) {
		t->error = errno;
		gnutls_transport_set_errno(t->session, errno);
	}
	for (ssize_t i = 0; i < got && t->heard_len < FIRST_WORDS; i++)
		t->heard[t->heard_len++] = ((char *)to)[i];
	return got;
}

/*
 * A session whose transport fails to send is invalid to GnuTLS, and could not
 * read any more what the peer had said before it went. So it is not told of
 * that; tls_send() tells its caller.
 */
static ssize_t
transport_push(gnutls_transport_ptr_t p, const void *from, size_t n)
{
	struct tls *t = p;
	ssize_t sent = t->send_error != 0 ? (ssize_t)n :
	    send(conn_write_fd(t->conn), from, n, t->more ? MSG_MORE : 0);

	if (sent == -1 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR) {
		t->send_error = errno;
		return (ssize_t)n;
	}
	if (sent == -1)
		gnutls_transport_set_errno(t->session, errno);
	return sent;
}

static int
verify_peer(gnutls_session_t session)
{
	struct tls *t = gnutls_session_get_ptr(session);
	int r = trust_verify(&t->store, session, &t->params,
	    conn_peer(t->conn), &t->match, &t->verdict);

	return t->params.survey ? 0 : r;
}

static int
session_setup(struct tls *t, struct fault *f)
{
	int n;

	n = gnutls_init(&t->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK |
	    GNUTLS_NO_SIGNAL);
	if (n < 0)
		t->session = NULL;
	if (n == 0)
		n = gnutls_priority_set(t->session, t->priority);
	if (n == 0)
		n = gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE,
		    t->cred);
	/* RFC 6066 section 3: no SNI for address literals */
	if (n == 0 && !dial_is_literal(t->params.host))
		n = gnutls_server_name_set(t->session, GNUTLS_NAME_DNS,
		    t->params.host, strlen(t->params.host));
	if (n < 0)
		return fault(f, FAULT_SOFTWARE, "the TLS library: %s",
		    gnutls_strerror(n));
	if (t->params.min_dh_bits > DH_BITS_MIN)
		gnutls_dh_set_prime_bits(t->session, t->params.min_dh_bits);
	gnutls_session_set_ptr(t->session, t);
	gnutls_session_set_verify_function(t->session, verify_peer);
	gnutls_transport_set_ptr(t->session, t);
	gnutls_transport_set_pull_function(t->session, transport_pull);
	gnutls_transport_set_push_function(t->session, transport_push);
	return 0;
}

/* A greeting where TLS should be: the mode does not fit the port. */
static bool
heard_smtp(const struct tls *t)
{
	return t->heard_len >= 3 && text_is_digit(t->heard[0]) &&
	    text_is_digit(t->heard[1]) && text_is_digit(t->heard[2]);
}

/*
 * Servers of old choose the newest version that they have, without heed of
 * what we offer: in a ServerHello (RFC 5246 section 7.4.1.3), or by an alert,
 * which does not tell which one.
 */
static bool
is_too_old(const struct tls *t, int n, struct fault *f)
{
	static const char *const versions[] = { "SSL 3.0", "TLS 1.0",
	    "TLS 1.1", "TLS 1.2" };
	const unsigned char *heard = (const unsigned char *)t->heard;
	const char *newest = NULL;
	bool alert = n == GNUTLS_E_FATAL_ALERT_RECEIVED &&
	    gnutls_alert_get(t->session) == GNUTLS_A_PROTOCOL_VERSION;

	if (n == GNUTLS_E_UNSUPPORTED_VERSION_PACKET &&
	    t->heard_len == FIRST_WORDS && heard[0] == 22 && heard[5] == 2 &&
	    heard[9] == 3 && heard[10] <= 3)
		newest = versions[heard[10]];
	else if (alert || n == GNUTLS_E_UNSUPPORTED_VERSION_PACKET)
		newest = t->params.newest ? "TLS 1.2" : "TLS 1.1";
	if (newest == NULL)
		return false;
	fault(f, FAULT_PROTOCOL, "%s: the server has nothing newer than %s",
	    conn_peer(t->conn), newest);
	fault_hint(f, "TLS %s is needed, and no setting takes an older one: "
	    "the server has to be updated, or to get one beside it that "
	    "relays", t->params.newest ? "1.3 (\"tls_min_version\")" :
	    "1.2 (RFC 8996)");
	return true;
}

static int
handshake_failed(struct tls *t, int n, struct fault *f)
{
	const char *peer = conn_peer(t->conn);
	const char *other = t->heard_len > 0 && t->heard[0] >= ' ' ?
	    stranger_protocol(t->heard, t->heard_len) : NULL;

	if (t->verdict.class != FAULT_NONE && !t->params.survey)
		return fault_pass(f, &t->verdict, "");
	if (!t->params.starttls && heard_smtp(t)) {
		fault(f, FAULT_PROTOCOL, "%s: the server speaks SMTP in clear "
		    "where TLS was expected", peer);
		return fault_hint(f, "this port wants STARTTLS: set "
		    "\"tls_starttls on\"");
	}
	if (other != NULL) {
		fault(f, FAULT_PROTOCOL, "%s: the server speaks %s in clear "
		    "where TLS was expected", peer, other);
		stranger_explain(other, f);
		return -1;
	}
	if (n == GNUTLS_E_PREMATURE_TERMINATION || n == GNUTLS_E_PULL_ERROR ||
	    n == GNUTLS_E_PUSH_ERROR) {
		fault(f, FAULT_TEMPORARY, "%s: the connection was lost in the "
		    "TLS handshake", peer);
		return t->params.starttls ? -1 : fault_hint(f, STARTTLS_HINT);
	}
	if (is_too_old(t, n, f))
		return -1;
	if (n == GNUTLS_E_FATAL_ALERT_RECEIVED) {
		fault(f, FAULT_PROTOCOL, "%s: the server broke off the TLS "
		    "handshake: %s", peer, gnutls_alert_get_name(
		    gnutls_alert_get(t->session)));
		return fault_hint(f, "a server that has nothing newer than "
		    "TLS %s does this, and one that wants a client "
		    "certificate (\"tls_cert_file\", \"tls_key_file\")",
		    t->params.newest ? "1.2" : "1.1");
	}
	fault(f, FAULT_PROTOCOL, "%s: the TLS handshake failed: %s", peer,
	    gnutls_strerror(n));
	return fault_hint(f, "check \"port\", \"tls\" and \"tls_starttls\"; "
	    "TLS %s is needed", t->params.newest ? "1.3" : "1.2 or newer");
}

/* What GnuTLS waits for. */
static short
direction(const struct tls *t)
{
	return gnutls_record_get_direction(t->session) == 0 ? POLLIN : POLLOUT;
}

static int
handshake(struct tls *t, int64_t deadline, struct fault *f)
{
	struct pollfd p;
	int n;

	do {
		t->pulls = 0;
		n = gnutls_handshake(t->session);
		if (n == 0)
			return 0;
		if (n != GNUTLS_E_AGAIN && n != GNUTLS_E_INTERRUPTED) {
			if (gnutls_error_is_fatal(n) == 0)
				continue;
			gnutls_alert_send_appropriate(t->session, n);
			return handshake_failed(t, n, f);
		}
		p.events = direction(t);
		p.fd = p.events == POLLIN ? conn_read_fd(t->conn) :
		    conn_write_fd(t->conn);
		if (wait_poll(&p, 1, deadline) == 0)
			break;
	} while (clock_left(deadline) != 0);
	fault(f, FAULT_TEMPORARY, "%s: no answer in time in the TLS handshake",
	    conn_peer(t->conn));
	if (t->params.starttls || t->heard_len > 0)
		return -1;
	return fault_hint(f, STARTTLS_HINT);
}

static ssize_t
tls_result(struct tls *t, ssize_t n, short *events, struct fault *failure)
{
	*events = 0;
	if (n >= 0)
		return n;
	if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) {
		*events = direction(t);
		return -1;
	}
	/* no close_notify: the end all the same, replies have their own ends */
	if (n == GNUTLS_E_PREMATURE_TERMINATION)
		return 0;
	if (n == GNUTLS_E_PULL_ERROR && t->error != 0) {
		fault(failure, FAULT_TEMPORARY, "%s", strerror(t->error));
	} else if (n == GNUTLS_E_FATAL_ALERT_RECEIVED) {
		fault(failure, FAULT_TEMPORARY, "the server ends TLS: %s",
		    gnutls_alert_get_name(gnutls_alert_get(t->session)));
	} else {
		fault(failure, FAULT_TEMPORARY, "TLS: %s",
		    gnutls_strerror((int)n));
	}
	return -1;
}

static ssize_t
tls_recv(void *context, void *to, size_t n, short *events,
    struct fault *failure)
{
	struct tls *t = context;
	ssize_t got;

	for (int i = 0; i < WARNINGS_MAX; i++) {
		t->pulls = 0;
		got = gnutls_record_recv(t->session, to, n);
		if (got >= 0 || got == GNUTLS_E_AGAIN ||
		    got == GNUTLS_E_INTERRUPTED ||
		    gnutls_error_is_fatal((int)got) != 0)
			break;
		if (got == GNUTLS_E_REHANDSHAKE)	/* TLS 1.2 only */
			gnutls_alert_send(t->session, GNUTLS_AL_WARNING,
			    GNUTLS_A_NO_RENEGOTIATION);
	}
	return tls_result(t, got, events, failure);
}

static ssize_t
tls_send(void *context, const void *from, size_t n, short *events,
    struct fault *failure)
{
	struct tls *t = context;
	ssize_t sent;

	/* segments may be larger than records, where others come at once */
	t->more = n > gnutls_record_get_max_size(t->session);
	sent = gnutls_record_send(t->session, from, n);
	t->more = false;
	if (t->send_error != 0) {
		*events = 0;
		fault(failure, FAULT_TEMPORARY, "%s", strerror(t->send_error));
		return -1;
	}
	sent = tls_result(t, sent, events, failure);
	if (sent == 0 && n > 0) {
		fault(failure, FAULT_TEMPORARY, "TLS: the session has ended");
		return -1;
	}
	return sent;
}

static void
tls_shut(void *context)
{
	const struct tls *t = context;

	gnutls_bye(t->session, GNUTLS_SHUT_WR);
}

int
tls_start(struct tls *t, struct conn *c, int64_t deadline, struct fault *f)
{
	const struct wire w = { t, tls_recv, tls_send, tls_shut };

	t->conn = c;
	if (session_setup(t, f) == -1 || handshake(t, deadline, f) == -1)
		return -1;
	conn_rewire(c, &w);
	return 0;
}

enum tls_binding
tls_channel_binding(const struct tls *t, struct buffer *b)
{
	bool newest = gnutls_protocol_get_version(t->session) >=
	    GNUTLS_TLS1_3;
	gnutls_datum_t data;

	if (!newest && gnutls_session_ext_master_secret_status(t->session) == 0)
		return TLS_BINDING_NONE;
	if (gnutls_session_channel_binding(t->session, newest ?
	    GNUTLS_CB_TLS_EXPORTER : GNUTLS_CB_TLS_UNIQUE, &data) < 0)
		return TLS_BINDING_NONE;
	buffer_add(b, data.data, data.size);
	gnutls_free(data.data);
	return newest ? TLS_BINDING_EXPORTER : TLS_BINDING_UNIQUE;
}

void
tls_describe(const struct tls *t, struct buffer *b)
{
	const char *suite = gnutls_ciphersuite_get(t->session);

	buffer_printf(b, "%s %s", gnutls_protocol_get_name(
	    gnutls_protocol_get_version(t->session)), suite == NULL ?
	    "of no known suite" : suite);
}

bool
tls_add_advice(const struct tls *t, struct buffer *b)
{
	if (t->match != TRUST_WEAK_MATCH)
		return false;
	buffer_add_string(b, "tls_fingerprint is an SHA-1 or MD5 digest, which "
	    "can be forged; the same certificate is \"");
	trust_add_fingerprint(b, t->session);
	buffer_add_string(b, "\"");
	return true;
}

void
tls_add_summary(const struct tls *t, struct buffer *b)
{
	trust_add_summary(b, t->session);
	if (!t->params.check)
		buffer_add_string(b, "; not verified");
	else if (t->match != TRUST_NO_MATCH)
		buffer_add_string(b, "; pinned");
}

void
tls_add_report(const struct tls *t, bool json, struct buffer *b)
{
	trust_add_report(b, json, t->session, &t->params, t->match,
	    tls_distrust(t));
}

const struct fault *
tls_distrust(const struct tls *t)
{
	return t->verdict.class == FAULT_NONE ? NULL : &t->verdict;
}

const char *
tls_version(const struct tls *t)
{
	const char *name = gnutls_protocol_get_name(
	    gnutls_protocol_get_version(t->session));

	return name == NULL ? "TLS" : name;
}

void
tls_library_version(struct buffer *b)
{
	buffer_printf(b, "GnuTLS %s (built with %s)",
	    gnutls_check_version(NULL), GNUTLS_VERSION);
}

/* Without TLS in this session GnuTLS is not initialised yet. */
static size_t
prepare_mac(enum tls_hash hash, gnutls_mac_algorithm_t *mac)
{
	size_t n;

	*mac = hash == TLS_SHA256 ? GNUTLS_MAC_SHA256 : GNUTLS_MAC_SHA1;
	n = gnutls_hmac_get_len(*mac);
	return hash == TLS_NO_HASH || n > TLS_HASH_MAX ||
	    gnutls_global_init() < 0 ? 0 : n;
}

size_t
tls_hmac(enum tls_hash hash, const void *key, size_t key_len,
    const void *text, size_t len, unsigned char *digest)
{
	gnutls_mac_algorithm_t mac;
	size_t n = prepare_mac(hash, &mac);

	return n == 0 || gnutls_hmac_fast(mac, key, key_len, text, len,
	    digest) < 0 ? 0 : n;
}

size_t
tls_derive(enum tls_hash hash, const char *password, size_t password_len,
    const char *salt, size_t salt_len, unsigned iterations,
    unsigned char *key)
{
	const gnutls_datum_t secret = {
		(unsigned char *)(uintptr_t)password, (unsigned)password_len
	};
	const gnutls_datum_t grain = {
		(unsigned char *)(uintptr_t)salt, (unsigned)salt_len
	};
	gnutls_mac_algorithm_t mac;
	size_t n = prepare_mac(hash, &mac);

	return n == 0 || gnutls_pbkdf2(mac, &secret, &grain, iterations, key,
	    n) < 0 ? 0 : n;
}

void
tls_sha256_hex(const void *p, size_t n, char out[TLS_SHA256_HEX_SIZE])
{
	unsigned char digest[TLS_HASH_MAX];

	out[0] = '\0';
	if (gnutls_global_init() < 0 ||
	    gnutls_hash_fast(GNUTLS_DIG_SHA256, p, n, digest) < 0)
		return;
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
