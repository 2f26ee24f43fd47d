/* SPDX-License-Identifier: ISC */
/*
 * charset: raw 8-bit text in a header that is not UTF-8, in the charset that
 * Content-Type declares: programs write their header as they write their text.
 */
#ifndef MAIL_CONVERSION_CHARSET_H
#define MAIL_CONVERSION_CHARSET_H

struct header;

/*
 * Makes UTF-8 of such text in fields that may have encoded words, so that
 * headerword_encode() finds it. Windows-1252 counts where ISO 8859-1 is said
 * and would be control characters. A field that is not in that charset, or all
 * of them if none is declared, stay as they are: then a sentence about the
 * first of them, which the caller frees; else NULL. Call it before a process is
 * confined, as iconv(3) may read files.
 */
char *charset_decode(struct header *);

#endif
