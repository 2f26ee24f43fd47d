/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_SERVE_H
#define SMARTHOST_SERVE_H

#include "session.h"

/*
 * Serves each connection in a process of its own, until so many sessions (0:
 * any number) are over or SIGTERM comes. Returns EXIT_FOLLOWED, or
 * EXIT_DEVIATED when any client violated the rules.
 */
int serve(const struct service *service, int listener,
    unsigned long sessions);

#endif
