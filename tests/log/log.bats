#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The log: its line in every outcome, and that no log keeps a message, changes
# an exit status or holds us up.

load ../helper

# The dialogue up to the end of data, then the reply that is given.
delivery() {
	greet >dialogue
	cat >>dialogue <<END
C: MAIL FROM:<alice@example.org>
S: 250 ok
C: RCPT TO:<bob@example.net>
S: 250 ok
C: DATA
S: 354 go
! body -
$1
C? QUIT
END
	smarthost_play dialogue
	shift
	account 'tls off' 'from alice@example.org' 'timeout 20' "$@"
}

# logged PATTERN: the last line of the log, as a glob.
logged() {
	local line

	line=$(tail -n 1 "${LOG:-log}")
	# shellcheck disable=SC2053 # a pattern is what it is
	if [[ $line != $1 ]]; then
		printf 'logged: %s\nwanted: %s\n' "$line" "$1" >&2
		return 1
	fi
}

time='[A-Z][a-z][a-z] [0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]'
seconds='[0-9].[0-9][0-9][0-9]'

@test "a success" {
	delivery 'S: 250 2.0.0 Ok: queued as 4XyZ1b2c3D' 'logfile log'
	message | submit bob@example.net
	smarthost_wait
	expect 0
	[ ! -s stderr ]
	[ "$(wc -l <log)" -eq 1 ]
	[ "$(stat -c %a log)" = 640 ]
	logged "$time host=127.0.0.1 tls=off auth=off from=alice@example.org recipients=bob@example.net mailsize=[0-9]* smtpstatus=250 smtpmsg='250 2.0.0 Ok: queued as 4XyZ1b2c3D' exitcode=EX_OK msgid=<test@example.org> queueid=4XyZ1b2c3D duration=$seconds uid=$(id -u) caller=timeout"
}

