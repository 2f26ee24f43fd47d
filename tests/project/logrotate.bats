#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# contrib/logrotate, by the distribution's logrotate.

load ../helper

setup() {
	postrider_setup
	PATH=$PATH:/usr/sbin
	type logrotate >/dev/null 2>&1 || skip 'there is no logrotate'
	LOG=$BATS_TEST_TMPDIR/log/postrider.log
	mkdir log
	chmod 755 log
	sed "s,/var/log/postrider.log,$LOG," \
		"$ROOT/contrib/logrotate/postrider" >rules
	chmod 644 rules
}

# A line of whatever becomes of a message: nobody listens there.
logged() {
	printf 'host 127.0.0.1\nport 1\ntls off\nfrom a@example.org\nlogfile %s\n' \
		"$LOG" >accounts
	chmod 600 accounts
	echo "Subject: $1" | postrider -C accounts "$1@example.net" ||
		[ $? = 75 ]
}

@test "logrotate: the next message opens a new log" {
	logged one
	chmod 622 "$LOG"
	logrotate -f -s state rules
	[ "$(stat -c %a "$LOG")" = 622 ]
	logged two
	grep -q 'recipients=one@' "$LOG.1"
	[ "$(grep -c . "$LOG")" = 1 ]
	grep -q 'recipients=two@' "$LOG"
	logrotate -f -s state rules
	[ -e "$LOG.2.gz" ]
	grep -q 'recipients=two@' "$LOG.1"
}

@test "logrotate: without a log all is well" {
	logrotate -f -s state rules
	[ ! -e "$LOG" ]
}
