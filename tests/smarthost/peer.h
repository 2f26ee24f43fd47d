/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_PEER_H
#define SMARTHOST_PEER_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

#include "security.h"

/*
 * The client at the other end of a connection: its octets through one window,
 * in clear or through TLS. What is read and sent goes to the transcript.
 *
 * A turn is counted whenever the server, having sent something, gets
 * application data again. TLS handshakes are not counted.
 */
struct peer;

enum arrival {
	ARRIVAL_NONE, /* nothing came in the given time */
	ARRIVAL_DATA, /* there is (more) data in the window */
	ARRIVAL_END   /* the client has closed, or the connection broke */
};

enum line_state {
	LINE_WHOLE,   /* text is a line, without its CRLF */
	LINE_NONE,    /* no whole line came in the given time */
	LINE_END,     /* closed, and nothing is left */
	LINE_CUT,     /* closed within a line */
	LINE_BARE_LF, /* a LF that no CR precedes */
	LINE_BARE_CR, /* a CR that no LF follows */
	LINE_NUL,     /* a NUL */
	LINE_LONG     /* more than the window holds: 64 KiB */
};

/* text points into the window: valid until the next call with the peer. */
struct line {
	enum line_state state;
	const char *text;
	size_t len;
};

enum closing {
	CLOSING_PLAIN,  /* no close_notify, even under TLS */
	CLOSING_NOTIFY, /* under TLS with close_notify */
	CLOSING_RESET   /* RST instead of FIN */
};

/* Takes over a connected socket. */
struct peer *peer_new(int fd);

/* Writes the number of turns to the transcript, closes, frees. */
void peer_close(struct peer *peer, enum closing how);

/*
 * Server's side of the TLS handshake. Returns 0; or -1 with the reason, static
 * text, in *why.
 */
int peer_secure(struct peer *peer, const struct security *security,
    const char **why);

/* The TLS session, or NULL; owned by the peer. */
gnutls_session_t peer_tls(const struct peer *peer);

/* Waits up to ms (-1: as long as it takes) for more data than is there. */
enum arrival peer_fill(struct peer *peer, int ms);

/* Is there data, or an end, within ms? Nothing is waited for if so already. */
enum arrival peer_glance(struct peer *peer, int ms);

/* What is in the window, and taking n octets of it, silently. */
const char *peer_window(const struct peer *peer, size_t *len);
void peer_take(struct peer *peer, size_t n);

/* The next line, which stays where it is; ms as for peer_fill. */
struct line peer_line(struct peer *peer, int ms);

/* Takes the line that peer_line has just shown, into the transcript too. */
void peer_take_line(struct peer *peer, const struct line *line);

/* Reads and discards until the client closes. */
void peer_drain(struct peer *peer);

/* Waits until the client closes, without reading anything. */
void peer_await_close(struct peer *peer);

/*
 * Acknowledge what the client sends at once, so that a client that runs ahead
 * in several writes shows it; a client that has to be timed is left alone.
 */
void peer_set_prompt(struct peer *peer);

/* -1: everything in one write; else each octet in its own, ms apart. */
void peer_set_pace(struct peer *peer, int ms);

/* After so many octets in all, both ways, the connection is closed. */
void peer_set_limit(struct peer *peer, unsigned long long octets);
bool peer_was_cut(const struct peer *peer);

/* Returns -1 when the client is gone. */
int peer_send(struct peer *peer, const char *data, size_t len);

/*
 * Sends the data again and again, until the client closes or max octets were
 * sent; what the client says meanwhile is discarded unless reads is false.
 */
void peer_flood(struct peer *peer, const char *data, size_t len, size_t max,
    bool reads);

/*
 * Sends records that hold nothing but padding, without a pause, until the
 * client is gone. TLS 1.3 only.
 */
void peer_hollow(struct peer *peer);

/* In words, for messages: what is wrong with a line; how the peer ended. */
const char *line_flaw(enum line_state state);
const char *peer_ending(const struct peer *peer);

#endif
