/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/home.h"
#include "config/account/account.h"

#define PASSWORDEVAL_SECONDS 60	/* time to type a passphrase into pinentry */
#define LIFETIME_SECONDS ((int64_t)5 * 24 * 60 * 60)	/* RFC 5321 4.5.4.1 */

void
account_init(struct account *account)
{
	memset(account, 0, sizeof(*account));
	account->passwordeval_timeout = PASSWORDEVAL_SECONDS;
	account->queue_lifetime = LIFETIME_SECONDS;
}

void
account_free(struct account *account)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		option_clear(account, (enum option_id)i);
	free(account->name);
	free(account->author);
	account_init(account);
}

void
account_copy(struct account *to, const struct account *from)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		option_copy(to, from, (enum option_id)i);
}

void
account_override(struct account *to, const struct account *from)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (from->set[i])
			option_copy(to, from, (enum option_id)i);
}

const char *
account_fallback_at(const struct account *account, size_t i, size_t *len)
{
	static const char separators[] = ", \t";
	const char *at = account->fallback;

	*len = 0;
	if (at == NULL)
		return NULL;
	for (;; i--) {
		at += strspn(at, separators);
		*len = strcspn(at, separators);
		if (*len == 0)
			return NULL;
		if (i == 0)
			return at;
		at += *len;
	}
}

const char *
account_server(const struct account *account)
{
	return account->socket != NULL ? account->socket : account->host;
}

const char *
account_host(const struct account *account)
{
	return account->host != NULL ? account->host : account->socket;
}

enum option_id
account_password_setting(const struct account *a)
{
	return secret_is_set(&a->password) ? OPTION_PASSWORD :
	    a->password_file != NULL ? OPTION_PASSWORD_FILE :
	    a->password_fd != 0 ? OPTION_PASSWORD_FD :
	    a->passwordeval != NULL ? OPTION_PASSWORDEVAL :
	    a->oauth2 != NULL ? OPTION_OAUTH2 : OPTION_COUNT;
}

char *
account_origin(const struct account *account, enum option_id id)
{
	const struct option_place *origin = &account->origin[id];

	if (origin->file != NULL)
		return buffer_format("%s:%u", origin->file, origin->line);
	return memory_string(origin->line == ORIGIN_ENVIRONMENT ?
	    "the environment" : origin->line == ORIGIN_DEFAULT ?
	    "the default" : "the command line");
}

int
account_fault_prefix(struct fault *f, const struct account *account,
    enum option_id id)
{
	char *where = account_origin(account, id);

	fault_prefix(f, "%s (%s): ", option_row(id)->keyword, where);
	free(where);
	return -1;
}

char *
account_path(const char *path)
{
	char *home, *whole;

	if (path[0] != '~' || (path[1] != '/' && path[1] != '\0'))
		return memory_string(path);
	home = home_folder();
	if (home == NULL)
		return NULL;
	whole = buffer_format("%s%s", home, path + 1);
	free(home);
	return whole;
}

struct account *
account_table_find(const struct account_table *table, const char *name,
    size_t n)
{
	size_t i = index_find(&table->names, name, n);

	return i == INDEX_NONE ? NULL : table->account[i];
}

void
account_table_add(struct account_table *table, struct account *account)
{
	table->account = memory_grow(table->account, table->count, &table->cap,
	    sizeof(struct account *));
	index_add(&table->names, account->name, strlen(account->name),
	    table->count);
	table->account[table->count++] = account;
}

const char *
account_table_nearest(const struct account_table *table, const char *name,
    size_t n)
{
	size_t best = SIZE_MAX, edits;
	const char *near = NULL;

	for (size_t i = 0; i < table->count; i++) {
		edits = option_slip(name, n, table->account[i]->name);
		if (edits < best) {
			best = edits;
			near = table->account[i]->name;
		}
	}
	return near;
}

void
account_table_free(struct account_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		account_free(table->account[i]);
		free(table->account[i]);
	}
	free(table->account);
	index_free(&table->names);
	memset(table, 0, sizeof(*table));
}

void
accounts_init(struct accounts *accounts)
{
	memset(accounts, 0, sizeof(*accounts));
}

void
accounts_free(struct accounts *accounts)
{
	account_table_free(&accounts->table);
	for (size_t i = 0; i < accounts->sources; i++) {
		free(accounts->source[i]->path);
		fault_clear(&accounts->source[i]->why);
		free(accounts->source[i]);
	}
	free(accounts->source);
	free(accounts->named_file);
	notes_free(&accounts->warnings);
	accounts_init(accounts);
}

void
accounts_forget_passwords(struct accounts *accounts, const char *but)
{
	struct account *a;

	if (accounts->once)
		return;
	for (size_t i = 0; i < accounts->table.count; i++) {
		a = accounts->table.account[i];
		if (but != NULL && strcmp(a->name, but) == 0)
			continue;
		if (!secret_is_set(&a->password) &&
		    !secret_is_set(&a->proxy_password))
			continue;
		secret_clear(&a->password);
		secret_clear(&a->proxy_password);
		a->forgotten = true;
	}
}

int
accounts_report(const struct accounts *accounts, int r, struct fault *f)
{
	if (r == 0 || accounts->report == NULL)
		return r;
	accounts->report(accounts->report_arg, f);
	fault_clear(f);
	return 0;
}

struct account_source *
accounts_source(struct accounts *accounts, const char *path)
{
	struct account_source *source;

	for (size_t i = 0; i < accounts->sources; i++)
		if (strcmp(accounts->source[i]->path, path) == 0)
			return accounts->source[i];
	source = memory_alloc(sizeof(*source));
	source->path = memory_string(path);
	accounts->source = memory_resize(accounts->source,
	    accounts->sources + 1, sizeof(struct account_source *));
	accounts->source[accounts->sources++] = source;
	return source;
}

const struct account_source *
accounts_unreadable(const struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->sources; i++)
		if (accounts->source[i]->why.hint != NULL)
			return accounts->source[i];
	return NULL;
}
