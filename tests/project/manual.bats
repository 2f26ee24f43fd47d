#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The man pages' EXAMPLES, and the accounts of providers in
# postrider-accounts(5): each of them does what it says. documents.bash tells
# what is replaced in them; where one is not run but looked at, the test says so.

# shell of the pages; helper's variables, which one test changes for itself
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153

load ../helper
load ../oauth2/oauth2
load documents

readonly PAGE=man/postrider.1
readonly ACCOUNTS=man/postrider-accounts.5
readonly OAUTH2=man/postrider-oauth2.1
readonly QUEUE_PAGE=man/postrider-queue.5
readonly TOKEN='ya29.A0_token-1/x+y=='

setup() {
	documents_setup
}

teardown() {
	tokenserver_end
	postrider_teardown
}

# example PAGE START: its commands are run
example() {
	block "$1" "$2"
	typed >commands
	sh_run <commands
	expect "${3:-0}"
}

# plain [LINE...]: an account
plain() {
	printf '%s\n' 'host x' 'port 587' 'from you@example.org' "$@"
}

# --- postrider(1) --------------------------------------------------------------

@test "postrider(1): the output of a command, and a complete message" {
	served < <(plain)
	example "$PAGE" '$ df -h |'
	grep -q '^rcpt <you@example.org>' capture/1.envelope
	message >message.eml
	example "$PAGE" '$ postrider -t <'
	grep -q '^rcpt <bob@example.net>' capture/2.envelope
	example "$PAGE" '$ postrider -P -t <'
	grep -qx 'recipient: bob@example.net' stdout
	grep -q '^port = ' stdout
	[ ! -e capture/3.message ]
	example "$PAGE" '$ echo test | postrider -v'
	grep -q '^C: RCPT TO:<you@example.org>' stderr
	[ -e capture/3.message ]
}

@test "postrider(1): what the smarthost offers, and the line that pins its key" {
	served < <(plain)
	block "$PAGE" '$ postrider --serverinfo'
	[ "$(wc -l <block)" -eq 2 ]
	typed | sed "s,--host [^ ]* --port 587 --tls,--host localhost \
--port $PORT --tls --tls-trust-file=$CERTS/ca.pem," >commands
	while read -r line; do
		sh_run <<<"$line"
		expect 0
		grep -q STARTTLS stdout
		grep '^ *tls_pin ' stdout >pin
		sed 's/^ *//' pin | cat <(grep -v '^tls_trust' "$ACCOUNT") - >pinned
		chmod 600 pinned
		message | "$POSTRIDER" -C pinned bob@example.net
	done <commands
}

@test "postrider(1): an account by what is known of the provider" {
	: "${NAMESERVER:=$BUILD/tests/nameserver}"
	export NAMESERVER
	block "$PAGE" '$ postrider --configure'
	echo 'example.org mx 10 aspmx.l.google.com' >zone
	typed >commands
	status=0
	"$ROOT/tests/nameserver/run" zone sh commands >stdout || status=$?
	[ "$status" -ne 125 ] || skip 'no namespaces for a name server of our own'
	[ "$status" -eq 0 ]
	grep -qx 'host smtp.gmail.com' stdout
}

@test "postrider(1): Git and Mutt" {
	served < <(plain)
	block "$PAGE" '$ git config'
	typed >commands
	if command -v git; then
		sh_run <commands
		[ "$(git config --global sendemail.sendmailCmd)" = postrider ]
	fi
	block "$PAGE" 'set sendmail ='
	message | sh -c "$(sed 's/^set sendmail = //' block) -oem -oi -- bob@example.net"
	[ -e capture/1.message ]
}

# --- postrider-accounts(5): providers -------------------------------------------

# sent_as USER: a message goes, with this login
sent_as() {
	message | postrider bob@example.net
	expect 0
	grep -q "^auth $1 " capture/1.envelope
	smarthost_stop
	rm -r capture
}

@test "providers that take a password" {
	local name user password

	for name in gmail yahoo icloud ses; do
		block "$ACCOUNTS" "account $name"
		grep -q '^password ' block || echo 'password secret' >>block
		user=$(sed -n 's/^user //p' block)
		password=$(sed -n 's/^password //p' block)
		served --require-auth --user "$user:$password" <block
		sed -i "1s/^account $name/account default/" "$ACCOUNT"
		sent_as "$user"
	done
	block "$ACCOUNTS" 'account fastmail'
	stands_in pass <<<'[ "$*" = "show mail/fastmail" ] && printf "%s\n" secret note'
	served --require-auth --user you@fastmail.com:secret <block
	sed -i '1s/^account fastmail/account default/' "$ACCOUNT"
	sent_as you@fastmail.com
}

