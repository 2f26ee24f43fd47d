#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Where the password comes from, in which order, and who may not read it.

load ../helper
load ../modes/serve

setup() {
	postrider_setup
	unset CREDENTIALS_DIRECTORY DBUS_SESSION_BUS_ADDRESS KRB5CCNAME
	smarthost_serve --user 'alice:correct horse' --require-auth \
		--mechs SCRAM-SHA-256
}

# An account that does not say where its password is, but in LINEs.
secret_account() {
	account 'from alice@example.org' 'auth on' 'user alice' 'timeout 20' \
		"$@"
}

works() {
	rm -f "$CAPTURE"/*
	message | submit "$@" bob@example.net
	expect 0 && grep -qx 'auth alice SCRAM-SHA-256' "$CAPTURE/1.envelope"
	smarthost_stop
	smarthost_serve --user 'alice:correct horse' --require-auth \
		--mechs SCRAM-SHA-256
	sed -i "s/^port .*/port $PORT/" "$ACCOUNT"
}

fails() {
	message | submit bob@example.net
	expect "$@"
	expect_not 'correct horse'
}

private() {
	(umask 077 && cat >"$1")
}

# A secret-tool that has one password, for the attributes in its first line.
fake_keyring() {
	mkdir -p bin
	cat >bin/secret-tool <<'END'
#!/bin/sh
echo "$*" >>asked
[ "$*" = "$(head -n 1 keys)" ] && tail -n +2 keys
END
	chmod +x bin/secret-tool
	export PATH=$PWD/bin:$PATH DBUS_SESSION_BUS_ADDRESS=unix:path=/none
	rm -f asked
}

@test "password_file: its first line; below home, or among credentials" {
	printf 'correct horse\r\nnot this\n' | private secret
	secret_account "password_file $PWD/secret"
	works
	secret_account 'password_file ~/secret'
	works
	secret_account 'password_file secret'
	fails 78 'password_file secret' 'CREDENTIALS_DIRECTORY'
	mkdir credentials
	mv secret credentials/secret
	export CREDENTIALS_DIRECTORY=$PWD/credentials
	works
	secret_account
	works --password-file=secret
	works --password-file=<(printf 'correct horse')
}

@test "password_file: what is wrong with it" {
	secret_account "password_file $PWD/secret"
	fails 78 "password_file $PWD/secret" 'No such file'
	: | private secret
	fails 78 'no password in its first line'
	printf 'correct\0horse\n' | private secret
	fails 78 'NUL'
	rm secret
	head -c 70000 /dev/zero | tr '\0' x | private secret
	fails 78 'larger than'
	rm secret
	mkdir secret
	fails 78 'it is no file'
}

# Containers get secrets as files of root's or of others, for all to read.
@test "password_file: others can read it" {
	printf 'correct horse\n' | private secret
	secret_account "password_file $PWD/secret"
	chmod 604 secret
	if [ "$(id -u)" -ne 0 ]; then
		fails 78 'mode 0604' 'lets others in' "run: chmod 600 $PWD/secret"
		chmod 602 secret
		fails 78 'mode 0602'
		return
	fi
	works
	expect 0 'note: ' 'mode 0604 lets others in'
	expect_not chmod
	chown 12345 secret
	works
	expect 0 'note: ' 'mode 0604 lets others in'
	expect_not chmod
	chown 0:12345 secret
	chmod 640 secret
	works
	expect_not note:
}

@test "tls_key_file: others can read it" {
	account_file 'host localhost' 'port 1' 'from a@example.org' 'tls on' \
		"tls_cert_file $CERTS/good.pem" "tls_key_file $PWD/key"
	cp "$CERTS/good.key" key
	chmod 604 key
	message | submit b@example.net
	if [ "$(id -u)" -ne 0 ]; then
		expect 78 "$PWD/key holds a private key" 'mode 0604' \
			"run: chmod 600 $PWD/key"
	else
		expect 75 'note: ' "$PWD/key holds a private key" 'mode 0604'
		expect_not chmod
	fi
	chmod 600 key
	message | submit b@example.net
	expect 75
	expect_not note:
}

@test "password_fd: up to the line end, of a file or a pipe" {
	printf 'correct horse\nrest\n' >secret
	secret_account 'password_fd 7'
	works 7<secret
	secret_account
	works --password-fd=9 9< <(printf 'correct horse\n'; sleep 0.1)
	secret_account 'password_fd 8'
	fails 78 'password_fd 8' 'Bad file descriptor' '8<FILE'
	secret_account 'password_fd 8' 'passwordeval_timeout 1'
	mkfifo never
	exec 6<>never
	message | submit bob@example.net 8<&6
	expect 75 'nothing came in time'
	exec 6>&-
}

