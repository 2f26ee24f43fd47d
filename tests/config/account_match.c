/* SPDX-License-Identifier: ISC */
/* How well an account's `from` fits a reverse-path, and what patterns do. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/envelope.h"
#include "config/account/account.h"
#include "config/account/sender.h"
#include "tests/tap.h"

#define TEXT_MAX 4096	/* octets of what a test compares */

static void
set_from(struct account *a, const char *from)
{
	static const struct option_place place = { "F", 1, 1 };
	struct fault f = { 0 };

	account_init(a);
	option_set(a, OPTION_FROM, from, strlen(from), &place, &f);
	fault_clear(&f);
}

/* The first `from` fits the sender better than the second, which fits. */
static const struct {
	const char *sender;
	const char *better;
	const char *worse;	/* NULL: the other does not fit at all */
} rows[] = {
	{ "a@x.example", "a@x.example", "A@x.example" },
	{ "a@X.example", "a@x.EXAMPLE", "A@x.example" },
	{ "a+b@x.example", "a+b@x.example", "a@x.example" },
	{ "a+b@x.example", "A+b@x.example", "a@x.example" },
	{ "a+b@x.example", "a@x.example", "A@x.example" },
	{ "a+b+c@x.example", "a@x.example", "*+c@x.example" },
	{ "A+b@x.example", "a@x.example", "A+*@x.example" },
	{ "a+b@x.example", "a+*@x.example", "*@x.example" },
	{ "a+b@x.example", "*", "?@x.example" },
	{ "a@x.example", "*@x.example", "*" },
	{ "a@x.example", "[a]@x.example", "*@*.example" },
	{ "a@x.example", "b, *@x.example", "c *" },
	{ "a@x.example", "\"b c\"@x.example,a@x.example", "*@x.example" },
	{ "\"b c\"@x.example", "z,\"b c\"@x.example", "*" },
	{ "a@x.example", "Ann, B <a@x.example>", "*" },
	{ "a%b@x.example", "a%%b@x.example", "*" },
	{ "a+b@x.example", "*@x.example", NULL },
	{ "+b@x.example", "+b@x.example", NULL },
	{ "a", "a", NULL },
	/* subaddresses are the sender's, and of the local part only */
	{ "a@x+y.example", "a@x+y.example", "*" },
};

static void
test_rows(void)
{
	struct account a, b;
	size_t better, worse;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_from(&a, rows[i].better);
		set_from(&b, rows[i].worse == NULL ? "@" : rows[i].worse);
		better = accountmatch(&a, rows[i].sender, NULL);
		worse = accountmatch(&b, rows[i].sender, NULL);
		tap_ok(better > worse &&
		    (worse == ACCOUNTMATCH_NONE) == (rows[i].worse == NULL),
		    "%s: %s (%zu) before %s (%zu)", rows[i].sender,
		    rows[i].better, better, rows[i].worse == NULL ? "none" :
		    rows[i].worse, worse);
		account_free(&a);
		account_free(&b);
	}
}

static const struct {
	const char *from;
	const char *sender;
	const char *author;
} misfits[] = {
	{ "a+b@x.example", "a@x.example", NULL },
	{ "a+c@x.example", "a+b@x.example", NULL },
	{ "a@y.example", "a@x.example", NULL },
	{ "a@x.example", "a@x.example+y", NULL },
	{ "b@x.example", "a+@b@x.example", NULL },
	{ "A*@x.example", "ab@x.example", NULL },
	{ "%F", "a@x.example", NULL },
	{ "z-%F", "z-axb@x.example", "a*b@x.example" },
	{ "*-%F", "z-axb@x.example", "a*b@x.example" },
	{ "*-%F", "z-a@x.example", "[a]@x.example" },
	{ "*-%F", "z-a%U", "a" },
	{ "", "a@x.example", NULL }, { ", ,", "a@x.example", NULL },
};

