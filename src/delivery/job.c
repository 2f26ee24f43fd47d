/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/header/complete.h"
#include "mail/header/header.h"
#include "delivery/request.h"

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

/* People end what they type by a dot; a file has nobody who would. */
static enum message_dot
meaning_of_dot(int fd, bool ignore_dots)
{
	struct stat st;

	if (ignore_dots || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return MESSAGE_DOT_TEXT;
	return isatty(fd) == 1 ? MESSAGE_DOT_ENDS : MESSAGE_DOT_DROPPED;
}

/* -t, and there is nobody in the header. */
static int
nobody_named(const struct message *m, struct fault *f)
{
	if (m->header_end == MESSAGE_END_EMPTY && m->header.count == 0) {
		fault(f, FAULT_USAGE, "no recipients: the header ends before "
		    "it begins, as line %" PRIu64 " is empty",
		    m->header_end_line);
		return fault_hint(f, "leave out the empty lines in front of "
		    "the header");
	}
	if (m->header_end == MESSAGE_END_TEXT) {
		fault(f, FAULT_USAGE, "no recipients: the header ends %s "
		    "line %" PRIu64 ", which is no field, and has no To, Cc "
		    "or Bcc before it", m->header.count == 0 ?
		    "before it begins, at" : "at", m->header_end_line);
		return fault_hint(f, "a field is a name, a colon and text; "
		    "its further lines begin with a blank");
	}
	fault(f, FAULT_USAGE, "no recipients: none in the arguments, and none "
	    "in To, Cc and Bcc");
	return fault_hint(f, "add a To field");
}

int
job_read(struct job *j, int fd, const struct job_input *in, struct fault *f)
{
	if (message_read(&j->message, fd, meaning_of_dot(fd, in->ignore_dots),
	    f) == -1 ||
	    read_author(j, in->read_sender, f) == -1)
		return -1;
	if (in->read_recipients && envelope_add_header(&j->envelope,
	    &j->message.header, f) == -1)
		return -1;
	if (j->envelope.count > 0 || !in->recipients_needed)
		return 0;
	if (in->read_recipients)
		return nobody_named(&j->message, f);
	fault(f, FAULT_USAGE, "no recipients: none in the arguments");
	return fault_hint(f, "give addresses as arguments, or -t to read them "
	    "from the header");
}
