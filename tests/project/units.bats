#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What contrib/ has for running the queue: units, the dispatcher of
# NetworkManager, the line of cron.  Those of the socket are tested beside -bs,
# too.

# shellcheck disable=SC2016,SC2034 # the fakes expand it; PORT is the helper's

load ../helper

# units FOLDER: copies, with the program where it is, in ./units
units() {
	local unit

	rm -rf units
	mkdir units
	for unit in "$ROOT/contrib/systemd$1"/*.{service,timer,path,socket}; do
		[ ! -e "$unit" ] || sed "s,^ExecStart=[^ ]*,ExecStart=$POSTRIDER," \
			"$unit" >"units/${unit##*/}"
	done
}

verify() {
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	timeout 60 systemd-analyze "$@" verify --man=no units/* \
		>verified 2>&1 || {
		cat verified >&2
		return 1
	}
	# what it says of other units of the machine is not about ours
	lacks -i postrider verified
}

@test "systemd understands the units of the system" {
	units ''
	[ -e units/postrider-queue.timer ]
	[ -e units/postrider-queue.path ]
	[ -e units/postrider-relay-queue.timer ]
	verify
}

@test "systemd understands the units of a user" {
	units /user
	[ -e units/postrider-queue.timer ]
	[ -e units/postrider-queue.path ]
	export XDG_RUNTIME_DIR=$PWD
	verify --user
}

@test "the timers are for every five minutes" {
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	local timer

	for timer in "$ROOT"/contrib/systemd/{,user/}*.timer; do
		TZ=UTC systemd-analyze calendar --iterations=2 \
			--base-time='2026-11-30 12:01:00' \
			"$(sed -n 's/^OnCalendar=//p' "$timer")" >elapses
		grep -q ' 12:05:00' elapses
		grep -q ' 12:10:00' elapses
	done
}

@test "what waits, or cannot go, is no failure of a unit" {
	local unit

	for unit in "$ROOT"/contrib/systemd/{,user/}*queue@.service; do
		grep -qx 'SuccessExitStatus=75' "$unit"
		grep -q '^ExecStart=.* --queue-run=%i$' "$unit"
	done
}

@test "a path unit starts no run for what merely waits" {
	local unit

	for unit in "$ROOT"/contrib/systemd/{,user/}*.path; do
		grep -q '^PathChanged=.*/msg$' "$unit"
		lacks -E '^(DirectoryNotEmpty|PathExists|PathExistsGlob)=' \
			"$unit"
	done
}

@test "the queue of the socket service: the same user, place and restrictions" {
	local unit

	for unit in postrider@.service postrider-relay-queue@.service; do
		sed -n '/^\[Service\]/,$p' "$ROOT/contrib/systemd/$unit" |
			grep -vE '^(#|$|ExecStart|Standard|Type|Success|Limit)' |
			sort >"$unit"
	done
	same postrider@.service postrider-relay-queue@.service
	grep -qx 'StateDirectory=postrider' postrider@.service
	grep -qx 'StateDirectoryMode=0700' postrider@.service
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	units ''
	timeout 60 systemd-analyze security --offline=yes --threshold=30 \
		units/postrider-relay-queue@.service >report || {
		tail -n 5 report >&2
		false
	}
}

@test "tmpfiles.d: the queue of root, and nobody else's" {
	grep -qx 'd /var/spool/postrider 0700 root root -' \
		"$ROOT/contrib/systemd/postrider-queue.conf"
	[ "$(id -u)" -eq 0 ] || skip 'only root can make what is root'"'"'s'
	command -v systemd-tmpfiles >/dev/null || skip 'no systemd-tmpfiles'
	systemd-tmpfiles --create --root="$PWD/root" \
		"$ROOT/contrib/systemd/postrider-queue.conf"
	[ "$(stat -c '%a %u' root/var/spool/postrider)" = '700 0' ]
}

