/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/dsn.h"
#include "mail/envelope.h"

static const struct {
	const char *word;
	unsigned bit;
} notifications[] = {
	{ "never", DSN_NEVER }, { "success", DSN_SUCCESS },
	{ "failure", DSN_FAILURE }, { "delay", DSN_DELAY },
	{ "fail", DSN_FAILURE },
};

#define NOTIFICATIONS (sizeof(notifications) / sizeof(notifications[0]))

int
dsn_parse_notify(unsigned *notify, const char *s, size_t n)
{
	const char *end = s + n, *word;
	unsigned all = 0, bit;

	for (;; s++) {
		while (s < end && text_is_blank(*s))
			s++;
		for (word = s; s < end && *s != ',' && !text_is_blank(*s);)
			s++;
		bit = 0;
		for (size_t i = 0; i < NOTIFICATIONS; i++)
			if (text_same_word(word, (size_t)(s - word),
			    notifications[i].word))
				bit = notifications[i].bit;
		while (s < end && text_is_blank(*s))
			s++;
		if (bit == 0 || (s < end && *s != ','))
			return -1;
		all |= bit;
		if (s == end)
			break;
	}
	if ((all & DSN_NEVER) != 0 && all != DSN_NEVER)
		return -1;
	*notify = all;
	return 0;
}

void
dsn_add_notify(struct buffer *b, unsigned notify)
{
	bool first = true;

	if (notify == 0)
		buffer_add_string(b, "off");
	for (size_t i = 0; i < NOTIFICATIONS; i++) {
		if ((notify & notifications[i].bit) == 0)
			continue;
		buffer_printf(b, "%s%s", first ? "" : ",",
		    notifications[i].word);
		notify &= ~notifications[i].bit;
		first = false;
	}
}
