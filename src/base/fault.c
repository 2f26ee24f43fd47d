/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"

#define FAULT_TEXT_MAX (64 * 1024)	/* bytes; more is no longer a message */
#define FAULT_RAW_MAX (SIZE_MAX / 8)	/* bytes before it is cut short */

static const struct {
	const char *name;
	const char *enhanced;	/* with `code`, what is told by SMTP (RFC 5321
				 * 4.2.3): for good where the mail is wrong */
	int status;
	int code;
} faults[FAULT_CLASSES] = {
	[FAULT_NONE] = { "EX_OK", "2.0.0", EX_OK, 250 },
	[FAULT_USAGE] = { "EX_USAGE", "5.5.0", EX_USAGE, 554 },
	[FAULT_DATA] = { "EX_DATAERR", "5.6.0", EX_DATAERR, 554 },
	[FAULT_INPUT] = { "EX_NOINPUT", "4.3.5", EX_NOINPUT, 451 },
	[FAULT_RECIPIENT] = { "EX_NOUSER", "5.1.0", EX_NOUSER, 550 },
	[FAULT_HOST] = { "EX_NOHOST", "4.4.4", EX_NOHOST, 451 },
	[FAULT_NO_HOST] = { "EX_NOHOST", "4.4.4", EX_NOHOST, 451 },
	[FAULT_REFUSED] = { "EX_UNAVAILABLE", "5.0.0", EX_UNAVAILABLE, 554 },
	[FAULT_SOFTWARE] = { "EX_SOFTWARE", "4.3.0", EX_SOFTWARE, 451 },
	[FAULT_SYSTEM] = { "EX_OSERR", "4.3.0", EX_OSERR, 451 },
	[FAULT_IO] = { "EX_IOERR", "4.3.1", EX_IOERR, 452 },
	[FAULT_TEMPORARY] = { "EX_TEMPFAIL", "4.4.0", EX_TEMPFAIL, 451 },
	[FAULT_PROTOCOL] = { "EX_PROTOCOL", "4.5.0", EX_PROTOCOL, 451 },
	[FAULT_AUTH] = { "EX_NOPERM", "4.7.0", EX_NOPERM, 451 },
	[FAULT_CONFIG] = { "EX_CONFIG", "4.3.5", EX_CONFIG, 451 },
	[FAULT_COMMAND] = { "EX_CONFIG", "4.3.5", EX_CONFIG, 451 },
};

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
	struct buffer b;

	buffer_init(&b, FAULT_RAW_MAX);
	buffer_printf(&b, "%s%s", before, behind);
	free(before);
	free(behind);
	f->text = buffer_detach(&b);
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
	return -1;
}

void
fault_clear(struct fault *f)
{
	free(f->text);
	free(f->hint);
	memset(f, 0, sizeof(*f));
}

int
fault_exit_status(enum fault_class class)
{
	return faults[class].status;
}

const char *
fault_exit_name(enum fault_class class)
{
	return faults[class].name;
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
