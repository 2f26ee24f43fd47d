/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mail/conversion/headerword.h"
#include "mail/message/message.h"
#include "mail/message/verbline.h"
#include "smtp/chunk.h"

/* Could a server run a line of the header? */
static bool
header_has_verb(const struct message *m)
{
	struct verbline line = { .decided = false };
	size_t at = 0, n;
	const char *p;

	while ((n = header_next_octets(&m->header, &at, &p)) > 0)
		if (verbline_text(&line, p, n))
			return true;
	return false;
}

static bool
is_safe(const struct message *m)
{
	return !message_cuts(m)->verb &&
	    m->longest_body_line <= VERBLINE_MAX &&
	    headerword_longest_line(&m->header, NULL) <= VERBLINE_MAX &&
	    !header_has_verb(m);
}

/* A chunk that goes to this offset in the message. */
static void
add_chunk(struct chunk_plan *plan, uint64_t *from, uint64_t to)
{
	if (to > *from)
		plan->octets[plan->count++] = to - *from;
	*from = to;
}

void
chunk_plan(struct chunk_plan *plan, const struct message *m)
{
	const struct bodycuts *cuts = message_cuts(m);
	uint64_t header = message_header_octets(m), from = 0;

	memset(plan, 0, sizeof(*plan));
	plan->safe = is_safe(m);
	if (!plan->safe)
		return;
	plan->octets = memory_array(cuts->count + 2, sizeof(*plan->octets));
	if (header >= CHUNK_OCTETS)
		add_chunk(plan, &from, header);
	for (size_t i = 0; i < cuts->count; i++)
		add_chunk(plan, &from, header + cuts->at[i]);
	add_chunk(plan, &from, message_octets(m));
}

void
chunk_free(struct chunk_plan *plan)
{
	free(plan->octets);
	memset(plan, 0, sizeof(*plan));
}
