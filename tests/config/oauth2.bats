#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The setting oauth2 as far as no token is needed: what goes with it, who may
# give it, and that nothing is run but the program that was installed. The rest
# is in tests/oauth2/setting.bats.

load ../helper

readonly ALICE=alice@example.org

@test "a password beside it: 78, and both lines" {
	local line setting

	for line in 'passwordeval x' 'password x' 'password_file x' \
		'password_fd 7'; do
		setting=${line% *}
		account_file 'host 127.0.0.1' "$line" 'account a : default' \
			"oauth2 $ALICE"
		message | submit -a a bob@example.net
		expect 78 "oauth2 ($ACCOUNT:4): $setting is set too ($ACCOUNT:2)" \
			"'$setting' without a value"
		postrider --check-config "$ACCOUNT"
		expect 78 "$setting is set too" '1 error'
	done
	account_file 'host mail.example.org' 'from a@example.org' \
		'passwordeval x' 'account a : default' "oauth2 $ALICE" \
		passwordeval
	message | submit --pretend -a a bob@example.net
	expect 0
}

@test "the program is not installed: 78, and what to do" {
	local program

	program=$(tr '\0' '\n' <"$POSTRIDER" | grep -x '/.*/postrider-oauth2')
	[ ! -x "$program" ] || skip "$program is installed here"
	# that one is not looked for in PATH
	mkdir bin
	printf '#!/bin/sh\ntouch ran\necho fresh-token\n' >bin/postrider-oauth2
	chmod +x bin/postrider-oauth2
	account_file 'host 127.0.0.1' 'from alice@example.org' "oauth2 $ALICE"
	message | PATH=$PWD/bin:$PATH submit bob@example.net
	expect 78 "$program: No such file" 'hint: install postrider-oauth2' \
		passwordeval
	[ ! -e ran ]
	postrider --check-config "$ACCOUNT"
	expect 0 "note: account 'default': oauth2: $program: No such file"
}

@test "not as an option of sendmail, nor from the environment" {
	ln -s "$POSTRIDER" sendmail
	message | POSTRIDER=./sendmail postrider "--oauth2=$ALICE" b@example.net
	expect 64 '--oauth2 is not an option of sendmail'
	message | POSTRIDER_HOST=127.0.0.1 POSTRIDER_OAUTH2=$ALICE \
		postrider b@example.net
	expect 78 POSTRIDER_OAUTH2 'commands are not taken'
}

@test "--pretend shows what it stands for" {
	account_file 'host mail.example.org' 'from alice@example.org' \
		"oauth2 $ALICE"
	message | submit --pretend bob@example.net
	expect 0
	grep -qF "oauth2 = $ALICE  [$ACCOUNT:3]" stdout
	grep -qF "user = $ALICE  [$ACCOUNT:3]" stdout
	grep -qF "auth = xoauth2 oauthbearer  [$ACCOUNT:3]" stdout
	grep -qF "secret: from oauth2  [$ACCOUNT:3]" stdout
}

@test "a file that others can write to: 78" {
	account_file 'host 127.0.0.1' 'from alice@example.org' "oauth2 $ALICE"
	chmod 666 "$ACCOUNT"
	message | submit bob@example.net
	expect 78 'holds an oauth2' 'chmod go-w'
}
