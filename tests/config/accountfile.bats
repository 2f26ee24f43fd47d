#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Account files: which are read, what is wrong with them and where, whom they
# may belong to, and the commands that they run.  Nothing listens on port 1, so
# a message that gets as far as being sent ends with 75 and names that port.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load ../helper

teardown() {
	if [ -n "${OPEN:-}" ]; then
		rm -rf "$OPEN"
	fi
	postrider_teardown
}

# The system's files are read as well: with one there, accounts are found.
need_no_system_file() {
	local folder

	folder=$("$POSTRIDER" --version |
		sed -n 's,^system account file: \(.*\)/postrider/accounts$,\1,p')
	[ -n "$folder" ] || return
	if [ -e "$folder/postrider/accounts" ] || [ -e "$folder/msmtprc" ]; then
		skip "there are accounts in $folder"
	fi
}

# A folder that any user can enter, with the program in it.
need_root() {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become somebody else'
	command -v setpriv >/dev/null || skip 'no setpriv'
	OPEN=$(mktemp -d /tmp/postrider-XXXXXX)
	chmod 755 "$OPEN"
	cp "$POSTRIDER" "$OPEN/postrider"
}

# Runs the program as a user without name, without home folder of its own.
as_nobody() {
	local status=0

	timeout -k 5 "$LIMIT" setpriv --reuid=65533 --regid=65533 \
		--clear-groups "$OPEN/postrider" "$@" \
		>stdout 2>stderr || status=$?
	echo "$status" >status
}

refused() {
	message | submit b@example.org
	expect "$@"
}

found() {
	message | postrider b@example.org
	expect "$@"
}

@test "a file that is right: the message gets as far as the connection" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org'
	refused 75 '127.0.0.1:1'
}

@test "errors have file, line and column, and the nearest known word" {
	account_file 'account work' 'prot 587'
	refused 78 "postrider: $ACCOUNT:2:1: unknown setting 'prot'" \
		"hint: did you mean 'port'?"
	account_file 'account work' '  port 025'
	refused 78 "$ACCOUNT:2:8: port '025'" "'port 25', or 'port 21'"
	account_file 'port 587 # submission'
	refused 78 "$ACCOUNT:1:10: unexpected text '# submission'" \
		'a line of its own'
	account_file 'account a' 'account b : c'
	refused 78 "$ACCOUNT:2:13: account 'c' is not defined"
	account_file 'host h' 'account default'
	refused 78 "$ACCOUNT:2:9: account 'default' is defined twice" \
		'above the first account line'
}

@test "a password in a line that is wrong is not shown" {
	account_file 'password=hunter2'
	refused 78 "$ACCOUNT:1:9: a blank should follow 'password'"
	expect_not hunter2
}

@test "an equals sign or a colon: the hint is the line that works" {
	local line right

	while IFS='|' read -r line right; do
		account_file "$line"
		refused 78 "$ACCOUNT:1:" "hint: write '$right"
	done <<'END'
host = mail.example.org|host mail.example.org'
host=mail.example.org|host mail.example.org'
host: mail.example.org|host mail.example.org'
host : mail.example.org|host mail.example.org'
port = 587|port 587'
tls=on|tls on'
from = a@example.org|from a@example.org'
logfile = /tmp/x|logfile /tmp/x'
account = gmail|account gmail'
passwordeval = pass show mail|passwordeval', a blank, and the value
password=hunter2|password', a blank, and the value
END
	expect_not hunter2
	account_file 'mailhub=mail.example.org'
	refused 78 "$ACCOUNT:1:1: unknown setting 'mailhub'"
}

@test "user = NAME, password = WORDS: taken as they stand, with a note" {
	local settings=('host 127.0.0.1' 'port 1' 'from a@example.org')

	account_file "${settings[@]}" 'user = joe' 'password = hunter2'
	refused 75 "note: $ACCOUNT:4: the value of 'user' begins with '='" \
		"note: $ACCOUNT:5: the value of 'password' begins with '='"
	expect_not hunter2
	account_file "${settings[@]}" 'user =joe' 'password : hunter2'
	refused 75 "the value of 'user' begins with '='" \
		"the value of 'password' begins with ':'"
	account_file "${settings[@]}" 'user "=joe"' 'password "= hunter2"'
	refused 75
	expect_not 'note:'
}

