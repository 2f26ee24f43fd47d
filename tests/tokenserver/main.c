/* SPDX-License-Identifier: ISC */
/*
 * tokenserver: an authorization server for the tests; see README. It shares no
 * code with what it tests.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "assertion.h"
#include "web.h"

#define CLIENT "client+id & more"
#define DEVICE_CODE "device/code+1"
#define SERVICE "robot@project.example.org"

static unsigned port;
static char code[256];		/* the authorization code; "" none */
static char challenge[WEB_TEXT];
static char redirect[WEB_TEXT];
static unsigned long oldest = 1, newest = 1;	/* refresh tokens that live */
static unsigned long issued;	/* access tokens */

/* ---- The folder by which tests and server talk. */

static bool
is_there(const char *name)
{
	return access(name, F_OK) == 0;
}

/* The first line of a file, or "" */
static void
first_line(const char *name, char *out, size_t size)
{
	FILE *f = fopen(name, "r");

	*out = '\0';
	if (f == NULL)
		return;
	if (fgets(out, (int)size, f) != NULL)
		out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

__attribute__((format(printf, 3, 4)))
static void
tell(const char *name, const char *mode, const char *fmt, ...)
{
	FILE *f = fopen(name, mode);
	va_list ap;

	if (f == NULL)
		exit(1);
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fclose(f);
}

/* ---- Answers. */

static void
refuse(struct web *w, int status, const char *error, const char *why)
{
	static char body[2 * WEB_TEXT];
	size_t n;

	n = (size_t)snprintf(body, sizeof(body) - 4,
	    "{\"error\":\"%s\",\"error_description\":\"%s", error, why);
	snprintf(body + n, sizeof(body) - n, "\"}");
	web_answer(w, status, "application/json", "", body);
}

/* A new access token and, unless they stay, a new refresh token. */
static void
grant(struct web *w, bool with_refresh)
{
	char lifetime[64], body[4096], refresh[256] = "", expires[128] = "";

	issued++;
	if (with_refresh && !is_there("norotate")) {
		newest++;
		snprintf(refresh, sizeof(refresh),
		    ",\"refresh_token\":\"1//r+&=%%41 %lu\"", newest);
		tell("refresh", "w", "1//r+&=%%41 %lu\n", newest);
	}
	first_line("lifetime", lifetime, sizeof(lifetime));
	if (strcmp(lifetime, "none") != 0)
		snprintf(expires, sizeof(expires), ",\"expires_in\":%s",
		    *lifetime == '\0' ? "3600" : lifetime);
	tell("access", "w", "at-%lu.x_~+/=\n", issued);
	snprintf(body, sizeof(body), "{\"access_token\":\"at-%lu.x_~+/=\","
	    "\"token_type\":\"Bearer\"%s%s}", issued, expires, refresh);
	/* "drop": the answer gets lost */
	if (!is_there("drop"))
		web_answer(w, 200, "application/json", "", body);
}

/* ---- The grants. */

static bool
is_client(const char *form)
{
	static char id[WEB_TEXT], secret[WEB_TEXT], wanted[256];

	web_field(form, "client_id", id);
	web_field(form, "client_secret", secret);
	first_line("secret", wanted, sizeof(wanted));
	return strcmp(id, CLIENT) == 0 && strcmp(secret, wanted) == 0;
}

static void
by_code(struct web *w, const char *form)
{
	static char text[WEB_TEXT];
	unsigned char digest[32];
	gnutls_datum_t in = { digest, sizeof(digest) }, out;
	bool good;

	web_field(form, "code", text);
	good = *code != '\0' && strcmp(text, code) == 0;
	*code = '\0';
	web_field(form, "redirect_uri", text);
	good = good && strcmp(text, redirect) == 0;
	web_field(form, "code_verifier", text);
	gnutls_hash_fast(GNUTLS_DIG_SHA256, text, strlen(text), digest);
	gnutls_base64_encode2(&in, &out);
	for (size_t i = 0; i < out.size; i++)
		out.data[i] = out.data[i] == '+' ? '-' : out.data[i] == '/' ?
		    '_' : out.data[i];
	/* 32 octets end with one "=" */
	good = good && strlen(text) >= 43 &&
	    strlen(challenge) == out.size - 1 &&
	    memcmp(challenge, out.data, out.size - 1) == 0;
	gnutls_free(out.data);
	if (!good) {
		refuse(w, 400, "invalid_grant", "wrong code");
		return;
	}
	oldest = newest + 1;
	grant(w, true);
}

static void
by_refresh(struct web *w, const char *form)
{
	static char text[WEB_TEXT];
	unsigned long number = 0;

	web_field(form, "refresh_token", text);
	if (strncmp(text, "1//r+&=%41 ", 11) == 0)
		number = strtoul(text + 11, NULL, 10);
	if (is_there("revoked") || number < oldest || number > newest) {
		refuse(w, 400, "invalid_grant",
		    "AADSTS700082: The refresh token has expired");
		return;
	}
	/* the old ones live until the new one is first used */
	oldest = number;
	grant(w, true);
}

static void
by_device(struct web *w, const char *form)
{
	static char text[WEB_TEXT];

	web_field(form, "device_code", text);
	if (strcmp(text, DEVICE_CODE) != 0)
		refuse(w, 400, "invalid_grant", "wrong code");
	else if (is_there("denied"))
		refuse(w, 400, "access_denied", "the user said no");
	else if (is_there("slow")) {
		unlink("slow");
		refuse(w, 400, "slow_down", "slowly");
	} else if (!is_there("approved"))
		refuse(w, 400, "authorization_pending", "not yet");
	else {
		oldest = newest + 1;
		grant(w, true);
	}
}

static void
by_assertion(struct web *w, const char *form, const char *field,
    const char *issuer)
{
	static char text[WEB_TEXT];
	char audience[64];

	snprintf(audience, sizeof(audience), "https://127.0.0.1:%u/token",
	    port);
	web_field(form, field, text);
	if (assertion_is_good(text, "certificate", audience, issuer))
		grant(w, false);
	else
		refuse(w, 401, "invalid_client", "wrong assertion");
}

static void
token(struct web *w, const char *form)
{
	static char kind[WEB_TEXT], assertion[WEB_TEXT];

	web_field(form, "grant_type", kind);
	web_field(form, "client_assertion", assertion);
	if (strcmp(kind, "urn:ietf:params:oauth:grant-type:jwt-bearer") == 0)
		by_assertion(w, form, "assertion", SERVICE);
	else if (strcmp(kind, "client_credentials") == 0 && *assertion != '\0')
		by_assertion(w, form, "client_assertion", CLIENT);
	else if (!is_client(form))
		refuse(w, 401, "invalid_client", "unknown client or secret");
	else if (strcmp(kind, "authorization_code") == 0)
		by_code(w, form);
	else if (strcmp(kind, "refresh_token") == 0)
		by_refresh(w, form);
	else if (strcmp(kind, "client_credentials") == 0)
		grant(w, false);
	else if (strcmp(kind,
	    "urn:ietf:params:oauth:grant-type:device_code") == 0)
		by_device(w, form);
	else
		refuse(w, 400, "unsupported_grant_type", kind);
}

/* ---- The other endpoints. */

static void
authorize(struct web *w, const char *form)
{
	static char text[WEB_TEXT], state[WEB_TEXT];
	static char where[3 * WEB_TEXT];
	unsigned char random[8];
	bool good;

	web_field(form, "response_type", text);
	good = strcmp(text, "code") == 0;
	web_field(form, "client_id", text);
	good = good && strcmp(text, CLIENT) == 0;
	web_field(form, "code_challenge_method", text);
	good = good && strcmp(text, "S256") == 0;
	web_field(form, "code_challenge", challenge);
	web_field(form, "redirect_uri", redirect);
	web_field(form, "state", state);
	good = good && strlen(challenge) == 43 && strlen(state) >= 22 &&
	    strncmp(redirect, "http://127.0.0.1:", 17) == 0;
	if (!good) {
		web_answer(w, 400, "text/plain", "", "bad request\n");
		return;
	}
	gnutls_rnd(GNUTLS_RND_NONCE, random, sizeof(random));
	/* decoded it is 4/0&a=b c+... */
	snprintf(code, sizeof(code), "4/0&a=b c+%02x%02x%02x%02x", random[0],
	    random[1], random[2], random[3]);
	if (is_there("deny"))
		snprintf(where, sizeof(where), "Location: %s?"
		    "error=access_denied&error_description=no+thanks&state=%s"
		    "\r\n", redirect, state);
	else
		snprintf(where, sizeof(where), "Location: %s?"
		    "code=4%%2F0%%26a%%3Db+c%%2B%s&state=%s\r\n", redirect,
		    code + 10, state);
	web_answer(w, 302, "text/plain", where, "");
}

static void
device(struct web *w)
{
	char body[1024];

	snprintf(body, sizeof(body), "{\"device_code\":\"" DEVICE_CODE "\","
	    "\"user_code\":\"WDJB-MJHT\",\"verification_uri\":"
	    "\"https://127.0.0.1:%u/activate\",\"expires_in\":%d,"
	    "\"interval\":1}", port, is_there("short") ? 2 : 60);
	web_answer(w, 200, "application/json", "", body);
}

/* ---- What a server should not do. False: it does what it should. */
static bool
misbehave(struct web *w, const char *form)
{
	char mode[4096], *rest;

	first_line("mode", mode, sizeof(mode));
	rest = strchr(mode, ' ');
	if (rest != NULL)
		*rest++ = '\0';
	else
		rest = mode + strlen(mode);
	if (strcmp(mode, "html") == 0)
		web_answer(w, 200, "text/html", "",
		    "<html><body>Log in to the network first.</body></html>");
	else if (strcmp(mode, "empty") == 0)
		web_answer(w, 200, "application/json", "", "");
	else if (strcmp(mode, "endless") == 0)
		web_flood(w);
	else if (strcmp(mode, "redirect") == 0) {
		char header[4200];

		snprintf(header, sizeof(header), "Location: %s\r\n", rest);
		web_answer(w, 307, "text/plain", header, "");
	} else if (strcmp(mode, "status") == 0)
		web_answer(w, (int)strtol(rest, NULL, 10), "text/plain", "",
		    "no\n");
	else if (strcmp(mode, "error") == 0)
		refuse(w, 400, rest, "as the test wants it");
	else if (strcmp(mode, "answer") == 0)
		web_answer(w, 200, "application/json", "", rest);
	else if (strcmp(mode, "echo") == 0) {
		static char text[WEB_TEXT];

		web_field(form, rest, text);
		refuse(w, 400, "invalid_grant", text);
	} else if (strcmp(mode, "hangup") == 0)
		return true;
	else {
		if (strcmp(mode, "delay") == 0)
			sleep((unsigned)strtoul(rest, NULL, 10));
		return false;
	}
	return true;
}

static void
serve(struct web *w, const struct web_request *r)
{
	tell("log", "a", "%s %s %s\n", r->method, r->path, r->form);
	if (strcmp(r->method, "GET") == 0 &&
	    strcmp(r->path, "/authorize") == 0)
		authorize(w, r->form);
	else if (strcmp(r->method, "POST") == 0 &&
	    strcmp(r->path, "/device") == 0) {
		if (!misbehave(w, r->form))
			device(w);
	} else if (strcmp(r->method, "POST") == 0 &&
	    strcmp(r->path, "/token") == 0) {
		if (!misbehave(w, r->form))
			token(w, r->form);
	} else {
		web_answer(w, 404, "text/plain", "", "not here\n");
	}
}

static int
listening(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&address, n) == -1 ||
	    listen(fd, 128) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &n) == -1) {
		perror("listening");
		exit(1);
	}
	port = ntohs(address.sin_port);
	return fd;
}

int
main(int argc, char *argv[])
{
	static struct web_request r;
	struct web *w;
	int listener;

	if (argc != 4) {
		fprintf(stderr, "usage: tokenserver CERTIFICATE KEY FOLDER\n");
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	web_credentials(argv[1], argv[2]);
	if (chdir(argv[3]) == -1) {
		perror(argv[3]);
		return 1;
	}
	listener = listening();
	tell("port.new", "w", "%u\n", port);
	if (rename("port.new", "port") == -1)
		return 1;
	for (;;) {
		w = web_accept(listener, &r);
		if (w == NULL)
			continue;
		serve(w, &r);
		web_close(w);
	}
}
