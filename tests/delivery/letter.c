/* SPDX-License-Identifier: ISC */
/* Headers made of what makes all cases likely: see composed.h. */
#include <stdint.h>
#include <string.h>

#include "tests/composed.h"
#include "tests/tap.h"

#define ROUNDS 20000
#define INPUT_MAX 2000
#define SOUND 64	/* rounds between two lines that say so */

static const char *const words[] = {
	"From: ", "Sender: ", "To: ", "Cc: ", "Bcc: ", "Reply-To: ", "Date: ",
	"Message-ID: ", "Subject: ", "References: ", "In-Reply-To: ",
	"MIME-Version: 1.0\n", "Content-Type: text/plain; charset=latin1\n",
	"Resent-From: ", "Resent-To: ", "Resent-Bcc: ", "X-Y: ", "Date:\n",
	"\n", "\n", "\n", "\r\r\n", "\r", "\n ", " ", ",", ", ", ";", ":",
	"<", ">", "\"", "(", ")", "\\", "@", ".", "a@example.org",
	"b@box, ", "c@localhost", "root", "\"x, y\" <d@example.com>",
	"Name <e@example.net>", "g: h@box, i@box;", "nobody:;", "a@EXAMPLE.org",
	"Mon, 01 Jan 2024 12:00:00 +0000", "1 Jan 24 12:00 GMT", "gestern",
	"<1@example.org>", "<2@(none)>", "3", "=?UTF-8?Q?=C3=A4?=", "\xe4",
	"\xc3\xa4", "[", "]", "J\xf6rg <f@example.org>", "undisclosed:",
	"DKIM-Signature: x\n",
};

static uint32_t seed = 1;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

int
main(void)
{
	char text[INPUT_MAX];

	for (int round = 0; round < ROUNDS; round++) {
		uint32_t count = sizeof(words) / sizeof(words[0]) -
		    (draw(8) > 0);
		size_t n = 1, most = 1 + draw(60);

		text[0] = draw(2) == 0 ? (char)draw(256) : 0;
		for (size_t i = 0; i < most && n < INPUT_MAX - 64; i++) {
			const char *word = words[draw(count)];

			memcpy(text + n, word, strlen(word));
			n += strlen(word);
		}
		composed_check((const uint8_t *)text, n);
		if (round % (ROUNDS / SOUND) == 0)
			tap_ok(true, "headers up to %d", round + 1);
	}
	return tap_done();
}