@test "a reply of several lines, hostile ones too" {
	delivery 'S: 250-it'\''s\x1b[31mred exitcode=EX_OK
S: 250 \xe2\x80\xaeok' 'logfile log'
	message | submit bob@example.net
	smarthost_wait
	expect 0
	logged "*smtpmsg='250-it\"s\\\\x1b\\[31mred exitcode=EX_OK\\\\n250 \\\\xe2\\\\x80\\\\xaeok' exitcode=EX_OK *"
}

@test "TLS, AUTH, and a Message-ID of ours" {
	smarthost_serve --user alice:secret
	account_file 'host localhost' "port $PORT" 'tls on' \
		"tls_trust_file $CERTS/ca.pem" 'auth on' 'user alice' \
		'password secret' 'from alice@example.org' 'logfile log'
	printf 'Subject: a test\n\nHello.\n' | submit bob@example.net
	expect 0
	logged "* host=localhost tls=on auth=on user=alice from=alice@example.org recipients=bob@example.net mailsize=* exitcode=EX_OK msgid=<*@*> *tlsversion=TLS1.3 duration=$seconds uid=$(id -u) caller=timeout"
	if grep secret log; then false; fi
}

@test "a certificate that is not trusted, no STARTTLS" {
	smarthost_serve --no STARTTLS
	account_file 'host localhost' "port $PORT" 'tls on' 'logfile log' \
		"tls_trust_file $CERTS/ca.pem" 'from alice@example.org'
	message | submit bob@example.net
	expect 69
	logged "* tls=on *recipients=bob@example.net errormsg='*STARTTLS*' exitcode=EX_UNAVAILABLE hint='*\"tls off\"' msgid=<test@example.org> duration=*"
	smarthost_stop
	smarthost_serve --implicit-tls
	account_file 'host localhost' "port $PORT" 'tls on' 'logfile log' \
		'tls_starttls off' "tls_trust_file $CERTS/foreign-ca.pem" \
		'from alice@example.org'
	message | submit bob@example.net
	expect 69
	logged "* tls=on *errormsg='*certificate*' exitcode=EX_UNAVAILABLE hint='*' msgid=<test@example.org> duration=*"
}

@test "refused credentials: the reply, and no password that it repeats" {
	greet 'AUTH PLAIN' >dialogue
	cat >>dialogue <<'END'
C: AUTH PLAIN *
S: 535 5.7.8 hunter22 is wrong
C? QUIT
END
	smarthost_play dialogue
	account 'tls off' 'from alice@example.org' 'auth plain' \
		'user alice' 'password hunter22' 'logfile log'
	message | submit bob@example.net
	smarthost_wait
	expect 77
	logged "* auth=on user=alice *recipients=bob@example.net smtpstatus=535 smtpmsg='535 5.7.8 \*\*\*\*\*\*\*\* is wrong' errormsg='*refused the credentials*' exitcode=EX_NOPERM hint='check \"user\"*' msgid=*"
	if grep hunter log; then false; fi
}

@test "some recipients refused: all of them are named" {
	begin PIPELINING <<'END'
C: MAIL FROM:<alice@example.org>
C: RCPT TO:<bob@example.net>
C: RCPT TO:<eve@example.net>
C: RCPT TO:<dan@example.net>
C: DATA
S: 250 ok
S: 250 ok
S: 550 5.1.1 no such user
S: 451 4.7.1 greylisted
S: 354 go
! body -
C: QUIT
S: 250 2.0.0 Ok: queued as 4XyZ1b
END
	message | submit -X log bob@example.net eve@example.net \
		dan@example.net
	smarthost_wait
	expect 67
	logged "*recipients=bob@example.net,eve@example.net,dan@example.net mailsize=* smtpstatus=250 smtpmsg='250 2.0.0 Ok: queued as 4XyZ1b' errormsg='*accepted for 1 of 3 recipients' exitcode=EX_NOUSER hint='send it again*' refused='eve@example.net: 550 5.1.1 no such user\\\\ndan@example.net: 451 4.7.1 greylisted' msgid=*queueid=4XyZ1b *"
}

@test "all recipients refused, the sender refused, the message refused" {
	begin <<'END'
C: MAIL *
S: 250 ok
C: RCPT *
S: 550 5.1.1 no such user
C? QUIT
END
	message | submit -X log bob@example.net
	smarthost_wait
	expect 67
	logged "* smtpstatus=550 smtpmsg='550 5.1.1 no such user' errormsg='*' exitcode=EX_NOUSER *"
	begin <<'END'
C: MAIL *
S: 451 4.3.0 try later
C? QUIT
END
	message | submit -X log bob@example.net
	smarthost_wait
	logged "*recipients=bob@example.net smtpstatus=451 smtpmsg='451 4.3.0 try later' errormsg='*' exitcode=EX_TEMPFAIL *"
	delivery 'S: 554 5.6.0 spam queued as 4XyZ1b' 'logfile log'
	message | submit bob@example.net
	smarthost_wait
	logged "*smtpstatus=554 *exitcode=EX_DATAERR msgid=<test@example.org> duration=*"
	[ "$(wc -l <log)" -eq 3 ]
}

@test "421 out of turn, and a connection that breaks" {
	begin <<'END'
C: MAIL *
S: 421 4.3.2 shutting down
! eof
END
	message | submit -X log bob@example.net
	smarthost_wait
	expect 75
	logged "*smtpstatus=421 smtpmsg='421 4.3.2 shutting down' errormsg='*' exitcode=EX_TEMPFAIL *"
	begin <<'END'
C: MAIL *
S: 250 ok
C: RCPT *
S: 250 ok
C: DATA
S: 354 go
! body -
! close
END
	message | submit -X log bob@example.net
	smarthost_wait
	expect 75 'may have been delivered'
	logged "*recipients=bob@example.net errormsg='*may have been delivered' exitcode=EX_TEMPFAIL *"
}

@test "failures before the connection are logged" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'logfile log' \
		'from alice@example.org'
	message | submit bob@example.net
	expect 75
	logged "*host=127.0.0.1 tls=off *errormsg='127.0.0.1:1: *' exitcode=EX_TEMPFAIL *"
	account_file 'host no-such-host.invalid' 'tls off' 'logfile log' \
		'from alice@example.org'
	message | submit bob@example.net
	logged "*host=no-such-host.invalid *errormsg='*' exitcode=EX_*"
	account_file 'host 127.0.0.1' 'port 1' 'logfile log' 'auth on' \
		'user alice' 'passwordeval exit 3' 'from alice@example.org'
	message | submit bob@example.net
	expect 78
	logged "*auth=on user=alice *errormsg='*exit status 3*' exitcode=EX_CONFIG *"
	account_file 'host 127.0.0.1' 'tls on' 'logfile log' \
		'tls_trust_file /nonexistent' 'from alice@example.org'
	message | submit bob@example.net
	expect 66
	logged "*tls=on *exitcode=EX_NOINPUT *"
	account_file 'host 127.0.0.1' 'logfile log' 'from a@@b'
	message | submit bob@example.net
	logged "*from= recipients=bob@example.net errormsg='*' exitcode=EX_*"
	account_file 'host 127.0.0.1' 'logfile log' 'auth on'
	message | submit bob@example.net
	expect 78
	logged "*auth=on * recipients=bob@example.net errormsg='*no user*' exitcode=EX_CONFIG *"
	account_file 'port 25' 'logfile log'
	message | submit bob@example.net
	expect 78
	logged "*host= tls=off *errormsg='*no host*' exitcode=EX_CONFIG *"
	[ "$(wc -l <log)" -eq 7 ]
}