@test "providers that take a token, and a shared mailbox" {
	local name

	stands_in postrider-oauth2 <<<'echo "token of $2"'
	for name in office outlook; do
		block "$ACCOUNTS" "account $name"
		user=$(sed -n 's/^oauth2 //p' block)
		served --require-auth --mechs XOAUTH2 \
			--user "$user:token of $user" < <(token_lines <block)
		sed -i "1s/^account $name/account default/" "$ACCOUNT"
		sent_as "$user"
	done
	# in place of the last three lines
	block "$ACCOUNTS" 'account gmail'
	mv block gmail
	block "$ACCOUNTS" 'oauth2 you@gmail.com'
	head -n -3 gmail | cat - block | token_lines >account.gmail
	served --require-auth --mechs XOAUTH2 \
		--user 'you@gmail.com:token of you@gmail.com' <account.gmail
	sed -i '1s/^account gmail/account default/' "$ACCOUNT"
	sent_as you@gmail.com
	block "$ACCOUNTS" 'from office@example.org'
	served --require-auth --mechs XOAUTH2 \
		--user 'office@example.org:token of you@example.org' < <(
			printf '%s\n' 'host x' 'port 587' | cat - block |
				token_lines
		)
	sent_as office@example.org
}

@test "Exchange Online's command: looked at; it is PowerShell" {
	block "$ACCOUNTS" 'Set-CASMailbox'
	[ "$(wc -l <block)" -eq 1 ]
	grep -q ' -SmtpClientAuthenticationDisabled \$false$' block
}

# --- postrider-accounts(5): programs that keep tokens. Where one is not ----------
# installed, another stands in that prints what it would.

# works WORDS: with the line of the block that begins so, a message goes
works() {
	smarthost_serve --mechs XOAUTH2 --require-auth \
		--user "you@example.org:$TOKEN"
	account 'from alice@example.org' 'tls off' 'syslog off' \
		'auth_without_tls on' 'auth xoauth2' 'user you@example.org' \
		"$(grep "^passwordeval $1" block)"
	grep -q "^passwordeval $1" "$ACCOUNT"
	message | submit bob@example.net
	expect 0
	[ -e capture/1.message ]
}

@test "oama: the token and a newline" {
	block "$ACCOUNTS" 'passwordeval oama access'
	[ "$(wc -l <block)" -eq 4 ]
	stands_in oama <<END
[ "\$*" = 'access you@example.org' ] && printf '%s\n' '$TOKEN'
END
	works 'oama access'
	smarthost_stop
	# it could not renew the token: error(3) of Haskell's
	stands_in oama <<'END'
printf 'oama: getEmailAuth:\n%s\nCallStack (from HasCallStack):\n' \
	'HttpExceptionRequest' >&2
exit 1
END
	message | submit bob@example.net
	expect 78 HttpExceptionRequest
}

@test "oama: a token that was refused is renewed" {
	block "$ACCOUNTS" 'passwordeval test'
	stands_in oama <<END
case \$* in
'renew you@example.org') echo Obtained new access token; touch renewed ;;
'access you@example.org') [ -e renewed ] && echo '$TOKEN' || echo old ;;
esac
END
	works 'test "$POSTRIDER_TOKEN"'
	[ -e renewed ]
}

@test "pizauth: the token and a newline; nothing while somebody has to sign in" {
	block "$ACCOUNTS" 'passwordeval oama access'
	stands_in pizauth <<END
[ "\$*" = 'show office' ] && printf '%s\n' '$TOKEN'
END
	works 'pizauth show'
	smarthost_stop
	stands_in pizauth <<'END'
echo 'pizauth: Token unavailable until authentication complete' >&2
exit 1
END
	echo 'queue on' >>"$ACCOUNT"
	echo "queue_directory $PWD/queue" >>"$ACCOUNT"
	message | submit bob@example.net
	expect 0 'kept in the queue' 'Token unavailable'
}

