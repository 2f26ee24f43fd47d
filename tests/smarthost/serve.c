/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "listen.h"
#include "record.h"
#include "serve.h"

/* At a time; more have to wait in the backlog. */
#define CHILDREN_MAX 32

/*
 * After SIGTERM, sessions of clients that have their reply and are about to
 * close get this long to come to their own end.
 */
#define GRACE_MS 1000
#define GRACE_STEP_MS 20

struct server {
	const struct service *service;
	int listener;
	pid_t children[CHILDREN_MAX];
	unsigned running;
	int status;
};

/* Removes the children that have ended, and keeps the worst status. */
static void
serve_reap(struct server *server)
{
	for (unsigned i = 0; i < server->running;) {
		int status;
		const pid_t pid = waitpid(server->children[i], &status,
		    WNOHANG);

		if (pid == 0) {
			i++;
			continue;
		}
		if (pid < 0 || !WIFEXITED(status))
			server->status = EXIT_TROUBLE;
		else if (WEXITSTATUS(status) > server->status)
			server->status = WEXITSTATUS(status);
		server->children[i] = server->children[--server->running];
	}
}

static void
serve_start(struct server *server, int connection)
{
	const pid_t pid = fork();

	if (pid < 0)
		die(EXIT_TROUBLE, "fork: %s", strerror(errno));
	if (pid > 0) {
		close(connection);
		server->children[server->running++] = pid;
		return;
	}
	listen_leave(server->listener);
	guard_inherit();
	guard_awaits("a client in its session");
	exit(session_run(server->service, connection) > 0 ? EXIT_DEVIATED :
	    EXIT_FOLLOWED);
}

static void
serve_end(struct server *server)
{
	for (int ms = 0; server->running > 0 && ms < GRACE_MS;
	    ms += GRACE_STEP_MS) {
		listen_wait(GRACE_STEP_MS);
		serve_reap(server);
	}
	/* More than once: a signal just before a wait would be missed. */
	while (server->running > 0) {
		for (unsigned i = 0; i < server->running; i++)
			kill(server->children[i], SIGTERM);
		listen_wait(GRACE_STEP_MS);
		serve_reap(server);
	}
}

int
serve(const struct service *service, int listener, unsigned long sessions)
{
	struct server server;
	unsigned long begun = 0;

	memset(&server, 0, sizeof(server));
	server.service = service;
	server.listener = listener;
	server.status = EXIT_FOLLOWED;
	listen_prepare();
	while (!guard_stopped && (sessions == 0 || begun < sessions)) {
		int connection;

		serve_reap(&server);
		if (server.running == CHILDREN_MAX) {
			listen_wait(GRACE_STEP_MS);
			continue;
		}
		connection = listen_accept(listener);
		if (connection < 0)
			continue;
		begun++;
		serve_start(&server, connection);
	}
	close(listener);
	/* The last sessions have all the time that the guard leaves them. */
	while (!guard_stopped && server.running > 0) {
		listen_wait(GRACE_MS);
		serve_reap(&server);
	}
	serve_end(&server);
	return server.status;
}
