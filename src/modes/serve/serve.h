/* SPDX-License-Identifier: ISC */
/*
 * serve: -bs, an SMTP server on standard input and output (RFC 5321) for one
 * client that is on this machine, by a pipe or by a socket that inetd or
 * systemd has accepted. It keeps nothing: what it answers to RCPT and to the
 * end of a message is what the smarthost has answered.
 */
#ifndef MODES_SERVE_SERVE_H
#define MODES_SERVE_SERVE_H

struct fault;
struct request;

/*
 * Serves until the client says QUIT or hangs up, and 0 then. -1: the client
 * was not welcome (FAULT_REFUSED), broke off in the middle of a message, or
 * was silent for too long (FAULT_IO). What became of messages is in the
 * replies and in the log.
 */
int serve(const struct request *, struct fault *);

#endif
