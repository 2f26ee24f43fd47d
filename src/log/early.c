/* SPDX-License-Identifier: ISC */
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "smtp/reply.h"
#include "config/account/account.h"
#include "log/log.h"

void
logfault(const char *ident, const struct fault *f)
{
	struct account account;
	struct envelope envelope;
	struct message message;
	struct reply none;
	struct log_entry entry = { .account = &account,
	    .envelope = &envelope, .message = &message, .reply = &none,
	    .fault = f };
	struct log log;

	account_init(&account);
	envelope_init(&envelope);
	message_init(&message);
	reply_init(&none);
	log_init(&log);
	log.ident = ident;
	log_open(&log, &account, SYSLOG_PATH);
	log_write(&log, &entry, NULL);
	log_close(&log);
	reply_free(&none);
	message_free(&message);
	envelope_free(&envelope);
	account_free(&account);
}
