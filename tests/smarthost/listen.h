/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_LISTEN_H
#define SMARTHOST_LISTEN_H

/*
 * Listens on ADDR:PORT, [ADDR]:PORT (numeric; port 0: any) or unix:PATH.
 * Returns the socket; ends the program when that fails.
 */
int listen_on(const char *where);

/* Writes the port and a newline under this name, which appears complete. */
void listen_publish(int fd, const char *path);

/*
 * The next connection, or -1 when a signal interrupted the wait. After
 * listen_prepare SIGTERM and SIGCHLD only come while listen_accept or
 * listen_wait (for at most ms) waits, so none is missed in between. A child
 * calls listen_leave, to receive them as usual.
 */
void listen_prepare(void);
int listen_accept(int fd);
void listen_wait(int ms);
void listen_leave(int fd);

#endif
