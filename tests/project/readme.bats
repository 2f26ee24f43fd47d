#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# README: each of its blocks does what it says. documents.bash tells what is
# replaced in them; where a block is not run but looked at, the test says so.

# shellcheck disable=SC2016,SC2034 # for other shells; helper's variables

load ../helper
load documents

setup() {
	documents_setup
}

teardown() {
	[ -z "${ACCEPTING:-}" ] || kill -TERM "$ACCEPTING" 2>/dev/null || true
	[ -z "${PLACE:-}" ] || rm -rf "$PLACE"
	postrider_teardown
}

# unfold: lines that go on behind four blanks are one
unfold() {
	awk '/^    / { sub(/^ +/, " "); printf "%s", $0; next }
		NR > 1 { print "" }
		{ printf "%s", $0 }
		END { print "" }'
}

# is_goal NAME: the Makefile has it
is_goal() {
	grep -q "^$1:" "$ROOT/Makefile"
}

# arrived N: message N, with LF
arrived() {
	tr -d '\r' <"$CAPTURE/$1.message"
}

# plain [LINE...]: an account at a port where nobody is
plain() {
	printf '%s\n' 'host localhost' 'port 1' 'from you@example.org' "$@"
}

# writes TEXT: what an editor puts into a file
writes() {
	stands_in editor <<<"echo '$1' >\"\$1\""
}

# --- What it says when something is wrong ------------------------------------

@test "a refusal of credentials" {
	block README 'postrider: smtp.example.org:587: the server refused'
	served --user you@example.org:right --mechs PLAIN \
		--refuse 'AUTH*=535 5.7.8 authentication failed' < <(
			printf '%s\n' 'host x' 'port 587' 'auth on' \
				'user you@example.org' 'password wrong' \
				'from you@example.org'
		)
	message | postrider you@example.org
	expect 77
	unfold <block | sed "s/smtp.example.org:587/localhost:$PORT/" >want
	same want stderr
}

# --- See it work, and install it ----------------------------------------------

@test "git and make, and mail(1): looked at, not installed" {
	block README 'sudo apt install git make'
	[ "$(wc -l <block)" -eq 1 ]
	sh_run <block
	expect 0
	block README 'sudo apt install bsd-mailx'
	sh_run <block
	expect 0
	printf '%s\n' 'apt install git make' 'apt install bsd-mailx' >want
	same want called
}

@test "make demo and make check: goals; demo.bats runs the one, you the other" {
	block README 'make demo'
	is_goal "$(sed 's/^make //' block)"
	block README 'make check'
	is_goal "$(sed 's/^make //' block)"
	block README 'make deb'
	is_goal deb
	# the packages are looked at: autopkgtest installs them
	sh -n block
	tr ' ' '\n' <block | sed -n 's,.*packages/\(.*\)_\*\.deb.*,\1,p' >names
	[ "$(wc -l <names)" -eq 2 ]
	while read -r name; do
		grep -qx "Package: $name" "$ROOT/contrib/packaging/debian/control"
	done <names
}

# The tree is copied and really built, without optimization; nothing that it
# needs is installed, but it is asked for.
@test "build and install it, below /usr/local and as this machine's sendmail" {
	local file

	block README 'contrib/install-deps'
	block README './configure --prefix=/usr'
	command -v autoconf || skip 'no autoconf, which a clone needs'
	"$ROOT/tests/lint/rules" list | (cd "$ROOT" && tar -cf - -T -) |
		(mkdir clone && tar -xf - -C clone)
	export DESTDIR=$PWD/root CFLAGS='-O0 -w' MAKEFLAGS=-j2
	unset MFLAGS MAKELEVEL CONFIGURE_FLAGS SANITIZE COVERAGE BUILD
	block README 'contrib/install-deps'
	(cd clone && sed 's/install-deps$/& -n/' ../block | sh -eu) >log 2>&1
	[ -x root/usr/local/bin/postrider ]
	[ -e root/usr/local/share/man/man1/postrider.1 ]
	[ ! -e root/usr/sbin ]
	block README './configure --prefix=/usr'
	(cd clone && sh -eu ../block) >log 2>&1
	[ "$(root/usr/bin/postrider --version | head -n 1)" = \
		"$("$POSTRIDER" --version | head -n 1)" ]
	for file in root/usr/sbin/sendmail root/usr/bin/mailq; do
		[ -L "$file" ]
	done
	make -C clone uninstall >log 2>&1
	[ ! -e root/usr/bin/postrider ]
	[ ! -L root/usr/sbin/sendmail ]
}

