/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/notes.h"

#define NOTE_MAX (64 * 1024)	/* octets; as long as the text of a fault */

void
notes_add(struct notes *notes, const char *fmt, ...)
{
	struct buffer b;
	va_list ap;

	buffer_init(&b, NOTE_MAX);
	va_start(ap, fmt);
	if (buffer_vprintf(&b, fmt, ap) == -1)
		buffer_add_string(&b, "(a note too long to show)");
	va_end(ap);
	notes->text = memory_resize(notes->text, notes->count + 1,
	    sizeof(*notes->text));
	notes->text[notes->count++] = text_printable(b.data, b.len);
	buffer_free(&b);
}

void
notes_free(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->text[i]);
	free(notes->text);
	notes->text = NULL;
	notes->count = 0;
}
