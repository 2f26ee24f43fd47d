/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

#define FAULT_TEXT_MAX (64 * 1024)	/* bytes; more is no longer a message */
#define FAULT_RAW_MAX (SIZE_MAX / 8)	/* bytes before it is cut short */

static const struct {
	int status;
	int code;
	const char *enhanced;	/* with `code`, what is told by SMTP (RFC 5321
				 * 4.2.3): for good where the mail is wrong */
} faults[FAULT_CLASSES] = {
	[FAULT_NONE] = { EX_OK, 250, "2.0.0" },
	[FAULT_USAGE] = { EX_USAGE, 554, "5.5.0" },
	[FAULT_DATA] = { EX_DATAERR, 554, "5.6.0" },
	[FAULT_INPUT] = { EX_NOINPUT, 451, "4.3.5" },
	[FAULT_RECIPIENT] = { EX_NOUSER, 550, "5.1.0" },
	[FAULT_HOST] = { EX_NOHOST, 451, "4.4.4" },
	[FAULT_NO_HOST] = { EX_NOHOST, 451, "4.4.4" },
	[FAULT_REFUSED] = { EX_UNAVAILABLE, 554, "5.0.0" },
	[FAULT_SOFTWARE] = { EX_SOFTWARE, 451, "4.3.0" },
	[FAULT_SYSTEM] = { EX_OSERR, 451, "4.3.0" },
	[FAULT_IO] = { EX_IOERR, 452, "4.3.1" },
	[FAULT_TEMPORARY] = { EX_TEMPFAIL, 451, "4.4.0" },
	[FAULT_PROTOCOL] = { EX_PROTOCOL, 451, "4.5.0" },
	[FAULT_AUTH] = { EX_NOPERM, 451, "4.7.0" },
	[FAULT_CONFIG] = { EX_CONFIG, 451, "4.3.5" },
	[FAULT_COMMAND] = { EX_CONFIG, 451, "4.3.5" },
};

/* The names that sysexits(3) has, EX_OK excepted. */
static const char *const names[] = {
	[EX_USAGE - EX__BASE] = "EX_USAGE",
	[EX_DATAERR - EX__BASE] = "EX_DATAERR",
	[EX_NOINPUT - EX__BASE] = "EX_NOINPUT",
	[EX_NOUSER - EX__BASE] = "EX_NOUSER",
	[EX_NOHOST - EX__BASE] = "EX_NOHOST",
	[EX_UNAVAILABLE - EX__BASE] = "EX_UNAVAILABLE",
	[EX_SOFTWARE - EX__BASE] = "EX_SOFTWARE",
	[EX_OSERR - EX__BASE] = "EX_OSERR",
	[EX_OSFILE - EX__BASE] = "EX_OSFILE",
	[EX_CANTCREAT - EX__BASE] = "EX_CANTCREAT",
	[EX_IOERR - EX__BASE] = "EX_IOERR",
	[EX_TEMPFAIL - EX__BASE] = "EX_TEMPFAIL",
	[EX_PROTOCOL - EX__BASE] = "EX_PROTOCOL",
	[EX_NOPERM - EX__BASE] = "EX_NOPERM",
	[EX_CONFIG - EX__BASE] = "EX_CONFIG",
};

static int tempfail = EX_TEMPFAIL;

__attribute__((format(printf, 1, 0)))
static char *
printable_format(const char *fmt, va_list ap)
{
	size_t half = FAULT_TEXT_MAX / 2;
	struct buffer raw, shown;

	buffer_init(&raw, FAULT_RAW_MAX);
	buffer_init(&shown, FAULT_RAW_MAX);
	buffer_vprintf(&raw, fmt, ap);
	/* what it is about stands in front, what is wrong with it behind */
	if (raw.len > FAULT_TEXT_MAX) {
		text_add_printable(&shown, raw.data, half);
		buffer_add_string(&shown, " ... ");
		text_add_printable(&shown, raw.data + raw.len - half, half);
	} else {
		text_add_printable(&shown, raw.data, raw.len);
	}
	buffer_free(&raw);
	return buffer_detach(&shown);
}