@test "CRLF, a byte order mark and quotes" {
	printf '\357\273\277host "127.0.0.1"\r\nport "1"\r\nfrom "a@example.org"' \
		>"$ACCOUNT"
	refused 75 '127.0.0.1:1'
}

@test "the user's files, in their order" {
	need_no_system_file
	message | postrider b@example.org
	expect 78 \
		'there is no account to send with' \
		"$HOME/.config/postrider/accounts does not exist" \
		"$HOME/.msmtprc does not exist" \
		"$HOME/.config/msmtp/config does not exist" \
		"hint: write an account file $HOME/.config/postrider/accounts" \
		', or for all users /' 'postrider --configure=ADDRESS'
	mkdir -p .config/msmtp .config/postrider
	printf '%s\n' 'host 127.0.0.3' 'port 1' 'from a@example.org' \
		>.config/msmtp/config
	message | postrider b@example.org
	expect 75 127.0.0.3:1
	printf '%s\n' 'host 127.0.0.2' 'port 1' 'from a@example.org' >.msmtprc
	message | postrider b@example.org
	expect 75 127.0.0.2:1
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		>.config/postrider/accounts
	message | postrider b@example.org
	expect 75 127.0.0.1:1
	mkdir -p xdg/postrider
	printf '%s\n' 'host 127.0.0.4' 'port 1' 'from a@example.org' \
		>xdg/postrider/accounts
	message | XDG_CONFIG_HOME=$PWD/xdg postrider b@example.org
	expect 75 127.0.0.4:1
	message | XDG_CONFIG_HOME=xdg postrider b@example.org
	expect 75 127.0.0.1:1
}

@test "no home folder is no error" {
	need_no_system_file
	need_root
	unset HOME
	as_nobody b@example.org </dev/null
	expect 78 'there is no account to send with'
	as_nobody --host 127.0.0.1 --port 1 -f a@example.org b@example.org \
		</dev/null
	expect 75 127.0.0.1:1
}

@test "the account: by name, by reverse-path, default, the only one" {
	need_no_system_file
	account_file 'defaults' 'port 1' 'from a@example.org' \
		'account one' 'host 127.0.0.1' 'from one@example.org' \
		'account two' 'host 127.0.0.2' 'from *@example.net' \
		'account three' 'host 127.0.0.3' 'from three@example.org'
	message | submit -a three b@example.org
	expect 75 127.0.0.3:1
	message | submit -a two -f x@example.com b@example.org
	expect 75 127.0.0.2:1
	message | submit -f one@EXAMPLE.ORG b@example.org
	expect 75 127.0.0.1:1
	message | submit -f x@example.net b@example.org
	expect 75 127.0.0.2:1
	message | submit -f x@example.com b@example.org
	expect 78 \
		"none fits 'x@example.com'" "the accounts are 'one', 'two', 'three'" \
		'hint: choose one with -a NAME'
	message | submit -a tow b@example.org
	expect 78 \
		"there is no account 'tow'" "hint: did you mean 'two'?"
	message | submit -a elsewhere b@example.org
	expect 78 "there is no account 'elsewhere'" 'hint: choose one of these'
	echo 'account default : two' >>"$ACCOUNT"
	message | submit -f x@example.com b@example.org
	expect 75 127.0.0.2:1
	message | submit --host 127.0.0.3 -f x@example.com --port 1 \
		b@example.org
	expect 75 127.0.0.3:1
}

@test "long options override the account" {
	account_file 'host 127.0.0.1' 'port 2' 'from a@example.org'
	message | submit --port 1 b@example.org
	expect 75 127.0.0.1:1
}

@test "a password that others can read is refused with the chmod" {
	ACCOUNT=$HOME/.msmtprc
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' 'password hunter2'
	chmod 644 "$ACCOUNT"
	found 78 "$ACCOUNT holds a password" 'mode 0644' \
		"hint: run: chmod 600 $ACCOUNT"
	chmod 604 "$ACCOUNT"
	found 78 'mode 0604' "hint: run: chmod 600 $ACCOUNT"
	expect_not hunter2
	chmod 600 "$ACCOUNT"
	found 75 127.0.0.1:1
	chmod 400 "$ACCOUNT"
	found 75 127.0.0.1:1
}

