/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "modes/provider.h"

#define SWITCH "First allow other programs (POP3 and IMAP) in the settings " \
    "of the mailbox; with\n2-factor authentication make an app password.\n"
#define IONOS "The password is the mailbox's, not that of the contract.\n"
#define ZOHO "An app password where 2-factor authentication is on; else " \
    "the account's own.\n"
#define REGISTER "postrider-oauth2(1) says how the client, whose ID it " \
    "wants, is registered.\n"
#define ZOHO_PLACE(place) \
	{ "Zoho", "zohomail." place, "", "smtp.zoho." place, 465, NULL, \
	    NULL, ZOHO }, \
	{ "Zoho, for a domain", "", "zoho." place, "smtppro.zoho." place, \
	    465, NULL, NULL, ZOHO }
#define IONOS_PLACE(place, others) \
	{ "IONOS", "", "ionos." place others, "smtp.ionos." place, 465, \
	    NULL, NULL, IONOS }

/*
 * From the providers' help pages and from Mozilla's and Delta Chat's tables of
 * providers. The first row that fits counts. Domains that a provider has in
 * many countries are found by their mail exchangers.
 */
static const struct provider providers[] = {
	{ "Gmail and Google Workspace", "gmail.com googlemail.com",
	    "google.com googlemail.com", "smtp.gmail.com", 465, NULL, NULL,
	    "An app password, which an account with 2-Step Verification makes "
	    "at\nhttps://myaccount.google.com/apppasswords. Or a token, with "
	    "\"oauth2 ADDRESS\" in place\nof \"auth\" and \"user\": "
	    "see postrider-oauth2(1).\n" },
	{ "Outlook.com", "outlook.com hotmail.com live.com msn.com",
	    "olc.protection.outlook.com", "smtp-mail.outlook.com", 587, NULL,
	    "--provider=microsoft --tenant=consumers --client-id=ID",
	    "It takes no passwords.\n" REGISTER },
	{ "Microsoft 365", "office365.com onmicrosoft.com",
	    "mail.protection.outlook.com mx.microsoft", "smtp.office365.com",
	    587, NULL,
	    "--provider=microsoft --tenant=TENANT --client-id=ID",
	    "Passwords are switched off by default. TENANT is the "
	    "organisation's domain or id.\n" REGISTER
	    "An administrator has to leave \"Authenticated SMTP\" on for the "
	    "mailbox.\n" },
	{ "AOL", "aol.com", "mx-aol.mail.gm0.yahoodns.net", "smtp.aol.com",
	    465, NULL, NULL, "An app password, from the security page of the "
	    "account.\n" },
	{ "Yahoo", "yahoo.com ymail.com rocketmail.com myyahoo.com",
	    "yahoodns.net", "smtp.mail.yahoo.com", 465, NULL, NULL,
	    "An app password, from the security page of the account.\n" },
	{ "iCloud", "icloud.com me.com mac.com", "mail.icloud.com",
	    "smtp.mail.me.com", 587, NULL, NULL,
	    "An app-specific password, from https://account.apple.com. For a "
	    "domain of your own\nthe user is the iCloud address of the "
	    "account.\n" },
	{ "Fastmail", "fastmail.com fastmail.fm", "messagingengine.com",
	    "smtp.fastmail.com", 465, NULL, NULL,
	    "An app password, from Settings, Privacy & Security. The user is "
	    "the address of\nthe account, not an alias of it.\n" },
	{ "GMX", "gmx.de gmx.net gmx.at gmx.ch", "emig.gmx.net",
	    "mail.gmx.net", 465, NULL, NULL, SWITCH },
	{ "GMX", "gmx.com gmx.us gmx.co.uk", "gmx.net gmx.com",
	    "mail.gmx.com", 465, NULL, NULL, SWITCH },
	{ "WEB.DE", "web.de", "web.de", "smtp.web.de", 587, "", NULL,
	    SWITCH },
	IONOS_PLACE("de", " kundenserver.de schlund.de"),
	IONOS_PLACE("com", " 1and1.com perfora.net"),
	IONOS_PLACE("co.uk", " 1and1.co.uk"),
	IONOS_PLACE("fr", " 1and1.fr"),
	IONOS_PLACE("es", " 1and1.es"),
	IONOS_PLACE("it", ""),
	{ "Zoho", "zoho.com", "", "smtp.zoho.com", 465, NULL, NULL, ZOHO },
	ZOHO_PLACE("com"),
	ZOHO_PLACE("eu"),
	ZOHO_PLACE("in"),
	ZOHO_PLACE("com.au"),
	ZOHO_PLACE("jp"),
	{ "Yandex", "yandex.ru yandex.com yandex.by yandex.kz ya.ru",
	    "mx.yandex.net mx.yandex.ru", "smtp.yandex.com", 465, NULL, NULL,
	    "First allow mail programs in the settings of the mailbox, then "
	    "make an app password\nat https://id.yandex.com/security.\n" },
	{ "Proton Mail Bridge", "proton.me protonmail.com pm.me",
	    "protonmail.ch", "127.0.0.1", 1025, NULL, NULL,
	    "Proton's Bridge has to run on this machine, and shows the "
	    "password and the port.\nIts certificate is its own: add the "
	    "setting tls_fingerprint that this prints,\n    postrider "
	    "--serverinfo --host 127.0.0.1 --port 1025 --tls\nWithout the "
	    "Bridge, for a domain of a business: smtp.protonmail.ch, with a "
	    "token.\n" },
	{ "Amazon SES", "", "", "email-smtp.*.amazonaws.com", 465,
	    "#SMTP-USER", NULL, "SMTP credentials, which its console makes; "
	    "an access key is none.\n" },
	{ "SendGrid", "", "mx.sendgrid.net", "smtp.sendgrid.net", 465,
	    "apikey", NULL, "The user is the word \"apikey\", the password "
	    "an API key that may send mail.\n" },
	{ "Mailgun (EU)", "", "eu.mailgun.org", "smtp.eu.mailgun.org", 465,
	    "#LOGIN@YOUR-DOMAIN", NULL, "An SMTP login of the domain, and its "
	    "password, from the domain's settings.\n" },
	{ "Mailgun", "", "mailgun.org", "smtp.mailgun.org", 465,
	    "#LOGIN@YOUR-DOMAIN", NULL, "An SMTP login of the domain, and its "
	    "password, from the domain's settings.\n" },
	{ "Postmark", "", "inbound.postmarkapp.com", "smtp.postmarkapp.com",
	    587, "#SERVER-API-TOKEN", NULL, "The server's API token is the "
	    "user and the password, too.\n" },
	{ "Brevo", "", "sendinblue.com brevo.com", "smtp-relay.brevo.com",
	    465, "#SMTP-LOGIN", NULL, "The SMTP login and an SMTP key (an API "
	    "key is none), from\nhttps://app.brevo.com/settings/keys/smtp.\n" },
};

