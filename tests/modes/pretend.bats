#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What would happen, without its happening: --pretend, --check-config; and the
# account that the environment describes.  Nothing listens on port 1.
#
# shellcheck disable=SC2030,SC2031 # each test exports for itself

load ../helper

setup() {
	postrider_setup
	BASE=('host 127.0.0.1' 'port 1' 'from a@example.org')
	export XDG_CONFIG_HOME=$PWD/none
	FOLDER=$("$POSTRIDER" --version |
		sed -n 's,^system account file: \(.*\)/postrider/accounts$,\1,p')
}

# The system's files are read as well: with one there, accounts are found.
need_no_system_file() {
	[ -n "$FOLDER" ] || return
	if [ -e "$FOLDER/postrider/accounts" ] || [ -e "$FOLDER/msmtprc" ]; then
		skip "there are accounts in $FOLDER"
	fi
}

# said FILE LINE...: the lines are in it
said() {
	local line

	for line in "${@:2}"; do
		if ! grep -qFx -e "$line" "$1"; then
			printf '%s has no line: %s\n' "$1" "$line" >&2
			sed "s/^/$1: /" "$1" >&2
			return 1
		fi
	done
}

@test "--pretend: settings and where they are from, envelope, header" {
	account_file defaults 'timeout 9' 'account work' "${BASE[@]}" \
		'auth plain' 'user me' 'passwordeval touch ran; echo x' \
		"logfile $PWD/log"
	printf '%s\n' 'To: b@example.org' 'Bcc: c@example.org,' \
		' d@example.org' '' text |
		submit --pretend -t -N failure --port=2
	expect 0
	said stdout "read: $ACCOUNT" \
		"account: work ($ACCOUNT:3), since it is the only one" \
		"host = 127.0.0.1  [$ACCOUNT:4]" \
		'port = 2  [the command line]' "timeout = 9  [$ACCOUNT:2]" \
		"auth = PLAIN  [$ACCOUNT:7]" 'server: 127.0.0.1, port 2' \
		'TLS: none' "log: the file $PWD/log" \
		'reverse-path: a@example.org' 'recipient: b@example.org' \
		'recipient: c@example.org' 'recipient: d@example.org' \
		'notify: failure' 'add: From: a@example.org' \
		'remove: Bcc: c@example.org,' 'remove:  d@example.org'
	[ ! -e ran ]
	[ ! -e log ]
	lacks 'the default\]' stdout
	message | submit -P -v b@example.org
	expect 0
	said stdout 'tls = (by port and auth)  [the default]' \
		'password = (none)  [the default]'
}

@test "--pretend: the mode of TLS, and where the log goes" {
	local row

	for row in 'port 465|from the first octet' 'port 587|STARTTLS' \
		'auth on|STARTTLS' 'tls off|none' 'port 25|none'; do
		account_file 'host mail.example.org' 'from a@example.org' \
			'user a' "${row%|*}"
		message | submit -P b@example.org
		expect 0
		said stdout "TLS: ${row#*|}"
	done
	for row in 'syslog on|the system log, /dev/log, as LOG_USER' \
		'syslog LOG_LOCAL3|the system log, /dev/log, as LOG_LOCAL3' \
		'syslog off|none' 'logfile|none' 'logfile ~/x|the file ~/x' \
		'port 25|the system log, /dev/log, as LOG_MAIL'; do
		account_file 'host 127.0.0.1' 'from a@example.org' "${row%|*}"
		message | submit -P b@example.org
		expect 0
		said stdout "log: ${row#*|}"
	done
	account_file "${BASE[@]}" "logfile $PWD/x" 'syslog LOG_MAIL'
	message | submit -P b@example.org
	said stdout "log: the file $PWD/x, and the system log, /dev/log, as LOG_MAIL"
}

