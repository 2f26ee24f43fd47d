/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_PLATFORM_H
#define SMARTHOST_PLATFORM_H

/*
 * Included before anything else. -std=c11 hides POSIX and getopt_long; and
 * POLLRDHUP, which tells that the peer has closed although we do not read, is
 * Linux's own (elsewhere POLLHUP says the same).
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <sys/socket.h>

#include <poll.h>

/* Nor is this everywhere; SIGPIPE is ignored in any case. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

#endif
