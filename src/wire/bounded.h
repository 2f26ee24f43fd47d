/* SPDX-License-Identifier: ISC */
/*
 * bounded: calls of the C library that may block for minutes, with a deadline.
 *
 * getaddrinfo(3) and res_query(3) know no deadline: with three name servers
 * that do not answer they return after a minute or so. Such a call is made by
 * a forked child, which writes its answer into a pipe. When the deadline has
 * passed the child is killed, whatever it is waiting for.
 *
 * Why not getaddrinfo_a(3): only glibc has it, it starts a thread (and a
 * process with threads can neither fork nor be sandboxed with ease), and a
 * request that has begun cannot be cancelled: the process would end with the
 * thread inside of NSS. A child needs nothing but POSIX, and crashes of NSS
 * modules stay within it.
 */
#ifndef WIRE_BOUNDED_H
#define WIRE_BOUNDED_H

#include <stddef.h>
#include <stdint.h>

struct buffer;

/*
 * Runs in the child. It hands over its answer with bounded_write(), and must
 * neither use base/memory, whose functions may end the process and log, nor
 * stdio.
 */
typedef void bounded_call(int fd, const void *context);

/*
 * Adds to `answer` what the call writes until it returns. Standard input,
 * output and error of the child are /dev/null. Returns 0, or an errno value:
 * ETIMEDOUT when the deadline or a signal (base/wait) came first, EMSGSIZE when
 * `answer` is full. `answer` may be incomplete then, and also after 0, where
 * the child broke down. The child is gone in any case.
 */
int bounded_run(bounded_call *call, const void *context, struct buffer *answer,
    int64_t deadline);
/* For a bounded_call: writes n octets, or ends the child. */
void bounded_write(int fd, const void *p, size_t n);

#endif
