/* SPDX-License-Identifier: ISC */
/* local: connections to a Unix stream socket of this machine. */
#ifndef WIRE_LOCAL_H
#define WIRE_LOCAL_H

#include <stdint.h>

struct fault;

/*
 * Connects to the socket of that path, of any length where the system has a
 * way to name it (Linux has). Returns a descriptor (close-on-exec,
 * non-blocking) that the caller owns, or -1: FAULT_TEMPORARY with the path,
 * what the system said and a remedy, FAULT_CONFIG when the path is too long.
 * The deadline is absolute, as of clock_now().
 */
int local_connect(const char *path, int64_t deadline, struct fault *);

#endif