int
fault(struct fault *f, enum fault_class class, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return -1;
	f->muted = f->class != FAULT_NONE;
	if (f->muted)
		return -1;
	f->class = class;
	va_start(ap, fmt);
	f->text = printable_format(fmt, ap);
	va_end(ap);
	return -1;
}

int
fault_hint(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL || f->muted || f->class == FAULT_NONE ||
	    f->hint != NULL)
		return -1;
	va_start(ap, fmt);
	f->hint = printable_format(fmt, ap);
	va_end(ap);
	return -1;
}

/* Makes one text of two, which are freed. */
static void
join(struct fault *f, char *before, char *behind)
{
	f->text = buffer_format("%s%s", before, behind);
	free(before);
	free(behind);
}

int
fault_prefix(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL || f->muted || f->class == FAULT_NONE)
		return -1;
	va_start(ap, fmt);
	join(f, printable_format(fmt, ap), f->text);
	va_end(ap);
	return -1;
}

void
fault_reclass(struct fault *f, enum fault_class class)
{
	if (f != NULL && !f->muted && f->class != FAULT_NONE)
		f->class = class;
}

void
fault_add(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	if (f->class == FAULT_NONE)
		return;
	va_start(ap, fmt);
	join(f, f->text, printable_format(fmt, ap));
	va_end(ap);
}

void
fault_detail(struct fault *f, const char *fmt, ...)
{
	char *before, *line;
	va_list ap;

	if (f == NULL || f->muted || f->class == FAULT_NONE)
		return;
	va_start(ap, fmt);
	line = printable_format(fmt, ap);
	va_end(ap);
	before = f->detail;
	f->detail = buffer_format("%s%s%s", before == NULL ? "" : before,
	    before == NULL ? "" : "\n", line);
	free(before);
	free(line);
}

char *
fault_line(const struct fault *f)
{
	const char *c = f->detail;
	struct buffer b;

	buffer_init(&b, FAULT_RAW_MAX);
	buffer_add_string(&b, f->text);
	buffer_add_string(&b, c == NULL ? "" : "; ");
	for (; c != NULL && *c != '\0'; c++)
		if (*c == '\n')
			buffer_add_string(&b, "; ");
		else
			buffer_add_char(&b, *c);
	return buffer_detach(&b);
}

void
fault_replace_hint(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	if (f->class == FAULT_NONE)
		return;
	free(f->hint);
	va_start(ap, fmt);
	f->hint = printable_format(fmt, ap);
	va_end(ap);
}

int
fault_pass(struct fault *f, const struct fault *other, const char *before)
{
	fault(f, other->class, "%s%s", before, other->text);
	if (other->hint != NULL)
		fault_hint(f, "%s", other->hint);
	if (other->detail != NULL && f != NULL && !f->muted &&
	    f->detail == NULL)
		f->detail = memory_string(other->detail);
	return -1;
}

void
fault_clear(struct fault *f)
{
	free(f->text);
	free(f->hint);
	free(f->detail);
	memset(f, 0, sizeof(*f));
}

void
fault_set_tempfail(int status)
{
	tempfail = status == 0 ? EX_TEMPFAIL : status;
}

void
notes_add(struct notes *notes, const char *fmt, ...)
{
	va_list ap;

	notes->text = memory_resize(notes->text, notes->count + 1,
	    sizeof(*notes->text));
	va_start(ap, fmt);
	notes->text[notes->count++] = printable_format(fmt, ap);
	va_end(ap);
}

void
notes_free(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->text[i]);
	free(notes->text);
	memset(notes, 0, sizeof(*notes));
}

int
fault_exit_status(enum fault_class class)
{
	return class == FAULT_TEMPORARY ? tempfail : faults[class].status;
}

enum fault_class
fault_of_command(int status)
{
	return status == EX_TEMPFAIL ? FAULT_TEMPORARY :
	    status == EX_NOPERM ? FAULT_AUTH : FAULT_COMMAND;
}

const char *
fault_exit_name(enum fault_class class)
{
	int status = fault_exit_status(class);

	return status == EX_OK ? "EX_OK" : names[status - EX__BASE];
}

int
fault_smtp_code(enum fault_class class)
{
	return faults[class].code;
}

const char *
fault_smtp_status(enum fault_class class)
{
	return faults[class].enhanced;
}