@test "mutt_oauth2.py: the program itself, or the token and a newline" {
	local real=/usr/share/doc/mutt/examples/mutt_oauth2.py

	block "$ACCOUNTS" 'passwordeval oama access'
	mkdir .cache
	if [ -e "$real" ] && command -v python3; then
		stands_in gpg <<<'exec cat'
		stands_in mutt_oauth2.py <<<"exec python3 $real \"\$@\""
	else
		stands_in mutt_oauth2.py <<'END'
sed -n 's/.*"access_token": "\([^"]*\)".*/\1/p' "$1"
END
	fi
	(umask 077 && cat >.cache/office.tokens) <<END
{"registration": "microsoft", "authflow": "authcode", "email": "you@example.org", "access_token": "$TOKEN", "access_token_expiration": "2099-01-01T00:00:00", "refresh_token": "r"}
END
	works 'mutt_oauth2.py'
}

@test "git credential fill, with a helper" {
	command -v git || skip 'no git'
	block "$ACCOUNTS" 'passwordeval oama access'
	stands_in git-credential-token <<END
[ "\$1" = get ] || exit 0
cat >asked
printf 'username=%s\npassword=%s\n' you@example.org '$TOKEN'
printf 'password_expiry_utc=%s\noauth_refresh_token=r\n' 9999999999
END
	git config --global credential.helper token
	works 'printf'
	grep -qx 'host=smtp.office365.com:587' asked
	grep -qx 'username=you@example.org' asked
}

# --- postrider-accounts(5): examples ---------------------------------------------

@test "postrider-accounts(5): a file for its reader alone" {
	rm -r .config
	example "$ACCOUNTS" '$ install -D -m 600'
	[ "$(stat -c %a "$ACCOUNT")" = 600 ]
}

@test "postrider-accounts(5): a relay that asks for nothing" {
	block "$ACCOUNTS" 'account default'
	smarthost_serve
	sed "s/^host .*/host localhost/; s/^port 25$/port $PORT/" block >"$ACCOUNT"
	message | postrider -f you@example.org bob@example.net
	expect 0
	[ -e capture/1.message ]
}

@test "postrider-accounts(5): accounts by reverse-path" {
	local from want

	block "$ACCOUNTS" 'defaults'
	stands_in pass <<<'[ "$*" = "show mail/work" ] && echo secret'
	smarthost_serve --require-auth --user you@example.org:secret
	sed "s/^host .*/host localhost/; s/^port .*/port $PORT/
		s,^auth on,&\\ntls_trust_file $CERTS/ca.pem," block >"$ACCOUNT"
	chmod 600 "$ACCOUNT"
	while read -r from want; do
		message | postrider -P -f "$from" bob@example.net
		expect 0
		grep -q "^account: $want " stdout
		message | postrider -f "$from" bob@example.net
		expect 0
	done <<'END'
you@example.org work
some@lists.example.org lists
other@example.net default
END
	[ "$(cat capture/*.envelope | grep -c '^auth you@example.org ')" -eq 3 ]
}

# --- postrider-oauth2(1) ------------------------------------------------------------

# signs_in START: the sign-in of that block, in the background, at our own token
# server in place of the provider's, which knows one client and no tenant
signs_in() {
	block "$OAUTH2" "$1"
	[ -n "$OAUTH2_PROGRAM" ] || skip 'postrider-oauth2 is not built'
	export XDG_STATE_HOME=$PWD/xdg
	unset BROWSER
	ln -s "$OAUTH2_PROGRAM" bin/postrider-oauth2
	tokenserver_start good
	typed | sed "s,--provider=[a-z]*,--provider=./provider \
--ca-file=$CERTS/ca.pem,; s/--tenant=[^ ]* //
		s/--client-id=[^ ]*/--client-id='client+id \& more'/" >commands
	mkfifo input
	timeout -k 5 "$LIMIT" sh -eu commands >stdout 2>stderr <input 3>&- &
	LOGIN=$!
	exec 8>input
}

signed_in_as() {
	status=0
	exec 8>&-
	wait "$LOGIN" || status=$?
	echo "$status" >status
	expect 0
	postrider-oauth2 token "$1" >got
	same got "$SERVER/access"
}

# shows TEXT: the sign-in says this
shows() {
	local look

	for ((look = 0; look < PORT_LOOKS; look++)); do
		! grep "$1" stdout || return 0
		kill -0 "$LOGIN" || return
		sleep 0.02
	done
	return 1
}

@test "postrider-oauth2(1): by a browser, then what there is" {
	(umask 077 && echo secret-word >secret)
	signs_in '$ postrider-oauth2 login alice@gmail.com'
	echo secret-word >"$SERVER/secret"
	shows '^https://' >visit
	curl -sSL --noproxy '*' --cacert "$CERTS/ca.pem" --max-time 20 \
		"$(cat visit)" >page
	signed_in_as alice@gmail.com
	cat page
	tail -n 1 stdout | grep -q '^alice@gmail.com'
}