@test "a file of root's with a password, by -C: as the system's file" {
	need_root
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' 'password hunter2' >"$OPEN/accounts"
	chown 0:65533 "$OPEN/accounts"
	chmod 640 "$OPEN/accounts"
	as_nobody -C "$OPEN/accounts" b@example.org < <(message)
	expect 75 127.0.0.1:1
	expect_not note:
	chmod 644 "$OPEN/accounts"
	as_nobody -C "$OPEN/accounts" b@example.org < <(message)
	expect 75 127.0.0.1:1 'note: ' 'mode 0644 lets others in'
	expect_not chmod
	chown 65533:65533 "$OPEN/accounts"
	as_nobody -C "$OPEN/accounts" b@example.org < <(message)
	expect 78 "run: chmod 600 $OPEN/accounts"
	# somebody else's is not ours to mend
	chown 65532 "$OPEN/accounts"
	as_nobody -C "$OPEN/accounts" b@example.org < <(message)
	expect 75 127.0.0.1:1 'note: ' 'mode 0644 lets others in'
	expect_not chmod
}

@test "a passwordeval that others could have written is refused" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' 'passwordeval touch ran; echo x'
	chmod 646 "$ACCOUNT"
	refused 78 "$ACCOUNT holds a passwordeval" 'mode 0646' \
		"hint: run: chmod go-w $ACCOUNT"
	[ ! -e ran ]
	chmod 644 "$ACCOUNT"
	refused 75 127.0.0.1:1
	[ -e ran ]
}

@test "a passwordeval in a file of somebody else is refused" {
	need_root
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' "passwordeval touch $OPEN/ran; echo x"
	cp "$ACCOUNT" "$OPEN/accounts"
	chmod 644 "$OPEN/accounts"
	chown 65532 "$OPEN/accounts"
	as_nobody -C "$OPEN/accounts" b@example.org < <(message)
	expect 78 'holds a passwordeval and belongs to uid 65532, mode 0644' \
		'we run as uid 65533'
	expect_not 'run: chown'
	[ ! -e "$OPEN/ran" ]
	chown 0 "$OPEN/accounts"
	as_nobody -C "$OPEN/accounts" b@example.org < <(message)
	expect 75 127.0.0.1:1
}

@test "a file that cannot be read: mode, owner, who we are, what to do" {
	need_no_system_file
	need_root
	mkdir -p "$OPEN/.config/postrider"
	echo 'host 127.0.0.1' >"$OPEN/.config/postrider/accounts"
	chmod 640 "$OPEN/.config/postrider/accounts"
	HOME=$OPEN as_nobody b@example.org </dev/null
	expect 78 'there is no account to send with' \
		"$OPEN/.config/postrider/accounts cannot be read" \
		'Permission denied' 'mode 0640' 'owner root (uid 0)' \
		'we run as uid 65533, gid 65533' 'may be read by group'
	chmod 600 "$OPEN/.config/postrider/accounts"
	HOME=$OPEN as_nobody b@example.org </dev/null
	expect 78 'mode 0600' 'as by: setfacl -m u:65533:r'
	as_nobody -C "$OPEN/.config/postrider/accounts" b@example.org \
		</dev/null
	expect 78 'cannot be read: Permission denied' 'mode 0600'
	chmod 700 "$OPEN/.config"
	HOME=$OPEN as_nobody b@example.org </dev/null
	expect 78 "$OPEN/.config/postrider/accounts cannot be read" \
		'we run as uid 65533' 'folders above'
}

@test "a file of ours that cannot be read" {
	need_no_system_file
	[ "$(id -u)" -ne 0 ] || skip 'root can read it'
	mkdir -p .config/postrider
	echo 'host 127.0.0.1' >.config/postrider/accounts
	chmod 0 .config/postrider/accounts
	message | postrider b@example.org
	expect 78 'mode 0000' \
		"hint: run: chmod u+r $HOME/.config/postrider/accounts"
}

