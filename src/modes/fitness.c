/* SPDX-License-Identifier: ISC */
/*
 * Can an account send, as far as that is seen without a network and without
 * running a command? It is chosen as for a message, and asked of the modules
 * that would send.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "mail/envelope.h"
#include "wire/tls/tls.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "config/account/judge.h"
#include "config/account/sender.h"
#include "config/password/password.h"
#include "delivery/link.h"
#include "delivery/policy.h"
#include "delivery/queue/folder.h"
#include "modes/fitness.h"

/* An account that is looked at, and who hears of it. */
struct look {
	const struct account *account;	/* as it would be chosen */
	struct notes *notes;
	void (*tell)(void *, const struct fault *);
	void *arg;
};

static void
tell(const struct look *l, struct fault *f)
{
	if (f->class != FAULT_NONE)
		l->tell(l->arg, f);
	fault_clear(f);
}

static const char *
path_of(const struct account *a, enum option_id id)
{
	const char *path;

	memcpy(&path, (const char *)a + option_row(id)->offset, sizeof(path));
	return path;
}

/* Files in folders that only a unit has, and objects of a token, are left to
 * those who use them. */
static bool
is_readable(const struct look *l, enum option_id id)
{
	const char *path = path_of(l->account, id);
	struct fault f = { .class = FAULT_NONE };
	struct file file;

	if (path == NULL || path[0] != '/')
		return true;
	if (file_open(&file, path) == 0) {
		file_close(&file);
		return true;
	}
	fault(&f, FAULT_CONFIG, "%s cannot be read: %s", path,
	    strerror(errno));
	fault_hint(&f, errno == ENOENT ? "check the path" : "let uid %lu read "
	    "it", (unsigned long)geteuid());
	account_fault_prefix(&f, l->account, id);
	tell(l, &f);
	return false;
}

/* All that is loaded before a TLS session, if each file is there. */
static void
look_at_tls(const struct look *l)
{
	static const enum option_id files[] = { OPTION_TLS_TRUST_FILE,
	    OPTION_TLS_EXTRA_TRUST_FILE, OPTION_TLS_CRL_FILE,
	    OPTION_TLS_CERT_FILE, OPTION_TLS_KEY_FILE };
	const struct account *a = l->account;
	struct fault f = { .class = FAULT_NONE };
	struct session_params p;
	struct tls *tls = NULL;
	bool readable = true;

	if (account_tls(a) == SESSION_CLEAR)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		readable &= is_readable(l, files[i]);
	link_fill_params(&p, a, NULL);
	/* what a PIN or passphrase opens cannot be tried without it */
	if (account_password_setting(a) != OPTION_COUNT)
		p.trust.key_file = p.trust.cert_file = NULL;
	if (readable && tls_prepare(&tls, &p.trust, &f) == -1)
		fault_prefix(&f, "account '%s' (%s:%u): ", a->name,
		    a->defined.file, a->defined.line);
	tls_free(tls);
	tell(l, &f);
}

/* Where no setting says where the password is: 1 when it is found, else 0. */
static int
search(const struct look *l, struct secret *secret, struct fault *f)
{
	const struct account *a = l->account;
	struct file terminal;
	char *where;
	int r;

	if (account_runs_command(a))
		return 1;	/* the keyring may have it */
	r = netrc_password(a, secret, l->notes, f);
	if (r != 0)
		return r;
	where = account_origin(a, OPTION_AUTH);
	if (file_open(&terminal, "/dev/tty") == 0) {
		file_close(&terminal);
		notes_add(l->notes, "auth (%s): nothing but the terminal has a "
		    "password for account '%s': where there is none, as for "
		    "cron, it cannot send", where, a->name);
	} else {
		fault(f, FAULT_CONFIG, "auth (%s): there is no password for "
		    "account '%s'", where, a->name);
		fault_hint(f, "add a line 'passwordeval COMMAND', "
		    "'password_file FILE' or 'password TEXT'");
	}
	free(where);
	return 0;
}

