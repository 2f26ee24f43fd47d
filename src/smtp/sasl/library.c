/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#ifdef SASL_LIBRARY_FILE
#include <dlfcn.h>
#endif

#include <gsasl.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "smtp/sasl/library.h"

struct sasl_session {
	Gsasl *library;
	Gsasl_session *session;
	unsigned steps;
};

#ifdef SASL_LIBRARY_FILE

/* What we call; the types are the header's, since dlsym() knows none. */
#define CALLS(X) X(gsasl_check_version) X(gsasl_client_start) \
    X(gsasl_client_support_p) X(gsasl_done) X(gsasl_finish) X(gsasl_free) \
    X(gsasl_init) X(gsasl_property_set) X(gsasl_saslprep) \
    X(gsasl_step64) X(gsasl_strerror)

static struct {
#define MEMBER(name) __typeof__(&(name)) (name);
	CALLS(MEMBER)
} calls;

#define CALL(name) calls.name

/* It stays loaded: what it has loaded in turn may not expect to go. */
static bool
load(void)
{
	static const struct {
		const char *name;
		void *to;
	} wanted[] = {
#define ROW(name) { #name, &calls.name },
		CALLS(ROW)
	};
	static void *handle;
	void *found;

	if (handle != NULL)
		return true;
	handle = dlopen(SASL_LIBRARY_FILE, RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; handle != NULL &&
	    i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		found = dlsym(handle, wanted[i].name);
		if (found == NULL) {
			dlclose(handle);
			handle = NULL;
			break;
		}
		/* POSIX promises that a function fits; C knows no such cast */
		memcpy(wanted[i].to, &found, sizeof(found));
	}
	return handle != NULL;
}

static int
not_there(const char *what, struct fault *f)
{
	fault(f, FAULT_SOFTWARE, "%s needs the library %s, which cannot be "
	    "loaded", what, SASL_LIBRARY_FILE);
	return fault_hint(f, "install libgsasl");
}

#else

#define CALL(name) name

static bool
load(void)
{
	return true;
}

static int
not_there(const char *what, struct fault *f)
{
	return fault(f, FAULT_SOFTWARE, "%s needs libgsasl", what);
}

#endif

bool
sasl_library_knows(const char *mechanism)
{
	Gsasl *library;
	bool known;

	if (!load() || CALL(gsasl_init)(&library) != GSASL_OK)
		return false;
	known = CALL(gsasl_client_support_p)(library, mechanism) != 0;
	CALL(gsasl_done)(library);
	return known;
}

/*
 * Whom to act as. EXTERNAL has no other place for the user's name; the others
 * have said it already, and an empty one is not the same as none to libgsasl.
 */
static int
set_names(Gsasl_session *session, const struct sasl_mechanism *m,
    const struct sasl_params *p)
{
	bool external = strcmp(m->name, "EXTERNAL") == 0;
	const char *authzid = p->authzid != NULL ? p->authzid :
	    external && p->user != NULL ? p->user : "";
	int n = GSASL_OK;

	if (!external && p->user != NULL)
		n = CALL(gsasl_property_set)(session, GSASL_AUTHID, p->user);
	if (n == GSASL_OK && (p->authzid != NULL || !m->password))
		n = CALL(gsasl_property_set)(session, GSASL_AUTHZID, authzid);
	if (n == GSASL_OK && p->realm != NULL)
		n = CALL(gsasl_property_set)(session, GSASL_REALM, p->realm);
	return n;
}

static int
set_properties(Gsasl_session *session, const struct sasl_mechanism *m,
    const struct sasl_params *p)
{
	int n = set_names(session, m, p);

	if (n == GSASL_OK && m->password && p->password != NULL)
		n = CALL(gsasl_property_set)(session, GSASL_PASSWORD,
		    p->password->bytes);
	if (n == GSASL_OK)
		n = CALL(gsasl_property_set)(session, GSASL_SERVICE, "smtp");
	if (n == GSASL_OK)
		n = CALL(gsasl_property_set)(session, GSASL_HOSTNAME,
		    p->host);
	return n;
}