@test "--pretend: fields as they leave" {
	account_file "${BASE[@]}" 'sender a@example.org'
	printf '%s\n' 'From: Zoë <z@example.net>' 'Subject: grün' \
		'To: b@example.org' '' 'a line' | submit -P b@example.org
	expect 0
	said stdout 'encode: Subject: =?UTF-8?B?Z3LDvG4=?=' \
		'change: From: =?UTF-8?Q?Zo=C3=AB?= <a@example.org>'
	lacks '^[a-z]*: To:' stdout
	printf '%s\n' 'Subject: x' 'Content-Transfer-Encoding: 8bit' '' \
		"$(printf '%01200d' 0)" | submit -P b@example.org
	expect 0
	said stdout 'add: Content-Transfer-Encoding: quoted-printable' \
		'remove: Content-Transfer-Encoding: 8bit'
}

@test "--pretend: no password is shown, and a refusal is one" {
	account_file "${BASE[@]}" 'auth plain' 'user me' 'password hunter2'
	message | submit -P b@example.org
	expect 0
	said stdout "password = *  [$ACCOUNT:6]"
	expect_not hunter2
	message | submit -P -a none b@example.org
	expect 78 "there is no account 'none'"
	message | submit -P >/dev/null
	expect 0
}

@test "--pretend: a full disk is no success" {
	[ -e /dev/full ] || skip 'no /dev/full'
	account_file "${BASE[@]}"
	status=0
	message | "$POSTRIDER" -C "$ACCOUNT" -P b@example.org >/dev/full ||
		status=$?
	[ "$status" -eq 74 ]
}

@test "--check-config: all errors of a file, in order" {
	account_file 'port 025' 'prot 1' 'account a : none' 'host' \
		'account b' 'keepbcc on' 'auto_from on' 'eval touch ran' \
		'include none' 'account b' 'tls maybe' 'tls_force_sslv3'
	postrider --check-config "$ACCOUNT"
	expect 78 'postrider: 7 errors'
	grep -v '^    hint\|^postrider\|^note' stderr |
		sed "s,^$ACCOUNT:,," | cut -d: -f1-2 >got
	printf '%s\n' 1:6 2:1 3:13 4:5 9:9 10:9 11:5 >want
	same want got
	said stderr \
		"note: $ACCOUNT:6: keepbcc is obsolete; write 'remove_bcc_headers off'" \
		"note: $ACCOUNT:7: auto_from is obsolete; write 'from %U@DOMAIN'" \
		"note: $ACCOUNT:12: tls_force_sslv3 has no effect; remove the line"
	[ ! -e ran ]
}

@test "--check-config: all bases that are not there, all senders" {
	account_file 'account a : x, y , z' 'host h' \
		'from %U@example.org, b@@c <d@e> *@f' 'account b : a' \
		'from a@example.org, A <b@@example.org>, *@c' \
		'from a@example.org d@@d' 'from "a b"@example.org' \
		'auth plain  on'
	postrider --check-config "$ACCOUNT"
	expect 78 'postrider: 6 errors' "hint: write 'auth plain'" \
		"from 'b@@example.org': more than one @"
	grep -v '^ \|^postrider\|^note' stderr |
		sed "s,^$ACCOUNT:,," | cut -d: -f1-2 >got
	printf '%s\n' 1:13 1:16 1:20 5:21 6:20 8:13 >want
	same want got
}

@test "--check-config: each word that is obsolete is named" {
	local row word

	for row in "keepbcc|remove_bcc_headers off" \
		"keepbcc off|remove_bcc_headers on" \
		"undisclosed_recipients|set_to_header undisclosed_recipients" \
		"add_missing_from_header|set_from_header auto" \
		"add_missing_date_header off|set_date_header off" \
		"tls_nocertcheck|tls_certcheck off" \
		"tls_nostarttls|tls_starttls off" "connect_timeout 3|timeout" \
		"auto_from|from %U@DOMAIN" "maildomain x|from %U@DOMAIN"; do
		account_file "${BASE[@]}" "${row%|*}"
		postrider --check-config "$ACCOUNT"
		expect 0
		word=${row%%[ |]*}
		said stderr \
			"note: $ACCOUNT:4: $word is obsolete; write '${row#*|}'"
	done
}

