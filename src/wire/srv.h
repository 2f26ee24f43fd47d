/* SPDX-License-Identifier: ISC */
/*
 * srv: SRV records (RFC 2782), which tell where a domain has a service, by the
 * system's resolver library.
 */
#ifndef WIRE_SRV_H
#define WIRE_SRV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;

struct srv {
	uint16_t priority;	/* the lowest is to be tried first */
	uint16_t weight;	/* among equals: the share of clients */
	uint16_t port;		/* never 0 */
	char *target;		/* a host name of letters, digits, "-", "_" */
};

struct srv_list {
	struct srv *record;
	size_t count;
	size_t unusable;	/* records without a host name or port */
	bool denied;		/* a target of ".": there is no such service */
};

/* A struct of zeros is an empty list. */
void srv_list_free(struct srv_list *);

/*
 * Adds the SRV records in the answer section of the DNS message at p (RFC 1035
 * section 4), sorted: by priority, then by weight, the greatest first, then by
 * name. The RFC's draw by weight is for those who ask each time; who asks once
 * takes what the operator gives most to. -1 when the message is malformed or
 * the system's library cannot parse it; the list then holds what came before.
 * Every octet of the message may be a stranger's.
 */
int srv_parse(struct srv_list *, const unsigned char *p, size_t n);

/*
 * Asks for the SRV records of a name, such as "_submissions._tcp.example.org",
 * in A-labels, until the deadline. 0 also when there are none. FAULT_TEMPORARY
 * when there is no answer, or a malformed one; FAULT_SOFTWARE when the system
 * has no resolver library that can parse answers.
 */
int srv_query(struct srv_list *, const char *name, int64_t deadline,
    struct fault *);

#endif
