/* SPDX-License-Identifier: ISC */
/* process: what every program of ours does before anything else. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

/*
 * Disbelieves the environment where base/variable.h says so, opens /dev/null
 * where a standard descriptor is closed, forbids core files and
 * debuggers, since there will be secrets in memory, and makes a write that
 * fails an error to handle. Ends the process with EX_OSERR where it cannot.
 */
void process_prepare(void);

#endif