# --- Set it up -----------------------------------------------------------------

@test "Gmail: what --configure prints, with the password in a file" {
	block README 'mkdir -p ~/.config/postrider'
	rm -r .config
	sh_run <block
	expect 0
	block README 'host smtp.gmail.com'
	# "in short": without what the port says already
	sed 's/^#password_file/password_file/' "$ACCOUNT" |
		grep -v '^#\|^account \|^tls' | sort >long
	sort block >short
	same short long
	served --require-auth --user 'you@gmail.com:abcd efgh' <block
	block README 'install -m 600 /dev/null ~/.config'
	stands_in editor <<<'echo "abcd efgh" >"$1"'
	sh_run <block
	expect 0
	[ "$(stat -c %a .config/postrider/password)" = 600 ]
	message | postrider bob@example.net
	expect 0
	grep -q '^auth you@gmail.com ' capture/1.envelope
	[ ! -s stderr ]
}

@test "Gmail: the password in the keyring" {
	block README 'host smtp.gmail.com'
	sed -i '/^password_file/d' block
	served --require-auth --user you@gmail.com:secret <block
	keyring
	block README 'secret-tool store'
	(sed 's/smtp.gmail.com/localhost/' block && echo) >commands
	echo secret | sh commands
	message | postrider bob@example.net
	expect 0
	grep -q '^auth you@gmail.com ' capture/1.envelope
}

@test "Fastmail: seven lines, with the password" {
	block README 'host smtp.fastmail.com'
	[ "$(wc -l <block)" -eq 7 ]
	served --require-auth --user 'you@fastmail.com:your app password' <block
	message | postrider bob@example.net
	expect 0
	grep -q '^auth you@fastmail.com ' capture/1.envelope
	chmod 644 "$ACCOUNT"
	message | postrider bob@example.net
	expect 78 'chmod'
}

# --- Try it --------------------------------------------------------------------

@test "--check, step by step as it is shown" {
	block README 'host smtp.gmail.com'
	sed -i 's/^password_file.*/password secret/' block
	served --require-auth --user you@gmail.com:secret <block
	block README 'postrider --check bob@example.net'
	sh_run <block
	expect 0
	block README 'account: default ('
	unfold <block | awk '{ print $1 }' >want
	awk '{ print $1 }' stdout >got
	same want got
	unfold <block >shown
	for name in shown stdout; do
		grep -qE '^TLS +[0-9]+ ms  TLS1\.[23] [A-Z0-9_]+; certificate of .+, issued by .+, valid for [0-9]+ days$' \
			$name
		grep -qE '^connection +[0-9]+ ms  [0-9.]+, port [0-9]+$' $name
	done
	tail -n 1 block >want
	tail -n 1 stdout >got
	same want got
	sed -n 's/^account: default (.*:1), //p' stdout >got
	unfold <block | sed -n 's/^account: default (.*:1), //p' >want
	same want got
	[ ! -e capture/1.message ]
}

@test "a first message, with the dialogue" {
	served < <(plain)
	block README "printf 'Subject: hello"
	sh_run <block
	expect 0 'C: RCPT TO:<you@example.org>'
	arrived 1 | grep -qx 'Subject: hello'
	arrived 1 | tail -n 1 | grep -qx 'It works.'
}

# --- Cron ----------------------------------------------------------------------

# root_password: the file is made as README says
root_password() {
	mkdir etc etc/postrider
	writes secret
	block README 'sudo install -m 600 /dev/null /etc/postrider/password'
	here <block >commands
	sh_run <commands
	expect 0
	[ "$(stat -c %a etc/postrider/password)" = 600 ]
}

# What cron calls, on a host of that name where we may give it one.
on_box() {
	if unshare -u true 2>/dev/null; then
		unshare -u sh -c 'echo box >/proc/sys/kernel/hostname
			exec "$@"' box "$@"
	else
		"$@"
	fi
}