@test "postrider-oauth2(1): without a browser" {
	signs_in '$ postrider-oauth2 login alice@example.org'
	shows 'type this code'
	touch "$SERVER/approved"
	signed_in_as alice@example.org
}

@test "postrider-oauth2(1): an application, with a certificate" {
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=client -days 3 \
		-keyout key.pem -out cert.pem 2>log
	chmod 600 key.pem
	mkdir -p server
	cp cert.pem server/certificate
	signs_in '$ postrider-oauth2 login reports@example.org'
	signed_in_as reports@example.org
}

@test "postrider-oauth2(1): the line of an account, and the command" {
	block "$OAUTH2" 'oauth2 alice@example.org'
	[ "$(wc -l <block)" -eq 2 ]
	[ -n "$OAUTH2_PROGRAM" ] || skip 'postrider-oauth2 is not built'
	export XDG_STATE_HOME=$PWD/xdg
	ln -s "$OAUTH2_PROGRAM" bin/postrider-oauth2
	STATE=$XDG_STATE_HOME/postrider/oauth2/$ALICE.json
	tokenserver_start good
	fresh
	POSTRIDER=$BUILD/tests/installed/postrider
	while read -r line; do
		smarthost_serve --require-auth --mechs XOAUTH2 \
			--user "$ALICE:fresh-token"
		account 'from alice@example.org' 'tls off' 'syslog off' \
			'auth_without_tls on' "$line" \
			"$([[ $line == oauth2* ]] || echo 'auth xoauth2')" \
			"user $ALICE"
		sent_as "$ALICE"
	done <block
}

# --- postrider-queue(5) ---------------------------------------------------------------

# a queue where the examples have it, for root, too
queue() {
	plain 'queue on' | sed 's/^host .*/host localhost/; s/^port .*/port 1/' \
		>"$ACCOUNT"
	export STATE_DIRECTORY=$PWD/.local/state/postrider
	message 'a report' | sed 's/a test/the report/' |
		postrider bob@example.net
	expect 0 'kept in the queue'
	Q=.local/state/postrider/queue
	[ "$(find "$Q/msg" -type f | wc -l)" -eq 1 ]
}

@test "postrider-queue(5): a message and its state" {
	local id

	queue
	block "$QUEUE_PAGE" 'postrider-queue: 1'
	mv block entry
	block "$QUEUE_PAGE" 'postrider-queue-state: 1'
	mv block state
	# the fields are those of a real one, which may have marks
	find "$Q/msg" -type f -exec sed '/^$/q; /^marks:/d' {} + |
		sed 's/:.*//' >want
	sed '/^$/q; s/:.*//' entry >got
	same want got
	find "$Q/state" -type f -exec cat {} + | sed 's/:.*//' | sort >want
	sed 's/:.*//' state | sort >got
	same want got
	# the octets are as many as it says
	sed '1,/^$/d; s/$/\r/' entry >text
	[ "$(sed -n 's/^octets: //p' entry)" -eq "$(wc -c <text)" ]
	# and it is one, for him whose uid that is
	postrider --queue-delete ALL
	id=$(sed -n 's/^id: //p' entry)
	(
		umask 077
		sed '/^$/q' entry | sed "s/^uid: .*/uid: $(id -u)/" |
			cat - text >"$Q/msg/$id"
		cp state "$Q/state/$id"
	)
	postrider -bp
	expect 0
	grep -q "^$id " stdout
	grep -qF "$(sed -n 's/^reason: //p' state)" stdout
	grep -q bob@example.net stdout
}

@test "postrider-queue(5): which are about a subject, and to another machine" {
	queue
	example "$QUEUE_PAGE" '$ grep -l'
	[ "$(wc -l <stdout)" -eq 1 ]
	find "$Q/msg" -type f -exec cat {} + >before
	mkdir other
	stands_in ssh <<<'[ "$1" = other ] && cd ~/other && HOME=$PWD exec sh -c "$2"'
	example "$QUEUE_PAGE" '$ cd ~/.local/state/postrider/queue'
	[ -z "$(find "$Q/msg" -type f)" ]
	find "other/$Q/msg" -type f -exec cat {} + >after
	same before after
	STATE_DIRECTORY=$PWD/other/.local/state/postrider "$POSTRIDER" -bp >listed
	grep -q bob@example.net listed
}

@test "no example is left out" {
	all_run "$PAGE" "$ACCOUNTS" "$OAUTH2" "$QUEUE_PAGE"
}
