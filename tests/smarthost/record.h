/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_RECORD_H
#define SMARTHOST_RECORD_H

#include <stddef.h>

/*
 * The transcript: `C: ...` and `S: ...` lines in clear form (`C- ` and `S- `
 * when the octets did not end with CRLF), `== ...` for events. Control
 * characters and backslashes are escaped. Each line is one write, so the
 * sessions of several processes never mix within a line. Nothing is written
 * before record_open; nothing is masked.
 */
void record_open(const char *path);
void record_received(const char *data, size_t len);
void record_sent(const char *data, size_t len);
void record_event(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