@test "--check-config: several files, included ones, and modes" {
	echo 'prot 1' >./more
	printf '%s\n' 'host h' 'password hunter2' 'include more' >one
	chmod 644 one
	printf '%s\n' 'host h' 'passwordeval touch ran' >two
	chmod 666 two
	printf '%s\n' 'host h' >three
	postrider --check-config one two three four
	# root's file is judged as the system's is
	if [ "$(id -u)" -eq 0 ]; then
		expect 78 'postrider: 3 errors' 'note: one holds a password'
	else
		expect 78 'postrider: 4 errors' \
			'account file one holds a password'
	fi
	expect 78 'more:1:1: unknown setting' \
		'account file two holds a passwordeval' \
		'account file four: No such file'
	expect_not hunter2
	[ ! -e ran ]
	postrider --check-config three
	expect 0
	said stdout 'three: read' '1 account'
}

@test "--check-config: the files that are used anyway" {
	need_no_system_file
	echo 'prot 1' >.msmtprc
	postrider --check-config
	expect 78 "$HOME/.msmtprc:1:1: unknown setting 'prot'"
	echo 'host h' >.msmtprc
	postrider --check-config
	expect 0
	postrider --check-config -C none
	expect 78 'account file none: No such file'
}

@test "abbreviated options, and ambiguous ones" {
	account_file "${BASE[@]}"
	message | submit --preten b@example.org
	expect 0
	message | submit --tl=off b@example.org
	expect 64 '--tl is ambiguous' 'it could be --tls, --tls-starttls'
	message | POSTRIDER_PORT=x submit --tim 5 b@example.org
	expect 75 127.0.0.1:1
}

@test "the environment is an account, where no file has one" {
	need_no_system_file
	export POSTRIDER_HOST=127.0.0.1 POSTRIDER_PORT=1 \
		POSTRIDER_FROM=%U@example.org POSTRIDER_TLS_STARTTLS=off
	message | postrider b@example.org
	expect 75 127.0.0.1:1
	message | postrider -P b@example.org
	expect 0
	said stdout 'account: environment, since no file gives an account' \
		'port = 1  [the environment]' \
		"reverse-path: $(id -un)@example.org"
	account_file 'host 127.0.0.2' 'port 1' 'from a@example.org'
	message | submit b@example.org
	expect 75 127.0.0.2:1
	message | submit -a environment b@example.org
	expect 75 127.0.0.1:1
	message | submit -a environment --port 2 b@example.org
	expect 75 127.0.0.1:2
}

@test "the environment: what is wrong in it" {
	export POSTRIDER_HOST=127.0.0.1
	message | POSTRIDER_PORT=025 postrider -a environment b@example.org
	expect 78 "environment: port '025' is not a plain decimal"
	message | POSTRIDER_PASSWORDEVAL='touch ran' \
		postrider -a environment b@example.org
	expect 78 'POSTRIDER_PASSWORDEVAL: commands are not taken from the'
	[ ! -e ran ]
}

@test "the environment: what is no setting is a note, if it matters at all" {
	export POSTRIDER_HOST=127.0.0.1 POSTRIDER_PORT=1 \
		POSTRIDER_FROM=a@example.org POSTRIDER_PASSWORT=hunter2 \
		POSTRIDER_BUILD_NUMBER=7
	message | postrider -a environment b@example.org
	expect 75 'note: environment: POSTRIDER_PASSWORT is no setting' \
		'Did you mean POSTRIDER_PASSWORD?' \
		'note: environment: POSTRIDER_BUILD_NUMBER is no setting'
	expect_not hunter2
	message | postrider -P -a environment b@example.org
	expect 0 'POSTRIDER_PASSWORT is no setting'
	postrider --serverinfo -a environment
	expect 75 'POSTRIDER_PASSWORT is no setting'
	account_file "${BASE[@]}"
	message | submit b@example.org
	expect 75
	expect_not POSTRIDER_
}

