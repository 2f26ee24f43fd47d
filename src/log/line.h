/* SPDX-License-Identifier: ISC */
/*
 * logline: the outcome of a submission on one line. Fields and order are those
 * of msmtp's log, so that scripts can read both; our own fields follow them.
 */
#ifndef LOG_LINE_H
#define LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct account;
struct buffer;
struct caller;
struct envelope;
struct fault;
struct message;
struct reply;

/* What is logged. Nothing is owned. */
struct log_entry {
	const struct account *account;
	const struct envelope *envelope;
	const struct message *message;
	const struct reply *reply;	/* that settled it; its code is 0 where
					 * there was none */
	const char *queue_id;		/* not terminated, */
	size_t queue_id_len;		/* octets; 0: the server told none */
	const char *tls_version;	/* NULL: there was no TLS */
	const struct fault *fault;	/* FAULT_NONE: a success */
	bool tls;			/* required, by setting or by default */
	int64_t duration_ms;
	const char *by;			/* the fallback that carried it, by its
					 * account's name, or NULL */
	const char *queued;		/* id in our queue, if it is kept now */
	const char *unqueued;		/* id in our queue that it came from */
	const char *dead;		/* id in our queue, if it is given up */
	const struct caller *caller;	/* who runs us, or NULL */
	bool peer_known;		/* -bs: the kernel says who asked: */
	unsigned long peer_uid;
	long peer_pid;
};

/*
 * Adds
 *
 *	host=H tls=on|off auth=on|off [user=U] from=A recipients=A,B
 *	[mailsize=N] [smtpstatus=NNN smtpmsg='L1\nL2'] [errormsg='...']
 *	exitcode=EX_NAME [refused='A: reply\nB: reply'] [msgid=<...>]
 *	[queueid=ID] [tlsversion=V] [account=NAME] [queued=ID] [unqueued=ID]
 *	[dead=ID] [peeruid=N peerpid=N] duration=S.mmm [uid=N [caller=NAME]]
 *
 * in one line, without its end. mailsize is there once the server has taken
 * the message, user with auth, errormsg with a fault, refused when recipients
 * were. queueid is what the server calls the message; queued, unqueued and
 * dead are ids in our own queue. Control characters and whatever deceives
 * become \xHH, in bare values blanks too (and commas in addresses), within
 * quotes "'" becomes "?". A value longer than value_max octets is cut and ends
 * in "...".
 */
void logline_add(struct buffer *, const struct log_entry *, size_t value_max);

#define LOGLINE_TIME "%b %d %H:%M:%S"	/* the format by default */
/*
 * Adds the local time by a format of strftime(3), whatever its length, with a
 * blank behind it; nothing when the format gives nothing. NULL is
 * LOGLINE_TIME, "none" is no time.
 */
void logline_add_time(struct buffer *, const char *format, time_t);

#endif
