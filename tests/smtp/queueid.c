/* SPDX-License-Identifier: ISC */
/* What a message is called: by the server's reply, and by its own header. */
#include <stdlib.h>
#include <string.h>

#include "mail/header/header.h"
#include "smtp/reply.h"
#include "tests/tap.h"

static const struct {
	const char *text;
	const char *id;
} rows[] = {
	{ "2.0.0 Ok: queued as 4XyZ1b2c3Dz9", "4XyZ1b2c3Dz9" },
	{ "2.0.0 Ok: queued as 1D2C3E4F", "1D2C3E4F" },
	{ "2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: "
	    "queued as 4XyZ1b", "4XyZ1b" },
	{ "Ok: queued as 12345.", "12345" },
	{ "OK id=1rTz8K-0004dP-1x", "1rTz8K-0004dP-1x" },
	{ "OK id=1rTz8K-00000004dPq-1x2Y", "1rTz8K-00000004dPq-1x2Y" },
	{ "2.0.0 41SFxyz012345 Message accepted for delivery",
	    "41SFxyz012345" },
	{ "2.0.0 7a1b2c3d Message accepted for delivery", "7a1b2c3d" },
	{ "41SFxyz012345 Message accepted for delivery", "41SFxyz012345" },
	{ "2.6.0 <x@example.org> [InternalId=4321987, Hostname=m] Queued "
	    "mail for delivery", "4321987" },
	{ "2.0.0 thanks\n2.0.0 Ok: queued as 4XyZ1b2c3Dz9\nbye",
	    "4XyZ1b2c3Dz9" },

	{ "", NULL },
	{ "\n\n", NULL },
	{ "2.0.0 Ok", NULL },
	{ "2.0.0 OK  1700000000 a1-20020a05b00200.12 - gsmtp", NULL },
	{ "Ok: queued as ", NULL },
	{ "Ok: queued as you wished", NULL },
	{ "Ok: queued as 12", NULL },
	{ "Ok: queued as 12'45", NULL },
	{ "Ok: queued as <1234@example.org>", NULL },
	{ "Ok: queued as\n4XyZ1b2c3Dz9", NULL },
	{ "your id=1rTz8K-0004dP-1x", NULL },
	{ "2.0.0 Message accepted for delivery", NULL },
	{ " Message accepted", NULL },
	{ "Thanks Message accepted for delivery", NULL },
	{ "a/b1234 Message accepted for delivery", NULL },
	{ "[InternalId=", NULL },
	{ "queued as 0123456789012345678901234567890123456789"
	    "0123456789012345678901234", NULL },
};

static const struct {
	const char *label;
	const char *lines[3];
	const char *ours;
	const char *id;
} ids[] = {
	{ "a Message-ID", { "To: a", "Message-ID: <1@example.org>" }, NULL,
	    "<1@example.org>" },
	{ "in any case", { "message-id:<1@example.org> (old)" }, NULL,
	    "<1@example.org>" },
	{ "a folded one", { "Message-ID:", " <1@example.org>" }, NULL,
	    "<1@example.org>" },
	{ "one folded within", { "Message-ID: <1@", "\texample.org>" }, NULL,
	    "<1@example.org>" },
	{ "ours", { "To: a" }, "<2@example.org>", "<2@example.org>" },
	{ "none", { "To: a" }, NULL, NULL },
	{ "an empty one", { "Message-ID:" }, NULL, NULL },
	{ "one without brackets", { "Message-ID: 1@example.org" }, NULL,
	    NULL },
	{ "one without end", { "Message-ID: <1@example.org" }, NULL, NULL },
	{ "no header at all", { NULL }, NULL, NULL },
};

static void
test_msgid(size_t i)
{
	struct header h;
	char *id;

	header_init(&h);
	for (size_t k = 0; k < 3 && ids[i].lines[k] != NULL; k++)
		header_add_line(&h, ids[i].lines[k], strlen(ids[i].lines[k]));
	if (ids[i].ours != NULL) {
		header_prepend(&h, "Message-ID", ids[i].ours);
		header_prepend(&h, "Date", "today");
	}
	id = header_message_id(&h);
	tap_string(ids[i].label, id, ids[i].id);
	free(id);
	header_free(&h);
}

int
main(void)
{
	const char *id = NULL;
	size_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = queueid_find(rows[i].text, strlen(rows[i].text), &id);
		tap_same("queue id", n == 0 ? "" : id, n, rows[i].id == NULL ?
		    "" : rows[i].id, rows[i].id == NULL ? 0 :
		    strlen(rows[i].id));
	}
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		test_msgid(i);
	return tap_done();
}
