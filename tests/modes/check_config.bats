#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# --check-config: what cannot send, and what is probably not meant.

load ../helper

setup() {
	postrider_setup
	export XDG_CONFIG_HOME=$PWD/none
	BASE=('host mail.example.org' 'from a@example.org')
}

# check LINE...: a file of these lines is checked, without a terminal
check() {
	account_file "$@"
	check_file "$ACCOUNT"
}

check_file() {
	status=0
	timeout "$LIMIT" setsid -w "$POSTRIDER" --check-config "$@" \
		>stdout 2>stderr </dev/null || status=$?
	echo "$status" >status
}

# errors N TEXT...: there are so many, and these are said
errors() {
	expect 78 "postrider: $1 error" "${@:2}"
}

@test "settings without which nothing can be sent" {
	check 'from a@example.org'
	errors 1 "account 'default' ($ACCOUNT:1) has no host" 'hint: add the line'
	check "${BASE[@]}" 'auth on'
	errors 1 "account 'default' ($ACCOUNT:1) has auth but no user"
	check "${BASE[@]}" 'auth on' 'user a'
	errors 1 "auth ($ACCOUNT:3): there is no password for account" \
		"hint: add a line 'passwordeval COMMAND'"
	check "${BASE[@]}" 'protocol lmtp'
	errors 1 'has no port'
	check "${BASE[@]}" 'qualify_domain -x'
	errors 1 "qualify_domain ($ACCOUNT:3)"
	# one error, however many accounts share its line
	check 'defaults' 'auth plain' 'user a' 'tls off' 'password x' \
		'account one' "${BASE[@]}" 'account two' "${BASE[@]}"
	errors 1 "tls ($ACCOUNT:4): without TLS, auth PLAIN"
}

@test "no password is needed, or it is somewhere" {
	local line

	for line in 'auth gssapi' 'auth external' 'password x' \
		'passwordeval touch ran' 'password_fd 9' \
		'password_file from-a-unit'; do
		check "${BASE[@]}" 'tls on' 'auth on' 'user a' "$line"
		expect 0
		expect_not 'hint:'
	done
	[ ! -e ran ]
	(umask 077 && echo 'machine mail.example.org login a password x' >.netrc)
	check "${BASE[@]}" 'auth on' 'user a'
	expect 0
	check "${BASE[@]}" 'auth on' 'user other'
	errors 1
	# what eval would print is not known
	check "${BASE[@]}" 'auth on' 'user b' 'eval touch ran'
	expect 0
	check 'eval touch ran' 'account a : default'
	expect 0
	[ ! -e ran ]
}

@test "an account that others are built on may lack settings" {
	check 'account base' 'auth on' 'account a : base' "${BASE[@]}" \
		'user a' 'password x' 'account default : a'
	expect 0
	check 'account base' 'port 465' 'tls off' 'host h' \
		'account a : base' "${BASE[@]}"
	errors 1 "tls ($ACCOUNT:3): port 465 has TLS from the first octet"
}

@test "ports and TLS that do not go together" {
	check "${BASE[@]}" 'port 465' 'tls_starttls on'
	errors 1 "tls_starttls ($ACCOUNT:4): port 465 has TLS" \
		"hint: remove that line, or set 'port 587'"
	[ "$(grep -c 'port 465 has TLS' stderr)" -eq 1 ]
	check "${BASE[@]}" 'port 587' 'tls off'
	expect 0 "note: tls ($ACCOUNT:4): few servers" 'remove that line'
	check "${BASE[@]}" 'port 587' 'tls_starttls off'
	expect 0 "note: tls_starttls ($ACCOUNT:4): port 587 begins without"
	check "${BASE[@]}" 'auth on' 'user a' 'password x' 'tls off'
	expect 0 "note: tls ($ACCOUNT:6): without TLS others can read" \
		"write 'tls on'"
	check 'host localhost' 'from a@example.org' 'auth plain' 'user a' \
		'password x' 'tls off' 'port 465'
	expect 0
	lacks note: stderr
}