@test "password_fd: each session of -bs has it" {
	account_file defaults 'host 127.0.0.1' "port $PORT" 'tls off' \
		'auth on' 'user alice' 'password_fd 7' 'timeout 20' \
		'account one' 'from one@example.org' \
		'account two' 'from two@example.org'
	printf 'correct horse\n' >secret
	crlf 'EHLO x' 'MAIL FROM:<one@example.org>' 'RCPT TO:<b@example.net>' \
		DATA text . 'MAIL FROM:<two@example.org>' \
		'RCPT TO:<b@example.net>' DATA text . QUIT | serve 7<secret
	expect 0
	smarthost_stop
	grep -q '^auth alice' "$CAPTURE/1.envelope"
	grep -q '^auth alice' "$CAPTURE/2.envelope"
	[ "$(grep -c '^C: EHLO' transcript)" -eq 2 ]
}

@test "netrc: the user's, with quotes, default and entries without password" {
	printf 'machine 127.0.0.1 login alice\n%s\n' \
		'default login "alice" password "correct horse"' |
		private .netrc
	secret_account
	works
	printf 'machine 127.0.0.1 login alice\n' | private .netrc
	fails 78 'has no password' 'netrc'
	printf 'machine 127.0.0.1 login alice password "correct horse"\n' \
		>.netrc
	chmod 644 .netrc
	fails 78 '.netrc' 'mode 0644' 'chmod 6'
	printf 'machine else.example.org login alice password x\n' >.netrc
	fails 78 'has no password'
}

@test "the keyring: our attributes, then those of msmtp, old and new" {
	local attributes

	fake_keyring
	secret_account
	for attributes in 'host 127.0.0.1 application postrider user alice' \
		'host 127.0.0.1 service smtp user alice' \
		'server 127.0.0.1 protocol smtp user alice'; do
		printf 'lookup %s\ncorrect horse\n' "$attributes" >keys
		works
	done
	sort -u asked >all
	[ "$(wc -l <all)" -eq 3 ]
	# without a session bus nobody is asked
	rm asked
	unset DBUS_SESSION_BUS_ADDRESS
	fails 78 'has no password' 'keyring'
	[ ! -e asked ]
}

@test "the keyring: names cannot become commands" {
	fake_keyring
	: >keys
	account 'from alice@example.org' 'auth on' \
		"user al'; touch made; echo '\$(touch made)"
	fails 78 'has no password'
	grep -qF "al'; touch made; echo '\$(touch made)" asked
	[ ! -e made ]
}

@test "the order: each is used only when those before are not set" {
	fake_keyring
	printf 'lookup host 127.0.0.1 service smtp user alice\nno\n' >keys
	echo 'default login alice password no' | private .netrc
	echo 'correct horse' | private good
	echo 'no' | private bad
	secret_account 'password correct horse' "password_file $PWD/bad" \
		'passwordeval echo no' 'password_fd 7'
	works 7<bad
	secret_account "password_file $PWD/good" 'passwordeval echo no' \
		'password_fd 7'
	works 7<bad
	secret_account 'passwordeval echo no' 'password_fd 7'
	works 7<good
	secret_account 'passwordeval echo correct horse'
	works
	[ ! -e asked ]
	printf 'lookup host 127.0.0.1 application postrider user alice\n%s\n' \
		'correct horse' >keys
	secret_account
	works
	# what is set and fails is an error, no reason to look elsewhere
	secret_account "password_file $PWD/nothing" 'passwordeval echo x'
	fails 78 'nothing'
}

# on_terminal ANSWER ARGUMENT...: runs postrider in the foreground of a
# terminal of its own, and types ANSWER once it has asked.
on_terminal() {
	local answer=$1 look script_pid

	shift
	message >letter
	cat >run <<END
#!/bin/sh
trap : INT
"$POSTRIDER" -C "$ACCOUNT" $* <letter 2>stderr
status=\$?
stty -a >modes
exit \$status
END
	chmod +x run
	rm -f screen
	mkfifo keys.fifo
	exec 5<>keys.fifo
	timeout -k 5 "$LIMIT" \
		script -qefc ./run typescript <keys.fifo >screen 3>&- 5>&- &
	script_pid=$!
	for ((look = 0; look < 500; look++)); do
		if grep -qs 'password of alice' screen; then
			break
		fi
		sleep 0.02
	done
	printf '%b' "$answer" >&5
	status=0
	wait "$script_pid" || status=$?
	exec 5>&-
	rm keys.fifo typescript
	echo "$status" >status
}

@test "the terminal is asked, without echo" {
	if ! command -v script >/dev/null; then
		skip 'script(1) is not installed'
	fi
	secret_account
	on_terminal 'correct horse\n' bob@example.net
	expect 0
	grep -qx 'auth alice SCRAM-SHA-256' "$CAPTURE/1.envelope"
	grep -q 'password of alice at 127.0.0.1:' screen
	if grep -q 'correct horse' screen stderr; then
		return 1
	fi
	on_terminal '\n' bob@example.net
	expect 78 'no password was typed'
	grep -q ' echo ' modes
}

@test "the terminal is as before when the question is interrupted" {
	if ! command -v script >/dev/null; then
		skip 'script(1) is not installed'
	fi
	secret_account
	on_terminal '\003' bob@example.net
	expect 130
	grep -q ' echo ' modes
}
