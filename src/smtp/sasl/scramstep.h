/* SPDX-License-Identifier: ISC */
/*
 * saslscram: SCRAM as one of SASL's mechanisms: base64, SASLprep, a nonce, and
 * what is wrong with an answer, around smtp/scram.
 */
#ifndef SMTP_SASL_SCRAMSTEP_H
#define SMTP_SASL_SCRAMSTEP_H

#include "smtp/sasl/sasl.h"
#include "smtp/sasl/scram.h"

/*
 * Steps 0, 1 and 2, as sasl_step() has it; there is none behind 2, which
 * succeeds only if the server knows the password. The scram is to be freed
 * after any step.
 */
int sasl_scram_step(struct scram *, unsigned step,
    const struct sasl_mechanism *, const struct sasl_params *,
    const char *challenge, struct buffer *out, struct fault *);

#endif