@test "files that are missing or of no use" {
	local setting

	for setting in tls_trust_file tls_extra_trust_file tls_crl_file; do
		check "${BASE[@]}" 'tls on' "$setting $PWD/nothing"
		errors 1 "$setting ($ACCOUNT:4): $PWD/nothing cannot be read: No" \
			'hint: check the path'
		check "${BASE[@]}" "$setting $PWD/nothing"
		expect 0
		echo text >something
		check "${BASE[@]}" 'tls on' "$setting $PWD/something"
		errors 1 "account 'default' ($ACCOUNT:1): $PWD/something"
	done
	check "${BASE[@]}" 'tls on' "tls_cert_file $PWD/nothing" \
		"tls_key_file $PWD/nowhere"
	errors 2 "tls_cert_file ($ACCOUNT:4)" "tls_key_file ($ACCOUNT:5)"
	check "${BASE[@]}" 'tls on' "tls_cert_file $CERTS/good.pem"
	errors 1 "tls_cert_file is set, but tls_key_file is not"
	set -- "${BASE[@]}" 'tls on' 'auth on' 'user a'
	check "$@" "password_file $PWD/nothing"
	errors 1 "password_file ($ACCOUNT:6): $PWD/nothing cannot be read"
	: >empty
	chmod 600 empty
	check "$@" "password_file $PWD/empty"
	errors 1 'there is no password in its first line'
	check "$@" 'password_file ~/nothing'
	errors 1 "$PWD/nothing cannot be read"
	mkfifo -m 600 fifo
	check "$@" "password_file $PWD/fifo"
	expect 0
	check "${BASE[@]}" "aliases $PWD/nothing"
	errors 1 "$PWD/nothing"
	check "${BASE[@]}" 'include nothing'
	errors 1 "$ACCOUNT:3:9: $PWD/nothing cannot be read"
}

@test "files that mail goes without" {
	: >file
	check "${BASE[@]}" "logfile $PWD/none/log"
	expect 0 "note: logfile ($ACCOUNT:3):" "cannot write $PWD/none/log"
	check "${BASE[@]}" "logfile $PWD/file/log"
	expect 0 "note: logfile ($ACCOUNT:3):"
	check "${BASE[@]}" 'logfile ~/log' 'queue on' \
		"queue_directory $PWD/a/b/queue"
	expect 0
	lacks note: stderr
	check "${BASE[@]}" 'queue on' "queue_directory $PWD/file/queue"
	expect 0 "note: queue_directory ($ACCOUNT:4):"
	check "${BASE[@]}" "socket $PWD/none/socket"
	expect 0 "note: socket ($ACCOUNT:3):"
}

@test "who is not the owner is told what cannot be read" {
	[ "$(id -u)" -ne 0 ] || skip 'root reads everything'
	echo x >secret
	chmod 0 secret
	check "${BASE[@]}" 'tls on' 'auth on' 'user a' \
		"password_file $PWD/secret"
	errors 1 'Permission denied' "hint: let uid $(id -u) read it"
}

@test "slips of the pen in values" {
	local row

	# shellcheck disable=SC1112 # they are meant
	for row in 'user "a|one quote of a pair' 'user a"|one quote of a pair' \
		'password "|one quote of a pair' \
		'password “secret”|typographic quotes' \
		'password secret’|typographic quotes' \
		'passwordeval “pass show x”|typographic quotes' \
		"password 'secret'|in single quotes" \
		'password secret # of mine|comments on a line of their own' \
		'user a # me|comments on a line of their own'; do
		check "${BASE[@]}" "${row%|*}"
		expect 0 "note: $ACCOUNT:3: the value of '${row%% *}'" "${row#*|}"
		lacks secret stderr
	done
	for row in 'user "a"' 'password a"b' 'from_full_name "Al" B "C"' \
		'passwordeval echo "x" # y' 'password a#b' 'password "a # b"' \
		"password a'b" "user 'a"; do
		check "${BASE[@]}" "$row"
		expect 0
		lacks note: stderr
	done
	check 'host “mail.example.org”'
	expect "$(cat status)" 'typographic quotes'
}

@test "no file at all: where it looked" {
	local folder

	folder=$("$POSTRIDER" --version |
		sed -n 's,^system account file: \(.*\)/postrider/accounts$,\1,p')
	[ ! -e "$folder/postrider/accounts" ] && [ ! -e "$folder/msmtprc" ] ||
		skip "there are accounts in $folder"
	check_file
	expect 78 'there is no account to send with' \
		"$XDG_CONFIG_HOME/postrider/accounts does not exist" \
		"$HOME/.msmtprc does not exist" \
		"$folder/postrider/accounts does not exist" \
		'hint: write an account file'
	# the environment is one
	POSTRIDER_HOST=mail.example.org check_file
	expect 0
	POSTRIDER_HOST=mail.example.org POSTRIDER_AUTH=on check_file
	expect 78 'account of the environment has auth but no user'
	: >.msmtprc
	check_file
	expect 78 "$HOME/.msmtprc was read"
}

@test "a sender that only -f can give" {
	check 'host mail.example.org'
	expect 0
	# a host with a full name has an address for everybody
	if grep -q note: stderr; then
		expect 0 "note: account 'default' ($ACCOUNT:1): no sender"
	fi
}

@test "--check is no abbreviation, and has none" {
	check "${BASE[@]}"
	expect 0
	run "$POSTRIDER" --check-conf "$ACCOUNT"
	[ "$status" -eq 0 ]
	run "$POSTRIDER" --chec "$ACCOUNT"
	[ "$status" -eq 64 ]
	[[ $output == *'could be --check, --check-config'* ]]
}
