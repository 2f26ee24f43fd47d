/* SPDX-License-Identifier: ISC */
#include <sys/socket.h>
#include <sys/time.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#include "web.h"

#define SECONDS 10	/* for a client to go on */

struct web {
	int fd;
	gnutls_session_t tls;
};

static gnutls_certificate_credentials_t credentials;

void
web_credentials(const char *certificate, const char *key)
{
	gnutls_certificate_allocate_credentials(&credentials);
	if (gnutls_certificate_set_x509_key_file(credentials, certificate, key,
	    GNUTLS_X509_FMT_PEM) < 0) {
		fprintf(stderr, "%s, %s: unusable\n", certificate, key);
		exit(1);
	}
}

static void
put(struct web *w, const char *p, size_t n)
{
	ssize_t sent;

	while (n > 0) {
		sent = gnutls_record_send(w->tls, p, n);
		if (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED)
			continue;
		if (sent <= 0)
			return;
		p += sent;
		n -= (size_t)sent;
	}
}

void
web_answer(struct web *w, int status, const char *type, const char *header,
    const char *body)
{
	char head[4096];

	snprintf(head, sizeof(head), "HTTP/1.1 %d Status\r\n"
	    "Content-Type: %s\r\nContent-Length: %zu\r\n%s"
	    "Connection: close\r\n\r\n", status, type, strlen(body), header);
	put(w, head, strlen(head));
	put(w, body, strlen(body));
}

void
web_flood(struct web *w)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n"
	    "Content-Type: application/json\r\nConnection: close\r\n\r\n";
	static char zeros[16384];

	put(w, head, sizeof(head) - 1);
	memset(zeros, '0', sizeof(zeros));
	while (gnutls_record_send(w->tls, zeros, sizeof(zeros)) > 0)
		;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What cannot be decoded stays as it is, so that it matches nothing. */
static void
decode(const char *from, size_t n, char *to)
{
	for (size_t i = 0; i < n; i++)
		if (from[i] == '%' && n - i > 2 && hex(from[i + 1]) != -1 &&
		    hex(from[i + 2]) != -1) {
			*to++ = (char)(hex(from[i + 1]) * 16 +
			    hex(from[i + 2]));
			i += 2;
		} else {
			*to++ = from[i] == '+' ? ' ' : from[i];
		}
	*to = '\0';
}

void
web_field(const char *form, const char *name, char out[WEB_TEXT])
{
	size_t n = strlen(name), len;

	*out = '\0';
	for (;;) {
		len = strcspn(form, "&");
		if (len > n && memcmp(form, name, n) == 0 && form[n] == '=') {
			decode(form + n + 1, len - n - 1, out);
			return;
		}
		if (form[len] == '\0')
			return;
		form += len + 1;
	}
}

/* How long the whole request is, as far as the head tells; 0: unknown. */
static size_t
whole_length(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n"), *line;
	size_t body = 0;

	if (end == NULL)
		return 0;
	for (line = strstr(text, "\r\n"); line < end;
	    line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, "content-length:", 15) == 0)
			body = strtoul(line + 17, NULL, 10);
	return (size_t)(end - text) + 4 + body;
}

static int
read_request(struct web *w, struct web_request *r)
{
	static char text[WEB_TEXT];
	size_t n = 0, whole = 0;
	const char *query;
	char target[8192];
	ssize_t got;

	while (whole == 0 || n < whole) {
		got = gnutls_record_recv(w->tls, text + n,
		    sizeof(text) - 1 - n);
		if (got == GNUTLS_E_INTERRUPTED)
			continue;
		if (got <= 0)
			return -1;
		n += (size_t)got;
		text[n] = '\0';
		whole = whole_length(text);
		if (n == sizeof(text) - 1 || whole >= sizeof(text))
			return -1;
	}
	if (sscanf(text, "%15s %8191s", r->method, target) != 2)
		return -1;
	query = strchr(target, '?');
	snprintf(r->path, sizeof(r->path), "%.*s",
	    (int)strcspn(target, "?"), target);
	snprintf(r->form, sizeof(r->form), "%s",
	    strcmp(r->method, "POST") == 0 ?
	    strstr(text, "\r\n\r\n") + 4 : query == NULL ? "" : query + 1);
	return 0;
}

struct web *
web_accept(int listener, struct web_request *r)
{
	struct timeval limit = { SECONDS, 0 };
	int fd = accept(listener, NULL, NULL), error;
	struct web *w;

	if (fd == -1)
		return NULL;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		exit(1);
	w->fd = fd;
	gnutls_init(&w->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
	gnutls_set_default_priority(w->tls);
	gnutls_credentials_set(w->tls, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(w->tls, fd);
	do
		error = gnutls_handshake(w->tls);
	while (error == GNUTLS_E_INTERRUPTED ||
	    error == GNUTLS_E_WARNING_ALERT_RECEIVED);
	if (error == 0 && read_request(w, r) == 0)
		return w;
	web_close(w);
	return NULL;
}

void
web_close(struct web *w)
{
	gnutls_bye(w->tls, GNUTLS_SHUT_WR);
	gnutls_deinit(w->tls);
	close(w->fd);
	free(w);
}