static void
look_at_secret(const struct look *l)
{
	const struct account *a = l->account;
	enum option_id from = account_password_setting(a);
	struct fault f = { .class = FAULT_NONE };
	struct secret secret = { NULL, 0 };
	struct stat st;

	if (!link_wants_secret(a))
		return;
	if (from == OPTION_COUNT)
		search(l, &secret, &f);
	else if (from == OPTION_OAUTH2 && account_check_program(a, &f) == -1) {
		notes_add(l->notes, "account '%s': oauth2: %s", a->name,
		    f.text);
		fault_clear(&f);
	} else if (from == OPTION_PASSWORD_FILE &&
	    is_readable(l, OPTION_PASSWORD_FILE) &&
	    a->password_file[0] == '/' && stat(a->password_file, &st) == 0 &&
	    S_ISREG(st.st_mode) && passwordfile_read(a->password_file, &secret,
	    l->notes, &f) == -1)
		account_fault_prefix(&f, a, OPTION_PASSWORD_FILE);
	if (a->tls_key_file != NULL && f.class == FAULT_NONE)
		passwordfile_check_key(a->tls_key_file, l->notes, &f);
	secret_clear(&secret);
	tell(l, &f);
}

/* Why no file can be written, or made, at that path; 0: it can. Where the path
 * leads nowhere its folder says so, or the nearest one, if those on the way may
 * be `made`. */
static int
write_trouble(const char *path, bool made)
{
	char *above = memory_string(path), *slash;
	int error = access(path, W_OK) == 0 ? 0 : errno;

	while (error == ENOENT && (slash = strrchr(above, '/')) != NULL) {
		slash[slash == above] = '\0';
		error = access(above, W_OK | X_OK) == 0 ? 0 : errno;
		if (!made || slash == above)
			break;
	}
	free(above);
	return error;
}

static void
doubt_path(const struct look *l, enum option_id id, const char *path,
    bool made)
{
	char *where = account_origin(l->account, id);
	int error = path == NULL || path[0] != '/' ? 0 :
	    write_trouble(path, made);

	if (error != 0)
		notes_add(l->notes, "%s (%s): uid %lu cannot write %s: %s",
		    option_row(id)->keyword, where, (unsigned long)geteuid(),
		    path, strerror(error));
	free(where);
}

/* Who sends without -f needs an address. */
static void
look_at_sender(const struct look *l)
{
	const struct account *a = l->account;
	struct fault f = { .class = FAULT_NONE };
	struct envelope e;

	if (a->senders != NULL)
		senders_free(senders_read(a, &f));
	tell(l, &f);
	envelope_init(&e);
	if (sender_complete(&e, a, &f) == -1 && f.class == FAULT_CONFIG)
		notes_add(l->notes, "account '%s' (%s:%u): %s; %s", a->name,
		    a->defined.file, a->defined.line, f.text, f.hint == NULL ?
		    "mend it" : f.hint);
	fault_clear(&f);
	envelope_free(&e);
}

/* What mail goes without. */
static void
look_around(const struct look *l)
{
	const struct account *a = l->account;
	struct fault f = { .class = FAULT_NONE };
	char *path = a->logfile == NULL ? NULL : account_path(a->logfile);
	char *queue = a->queue != TOGGLE_ON ? NULL : queue_folder_path(a, &f);

	doubt_path(l, OPTION_LOGFILE, path, false);
	doubt_path(l, a->queue_directory != NULL ? OPTION_QUEUE_DIRECTORY :
	    OPTION_QUEUE, queue, true);
	tell(l, &f);
	doubt_path(l, OPTION_SOCKET, a->socket, false);
	free(path);
	free(queue);
}

void
fitness_of(struct accounts *accounts, const struct account *given,
    void (*report)(void *arg, const struct fault *), void *arg)
{
	struct fault f = { .class = FAULT_NONE };
	struct account a, others;
	struct look l = { &a, &accounts->warnings, report, arg };

	account_init(&a);
	account_init(&others);
	/* those were looked at when the files had been read */
	others.set[OPTION_FALLBACK] = true;
	if (accounts_choose(accounts, given->name, NULL, &others, &a,
	    &f) == 0) {
		if (account_judge_way(&a, &f) == 0)
			account_judge_doubts(&a, l.notes);
		tell(&l, &f);
		look_at_tls(&l);
		if (!given->base && !given->evaluated)
			look_at_secret(&l);
		look_at_sender(&l);
		look_around(&l);
	} else if (!given->base && !given->evaluated) {
		tell(&l, &f);
	}
	fault_clear(&f);
	account_free(&a);
	account_free(&others);
}
