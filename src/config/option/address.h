/* SPDX-License-Identifier: ISC */
/*
 * optionaddress: settings that hold addresses. FAULT_CONFIG says what is wrong
 * with a value, without its name and place.
 */
#ifndef CONFIG_OPTION_ADDRESS_H
#define CONFIG_OPTION_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

struct fault;

/*
 * What the flags of a setting ask for: OPTION_ADDRESSES is addresses or bare
 * names, separated by commas, at least one; OPTION_FORCE is "ADDRESS [force]",
 * an address with a domain, in which there may be patterns (their values are
 * known only when a message is sent). Without these flags all is right.
 */
int optionaddress_check(unsigned flags, const char *, size_t, struct fault *);
/* The octets of the address in that; *force: the word stands behind it. */
size_t optionaddress_split(const char *, size_t, bool *force);

#endif