@test "a message that cannot be taken is logged" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' 'logfile log' \
		'from alice@example.org'
	printf 'Subject: a\0b\n\nx\n' | submit bob@example.net
	expect 65
	logged "*from=alice@example.org recipients=bob@example.net errormsg='*NUL*' exitcode=EX_DATAERR *"
	printf 'Subject: x\n\nHello.\n' | submit -t
	expect 64
	logged "*from=alice@example.org recipients= errormsg='no recipients*' exitcode=EX_USAGE *"
}

@test "logfile: a home folder, and none; an empty value; -X wins" {
	delivery 'S: 250 ok' "logfile ~/my log"
	message | submit bob@example.net
	smarthost_wait
	LOG="my log" logged '*exitcode=EX_OK*'
	delivery 'S: 250 ok' 'logfile log' 'logfile'
	message | submit bob@example.net
	smarthost_wait
	[ ! -e log ]
	delivery 'S: 250 ok' 'logfile log'
	message | submit -X other bob@example.net
	smarthost_wait
	[ ! -e log ]
	LOG=other logged '*exitcode=EX_OK*'
	delivery 'S: 250 ok' 'logfile log'
	message | submit --logfile= bob@example.net
	smarthost_wait
	[ ! -e log ]
}

@test "logfile -: standard output" {
	delivery 'S: 250 ok' 'logfile -'
	message | submit bob@example.net
	smarthost_wait
	expect 0
	LOG=stdout logged "$time host=*exitcode=EX_OK *"
	delivery 'S: 250 ok' 'logfile -'
	message | "$POSTRIDER" -C "$ACCOUNT" bob@example.net | cat >piped
	smarthost_wait
	LOG=piped logged "$time host=*exitcode=EX_OK *"
}

@test "logfile_time_format" {
	delivery 'S: 250 ok' 'logfile log' 'logfile_time_format none'
	message | submit bob@example.net
	smarthost_wait
	logged 'host=127.0.0.1 *'
	delivery 'S: 250 ok' 'logfile log' \
		"logfile_time_format \"$(printf 'a%.0s' {1..300}) %Y \""
	message | submit bob@example.net
	smarthost_wait
	logged 'aaa*aaa [0-9][0-9][0-9][0-9]  host=127.0.0.1 *'
	delivery 'S: 250 ok' 'logfile log' 'logfile_time_format %s' \
		'logfile_time_format'
	message | submit bob@example.net
	smarthost_wait
	logged "$time host=*"
}

