/* SPDX-License-Identifier: ISC */
/* terminal: asking whoever sits in front of it. */
#ifndef CONFIG_PASSWORD_TERMINAL_H
#define CONFIG_PASSWORD_TERMINAL_H

struct account;
struct fault;
struct secret;

/*
 * Asks for the account's password on /dev/tty, without echo: 1 when one was
 * typed, 0 when there is no terminal or it is not ours to read from (we run
 * in the background). The terminal is as before whatever happens, signals
 * that end or stop us included; those then have the effect they always have.
 * FAULT_CONFIG when the answer is empty.
 */
int terminal_password(const struct account *, struct secret *,
    struct fault *);

#endif
