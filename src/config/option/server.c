/* SPDX-License-Identifier: ISC */
/* The settings of the smarthost and the way to it. */
#include <limits.h>

#include "config/account/account.h"
#include "config/option/table.h"

#define PORT_MAX 65535			/* RFC 9293: 16 bits */
#define SECONDS_MAX (INT_MAX / 1000)	/* poll(2) counts milliseconds in int */

#define FIELD(member) offsetof(struct account, member)
#define AT(id) (OPTION_##id - OPTION_HOST)

static const struct option_choice protocols[] = {
	{ "smtp", PROTOCOL_SMTP },
	{ "lmtp", PROTOCOL_LMTP },
	{ NULL, 0 }
};

static const struct option_choice rejected[] = {
	{ "deliver", REJECTED_DELIVER },
	{ "abort", REJECTED_ABORT },
	{ NULL, 0 }
};

static const struct option_choice families[] = {
	{ "any", ADDRESS_FAMILY_ANY }, { "ipv4", ADDRESS_FAMILY_IPV4 },
	{ "ipv6", ADDRESS_FAMILY_IPV6 }, { NULL, 0 }
};

const struct option_row option_server_rows[] = {
	[AT(HOST)] = {
		.keyword = "host", .name = "host", .type = OPTION_TYPE_STRING,
		.flags = OPTION_WORD, .offset = FIELD(host),
		.value = "NAME", .preset = "none",
		.help = "smarthost to submit to; no account file is read"
	},
	[AT(PORT)] = {
		.keyword = "port", .name = "port", .type = OPTION_TYPE_NUMBER,
		.offset = FIELD(port), .min = 1, .max = PORT_MAX,
		.value = "NUMBER", .preset = "25, or 465 with implicit TLS",
		.help = "port of the smarthost"
	},
	[AT(TIMEOUT)] = {
		.keyword = "timeout", .name = "timeout",
		.type = OPTION_TYPE_NUMBER, .flags = OPTION_OFF,
		.offset = FIELD(timeout), .min = 1, .max = SECONDS_MAX,
		.value = "SECONDS", .preset = "off: as RFC 5321 has them",
		.help = "time for connecting and for each reply"
	},
	[AT(DOMAIN)] = {
		.keyword = "domain", .name = "domain",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_WORD, .offset = FIELD(domain),
		.value = "NAME", .preset = "this host's name",
		.help = "name to give in EHLO"
	},
	[AT(PROTOCOL)] = {
		.keyword = "protocol", .name = "protocol",
		.type = OPTION_TYPE_CHOICE, .flags = OPTION_NEEDED,
		.offset = FIELD(protocol), .choices = protocols,
		.value = "smtp|lmtp", .preset = "smtp",
		.help = "what the server speaks"
	},
	[AT(PIPELINING)] = {
		.keyword = "pipelining", .name = "pipelining",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(pipelining),
		.choices = option_toggles,
		.value = "on|off", .preset = "on",
		.help = "send commands in groups where that is offered"
	},
	[AT(CHUNKING)] = {
		.keyword = "chunking", .name = "chunking",
		.type = OPTION_TYPE_CHOICE, .offset = FIELD(chunking),
		.choices = option_toggles,
		.value = "on|off", .preset = "on",
		.help = "send messages by BDAT where that is offered"
	},
	[AT(REJECTED_RECIPIENTS)] = {
		.keyword = "rejected_recipients",
		.name = "rejected-recipients", .type = OPTION_TYPE_CHOICE,
		.flags = OPTION_NEEDED,
		.offset = FIELD(rejected_recipients), .choices = rejected,
		.value = "deliver|abort", .preset = "deliver",
		.help = "whether the others get mail that one is refused"
	},
	[AT(SOURCE_IP)] = {
		.keyword = "source_ip", .name = "source-ip",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_WORD | OPTION_LITERAL,
		.offset = FIELD(source_ip),
		.value = "ADDRESS", .preset = "the system's choice",
		.help = "address of this machine to connect from"
	},
	[AT(ADDRESS_FAMILY)] = {
		.keyword = "address_family", .name = "address-family",
		.type = OPTION_TYPE_CHOICE,
		.flags = OPTION_EMPTY | OPTION_NEEDED,
		.offset = FIELD(address_family), .choices = families,
		.value = "any|ipv4|ipv6", .preset = "any",
		.help = "addresses to connect to; -4 and -6 are short for it"
	},
	[AT(SOCKET)] = {
		.keyword = "socket", .name = "socket",
		.type = OPTION_TYPE_PATH, .flags = OPTION_EMPTY,
		.offset = FIELD(socket),
		.value = "PATH", .preset = "none",
		.help = "Unix socket of the smarthost, instead of the host"
	},
	[AT(PROXY_HOST)] = {
		.keyword = "proxy_host", .name = "proxy-host",
		.type = OPTION_TYPE_STRING,
		.flags = OPTION_EMPTY | OPTION_WORD,
		.offset = FIELD(proxy_host),
		.value = "NAME", .preset = "none",
		.help = "SOCKS5 proxy to connect by"
	},
	[AT(PROXY_PORT)] = {
		.keyword = "proxy_port", .name = "proxy-port",
		.type = OPTION_TYPE_NUMBER, .flags = OPTION_EMPTY,
		.offset = FIELD(proxy_port), .min = 1, .max = PORT_MAX,
		.value = "NUMBER", .preset = "1080",
		.help = "port of the proxy"
	},
	[AT(PROXY_USER)] = {
		.keyword = "proxy_user", .name = "proxy-user",
		.type = OPTION_TYPE_STRING, .flags = OPTION_EMPTY,
		.offset = FIELD(proxy_user),
		.value = "NAME", .preset = "none",
		.help = "name to authenticate as to the proxy"
	},
	[AT(PROXY_PASSWORD)] = { /* no long option, as with the other one */
		.keyword = "proxy_password", .type = OPTION_TYPE_SECRET,
		.flags = OPTION_EMPTY | OPTION_RAW,
		.offset = FIELD(proxy_password),
		.value = "TEXT", .preset = "none",
		.help = "password for the proxy"
	},
};
