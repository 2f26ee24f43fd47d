/* SPDX-License-Identifier: ISC */
/* The settings of envelope, header, aliases and log. */
#include "config/account/account.h"
#include "config/option/table.h"

static const struct option_choice from_headers[] = {
	{ "auto", FROM_HEADER_AUTO }, { "on", FROM_HEADER_ON },
	{ "off", FROM_HEADER_OFF }, { NULL, 0 }
};
/* "auto" adds the field when it is missing, which is all that "on" can mean. */
static const struct option_choice added_headers[] = {
	{ "auto", TOGGLE_UNSET }, { "on", TOGGLE_ON }, { "off", TOGGLE_OFF },
	{ NULL, 0 }
};
static const struct option_choice to_headers[] = {
	{ "on", TO_HEADER_ON }, { "off", TO_HEADER_OFF },
	{ "undisclosed_recipients", TO_HEADER_UNDISCLOSED }, { NULL, 0 }
};
static const struct option_choice returns[] = {
	{ "off", DSN_RETURN_UNSET }, { "headers", DSN_RETURN_HEADERS },
	{ "full", DSN_RETURN_FULL }, { "hdrs", DSN_RETURN_HEADERS },
	{ NULL, 0 }
};
/* Facilities by their numbers in RFC 3164 section 4.1.1; the kernel's is 0. */
static const struct option_choice facilities[] = {
	{ "on", 1 }, { "off", -1 }, { "LOG_USER", 1 }, { "LOG_MAIL", 2 },
	{ "LOG_LOCAL0", 16 }, { "LOG_LOCAL1", 17 }, { "LOG_LOCAL2", 18 },
	{ "LOG_LOCAL3", 19 }, { "LOG_LOCAL4", 20 }, { "LOG_LOCAL5", 21 },
	{ "LOG_LOCAL6", 22 }, { "LOG_LOCAL7", 23 }, { NULL, 0 }
};

static const struct option_choice lengths[] = {
	{ "encode", LONG_LINES_ENCODE }, { "pass", LONG_LINES_PASS },
	{ "refuse", LONG_LINES_REFUSE }, { NULL, 0 }
};

#define FIELD(member) offsetof(struct account, member)
#define AT(id) (OPTION_##id - OPTION_FROM)