@test "an unreadable file does not matter when there is another account" {
	need_root
	mkdir -p "$OPEN/.config/postrider"
	echo 'host 127.0.0.9' >"$OPEN/.config/postrider/accounts"
	chmod 600 "$OPEN/.config/postrider/accounts"
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		>"$OPEN/mine"
	HOME=$OPEN as_nobody -C "$OPEN/mine" b@example.org < <(message)
	expect 75 127.0.0.1:1
}

@test "no file where one was named" {
	message | postrider -C "$HOME/none" b@example.org
	expect 78 "account file $HOME/none: No such file"
}

@test "a folder, a FIFO or a device in its place" {
	mkdir -p folder
	mkfifo fifo
	message | postrider -C folder b@example.org
	expect 78 'account file folder is a folder'
	message | postrider -C /dev/null b@example.org
	expect 78 'account file /dev/null is a device'
	mkfifo .msmtprc
	message | postrider b@example.org
	expect 78 "account file $HOME/.msmtprc is a FIFO"
}

@test "-C takes a pipe, by our own name" {
	account_file defaults 'host 127.0.0.1' 'from a@example.org' \
		'auth plain' 'user me' 'account default' 'port 1' \
		'password x' 'fallback second' \
		'account second' 'port 2' 'password y'
	message >m
	postrider -C <(sleep 0.2; cat "$ACCOUNT") b@example.org <m
	expect 75 127.0.0.1:1 127.0.0.1:2
	postrider -C /dev/fd/7 b@example.org <m 7<"$ACCOUNT"
	expect 75 127.0.0.1:1
	mkfifo -m 600 fifo
	(sleep 0.2; cat "$ACCOUNT" >fifo) &
	postrider -C fifo b@example.org <m
	wait $!
	expect 75 127.0.0.1:1
	ln -s "$POSTRIDER" sendmail
	POSTRIDER=$PWD/sendmail postrider -C <(cat "$ACCOUNT") b@example.org <m
	[ "$(cat status)" -ne 0 ]
	expect_not 127.0.0.1
	postrider --as-sendmail -C /dev/fd/7 b@example.org <m 7<"$ACCOUNT"
	[ "$(cat status)" -ne 0 ]
	expect_not 127.0.0.1
}

@test "as sendmail, -C takes only root's file in root's folder" {
	ln -s "$POSTRIDER" sendmail
	mkdir folder
	printf '%s\n' 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		>folder/accounts
	chmod 777 folder
	message | POSTRIDER=$PWD/sendmail postrider -C folder/accounts \
		b@example.org
	expect 64 '-C folder/accounts: its folder is' \
		"root's files"
	message | POSTRIDER=$PWD/sendmail postrider -C folder/none \
		b@example.org
	expect 64 'its folder'
	chmod 755 folder
	chmod 666 folder/accounts
	message | POSTRIDER=$PWD/sendmail postrider -C folder/accounts \
		b@example.org
	expect 64 "is not root's alone"
	[ "$(id -u)" -eq 0 ] || return 0
	chmod 644 folder/accounts
	message | POSTRIDER=$PWD/sendmail postrider -C folder/accounts \
		b@example.org
	expect 75 127.0.0.1:1
	ln -s accounts folder/link
	message | POSTRIDER=$PWD/sendmail postrider -C folder/link \
		b@example.org
	expect 78 'folder/link'
	chown 65533 folder/accounts
	message | POSTRIDER=$PWD/sendmail postrider -C folder/accounts \
		b@example.org
	expect 64 "is not root's alone"
}

@test "passwordeval does not get the message" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' 'passwordeval cat >eaten; echo x'
	refused 75 127.0.0.1:1
	[ -e eaten ]
	[ ! -s eaten ]
}

@test "passwordeval that fails is told, without what it printed" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' \
		'passwordeval echo hunter2; echo "no key" >&2; exit 3'
	refused 78 "passwordeval of account 'default' ($ACCOUNT:6)" \
		'failed with exit status 3: no key' 'hint: run the command'
	expect_not hunter2
}