@test "cron on a host called box: its mail reaches you" {
	block README 'host mail.example.org'
	served --mechs PLAIN --require-auth --user you@example.org:secret \
		--refuse 'MAIL FROM:<[!y]*=550 not yours' <block
	root_password
	ln -s "$POSTRIDER" bin/sendmail
	printf '%s\n' 'From: root (Cron Daemon)' 'To: root' \
		'Subject: Cron <root@box> false' 'MIME-Version: 1.0' \
		'Content-Type: text/plain; charset=UTF-8' \
		'Content-Transfer-Encoding: 8bit' 'X-Cron-Env: <HOME=/root>' \
		'' 'it failed' . 'badly' >m
	status=0
	on_box timeout "$LIMIT" sendmail -FCronDaemon -i -B8BITMIME -oem \
		root <m 2>stderr || status=$?
	echo "$status" >status
	expect 0
	grep -q '^from <you@example.org>' capture/1.envelope
	grep -q '^rcpt <you@example.org>' capture/1.envelope
	arrived 1 | grep -v '^Date: \|^Message-ID: ' | head -n 6 >first
	printf '%s\n' 'From: you@example.org (Cron Daemon)' \
		'To: you@example.org' 'Subject: Cron <root@box> false' \
		'MIME-Version: 1.0' 'Content-Type: text/plain; charset=UTF-8' \
		'Content-Transfer-Encoding: 8bit' >want
	same want first
	arrived 1 | tail -n 3 >body
	printf '%s\n' 'it failed' . badly >want
	same want body
}

@test "what becomes of root, and of users without a line in /etc/aliases" {
	block README 'host mail.example.org'
	cp block "$ACCOUNT"
	block README 'sudo postrider -bv root'
	sh_run <block
	expect 0
	grep -qx 'reverse-path: you@example.org' stdout
	grep -qx 'recipient: you@example.org' stdout
	block README 'default: you@example.org'
	mv block aliases
	echo "aliases $PWD/aliases" >>"$ACCOUNT"
	sed -i '/^root /d' "$ACCOUNT"
	postrider -bv alice
	expect 0
	grep -qx 'recipient: you@example.org' stdout
}

# groupadd(8) and usermod(8) are looked at: the group is 65533, whose member
# becomes who sends.
@test "a group that may read the password: another user sends, a third cannot" {
	block README 'sudo groupadd'
	[ "$(id -u)" -eq 0 ] || skip 'only root can be somebody else'
	command -v setpriv >/dev/null || skip 'no setpriv'
	block README 'host mail.example.org'
	# a folder that others can get at, as the test's own need not be
	PLACE=$(mktemp -d)
	chmod 755 "$PLACE"
	mkdir "$PLACE/etc" "$PLACE/etc/postrider" "$PLACE/home"
	ln -s "$PLACE/etc" etc
	served --require-auth --user you@example.org:secret <block
	writes secret
	block README 'sudo install -m 600 /dev/null /etc/postrider/password'
	here <block >commands
	sh_run <commands
	block README 'sudo groupadd'
	stands_in groupadd <<<'[ "$*" = "--system mail-senders" ]'
	stands_in usermod <<<'[ "$*" = "--append --groups mail-senders alice" ]'
	stands_in chgrp <<<'shift; exec /bin/chgrp 65533 "$@"'
	for name in groupadd usermod; do
		command -v "/usr/sbin/$name" || continue
		while read -r word; do
			"/usr/sbin/$name" --help 2>&1 | grep -q -e "$word"
		done < <(grep -o "$name .*" block | grep -o -e '--[a-z]*')
	done
	here <block | sh -eu
	[ "$(stat -L -c %a etc/postrider/password)" = 640 ]
	sed "s,$PWD/etc,$PLACE/etc," "$ACCOUNT" >"$PLACE/etc/postrider/accounts"
	install -m 644 "$CERTS/ca.pem" "$PLACE/ca.pem"
	sed -i "s,^tls_trust_file .*,tls_trust_file $PLACE/ca.pem," \
		"$PLACE/etc/postrider/accounts"
	as() {
		status=0
		message | (cd / && HOME=/nonexistent timeout "$LIMIT" setpriv \
			--reuid 65534 --regid 65534 "$@" "$POSTRIDER" \
			-C "$PLACE/etc/postrider/accounts" bob@example.net) \
			>stdout 2>stderr || status=$?
		echo "$status" >status
	}
	as --groups 65533
	expect 0
	[ ! -s stderr ]
	grep -q '^auth you@example.org ' capture/1.envelope
	as --clear-groups
	expect 78 'password cannot be read: Permission denied' \
		'uid 65534 has to be able to read it'
}

# --- Tokens --------------------------------------------------------------------