const struct option_row option_mail_rows[] = {
	[AT(FROM)] = { /* --from is -f: see cli/cmdline */
		.keyword = "from", .type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY, .offset = FIELD(from),
		.value = "ADDRESS", .preset = "none",
		.help = "reverse-path, or a pattern that matches it"
	},
	[AT(FROM_FULL_NAME)] = { /* on the command line it is -F */
		.keyword = "from_full_name", .type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY, .offset = FIELD(from_full_name),
		.value = "NAME", .preset = "none",
		.help = "full name for a From field that is added"
	},
	[AT(ALLOW_FROM_OVERRIDE)] = { /* the file is to forbid it */
		.keyword = "allow_from_override", .type = OPTION_TYPE_CHOICE,
		.offset = FIELD(allow_from_override), .choices = option_toggles,
		.value = "on|off", .preset = "on",
		.help = "whether -f replaces the account's address"
	},
	[AT(AUTO_FROM)] = {
		.keyword = "auto_from", .name = "auto-from",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(auto_from),
		.choices = option_toggles,
		.value = "on|off", .preset = "off",
		.help = "obsolete: send as user@maildomain"
	},
	[AT(MAILDOMAIN)] = {
		.keyword = "maildomain", .name = "maildomain",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_WORD,
		.offset = FIELD(maildomain),
		.value = "NAME", .preset = "none",
		.help = "obsolete: the domain for auto_from"
	},
	[AT(SET_FROM_HEADER)] = {
		.keyword = "set_from_header", .name = "set-from-header",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(set_from_header),
		.choices = from_headers,
		.value = "auto|on|off", .preset = "auto",
		.help = "add a missing From field, or replace it"
	},
	[AT(SET_TO_HEADER)] = {
		.keyword = "set_to_header", .name = "set-to-header",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(set_to_header),
		.choices = to_headers,
		.value = "on|off|...", .preset = "off",
		.help = "replace To, Cc and Bcc by one To field"
	},
	[AT(SET_DATE_HEADER)] = {
		.keyword = "set_date_header", .name = "set-date-header",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(set_date_header),
		.choices = added_headers,
		.value = "auto|on|off", .preset = "auto",
		.help = "add a missing Date field"
	},
	[AT(SET_MSGID_HEADER)] = {
		.keyword = "set_msgid_header", .name = "set-msgid-header",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(set_msgid_header),
		.choices = added_headers,
		.value = "auto|on|off", .preset = "auto",
		.help = "add a missing Message-ID field"
	},
	[AT(REMOVE_BCC_HEADERS)] = {
		.keyword = "remove_bcc_headers", .name = "remove-bcc-headers",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(remove_bcc_headers),
		.choices = option_toggles,
		.value = "on|off", .preset = "on",
		.help = "remove Bcc and Resent-Bcc fields"
	},
	[AT(DSN_NOTIFY)] = {
		.keyword = "dsn_notify", .name = "dsn-notify",
		.type = OPTION_TYPE_NOTIFY, .offset = FIELD(dsn_notify),
		.value = "LIST", .preset = "off",
		.help = "the same as -N, or off"
	},
	[AT(DSN_RETURN)] = {
		.keyword = "dsn_return", .name = "dsn-return",
		.type = OPTION_TYPE_CHOICE,
		.flags = OPTION_ANY_CASE | OPTION_NEEDED,
		.offset = FIELD(dsn_return), .choices = returns,
		.value = "off|headers|full", .preset = "off",
		.help = "the same as -R, or off"
	},
	[AT(ALIASES)] = {
		.keyword = "aliases", .name = "aliases",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY,
		.offset = FIELD(aliases),
		.value = "FILE", .preset = SYSCONFDIR "/aliases",
		.help = "file of aliases(5) for local names"
	},
	[AT(ALIAS_DOMAINS)] = {
		.keyword = "alias_domains", .name = "alias-domains",
		.type = OPTION_TYPE_STRING, .flags = OPTION_EMPTY,
		.offset = FIELD(alias_domains),
		.value = "LIST", .preset = "none",
		.help = "more domains whose addresses are local"
	},
	[AT(ALIAS_INCLUDE)] = {
		.keyword = "alias_include", .name = "alias-include",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(alias_include),
		.choices = option_toggles,
		.value = "on|off", .preset = "off",
		.help = "whether an alias may include other files"
	},
	[AT(LOGFILE)] = {
		.keyword = "logfile", .name = "logfile",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY | OPTION_LATE,
		.offset = FIELD(logfile),
		.value = "FILE", .preset = "none",
		.help = "file that gets a line for each message"
	},
	[AT(LOGFILE_TIME_FORMAT)] = {
		.keyword = "logfile_time_format",
		.name = "logfile-time-format", .type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY, .offset = FIELD(logfile_time_format),
		.value = "FORMAT", .preset = "%b %d %H:%M:%S",
		.help = "time in that line, or none"
	},
	[AT(SYSLOG)] = {
		.keyword = "syslog", .name = "syslog",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(syslog),
		.choices = facilities,
		.value = "on|off|FACILITY",
		.preset = "LOG_MAIL without a terminal",
		.help = "send that line to the system log"
	},
	[AT(LONG_LINES)] = {
		.keyword = "long_lines", .name = "long-lines",
		.type = OPTION_TYPE_CHOICE,
		.offset = FIELD(long_lines), .choices = lengths,
		.value = "encode|pass|refuse", .preset = "encode",
		.help = "what becomes of lines above 998 octets"
	},
	[AT(SENDER)] = {
		.keyword = "sender", .name = "sender",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_FORCE, .offset = FIELD(sender),
		.value = "ADDRESS", .preset = "none",
		.help = "in place of senders that are not ours"
	},
	[AT(SENDER_REPLY_TO)] = {
		.keyword = "sender_reply_to", .name = "sender-reply-to",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(sender_reply_to),
		.choices = option_toggles,
		.value = "on|off", .preset = "off",
		.help = "keep the From that sender replaces in Reply-To"
	},
	[AT(QUALIFY_DOMAIN)] = {
		.keyword = "qualify_domain", .name = "qualify-domain",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_WORD,
		.offset = FIELD(qualify_domain),
		.value = "DOMAIN", .preset = "none",
		.help = "the domain of addresses that have none"
	},
	[AT(ROOT)] = {
		.keyword = "root", .name = "root", .type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_ADDRESSES,
		.offset = FIELD(root),
		.value = "ADDRESS", .preset = "none",
		.help = "who gets the mail for root"
	},
};
