/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "config/account/account.h"
#include "modes/show.h"

#define LINE_MAX_OCTETS (1024 * 1024)	/* names and paths are shorter */

void
show_text(const char *what, const char *s, size_t n)
{
	char *text = text_printable(s, n);

	printf("%s%s\n", what, text);
	free(text);
}

void
show_mailbox(const char *what, const struct mailbox *box)
{
	char *text = address_printable(box);

	printf("%s%s\n", what, text);
	free(text);
}

void
show_account(const struct account *a)
{
	struct buffer b;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_string(&b, a->name == NULL ? "of the command line" :
	    a->name);
	if (a->defined.file != NULL)
		buffer_printf(&b, " (%s:%u)", a->defined.file,
		    a->defined.line);
	buffer_printf(&b, ", since %s", a->reason == NULL ? "" : a->reason);
	show_text("account: ", b.data, b.len);
	buffer_free(&b);
}

void
show_end(struct buffer *b, const struct fault *f)
{
	char *error = f->text == NULL ? NULL : fault_line(f);

	jsonout_number(b, "status", fault_exit_status(f->class));
	jsonout_string(b, "error", error);
	jsonout_string(b, "hint", f->hint);
	jsonout_end(b, '}');
	buffer_add_char(b, '\n');
	fwrite(b->data, 1, b->len, stdout);
	buffer_free(b);
	free(error);
}