@test "--pretend: where the secret would come from, in the documented order" {
	local line

	account_file "${BASE[@]}"
	message | submit -P b@example.org
	expect 0
	said stdout 'secret: none is needed'
	# each wins over those that were added before it
	set -- "${BASE[@]}" 'auth plain' 'user me'
	account_file "$@"
	message | submit -P b@example.org
	expect 0
	said stdout 'secret: from the netrc files, then the terminal'
	for line in 'passwordeval touch ran; echo x' 'password_fd 9' \
		'password_file nowhere' 'password x'; do
		set -- "$@" "$line"
		account_file "$@"
		message | submit -P b@example.org
		expect 0
		said stdout "secret: from ${line%% *}  [$ACCOUNT:$#]"
	done
	message | submit -P --password-file=x --auth=external b@example.org
	expect 0
	said stdout 'secret: none is needed'
	[ ! -e ran ]
}

@test "--pretend: the keyring, where there is a program to ask" {
	account_file "${BASE[@]}" 'auth plain' 'user me'
	mkdir bin
	printf '#!/bin/sh\ntouch ran\n' >bin/secret-tool
	chmod +x bin/secret-tool
	message | PATH=$PWD/bin:$PATH XDG_RUNTIME_DIR=$PWD submit -P b@example.org
	expect 0
	said stdout \
		'secret: from the keyring, then the netrc files, then the terminal'
	[ ! -e ran ]
}

@test "--pretend: what set_to_header adds for a moment is not removed" {
	account_file "${BASE[@]}" 'set_to_header on'
	printf 'Subject: x\n\ntext\n' | submit -P b@example.org c@example.org
	expect 0
	said stdout 'add: To: b@example.org, c@example.org'
	expect_not 'remove: '
	printf 'To: b@example.org,\n c@example.org\n\ntext\n' |
		submit -P b@example.org
	expect 0
	said stdout 'add: To: b@example.org' 'remove: To: b@example.org,' \
		'remove:  c@example.org'
}

@test "--check-config: the alias files that accounts name" {
	printf 'root: a@example.org\nroot\n' >one
	echo two >two
	account_file 'account a' 'host h' "aliases $PWD/one" 'account b' 'host h' \
		"aliases $PWD/two" 'account c' 'host h' "aliases $PWD/one" \
		'account d' 'host h' 'aliases ~/none'
	postrider --check-config "$ACCOUNT"
	expect 78 "$PWD/one:2" "$PWD/two:1" "$HOME/none" \
		'postrider: 3 errors'
	postrider --check-config -C "$ACCOUNT"
	expect 78 "$PWD/one:2" 'postrider: 3 errors'
	echo 'root: a@example.org' >one
	account_file 'host h' "aliases $PWD/one"
	postrider --check-config "$ACCOUNT"
	expect 0
	said stdout "$PWD/one: 1 alias"
}

@test "SMTPSERVER and EMAIL" {
	need_no_system_file
	export SMTPSERVER=127.0.0.1 EMAIL='Ann <a%U@example.org>'
	message | postrider -P b@example.org
	expect 0
	said stdout 'host = 127.0.0.1  [the environment]' \
		'reverse-path: a%U@example.org'
	message | POSTRIDER_HOST=127.0.0.2 POSTRIDER_PORT=1 \
		postrider b@example.org
	expect 75 127.0.0.2:1
	message | SMTPSERVER='a b' postrider b@example.org
	expect 78 "environment: unexpected text 'b'"
}

@test "--pretend: aliases without a value are none, not the default" {
	need_no_system_file
	account_file "${BASE[@]}" aliases qualify_domain
	submit -P bob@example.net <<<x
	said stdout "aliases = (none)  [$ACCOUNT:4]"
}