@test "passwordeval that prints nothing, or a NUL" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' 'passwordeval true'
	refused 78 'printed no password'
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' "passwordeval printf 'a\\000b\\n'"
	refused 78 'printed a NUL character'
}

@test "passwordeval that hangs is ended, and it is temporary" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me' 'passwordeval exec sleep 50' \
		'passwordeval_timeout 1'
	refused 75 'did not end within 1 s' 'passwordeval_timeout'
}

@test "passwordeval is not run without auth" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'user me' 'passwordeval touch ran; echo x'
	refused 75 127.0.0.1:1
	[ ! -e ran ]
}

@test "auth without a password, or without a user" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' \
		'auth plain' 'user me'
	refused 78 "authenticates as 'me' but has no password" passwordeval
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org' 'auth on'
	refused 78 'has auth but no user' "hint: add the line 'user NAME'"
}

@test "a pattern is not sent as an address" {
	smarthost_serve
	account 'tls off' 'from *@example.org'
	message | submit -f a@example.org b@example.org
	expect 0
	grep -q '^from <a@example.org>' "$CAPTURE/1.envelope"
	message | submit b@example.org
	case $(hostname) in
	*.*) expect 0 ;;
	*) expect 78 'no sender address' ;;
	esac
	run grep -F '*@' "$CAPTURE"/*.envelope
	[ "$status" -eq 1 ]
}

@test "a from that is no address: 78, with its line" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@@example.org'
	refused 78 "$ACCOUNT:3" 'a@@example.org'
}

@test "a file that is named and not there: 78, and what to do" {
	account_file 'host 127.0.0.1'
	rm "$ACCOUNT"
	message | postrider -C "$ACCOUNT" bob@example.net
	expect 78 "account file $ACCOUNT: No such file" 'hint: check the path'
}

@test "fallback: a name that is no account's is told before the day it counts" {
	account_file 'account work' 'host 127.0.0.1' 'port 1' \
		'from a@example.org' 'fallback home, wrok' \
		'account home : work' 'fallback work' \
		'account default : work'
	refused 78 "fallback ($ACCOUNT:5): there is no account 'wrok'" \
		"hint: did you mean 'work'?"
	message | submit -a home b@example.org
	expect 75 '127.0.0.1:1'
	message | submit -a home --fallback=default b@example.org
	expect 75 '127.0.0.1:1'
	message | submit -a home --fallback=elsewhere b@example.org
	expect 78 "fallback (the command line): there is no account 'elsewhere'"
}

@test "--check-config: fallbacks, wherever their accounts are defined" {
	account_file 'defaults' 'fallback  spare' 'account work' 'host h' \
		'fallback hmoe,spare nobody' 'account home' 'host h' \
		'fallback work home' 'account mute' 'host h' 'fallback' \
		'account note' 'host h' 'fallback work # or home' \
		'account heir : work' 'account base' 'host h' \
		'fallback built' 'account built : base' \
		"include $PWD/more.accounts"
	printf '%s\n' 'account spare' 'host h' >more.accounts
	submit --check-config </dev/null
	expect 78 "$ACCOUNT:5:10: there is no account 'hmoe'" \
		"hint: did you mean 'home'?" \
		"$ACCOUNT:5:21: there is no account 'nobody'" \
		"$ACCOUNT:8:15: account 'home' cannot fall back to itself" \
		"$ACCOUNT:14:15: there is no account '#'" \
		'a line of its own' \
		"$ACCOUNT:18:10: account 'built' cannot fall back to itself" \
		'5 errors'
	expect_not 'spare' "account 'work'" "account 'or'"
}

@test "--check-config FILE: a fallback may be an account of another file" {
	account_file 'account work' 'host h' 'fallback wrok'
	postrider --check-config "$ACCOUNT" </dev/null
	expect 0 "note: $ACCOUNT:3:10: there is no account 'wrok' in this file" \
		"did you mean 'work'?"
	account_file 'account work' 'host h' 'fallback work'
	postrider --check-config "$ACCOUNT" </dev/null
	expect 78 "$ACCOUNT:3:10: account 'work' cannot fall back to itself"
}