static void
test_misfits(void)
{
	struct account a;

	for (size_t i = 0; i < sizeof(misfits) / sizeof(misfits[0]); i++) {
		set_from(&a, misfits[i].from);
		tap_ok(accountmatch(&a, misfits[i].sender,
		    misfits[i].author) == ACCOUNTMATCH_NONE,
		    "'%s' does not fit %s", misfits[i].from,
		    misfits[i].sender);
		account_free(&a);
	}
}

static const struct {
	const char *value;
	const char *letters;
	const char *author;
	bool glob;
	const char *want;	/* NULL: a fault */
} patterns[] = {
	{ "", PATTERN_FROM, NULL, false, "" },
	{ "a%%b%%", PATTERN_FROM, NULL, false, "a%b%" },
	{ "%", PATTERN_FROM, NULL, false, "%" },
	{ "%%U", PATTERN_FROM, NULL, false, "%U" },
	{ "%%%%U", PATTERN_FROM, NULL, false, "%%U" },
	{ "%u%Z%", PATTERN_FROM, NULL, false, "%u%Z%" },
	{ "<%F>", PATTERN_FROM, "a@x", false, "<a@x>" },
	{ "%F%F", PATTERN_FROM, "%F%U", false, "%F%U%F%U" },
	{ "%F", PATTERN_FROM, "a*?[b]\\", true, "a\\*\\?\\[b]\\\\" },
	{ "%F", PATTERN_FROM, "a*", false, "a*" },
	{ "%F", PATTERN_FROM, "a\tb", false, "a?b" },
	{ "%F", PATTERN_FROM, NULL, false, NULL },
	{ "%F%U", PATTERN_DOMAIN, NULL, false, "%F%U" },
};

static void
test_patterns(void)
{
	struct fault f = { 0 };
	char *got;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		got = pattern_expand(patterns[i].value, patterns[i].letters,
		    patterns[i].author, patterns[i].glob, &f);
		if (patterns[i].want == NULL)
			tap_ok(got == NULL && f.class == FAULT_DATA, "%s: %s",
			    patterns[i].value, f.text);
		else
			tap_string(patterns[i].value, got, patterns[i].want);
		free(got);
		fault_clear(&f);
	}
}

static const struct {
	const char *list;
	const char *want;	/* NULL: it is none */
} notifications[] = {
	{ "never", "never" }, { "SUCCESS", "success" },
	{ "fail , Delay", "failure,delay" },
	{ "delay,success,failure", "success,failure,delay" },
	{ "", NULL }, { ",", NULL }, { "failure,", NULL },
	{ "failuredelay,", NULL }, { "failure delay", NULL },
	{ "never,delay", NULL }, { "failure,,delay", NULL },
};

static void
test_notifications(void)
{
	struct buffer b;
	unsigned notify;
	int r;

	for (size_t i = 0; i < sizeof(notifications) /
	    sizeof(notifications[0]); i++) {
		buffer_init(&b, TEXT_MAX);
		notify = 0;
		r = dsn_parse_notify(&notify, notifications[i].list,
		    strlen(notifications[i].list));
		dsn_add_notify(&b, notify, false);
		tap_ok(r == (notifications[i].want == NULL ? -1 : 0) &&
		    strcmp(b.data, r == -1 ? "off" :
		    notifications[i].want) == 0, "'%s': %s",
		    notifications[i].list, b.data);
		buffer_free(&b);
	}
}

static void
test_legacy(void)
{
	const struct legacy *l;

	for (size_t i = 0; (l = legacy_at(i)) != NULL; i++)
		tap_ok(legacy_find(l->keyword, strlen(l->keyword), false) ==
		    l && option_find_keyword(l->keyword, strlen(l->keyword)) ==
		    OPTION_COUNT && (l->name == NULL || legacy_find(l->name,
		    strlen(l->name), true) == l), "%s is a word of its own",
		    l->keyword);
}

int
main(void)
{
	test_rows();
	test_misfits();
	test_patterns();
	test_notifications();
	test_legacy();
	return tap_done();
}