@test "Microsoft 365: the sign-in, and the account" {
	block README 'postrider-oauth2 login'
	if [ -n "${OAUTH2_PROGRAM=$ROOT/postrider-oauth2}" ]; then
		ln -s "$OAUTH2_PROGRAM" bin/postrider-oauth2
		# it says where to go and waits to be told where that ended
		sed 's/^postrider-oauth2/timeout 2 &/' block >commands
		sh -u commands >stdout 2>stderr </dev/null || true
		grep -q '^https://login.microsoftonline.com/example.org/.*client_id=ID&' \
			stdout
	fi
	stands_in postrider-oauth2 <<<'[ "$*" = "token you@example.org" ] && echo token'
	block README 'host smtp.office365.com'
	served --require-auth --mechs XOAUTH2 --user you@example.org:token < <(
		token_lines <block
	)
	message | postrider bob@example.net
	expect 0
	grep -q '^auth you@example.org XOAUTH2' capture/1.envelope
}

# --- Use it --------------------------------------------------------------------

@test "git, mutt, s-nail and Symfony" {
	served < <(plain)
	block README 'git config --global sendemail.sendmailCmd postrider'
	[ "$(wc -l <block)" -eq 4 ]
	# git: send-email runs what that sets, by a shell
	if command -v git; then
		sed -n 1p block >commands
		sh_run <commands
		expect 0
		message | sh -c "$(git config --global sendemail.sendmailCmd) -i bob@example.net"
		[ -e capture/1.message ]
		rm capture/*
	fi
	# mutt calls it so, and -f and -B8BITMIME may be there
	sed -n '2s/^set sendmail = \(.*[^ ]\)  *in .*/\1/p' block >program
	[ -s program ]
	message | sh -c "$(cat program) -oem -oi -- bob@example.net"
	# s-nail, or how it calls
	sed -n '3s/  *in .*//p' block | sed "s,/usr/local/bin/,$PWD/bin/," >.mailrc
	grep -q "^set mta=$PWD/bin/postrider\$" .mailrc
	export XDG_CONFIG_HOME=$PWD/.config DEAD=$PWD/dead
	if command -v s-nail; then
		echo text | MAILRC=$PWD/.mailrc s-nail -s subject bob@example.net
	else
		message | postrider -i -- bob@example.net
	fi
	[ "$(find capture -name '*.message' | wc -l)" -eq 2 ]
	# Symfony's DSN "default" is sendmail -bs, which it speaks SMTP with
	sed -n 4p block | grep -q '^MAILER_DSN=sendmail://default '
	printf 'EHLO x\r\nMAIL FROM:<you@example.org>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\ntext\r\n.\r\nQUIT\r\n' |
		postrider -bs
	expect 0
	[ "$(find capture -name '*.message' | wc -l)" -eq 3 ]
}

@test "PHP: the line of php.ini" {
	served < <(plain)
	block README 'sendmail_path = '
	mkdir usr usr/bin
	ln -s "$POSTRIDER" usr/bin/postrider
	# mail() runs it by a shell
	sed 's/^sendmail_path = "\(.*\)"$/ \1/' block | here >commands
	message | sh commands
	[ -e capture/1.message ]
	# and its fifth parameter runs nothing
	status=0
	message | sh -c "$(cat commands) --passwordeval='touch ran'" ||
		status=$?
	[ "$status" -eq 64 ]
	[ ! -e ran ]
}

# --- The queue -----------------------------------------------------------------

@test "a laptop: kept, shown, sent" {
	block README 'queue on'
	plain | cat - block >"$ACCOUNT"
	message | postrider bob@example.net
	expect 0 'kept in the queue'
	ln -s "$POSTRIDER" bin/mailq
	block README 'postrider -q '
	[ "$(wc -l <block)" -eq 2 ]
	sed -n '2s/  .*//p' block >commands
	sh_run <commands
	expect 0
	grep -q bob@example.net stdout
	served < <(plain 'queue on')
	sed -n '1s/  .*//p' block >commands
	sh_run <commands
	expect 0
	[ -e capture/1.message ]
}

@test "the queue by systemd and NetworkManager: copied, and the timer is there" {
	block README 'mkdir -p ~/.config/systemd/user'
	mkdir -p etc/NetworkManager/dispatcher.d
	here <block >commands
	cp -r "$ROOT/contrib" .
	sh_run <commands
	expect 0
	[ -x etc/NetworkManager/dispatcher.d/50-postrider ]
	grep -qx 'systemctl --user enable --now postrider-queue.timer' called
	[ -e .config/systemd/user/postrider-queue.timer ]
	[ -e .config/systemd/user/postrider-queue@.service ]
}