#define PROVIDERS (sizeof(providers) / sizeof(providers[0]))

bool
provider_is_within(const char *host, const char *domain, size_t m)
{
	size_t n = strlen(host);

	return n >= m && text_same(host + (n - m), m, domain, m) &&
	    (n == m || host[n - m - 1] == '.');
}

/* Is the name one of the list's, or below one? */
static bool
is_listed(const char *list, const char *name)
{
	for (size_t n; *list != '\0'; list += n + (list[n] == ' ')) {
		n = strcspn(list, " ");
		if (provider_is_within(name, list, n))
			return true;
	}
	return false;
}

const struct provider *
provider_of_domain(const char *domain)
{
	for (size_t i = 0; i < PROVIDERS; i++)
		if (is_listed(providers[i].domains, domain))
			return &providers[i];
	return NULL;
}

const struct provider *
provider_of_exchanger(const char *name)
{
	for (size_t i = 0; i < PROVIDERS; i++)
		if (is_listed(providers[i].exchangers, name))
			return &providers[i];
	return NULL;
}

const struct provider *
provider_of_host(const char *host)
{
	const char *pattern, *rest;
	size_t n;

	for (size_t i = 0; i < PROVIDERS; i++) {
		pattern = providers[i].host;
		n = strcspn(pattern, "*");
		if (strlen(host) < n || !text_same(host, n, pattern, n))
			continue;
		rest = host + n;
		if (pattern[n] == '*') {
			pattern++;
			rest += strcspn(rest, ".");
		}
		if (text_same_word(rest, strlen(rest), pattern + n))
			return &providers[i];
	}
	return NULL;
}
