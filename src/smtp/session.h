/* SPDX-License-Identifier: ISC */
/*
 * session: from a host name to a server that is ready for MAIL. Reads from
 * top to bottom like the example in RFC 5321 appendix D.
 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "wire/route.h"
#include "wire/tls/tls.h"
#include "smtp/dialogue.h"
#include "smtp/sasl/sasl.h"

struct conn;
struct probe;
struct reply;
struct secret;
struct tls;

/*
 * ---- capability.c: what a server announced in its EHLO reply (RFC 5321
 * section 4.1.1.1). Keywords are matched whole and without regard to case; the
 * first line of the reply is the server's name and no capability.
 *
 * XQUALIFIED is our own, for a postrider that submits to a postrider's -bs (RFC
 * 5321 section 2.2.2 leaves keywords with an X to such). As a parameter of MAIL
 * it says that the writer gave no domain for the reverse-path: it is the one of
 * the client's qualify_domain.
 */

enum capability {
	CAP_STARTTLS, CAP_AUTH, CAP_PIPELINING, CAP_SIZE, CAP_8BITMIME,
	CAP_ENHANCEDSTATUSCODES, CAP_SMTPUTF8, CAP_DSN, CAP_CHUNKING,
	CAP_LIMITS, CAP_ETRN, CAP_REQUIRETLS, CAP_XQUALIFIED,
	CAP_COUNT
};

struct capabilities {
	bool has[CAP_COUNT];
	uint64_t size;		/* octets; 0: no fixed limit (RFC 1870) */
	uint64_t rcpt_max;	/* in one transaction (RFC 9422); 0: unsaid */
	uint64_t mail_max;	/* transactions in a session; 0: unsaid */
	char *mechanisms;	/* of AUTH, upper case, a blank around each */
};

/* Reads an EHLO reply anew; what was known before is forgotten. */
void capability_read(struct capabilities *, const struct reply *);
void capability_clear(struct capabilities *);
/* Is this SASL mechanism (upper case) offered? */
bool capability_has_mechanism(const struct capabilities *, const char *);
/* Is any mechanism with channel binding offered, known to us or not? */
bool capability_has_binding(const struct capabilities *);

enum session_tls { SESSION_CLEAR, SESSION_STARTTLS, SESSION_IMPLICIT_TLS };

/* The intent. Strings are not owned and must outlive the session. */
struct session_params {
	const char *host;	/* NULL: only where there is a socket */
	uint16_t port;
	struct route route;	/* its host and port are filled in here */
	int64_t timeout_ms;	/* 0: the RFC's for replies, 30 s to connect */
	const char *ehlo_name;	/* NULL: the host's FQDN, else a literal, */
	const char *sender_domain;	/* or this where that would say nothing
					 * to the server; NULL: none */
	enum session_tls tls;
	/* of these, host (NULL: as above) and token_pin are filled in here */
	struct tls_params trust;
	const char *auth;	/* NULL: off; "on"; else mechanisms in order */
	const char *auth_id;	/* whom to act as; NULL: the user */
	const char *ntlm_domain;	/* NULL: none */
	bool lmtp;		/* RFC 2033 instead of SMTP */
	bool no_pipelining;	/* not used even where it is offered */
	bool no_chunking;
	bool all_or_none;	/* recipients: see submission_run() */
	bool auth_without_tls;	/* secrets may cross the network in clear */
	const char *user;
	const struct secret *password;
	bool refused_before;	/* the credentials, as struct auth has it */
	/* gets another token, as struct auth has it; or NULL */
	int (*another_token)(void *context, struct fault *);
	/* is called when there is a connection, and nobody was heard yet; or
	 * NULL */
	void (*connected)(void *context);
	void *context;		/* of these */
	/* keeps what TLS has loaded, for other sessions with these params; the
	 * caller frees it. NULL: it ends with the session */
	struct tls **tls_kept;
	FILE *transcript;	/* NULL: none */
	FILE *progress;		/* the terminal that shows how far a message
				 * has come; NULL: none */
	struct probe *probe;	/* filled as it comes; NULL: unwanted */
	void (*note)(const char *text);	/* what a user may want to know */
};

struct session {
	const struct session_params *params;
	char *ascii_host;	/* "localhost" when there is no host */
	char *tls_name;		/* what the certificate must name */
	struct conn *conn;
	struct tls *tls;	/* NULL without TLS */
	bool secure;		/* TLS is running, */
	bool verified;		/* and the server is who it should be */
	bool local;		/* what is said stays on this machine */
	struct dialogue dialogue;
	struct capabilities capabilities;
	bool chunking;		/* messages may go by BDAT */
	uint64_t transactions;	/* that were begun */
	char *ehlo_name;
	bool amid_data;		/* closing now must not look like an end */
	/* what it has come to */
	enum phase phase;
	struct reply settled;	/* the last refusal, or the final reply; code
				 * 0: none */
	const char *tls_version;	/* as tls_version(); NULL: no TLS */
};

/*
 * Connects, greets, secures and authenticates. -1 with a fault that names the
 * peer, or the setting that stands in the way; session_close() is due then,
 * too, and until then the session tells what it has come to.
 */
int session_open(struct session *, const struct session_params *,
    struct fault *);
/* QUIT without waiting for its reply, and close. Cannot fail. */
void session_close(struct session *);
/*
 * Keeps the reply that was not the wanted one, and the phase it came in, and
 * records a fault: peer, what was refused, the reply. Its class goes by the
 * first digit; what the refusal means is for delivery/diagnosis. Always -1.
 */
int session_refused(struct session *, const struct reply *, enum phase,
    const char *what, struct fault *);

/*
 * This host's name if it is a full one that means something elsewhere (see
 * address_is_fqdn()), owned by the caller; else NULL.
 */
char *session_own_name(void);

/*
 * ---- auth.c: AUTH (RFC 4954) with the mechanism that fits best: what the
 * account allows, the server offers, and the connection may carry.
 */

/* Nothing here is owned; all of it outlives the call. */
struct auth {
	struct dialogue *dialogue;
	const struct capabilities *capabilities;
	const char *setting;	/* "on", or mechanisms in order of preference */
	bool secure;		/* TLS is running, */
	bool verified;		/* and the server is who it should be */
	bool refused_before;	/* these credentials, a while ago: one try */
	bool clear_allowed;	/* a secret may be sent without TLS */
	struct sasl_params credentials;
	/*
	 * Puts another token in the place of the one that was refused, or NULL.
	 * 1: done. 0: there is none. -1 with a fault that counts instead of the
	 * refusal.
	 */
	int (*another_token)(void *context, struct fault *);
	void *context;
	void (*note)(const char *text);	/* or NULL */
	const char **used;		/* gets the last mechanism's name */
};

/*
 * Tries one mechanism after the other until the server accepts one or refuses
 * the credentials. The reply must be initialised; when one of the server's is
 * the reason for -1 it is copied there, else its code is 0. Faults begin with
 * the peer.
 */
int auth_run(const struct auth *, struct reply *refusal, struct fault *);

#endif