# keeps LINE...: with that log the message goes out, and the user is told once.
keeps() {
	delivery 'S: 250 2.0.0 Ok: queued as 4XyZ1b' "$@"
	message | submit bob@example.net
	smarthost_wait
	expect 0 'cannot be written' '; not logged: ' 'exitcode=EX_OK'
	[ "$(grep -c '^' stderr)" -eq 1 ]
}

@test "a log that cannot be written keeps no message" {
	keeps 'logfile /nonexistent/log'
	keeps 'logfile .'
	mkfifo fifo
	keeps 'logfile fifo'
	[ ! -e /dev/full ] || keeps 'logfile /dev/full'
	mkdir closed
	chmod 500 closed
	[ "$(id -u)" -eq 0 ] || keeps 'logfile closed/log'
}

@test "no system log keeps no message; it wants no file" {
	[ ! -e /dev/log ] || skip 'there is a system log here'
	keeps 'syslog on'
	keeps 'syslog LOG_LOCAL7' 'logfile log'
	grep -q 'note: the system log cannot be written: No such' stderr
	logged "$time host=*exitcode=EX_OK *"
	delivery 'S: 250 ok' 'syslog on'
	message | submit --syslog=off bob@example.net
	smarthost_wait
	[ ! -s stderr ]
}

@test "a FIFO that is full, a standard output that nobody reads" {
	mkfifo fifo
	exec 7<>fifo
	dd if=/dev/zero of=fifo oflag=nonblock bs=4096 2>dd.stderr || true
	keeps 'logfile fifo'
	delivery 'S: 250 ok' 'logfile -'
	message >m
	timeout "$LIMIT" "$POSTRIDER" -C "$ACCOUNT" bob@example.net \
		<m >fifo 2>stderr
	echo 0 >status
	exec 7>&-
	smarthost_wait
	expect 0 'the log file - cannot be written: nobody reads it'
}

@test "a home folder that does not exist keeps no message" {
	delivery 'S: 250 ok' 'logfile ~/log'
	unset HOME
	message | HOME=/nonexistent/home submit bob@example.net
	smarthost_wait
	expect 0 'the log file ~/log cannot be written'
}

@test "a file size limit: the line before stays whole" {
	delivery 'S: 250 ok' 'logfile log'
	head -c 1000 /dev/zero | tr '\0' x >log
	echo >>log
	message >m
	(
		ulimit -f 1
		"$POSTRIDER" -C "$ACCOUNT" bob@example.net <m 2>note
		echo "$?" >code
	) 2>/dev/null || true
	smarthost_wait
	[ "$(cat code)" -eq 0 ]
	grep -q 'log file log cannot be written: .*; not logged: .*EX_OK' note
	[ "$(wc -c <log)" -eq 1001 ]
}

@test "a failure keeps its exit status whatever the log does" {
	account_file 'host 127.0.0.1' 'port 1' 'tls off' \
		'from alice@example.org' 'logfile /nonexistent/log'
	message | submit bob@example.net
	expect 75 'cannot be written' 'exitcode=EX_TEMPFAIL'
}

@test "passwordeval does not get the log" {
	account_file 'host 127.0.0.1' 'port 1' 'logfile log' 'auth on' \
		'user alice' 'from alice@example.org' \
		'passwordeval ls -l /proc/self/fd >fds; echo x'
	[ -d /proc/self/fd ] || skip 'no /proc here'
	message | submit bob@example.net
	[ -s fds ]
	if grep '/log$' fds; then false; fi
}

@test "as sendmail: the account's log, and none that the caller names" {
	delivery 'S: 250 ok' 'logfile log'
	cp "$ACCOUNT" .msmtprc
	ln -s "$POSTRIDER" sendmail
	message >m
	./sendmail bob@example.net <m
	smarthost_wait
	logged '*exitcode=EX_OK*'
	status=0
	./sendmail -Xother bob@example.net <m 2>stderr || status=$?
	[ "$status" -eq 64 ]
	[ ! -e other ]
}
