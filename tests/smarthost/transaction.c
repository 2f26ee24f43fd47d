/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "path.h"
#include "record.h"
#include "session.h"
#include "text.h"

void
transaction_forget(struct session *session)
{
	if (session->notes != NULL)
		fclose(session->notes);
	free(session->envelope);
	session->notes = NULL;
	session->envelope = NULL;
	capture_abandon(&session->capture);
	session->mail = MAIL_NONE;
	session->tried = session->accepted = 0;
}

void
transaction_lose(struct session *session)
{
	transaction_forget(session);
	session->mail = MAIL_LOST;
}

/* A command out of its order: excused when we have spoiled the order. */
static void
transaction_misplaced(struct session *session, const char *why)
{
	if (session->mail == MAIL_LOST)
		session_reply(session, 503, "5.5.1", "%s", why);
	else
		session_violation(session, 503, "5.5.1", "%s", why);
}

static void
transaction_note(struct session *session, const char *word,
    const struct path *path)
{
	const char *blank = path->parameters_len > 0 ? " " : "";

	fprintf(session->notes, "%s %.*s%s%.*s\n", word, (int)path->len,
	    path->text, blank, (int)path->parameters_len, path->parameters);
}

/* Returns NULL or, in words, what is not right with the parameters. */
static const char *
transaction_parameters(struct session *session, const struct path *path,
    enum path_kind kind, unsigned long long *size)
{
	const char *rest = path->parameters;
	size_t len = path->parameters_len;
	struct parameter parameter;
	unsigned seen = 0;

	while (parameter_next(&parameter, kind, &rest, &len)) {
		const char *extension = parameter.extension;

		if (extension == NULL)
			return "unknown parameter";
		if (!session_offers(session, extension_find(extension)))
			return "parameter of an extension that is not there";
		if (!parameter.good)
			return "parameter value";
		if (seen & parameter.bit)
			return "parameter given twice";
		seen |= parameter.bit;
		if (strcmp(extension, "SMTPUTF8") == 0)
			session->smtputf8 = true;
		if (text_is(parameter.value, parameter.value_len, "8BITMIME"))
			session->eight_bit = true;
		if (strcmp(extension, "SIZE") == 0)
			text_number(parameter.value, parameter.value_len,
			    UINT64_MAX, size);
	}
	if (path->eight_bit && !session->smtputf8)
		return "8-bit address without SMTPUTF8";
	return NULL;
}

/* May mail be handed over here? Replies when it may not. */
static bool
transaction_permitted(struct session *session)
{
	const struct service *service = session->service;

	if (service->require_tls && peer_tls(session->peer) == NULL) {
		session_reply(session, 530, "5.7.0",
		    "Must issue a STARTTLS command first");
		return false;
	}
	if (service->require_auth && session->user == NULL) {
		session_reply(session, 530, "5.7.0",
		    "Authentication required");
		return false;
	}
	return true;
}

static void
transaction_open(struct session *session, const struct path *path)
{
	session->mail = MAIL_OPEN;
	session->tried = session->accepted = 0;
	session->notes = open_memstream(&session->envelope,
	    &session->envelope_len);
	if (session->notes == NULL)
		die(EXIT_TROUBLE, "out of memory");
	transaction_note(session, "from", path);
	session_reply(session, 250, "2.1.0", "sender ok");
}

void
transaction_mail(struct session *session)
{
	unsigned long long size = 0;
	struct path path;
	const char *why;
	size_t len;
	const char *arguments = session_arguments(session, &len);

	if (session->mail == MAIL_OPEN || session->mail == MAIL_CHUNKED) {
		session_violation(session, 503, "5.5.1", "MAIL within MAIL");
		return;
	}
	session->smtputf8 = session->eight_bit = false;
	why = path_parse(&path, PATH_REVERSE, arguments, len);
	if (why == NULL)
		why = transaction_parameters(session, &path, PATH_REVERSE,
		    &size);
	if (why != NULL) {
		transaction_lose(session);
		session_violation(session, 501, "5.5.4", "%s", why);
	} else if (!transaction_permitted(session)) {
		transaction_lose(session);
	} else if (size > session->service->size) {
		transaction_lose(session);
		session_reply(session, 552, "5.3.4", "message too big");
	} else {
		transaction_open(session, &path);
	}
}

void
transaction_rcpt(struct session *session)
{
	unsigned long long size;
	struct path path;
	const char *why;
	size_t len;
	const char *arguments = session_arguments(session, &len);

	if (session->mail != MAIL_OPEN) {
		transaction_misplaced(session, "no MAIL before RCPT");
		return;
	}
	session->tried++;
	why = path_parse(&path, PATH_FORWARD, arguments, len);
	if (why == NULL)
		why = transaction_parameters(session, &path, PATH_FORWARD,
		    &size);
	if (why != NULL) {
		session_violation(session, 501, "5.5.4", "%s", why);
		return;
	}
	session->accepted++;
	transaction_note(session, "rcpt", &path);
	session_reply(session, 250, "2.1.5", "recipient ok");
}

void
transaction_rset(struct session *session)
{
	transaction_forget(session);
	session_reply(session, 250, "2.0.0", "flushed");
}

static void
transaction_notes_end(struct session *session)
{
	gnutls_session_t tls = peer_tls(session->peer);

	if (session->user != NULL)
		fprintf(session->notes, "auth %s %s\n", session->user,
		    session->mechanism);
	if (tls != NULL)
		fprintf(session->notes, "tls %s\n",
		    gnutls_protocol_get_name(
		    gnutls_protocol_get_version(tls)));
	fprintf(session->notes, "helo %s\n", session->helo);
	if (fflush(session->notes) != 0)
		die(EXIT_TROUBLE, "out of memory");
}