int
sasl_library_start(struct sasl_session **out, const struct sasl_mechanism *m,
    const struct sasl_params *p, struct fault *f)
{
	struct sasl_session *s;
	int n;

	if (!load())
		return not_there(m->name, f);
	s = memory_alloc(sizeof(*s));
	n = CALL(gsasl_init)(&s->library);
	if (n == GSASL_OK)
		n = CALL(gsasl_client_start)(s->library, m->name,
		    &s->session);
	if (n == GSASL_OK)
		n = set_properties(s->session, m, p);
	if (n != GSASL_OK) {
		sasl_library_free(s);
		fault(f, FAULT_SOFTWARE, "the SASL library cannot do %s: %s",
		    m->name, CALL(gsasl_strerror)(n));
		return fault_hint(f, "set \"auth\" to another mechanism");
	}
	*out = s;
	return 0;
}

static int
refuse_characters(const char *mechanism, int n, struct fault *f)
{
	fault(f, FAULT_AUTH, "%s: user or password has characters that it "
	    "cannot carry (RFC 4013): %s", mechanism,
	    CALL(gsasl_strerror)(n));
	return fault_hint(f, "look for control characters in \"user\" and "
	    "the password");
}

int
sasl_library_step(struct sasl_session *s, const struct sasl_mechanism *m,
    const char *challenge, struct buffer *out, bool *complete,
    struct fault *f)
{
	char *response = NULL;
	int n;

	/* servers fill NTLM's first, empty challenge with words */
	if (s->steps++ == 0 && strcmp(m->name, "NTLM") == 0)
		challenge = "";
	n = CALL(gsasl_step64)(s->session, challenge, &response);
	*complete = n == GSASL_OK;
	if (n == GSASL_OK || n == GSASL_NEEDS_MORE) {
		buffer_add_string(out, response == NULL ? "" : response);
		if (response != NULL)
			memory_wipe(response, strlen(response));
		CALL(gsasl_free)(response);
		return 0;
	}
	CALL(gsasl_free)(response);
	if (n == GSASL_SASLPREP_ERROR)
		return refuse_characters(m->name, n, f);
	if (challenge == NULL) {
		fault(f, FAULT_AUTH, "%s: %s", m->name,
		    CALL(gsasl_strerror)(n));
		return m->password ? -1 : fault_hint(f, "is there a ticket? "
		    "klist shows it, kinit gets one");
	}
	fault(f, FAULT_PROTOCOL, "%s: the server's answer does not verify: "
	    "%s", m->name, CALL(gsasl_strerror)(n));
	return fault_hint(f, SASL_IMPOSTOR_HINT);
}

void
sasl_library_free(struct sasl_session *s)
{
	if (s == NULL)
		return;
	if (s->session != NULL)
		CALL(gsasl_finish)(s->session);
	if (s->library != NULL)
		CALL(gsasl_done)(s->library);
	free(s);
}

int
sasl_library_prepare(const char *text, const char *mechanism, char **out,
    struct fault *f)
{
	char *prepared;
	int n;

	if (!load())
		return not_there("a user or password that is not ASCII", f);
	n = CALL(gsasl_saslprep)(text, GSASL_ALLOW_UNASSIGNED, &prepared,
	    NULL);
	if (n != GSASL_OK)
		return refuse_characters(mechanism, n, f);
	*out = memory_string(prepared);
	memory_wipe(prepared, strlen(prepared));
	CALL(gsasl_free)(prepared);
	return 0;
}

void
sasl_library_version(struct buffer *b)
{
	buffer_printf(b, "libgsasl %s (built with %s)", load() ?
	    CALL(gsasl_check_version)(NULL) : "not found", GSASL_VERSION);
}
