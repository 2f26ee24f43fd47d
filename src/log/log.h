/* SPDX-License-Identifier: ISC */
/*
 * log: the line about a submission, and the file and the system log that get
 * it. They are opened before the connection is made and written to when all is
 * over. A log that fails makes no difference to the message: the user gets a
 * note with the line, and no more than a second is lost.
 */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <syslog.h>
#include <time.h>

struct account;
struct buffer;
struct envelope;
struct fault;
struct message;
struct reply;

#define LOG_MS 900	/* milliseconds to write it all, less than a second */
#define LOG_LOCK_MS 500	/* milliseconds of these to wait for the lock */

#ifndef SYSLOG_PATH		/* where syslogd listens; no RFC has it */
#ifdef _PATH_LOG
#define SYSLOG_PATH _PATH_LOG
#else
#define SYSLOG_PATH "/dev/log"
#endif
#endif

/* Who runs us. */
struct caller {
	bool known;
	long uid;	/* the real user */
	/*
	 * The short name of the parent's program, without arguments, which may
	 * hold secrets; that of its own parent where it is a shell with -c, as
	 * popen(3) has one. NULL when the system does not show it. Once the
	 * parent has ended it is that of the process that has taken us over.
	 */
	char *parent;
};

struct log {
	const struct account *account;	/* NULL: not opened; not owned */
	const char *ident;	/* -L; NULL: our name; not owned */
	int file;		/* -1: none */
	const char *file_trouble;	/* why there is none; not owned */
	bool file_shared;	/* standard output: not ours to close or lock */
	int facility;		/* RFC 3164; 0 or less: no system log */
	bool unasked;		/* not configured: its trouble is not noted */
	int syslog;		/* -1: none */
	const char *syslog_trouble;
	struct caller caller;
	int64_t began;		/* as of clock_now() */
};

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
	const char *why;		/* why it is kept, and no fault */
	const char *queued;		/* id in our queue, if it is kept now */
	const char *unqueued;		/* id in our queue that it came from */
	const char *dead;		/* id in our queue, if it is given up */
	const struct caller *caller;	/* or NULL */
	bool peer_known;		/* -bs: the kernel says who asked: */
	unsigned long peer_uid;
	long peer_pid;
};

/* A log that goes nowhere. */
void log_init(struct log *);
/*
 * Opens the account's log file (made with mode 640 and the umask; a FIFO
 * without a reader, and a symbolic link in a folder that others can write, are
 * errors) and a socket to the syslogd at `path`, usually
 * SYSLOG_PATH. An account without either setting gets the system log with the
 * facility LOG_MAIL unless standard error is a terminal: whoever calls us may
 * keep to himself what we say on anything else. Errors are kept for
 * log_write(). Never waits. The account must live as long as the log.
 */
void log_open(struct log *, const struct account *, const char *path);
/*
 * Writes the entry within LOG_MS; its duration is the time since log_open().
 * The line is added to the file as a whole, under a lock (fcntl(2), as msmtp
 * has it) if that can be had within LOG_LOCK_MS. When anything cannot be
 * written, `note` (or NULL) gets one text that says so and has the line.
 */
void log_write(const struct log *, struct log_entry *,
    void (*note)(const char *text));
void log_close(struct log *);
/* Adds where log_open() would send the line now, for people. */
void log_describe(struct buffer *, const struct account *);
/*
 * Logs a failure before there is an account or a message, if log_open() opens
 * the system log for an account without settings. `ident` (-L) may be NULL.
 */
void log_fault(const char *ident, const struct fault *);

/* ---- line.c: the line, which scripts can read as they read msmtp's ---- */

/*
 * Adds
 *
 *	host=H tls=on|off auth=on|off [user=U] from=A recipients=A,B
 *	[mailsize=N] [smtpstatus=NNN smtpmsg='L1\nL2'] [errormsg='...']
 *	exitcode=EX_NAME [hint='...'] [refused='A: reply\nB: reply']
 *	[msgid=<...>] [queueid=ID] [tlsversion=V] [account=NAME] [queued=ID]
 *	[unqueued=ID] [dead=ID] [peeruid=N peerpid=N] duration=S.mmm
 *	[uid=N [caller=NAME]]
 *
 * in one line, without its end: msmtp's fields in its order, then ours.
 * mailsize is there once the server has taken the message, user with auth,
 * errormsg with a fault, hint with its remedy, refused when recipients were.
 * queueid is what the server calls the message; queued, unqueued and dead are
 * ids in our own queue. Control characters and whatever deceives become \xHH,
 * in bare values blanks too (and commas in addresses); "'" within quotes
 * becomes a double quote. A value longer than value_max octets is cut and ends
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
