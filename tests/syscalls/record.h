/* SPDX-License-Identifier: ISC */
/*
 * record: what a program does to files, one act a line, as tests/powerloss
 * reads it. Paths are below the root, octets hexadecimal:
 *
 *	mkdir PATH		create PATH
 *	write PATH HEX		truncate PATH
 *	sync PATH		link OLD NEW
 *	rename OLD NEW		unlink PATH
 *	send HEX		to a socket
 *	exit STATUS
 */
#ifndef SYSCALLS_RECORD_H
#define SYSCALLS_RECORD_H

/* Runs the command; its exit status. */
int record_run(const char *root, const char *from, const char *file,
    char *const command[]);

#endif
