/* SPDX-License-Identifier: ISC */
/*
 * serve: -bs, an SMTP server on standard input and output (RFC 5321) for one
 * client on this machine, which speaks by a pipe, or by a socket that inetd or
 * systemd has accepted. The replies to RCPT and to the end of a message are the
 * smarthost's; a message is stored only where the account has a queue.
 */
#ifndef MODES_SERVE_SERVE_H
#define MODES_SERVE_SERVE_H

struct fault;
struct request;

/*
 * Serves until the client says QUIT or hangs up, and returns 0 then. Returns
 * -1 when the client is not on this machine (FAULT_REFUSED), hung up in the
 * middle of a transaction, or was silent for too long (FAULT_IO), and when
 * there are no descriptors left (FAULT_SYSTEM). What became of messages is in
 * the replies and in the log; it makes no difference here.
 */
int serve(const struct request *, struct fault *);

#endif
