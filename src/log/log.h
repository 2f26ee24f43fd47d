/* SPDX-License-Identifier: ISC */
/*
 * log: the file and the system log, which get the line about a submission. It
 * is opened before the connection is made and written when all is over. A log
 * that fails makes no difference to the message: the user gets a note with the
 * line, and no more than a second is lost.
 */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

#include "log/caller.h"
#include "log/line.h"

struct account;
struct fault;

#define LOG_MS 900	/* milliseconds to write it all, less than a second */
#define LOG_LOCK_MS 500	/* milliseconds of these to wait for the lock */

#ifndef SYSLOG_PATH		/* where syslogd listens; no RFC has it */
#ifdef _PATH_LOG
#define SYSLOG_PATH _PATH_LOG
#else
#define SYSLOG_PATH "/dev/log"
#endif
#endif

struct log {
	bool file_wanted;
	bool file_shared;	/* standard output: not ours to close or lock */
	int file;		/* -1: none, see file_trouble */
	bool syslog_wanted;
	int facility;		/* RFC 3164 */
	bool unasked;		/* not configured: its trouble is not noted */
	const char *ident;	/* -L; NULL: our name; not owned */
	struct caller caller;
	int syslog;		/* -1: none, see syslog_trouble */
	const char *file_trouble;	/* why there is none; not owned */
	const char *syslog_trouble;
	int64_t began;		/* as of clock_now(); 0: not opened */
};

/* A log that goes nowhere. */
void log_init(struct log *);
/*
 * Opens the account's log file (made with mode 640 and the umask; a FIFO
 * without a reader is an error) and a socket to the syslogd at `path`, usually
 * SYSLOG_PATH. An account without either setting gets the system log with the
 * facility LOG_MAIL when there is no terminal on which the user could see what
 * becomes of the message. Errors are kept for log_write(). Never waits.
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

/*
 * early.c: logs a failure before there is an account or a message, if
 * log_open() opens the system log for an account without settings. `ident`
 * (-L) may be NULL.
 */
void logfault(const char *ident, const struct fault *);

#endif
