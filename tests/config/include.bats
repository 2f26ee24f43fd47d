#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Lines of account files that stand for other lines: eval, include, and words
# of other programs for settings of ours.  Nothing listens on port 1, so a
# message that gets as far as being sent ends with 75 and names that port.

# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own

load ../helper

setup() {
	postrider_setup
	BASE=('host 127.0.0.1' 'port 1' 'from a@example.org')
}

refused() {
	message | submit b@example.org
	expect "$@"
}

found() {
	message | postrider b@example.org
	expect "$@"
}

# file NAME LINE...: another account file
file() {
	(umask 077 && printf '%s\n' "${@:2}" >"$1")
}

@test "eval: the first line of output is the line" {
	account_file 'host 127.0.0.1' 'from a@example.org' \
		"eval printf 'port 1\\r\\nport 2\\n'"
	refused 75 127.0.0.1:1
	account_file 'host 127.0.0.1' 'from a@example.org' \
		'eval "echo account b : x"'
	refused 78 "$ACCOUNT:3:7: account 'x' is not defined"
}

@test "eval: its exit status and its silence are errors" {
	account_file "${BASE[@]}" 'eval echo host h; echo no >&2; exit 3'
	refused 78 "$ACCOUNT:4:6: eval failed with exit status 3: no" \
		'hint: run the command in a shell'
	account_file "${BASE[@]}" '  eval "true"'
	refused 78 "$ACCOUNT:4:9: eval printed nothing"
	account_file "${BASE[@]}" 'eval'
	refused 78 "$ACCOUNT:4:5: eval needs a command"
	account_file "${BASE[@]}" 'eval echo eval echo port 1'
	refused 78 "$ACCOUNT:4:6: what eval prints cannot be another eval"
}

@test "eval: what may be a password is not shown" {
	account_file "${BASE[@]}" 'eval echo hunter2'
	refused 78 "$ACCOUNT:4:6: eval printed no setting"
	account_file "${BASE[@]}" 'eval echo password=hunter2'
	refused 78 "$ACCOUNT:4:6: eval printed no setting"
	expect_not hunter2
}

@test "eval: a password that it prints is in no file" {
	account_file "${BASE[@]}" 'eval echo password hunter2'
	chmod 644 "$ACCOUNT"
	refused 75 127.0.0.1:1
}

@test "eval: the message is not its input" {
	account_file "${BASE[@]}" 'eval cat >eaten; echo user me'
	refused 75 127.0.0.1:1
	[ -e eaten ]
	[ ! -s eaten ]
}

@test "eval: not from a file that others could have written" {
	account_file "${BASE[@]}" 'eval touch ran; echo port 1'
	chmod 602 "$ACCOUNT"
	refused 78 "$ACCOUNT holds an eval" 'mode 0602' \
		"hint: run: chmod go-w $ACCOUNT"
	[ ! -e ran ]
}

@test "include: lines as if they stood there" {
	mkdir more
	file more/common 'port 1' 'from a@example.org'
	file more/10 'account ten' 'host 127.0.0.10' 'include common'
	file more/20 'account twenty' 'host 127.0.0.20' 'port 1'
	account_file 'account one' 'include more/common' 'include more/[12]0' \
		'host 127.0.0.1' 'include none.d/*' 'include more/x*'
	message | submit -a one b@example.org
	expect 75 127.0.0.1:1
	message | submit -a ten b@example.org
	expect 75 127.0.0.10:1
	message | submit -a twenty -f b@example.org b@example.org
	expect 75 127.0.0.20:1
}

@test "include: ~ is the home folder, and one can stand first" {
	file mine 'host 127.0.0.1' 'from a@example.org'
	account_file 'include ~/mine' 'port 1'
	refused 75 127.0.0.1:1
}

@test "include: errors name the included file" {
	file more 'account b' 'prot 1'
	account_file "${BASE[@]}" 'include more'
	refused 78 "postrider: $PWD/more:2:1: unknown setting 'prot'"
	account_file "${BASE[@]}" 'include none'
	refused 78 "$ACCOUNT:4:9: $PWD/none cannot be read: No such file"
	account_file "${BASE[@]}" 'include /'
	refused 78 'account file / is a folder'
	account_file "${BASE[@]}" include
	refused 78 "$ACCOUNT:4:8: include needs a file"
}

@test "include: a name twice, in two files" {
	file more 'account a'
	account_file 'account a' 'host h' 'include more'
	refused 78 "$PWD/more:1:9: account 'a' is defined twice" \
		"$ACCOUNT:1"
}

@test "include: no loops" {
	account_file "${BASE[@]}" "include $ACCOUNT"
	refused 78 "$ACCOUNT:4:9: $ACCOUNT is included by itself"
	ln -s accounts other
	account_file "${BASE[@]}" 'include oth*'
	refused 78 "$PWD/other is included by itself"
}

@test "include: the same checks for each file" {
	ACCOUNT=$HOME/.msmtprc
	file more 'password hunter2'
	account_file "${BASE[@]}" 'include more'
	chmod 644 "$ACCOUNT"
	found 75 127.0.0.1:1
	chmod 644 more
	found 78 "account file $PWD/more holds a password" \
		"hint: run: chmod 600 $PWD/more"
	file more 'eval touch ran; echo port 2'
	chmod 606 more
	chmod 600 "$ACCOUNT"
	refused 78 "$PWD/more holds an eval"
	[ ! -e ran ]
	file more 'port 2'
	refused 75 127.0.0.1:2
	found 78 "account file $PWD/more can be written by others than" \
		'mode 0606' "hint: run: chmod go-w $PWD/more"
}

@test "words of msmtp's for settings of ours" {
	account_file "${BASE[@]}" 'tls_nocertcheck' 'tls_nostarttls' \
		'keepbcc on' 'add_missing_from_header' \
		'add_missing_date_header off' 'undisclosed_recipients' \
		'connect_timeout 5' 'tls_force_sslv3 on' 'tls off'
	refused 75 127.0.0.1:1 \
		"note: $ACCOUNT:11: tls_force_sslv3 has no effect"
	account_file "${BASE[@]}" 'keepbcc yes'
	refused 78 "$ACCOUNT:4:9: keepbcc cannot be 'yes'" 'on or off'
	account_file "${BASE[@]}" 'tls_nocertcheck on'
	refused 78 "$ACCOUNT:4:17: tls_nocertcheck takes no value" \
		"write 'tls_certcheck off'"
}

# A word that has become a setting may be fine, or have another value.
@test "words of msmtp's are known, supported or not" {
	local word

	for word in aliases logfile logfile_time_format ntlmdomain protocol \
		proxy_host proxy_port socket source_ip syslog tls_cert_file \
		tls_crl_file tls_fingerprint tls_host_override tls_key_file \
		tls_min_dh_prime_bits tls_priorities; do
		account_file "${BASE[@]}" "$word"
		postrider --check-config "$ACCOUNT"
		expect_not 'unknown setting'
		if [ "$(cat status)" -ne 0 ]; then
			expect 78 "$ACCOUNT:4:"
		fi
		postrider "--${word//_/-}=x" b@example.org
		expect_not 'unknown option'
	done
}