@test "the queue by a crontab" {
	block README '*/5 * * * * postrider --queue-run=due'
	plain 'queue on' >"$ACCOUNT"
	message | postrider bob@example.net
	sed 's,^\*/5 \* \* \* \* ,,' block >commands
	sh_run <commands
	expect 0
	[ ! -s stdout ]
	[ ! -s stderr ]
}

@test "cron at boot: tried again" {
	block README 'retry_for 60'
	plain | cat - block >"$ACCOUNT"
	postrider -P bob@example.net </dev/null
	expect 0
	grep -q '^retry_for = 60 ' stdout
}

@test "PHP 8.5: another exit status, and a queue of the web server's" {
	block README 'tempfail_status 69'
	plain | cat - block >"$ACCOUNT"
	message | postrider bob@example.net
	expect 69
	block README 'install -d -o www-data'
	# who that user is on this system makes no difference
	mkdir var var/lib
	me=$(id -un)
	sed "s/www-data/$me/g" block | here >commands
	sh_run <commands
	expect 0
	[ "$(stat -c %a "var/lib/postrider-$me")" = 700 ]
	block README $'queue on\nqueue_directory'
	here <block | cat <(plain) - >"$ACCOUNT"
	message | postrider bob@example.net
	expect 0 'kept in the queue'
	[ -n "$(find "var/lib/postrider-$me" -type f -path '*/msg/*')" ]
}

# --- The socket service --------------------------------------------------------

@test "the socket service: three lines, and the relay has the secret" {
	local look

	block README 'cp contrib/systemd/postrider.conf'
	mkdir -p etc/systemd/system etc/postrider usr/lib/sysusers.d
	cp -r "$ROOT/contrib" .
	echo 'password secret' >my-accounts
	me=$(id -un)
	sed "s/-o postrider/-o $me/" block | here >commands
	sh_run <commands
	expect 0
	[ -e usr/lib/sysusers.d/postrider.conf ]
	[ -e etc/systemd/system/postrider@.service ]
	[ -e etc/systemd/system/postrider-relay-queue.timer ]
	[ "$(stat -c %a etc/postrider/relay)" = 600 ]
	printf '%s\n' 'systemd-sysusers ' 'systemctl daemon-reload' \
		'systemctl enable --now postrider.socket' >want
	same want called
	block README 'systemctl enable --now postrider-relay-queue.timer'
	sh_run <block
	# now the relay, as the socket unit would start it
	block README 'host smtp.fastmail.com'
	served --require-auth --user 'you@fastmail.com:your app password' \
		--refuse 'MAIL FROM:<[!y]*=550 not yours' <block
	mv "$ACCOUNT" etc/postrider/relay
	sed -n 's/^ExecStart=[^ ]* //p' etc/systemd/system/postrider@.service |
		here >options
	block README 'socket /run/postrider.socket'
	[ "$(wc -l <block)" -eq 3 ]
	mkdir run
	here <block >"$ACCOUNT"
	# shellcheck disable=SC2046 # words are meant
	"$BUILD/tests/socket" accept "unix:$PWD/run/postrider.socket" accepting \
		1 "$POSTRIDER" $(cat options) 3>&- &
	ACCEPTING=$!
	for ((look = 0; look < PORT_LOOKS; look++)); do
		[ ! -s accepting ] || break
		sleep 0.02
	done
	ln -s "$POSTRIDER" bin/sendmail
	printf '%s\n' 'From: root (Cron Daemon)' 'To: root' 'Subject: x' '' text |
		sendmail -FCronDaemon -i root
	wait "$ACCEPTING"
	ACCEPTING=
	grep -q '^auth you@fastmail.com ' capture/1.envelope
	grep -q '^from <you@example.org>' capture/1.envelope
	grep -q '^rcpt <you@example.org>' capture/1.envelope
	arrived 1 | grep -qx 'From: you@example.org (Cron Daemon)'
	arrived 1 | grep -qx 'To: you@example.org'
}

# --- Figures -------------------------------------------------------------------

@test "figures: looked at; make bench measures them" {
	is_goal bench
	block README '                                postrider   msmtp'
	grep -q '^round trips' block
}

@test "no block is left out" {
	all_run README
}
