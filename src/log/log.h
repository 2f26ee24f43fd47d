/* SPDX-License-Identifier: ISC */
/*
 * log: where the line about a submission goes, a file and the system log. It
 * is opened before the connection is made and written when all is over. It
 * cannot fail in a way that matters to the message: whatever goes wrong is
 * told once, with the line, and takes less than a second.
 */
#ifndef LOG_LOG_H
#define LOG_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

#include "log/caller.h"
#include "log/line.h"

struct account;

#define LOG_MS 900	/* to write it all; a second is what it may cost */
#define LOG_LOCK_MS 500	/* of these, to wait for others at the file */

#ifndef SYSLOG_PATH		/* where syslogd listens; no RFC says that */
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
	bool unasked;		/* nobody configured it: no word of trouble */
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
 * Opens what the account wants: the system log with the facility LOG_MAIL if
 * it says nothing of logs and there is no terminal, where nobody would see
 * what becomes of the message; its file (made with mode 640 and the umask;
 * a FIFO without a reader is an error) and a socket to the syslogd at `path`,
 * usually SYSLOG_PATH. Trouble is kept for log_write(). Never waits.
 */
void log_open(struct log *, const struct account *, const char *path);
/*
 * Writes the entry, whose duration is that since log_open(), within LOG_MS.
 * The line is added to the file as a whole; other writers are kept out by a
 * lock (fcntl, as msmtp's) where it can be had in LOG_LOCK_MS. Where it cannot
 * be written, `note` gets one text that says so and has the line.
 */
void log_write(const struct log *, struct log_entry *,
    void (*note)(const char *text));
void log_close(struct log *);

#endif
