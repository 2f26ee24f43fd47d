/* SPDX-License-Identifier: ISC */
/*
 * optionaddress: settings that hold addresses. FAULT_CONFIG says what is wrong
 * with a value, without its name and place.
 */
#ifndef SETUP_OPTIONADDRESS_H
#define SETUP_OPTIONADDRESS_H

#include <stdbool.h>
#include <stddef.h>

struct fault;

/* Addresses or bare names, separated by commas: at least one. */
int optionaddress_list(const char *, size_t, struct fault *);
/*
 * "ADDRESS [force]": an address with a domain, in which there may be patterns
 * (their values are known only when a message is sent).
 */
int optionaddress_sender(const char *, size_t, struct fault *);
/* The octets of the address in that; *force: the word stands behind it. */
size_t optionaddress_split(const char *, size_t, bool *force);

#endif
