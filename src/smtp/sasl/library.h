/* SPDX-License-Identifier: ISC */
/*
 * sasllibrary: what libgsasl does for us: the mechanisms that are not our own,
 * and SASLprep. It and what it needs in turn (NTLM, GSSAPI, IDN) are loaded
 * when first called, where configure has found out how: most submissions
 * need none of it, and it is a twentieth of their time.
 */
#ifndef SMTP_SASL_LIBRARY_H
#define SMTP_SASL_LIBRARY_H

#include <stdbool.h>

#include "smtp/sasl/sasl.h"

struct sasl_session;

/* Is the library there, and does it know the mechanism of that name? */
bool sasl_library_knows(const char *mechanism);
/* The params need to live no longer. FAULT_SOFTWARE if it cannot be. */
int sasl_library_start(struct sasl_session **, const struct sasl_mechanism *,
    const struct sasl_params *, struct fault *);
/*
 * One step, as sasl_step() has it; `complete` becomes true with the step that
 * satisfies our side.
 */
int sasl_library_step(struct sasl_session *, const struct sasl_mechanism *,
    const char *challenge, struct buffer *out, bool *complete,
    struct fault *);
void sasl_library_free(struct sasl_session *);
/*
 * SASLprep (RFC 4013) of a user's name or password, as a string that the
 * caller frees. FAULT_AUTH, with the mechanism named, for what has characters
 * that it does not allow.
 */
int sasl_library_prepare(const char *text, const char *mechanism, char **out,
    struct fault *);

#endif