/* Not violations, as gateways have their reasons, but worth a line. */
static void
transaction_remarks(const struct session *session)
{
	const struct body *body = &session->body;

	record_event("body %llu octets, longest line %llu%s", body->stored,
	    body->longest, body->eight_bit ? ", 8-bit" : "");
	if (body->eight_bit && !session->eight_bit)
		record_event("note: 8-bit content without BODY=8BITMIME");
}

/* All of the message is here: the one moment that decides about it. */
static void
transaction_finish(struct session *session)
{
	struct body *body = &session->body;
	const char *refusal = session_refusal(session, ".", 1);
	unsigned long number;

	/* The dot ends a group like any command does, and no more. */
	session->last = false;
	transaction_remarks(session);
	if (body->flaw != BODY_GOOD) {
		session_violation(session, 554, "5.6.0",
		    "%s behind %llu octets", body_flaw_name(body->flaw),
		    body->flaw_at);
	} else if (body->write_failed) {
		session_reply(session, 452, "4.3.1", "no room");
	} else if (refusal != NULL) {
		session_send(session, refusal);
	} else if (body->stored > session->service->size) {
		session_reply(session, 552, "5.3.4", "message too big");
	} else {
		transaction_notes_end(session);
		number = capture_commit(&session->capture, session->envelope,
		    session->envelope_len);
		record_event("accepted %lu", number);
		/* LMTP: RFC 2033 section 4.2 */
		for (unsigned long i = 0; i < (session->service->lmtp ?
		    session->accepted : 1); i++)
			session_reply(session, 250, "2.0.0",
			    "ok: accepted as %lu", number);
	}
	transaction_forget(session);
}

void
transaction_data(struct session *session)
{
	if (session->mail == MAIL_CHUNKED || session->mail == MAIL_NONE) {
		session_violation(session, 503, "5.5.1", "DATA out of place");
		return;
	}
	if (session->mail == MAIL_LOST || session->accepted == 0) {
		if (session->mail == MAIL_OPEN && session->tried == 0)
			session_violation(session, 503, "5.5.1",
			    "no RCPT before DATA");
		else
			session_reply(session, 554, "5.5.1",
			    "no valid recipients");
		return;
	}
	session_reply(session, 354, NULL, "end with a dot");
	if (session->over)
		return;
	capture_begin(&session->capture, session->service->capture);
	body_begin(&session->body, session->capture.message);
	session->body.unstuff = true;
	if (body_read_dot(&session->body, session->peer) != 0) {
		record_event("closed within the message");
		session->over = true;
		return;
	}
	transaction_finish(session);
}

/* Reads `size [LAST]`; returns -1 for anything else. */
static int
transaction_chunk_size(const char *s, size_t len, unsigned long long *size,
    bool *last)
{
	const char *blank = memchr(s, ' ', len);
	const size_t n = blank == NULL ? len : (size_t)(blank - s);

	*last = blank != NULL;
	if (*last && !text_is(blank, len - n, " LAST"))
		return -1;
	return text_number(s, n, UINT64_MAX / 2, size);
}

/* A chunk we do not want has to be read all the same (RFC 3030 section 2). */
static void
transaction_skip_chunk(struct session *session, unsigned long long size,
    bool too_big)
{
	struct body nowhere;

	body_begin(&nowhere, NULL);
	if (body_read_chunk(&nowhere, session->peer, size) != 0) {
		record_event("closed within a chunk");
		session->over = true;
		return;
	}
	if (!session_allows(session, EXTENSION_CHUNKING))
		session_violation(session, 502, "5.5.1", "no CHUNKING here");
	else if (session->refusal != NULL)
		session_send(session, session->refusal);
	else if (too_big)
		session_reply(session, 552, "5.3.4", "message too big");
	else if (session->mail == MAIL_NONE)
		session_violation(session, 503, "5.5.1", "no MAIL before BDAT");
	else if (session->mail == MAIL_OPEN && session->tried == 0)
		session_violation(session, 503, "5.5.1", "no RCPT before BDAT");
	else
		session_reply(session, 554, "5.5.1", "no valid recipients");
	transaction_lose(session);
}

void
transaction_bdat(struct session *session)
{
	unsigned long long size, limit = session->service->size;
	bool last, wanted;
	size_t len;
	const char *arguments = session_arguments(session, &len);

	if (transaction_chunk_size(arguments, len, &size, &last) != 0) {
		/* Nobody knows how much of what follows is the chunk. */
		session_violation(session, 501, "5.5.4", "BDAT's arguments");
		session->over = true;
		return;
	}
	wanted = session_allows(session, EXTENSION_CHUNKING) &&
	    session->refusal == NULL && (session->mail == MAIL_CHUNKED ||
	    (session->mail == MAIL_OPEN && session->accepted > 0));
	if (wanted && session->mail == MAIL_OPEN) {
		capture_begin(&session->capture, session->service->capture);
		body_begin(&session->body, session->capture.message);
		session->mail = MAIL_CHUNKED;
	}
	if (!wanted || size > limit || session->body.stored > limit - size) {
		transaction_skip_chunk(session, size, wanted);
		return;
	}
	if (body_read_chunk(&session->body, session->peer, size) != 0) {
		record_event("closed within a chunk");
		session->over = true;
		return;
	}
	if (last) {
		body_end(&session->body);
		transaction_finish(session);
		return;
	}
	session_reply(session, 250, "2.0.0", "%llu octets", size);
}
