/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "oauth2/http.h"

#define SCHEME "https://"

/* Where the host begins and how long it is, the port included. */
static const char *
authority(const char *url, size_t *n)
{
	const char *host = url + strlen(SCHEME);

	*n = strcspn(host, "/?#");
	return host;
}

bool
http_is_secure(const char *url)
{
	size_t n = strlen(url), len;
	const char *host;

	if (n <= strlen(SCHEME) ||
	    !text_same(url, strlen(SCHEME), SCHEME, strlen(SCHEME)) ||
	    text_has_control(url, n) || strchr(url, ' ') != NULL)
		return false;
	host = authority(url, &len);
	return len > 0 && memchr(host, '@', len) == NULL;
}

char *
http_host(const char *url)
{
	size_t n;
	const char *host = authority(url, &n);

	return memory_copy(host, n);
}

void
http_answer_init(struct http_answer *a)
{
	a->status = 0;
	buffer_init(&a->body, HTTP_ANSWER_MAX);
}

void
http_answer_free(struct http_answer *a)
{
	buffer_wipe(&a->body);
}

static size_t
take(char *p, size_t size, size_t n, void *context)
{
	struct http_answer *a = context;

	/* anything but n ends the transfer */
	return buffer_add(&a->body, p, size * n) == -1 ? 0 : size * n;
}

/* libcurl has a file and a folder of the system's: whoever names one of his own
 * means neither. */
static CURLcode
set_trust(CURL *c, const struct http_route *r)
{
	CURLcode code;

	if (r->ca_file == NULL && r->ca_folder == NULL)
		return CURLE_OK;
	code = curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file);
	return code != CURLE_OK ? code :
	    curl_easy_setopt(c, CURLOPT_CAPATH, r->ca_folder);
}

/* All that can go wrong here does so for lack of memory, or in a library that
 * was built without it: the request is then not made. */
static CURLcode
prepare(CURL *c, const struct http_route *r, const struct buffer *form,
    struct http_answer *a)
{
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_POST, 1 },
		{ CURLOPT_POSTFIELDSIZE, (long)form->len },
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_TIMEOUT, HTTP_SECONDS },
#if LIBCURL_VERSION_NUM >= 0x075700
		/* a resolver that hangs is not waited for any longer */
		{ CURLOPT_QUICK_EXIT, 1 },
#endif
	};
	const struct {
		CURLoption option;
		const void *value;
	} pointers[] = {
		{ CURLOPT_URL, r->url },
		{ CURLOPT_POSTFIELDS, form->data },
		{ CURLOPT_USERAGENT, "postrider-oauth2/" PACKAGE_VERSION },
		{ CURLOPT_WRITEDATA, a },
		{ CURLOPT_PROXY, r->proxy },
	};
	CURLcode code = set_trust(c, r);

	for (size_t i = 0; code == CURLE_OK &&
	    i < sizeof(numbers) / sizeof(numbers[0]); i++)
		code = curl_easy_setopt(c, numbers[i].option,
		    numbers[i].value);
	/* without a proxy of ours there is the environment's */
	for (size_t i = 0; code == CURLE_OK &&
	    i < sizeof(pointers) / sizeof(pointers[0]); i++)
		if (pointers[i].value != NULL)
			code = curl_easy_setopt(c, pointers[i].option,
			    pointers[i].value);
#if LIBCURL_VERSION_NUM >= 0x075500
	if (code == CURLE_OK)
		code = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
#else
	if (code == CURLE_OK)
		code = curl_easy_setopt(c, CURLOPT_PROTOCOLS,
		    (long)CURLPROTO_HTTPS);
#endif
	if (code == CURLE_OK)
		code = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	return code;
}

/* Why there is no answer. */
static int
failed(const struct http_route *r, const struct http_answer *a, CURLcode code,
    const char *error, struct fault *f)
{
	char *host = http_host(r->url);

	if (a->body.full)
		fault(f, FAULT_TEMPORARY, "%s: the answer is larger than %d "
		    "octets", host, HTTP_ANSWER_MAX);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		fault(f, FAULT_TEMPORARY, "%s: no answer within %d seconds",
		    host, HTTP_SECONDS);
	else
		fault(f, code == CURLE_SSL_CACERT_BADFILE ? FAULT_CONFIG :
		    FAULT_TEMPORARY, "%s: %s", host, *error != '\0' ? error :
		    curl_easy_strerror(code));
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		fault_hint(f, "a network that wants a login first answers in "
		    "place of the server; for a certification authority of "
		    "one's own there is login's --ca-file");
	free(host);
	return -1;
}

int
http_post(const struct http_route *r, const struct buffer *form,
    struct http_answer *a, struct fault *f)
{
	char error[CURL_ERROR_SIZE] = "";
	CURLcode code = CURLE_FAILED_INIT;
	CURL *c = NULL;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		c = curl_easy_init();
	if (c != NULL) {
		code = curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
		if (code == CURLE_OK)
			code = prepare(c, r, form, a);
		if (code == CURLE_OK)
			code = curl_easy_perform(c);
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a->status);
		curl_easy_cleanup(c);
	}
	return code == CURLE_OK ? 0 : failed(r, a, code, error, f);
}