# fake NAME [BODY]: a program of that name that writes down how it was called
fake() {
	mkdir -p fakes
	{
		printf '#!/bin/sh\necho "%s $*" >>"%s/called"\n' "$1" "$PWD"
		printf '%s\n' "${2:-}"
	} >"fakes/$1"
	chmod +x "fakes/$1"
}

# dispatch ACTION [CONNECTIVITY]: what NetworkManager does with our script
dispatch() {
	rm -f called
	PATH=$PWD/fakes CONNECTIVITY_STATE=${2:-} "$(command -v sh)" \
		"$ROOT/contrib/networkmanager/50-postrider" eth0 "$1"
	# what it leaves in the background
	wait_for_call
	touch called
}

wait_for_call() {
	local look

	for ((look = 0; look < ${LOOKS:-0}; look++)); do
		[ ! -s called ] || return 0
		sleep 0.02
	done
}

@test "the dispatcher: units whose timers are started, also of users" {
	local unit

	fake systemctl 'case $* in
	*bob@*is-active* | *relay*is-active* | *is-active*relay*) exit 3 ;;
	esac'
	fake loginctl 'printf "%s\n" "1000 alice no active" " 1001 bob yes lingering"'
	fake postrider
	dispatch up
	grep '^systemctl.* start ' called >started
	printf '%s\n' \
		'systemctl start --no-block postrider-queue@now.service' \
		'systemctl --user -M alice@ start --no-block postrider-queue@now.service' \
		>wanted
	same wanted started
	lacks ^postrider called
	while read -r unit; do
		[ -e "$ROOT/contrib/systemd/$unit" ]
	done < <(grep -oE 'postrider-[a-z-]*(@now)?\.[a-z]*' called |
		sed 's/@now/@/')
}

@test "the dispatcher: when a network comes, and at no other time" {
	local row

	fake systemctl
	fake loginctl
	for row in up vpn-up 'connectivity-change FULL'; do
		# shellcheck disable=SC2086 # words are meant
		dispatch $row
		grep -q ' start ' called
	done
	for row in down vpn-down hostname pre-up dhcp4-change '' \
		'connectivity-change PORTAL' connectivity-change; do
		# shellcheck disable=SC2086 # words are meant
		dispatch $row
		[ ! -s called ]
	done
}

@test "the dispatcher without systemd: the queue of root" {
	fake postrider
	LOOKS=$PORT_LOOKS
	dispatch up
	[ "$(cat called)" = 'postrider --queue-run=now' ]
	LOOKS=0
	dispatch down
	[ ! -s called ]
}

@test "the dispatcher is a script that others run" {
	[ -x "$ROOT/contrib/networkmanager/50-postrider" ]
	sh -n "$ROOT/contrib/networkmanager/50-postrider"
}

@test "cron's line: a command that there is, and no mail about it" {
	local line

	grep -qx 'MAILTO=""' "$ROOT/contrib/cron/postrider"
	line=$(grep '^\*/5' "$ROOT/contrib/cron/postrider")
	[[ $line == '*/5 * * * * root postrider --queue-run=due'* ]]
	PORT=1
	account 'tls off' 'from alice@example.org' 'queue on' \
		"queue_directory $PWD/queue"
	mkdir -p .config/postrider bin
	cp "$ACCOUNT" .config/postrider/accounts
	ln -s "$POSTRIDER" bin/postrider
	message | submit -odq bob@example.net
	PATH=$PWD/bin:$PATH sh -c "${line#*root }" >said 2>&1 || true
	[ ! -s said ]
	grep -q 'Connection refused' queue/state/*
}

@test "AppArmor understands the profile, which forbids nothing yet" {
	local profile=$ROOT/contrib/apparmor/usr.bin.postrider parser

	grep -qF 'flags=(complain) {' "$profile"
	parser=$(PATH=$PATH:/sbin:/usr/sbin command -v apparmor_parser) &&
		[ -d /etc/apparmor.d/abstractions ] ||
		skip 'no apparmor_parser'
	"$parser" -QKT "$profile"
}
