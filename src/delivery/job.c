/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/header/complete.h"
#include "mail/header/header.h"
#include "delivery/job.h"

void
job_init(struct job *j)
{
	envelope_init(&j->envelope);
	message_init(&j->message);
	j->author = NULL;
}

void
job_free(struct job *j)
{
	envelope_free(&j->envelope);
	message_free(&j->message);
	free(j->author);
	job_init(j);
}

static int
read_author(struct job *j, bool read_sender, struct fault *f)
{
	const struct header *h = &j->message.header;
	const struct header_field *field;
	struct mailbox box;
	size_t from = 0, n = 0;
	const char *text = NULL;
	char *given;

	if (author_find(&box, &j->message.header)) {
		j->author = address_spec(&box);
		if (read_sender)
			envelope_set_path(&j->envelope, &box);
		mailbox_free(&box);
		return 0;
	}
	if (!read_sender)
		return 0;
	field = header_next(h, "From", &from);
	if (field != NULL)
		text = header_text(h, field, &n);
	if (n > 0) {
		given = memory_copy(text, n);
		envelope_set_unusable_path(&j->envelope, given);
		free(given);
		return 0;
	}
	fault(f, FAULT_USAGE, "--read-envelope-from: the message has no From "
	    "field with an address");
	return fault_hint(f, "add one, or give -f");
}

int
job_read(struct job *j, int fd, const struct job_input *in, struct fault *f)
{
	bool dot_ends = !in->ignore_dots && isatty(fd) == 1;

	if (message_read(&j->message, fd, dot_ends, f) == -1 ||
	    read_author(j, in->read_sender, f) == -1)
		return -1;
	if (in->read_recipients && envelope_add_header(&j->envelope,
	    &j->message.header, f) == -1)
		return -1;
	if (j->envelope.count > 0 || !in->recipients_needed)
		return 0;
	fault(f, FAULT_USAGE, "no recipients: none in the arguments%s",
	    in->read_recipients ? ", and none in To, Cc and Bcc" : "");
	return fault_hint(f, in->read_recipients ? "add a To field" :
	    "give addresses as arguments, or -t to read them from the "
	    "header");
}
