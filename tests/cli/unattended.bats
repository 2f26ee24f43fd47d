#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Called by programs with nobody looking: what is missing from the process's
# surroundings keeps no message, and the system log tells what became of it.

load ../helper

setup() {
	postrider_setup
	export XDG_CONFIG_HOME=$PWD/config
	mkdir -p config/postrider
	ACCOUNT=config/postrider/accounts
	ln -s "$POSTRIDER" sendmail
}

serve() {
	smarthost_serve
	account 'tls off' 'timeout 30' 'aliases' 'sender you@example.org' "$@"
}

accepted() {
	find "$CAPTURE" -name '*.message' | wc -l
}

# A namespace of its own for mounts, which we may have or not.
own_mounts() {
	unshare -m true 2>/dev/null || skip 'no mounts of our own here'
}

# A /dev with a system log in it, which writes what it gets to the file log;
# then the command, without a terminal.  Arguments of the shell within: DEV,
# the command.
# shellcheck disable=SC2016 # for that shell
IN_LOGGED='
dev=$1
shift
mount -t tmpfs none "$dev" || exit 99
for node in null zero full random urandom tty; do
	touch "$dev/$node" && mount --bind "/dev/$node" "$dev/$node"
done
ln -s /proc/self/fd "$dev/fd"
if [ -d /dev/pts ]; then
	mkdir "$dev/pts" && mount --rbind /dev/pts "$dev/pts"
	ln -s pts/ptmx "$dev/ptmx"
fi
mount --rbind "$dev" /dev || exit 99
perl -MIO::Socket::UNIX -e '\''
	my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "/dev/log")
	    or die "no socket: $!";
	chmod 0666, "/dev/log";
	open my $ready, ">", "ready" or die; close $ready;
	alarm 60;
	open my $out, ">>", "log" or die;
	$out->autoflush(1);
	while (defined $s->recv(my $line, 65536)) { print $out "$line\n" }
'\'' &
logger=$!
for look in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -e ready ] && break
	sleep 0.1
done
"$@"
status=$?
sleep 0.2
kill "$logger"
exit "$status"'

logged_run() {
	own_mounts
	perl -MIO::Socket::UNIX -e 1 2>/dev/null || skip 'no perl here'
	mkdir -p dev
	rm -f ready
	status=0
	timeout -k 5 "$LIMIT" setsid -w unshare -m sh -c "$IN_LOGGED" sh \
		"$PWD/dev" "$@" >stdout 2>stderr || status=$?
	[ "$status" -ne 99 ] || skip 'nothing can be mounted here'
	echo "$status" >status
}

# says PATTERN: the last line of the system log, as a glob
says() {
	local line

	line=$(tail -n 1 log)
	# shellcheck disable=SC2053 # a pattern is what it is
	if [[ $line != $1 ]]; then
		printf 'logged: %s\nwanted: %s\n' "$line" "$1" >&2
		return 1
	fi
}

@test "without a terminal, the system log has the line, with uid and caller" {
	serve
	message >m
	cp /bin/sh ./'a [x]' # a program's name may be anything
	logged_run ./'a [x]' -c './sendmail -i b@example.net <m; exit $?' \
		secret-argument
	expect 0
	[ ! -s stderr ]
	says '<22>[A-Z]* postrider\[[0-9]*\]: host=127.0.0.1 *from=you@example.org recipients=b@example.net *exitcode=EX_OK *duration=* uid='"$(id -u)"' caller=a\\x20\[x\]'
	if grep -q secret log; then false; fi
}

@test "the caller is not the shell that only runs his command for him" {
	serve
	message >m
	cp /bin/sh ./daemon
	# shellcheck disable=SC2016 # for the shells within
	logged_run ./daemon -c 'sh -c "./sendmail -i b@example.net <m; :"; :'
	says '* caller=daemon'
	# shellcheck disable=SC2016
	logged_run ./daemon -c 'sh -ec "bash -c \"./sendmail b@x.org <m; :\"; :"
		:'
	says '* caller=daemon'
	printf '%s\n' './sendmail -i b@example.net <m' : >script
	logged_run ./daemon -c 'sh script -c; :'
	says '* caller=sh'
}

@test "-L names the program in the system log" {
	serve
	message >m
	logged_run sh -c './sendmail -L cron.hourly -i b@example.net <m'
	says '<22>* cron.hourly\[[0-9]*\]: host=*'
	logged_run sh -c './sendmail -L "x: [1] y" -i b@example.net <m'
	says '<22>* x___1__y\[[0-9]*\]: host=*'
}

@test "failures are in the system log: the server's, the files', the caller's" {
	account_file 'host 127.0.0.1' 'port 1' 'from a@example.org'
	message >m
	logged_run sh -c './sendmail -i b@example.net <m'
	expect 75
	says "<19>*host=127.0.0.1 *errormsg='*127.0.0.1:1: *exitcode=EX_TEMPFAIL *"
	account_file 'prot 1'
	logged_run sh -c './sendmail -i b@example.net <m'
	expect 78
	says "<19>*host= *errormsg='*unknown setting \"prot\"' exitcode=EX_CONFIG hint='did you mean \"port\"[?]' *"
	logged_run sh -c './sendmail -z <m'
	expect 64
	says "<19>*errormsg='unknown option -z' exitcode=EX_USAGE *"
	logged_run sh -c './sendmail -oi "a@@b" <m'
	expect 65
	says "<19>*errormsg='recipient \"a@@b\": *exitcode=EX_DATAERR *"
}

@test "syslog off, a logfile or a terminal: nothing in the system log" {
	local line

	message >m
	for line in 'syslog off' 'logfile other' 'logfile'; do
		serve "$line"
		logged_run sh -c './sendmail -i b@example.net <m'
		expect 0
		[ ! -s log ]
		smarthost_stop
	done
	grep -q 'uid=[0-9]* caller=[a-z]*$' other
	serve
	script -qec true /dev/null >/dev/null 2>&1 </dev/null ||
		skip 'no script(1) here'
	logged_run script -qec './sendmail -i b@example.net <m' /dev/null
	expect 0
	[ ! -s log ]
	# a program at the terminal that keeps it to itself, as mail(1) does
	logged_run script -qec './sendmail -z <m 2>/dev/null' /dev/null
	says "<19>*errormsg='unknown option -z' exitcode=EX_USAGE *"
}

@test "no system log: not a word, as nobody asked for one" {
	[ ! -e /dev/log ] || skip 'there is a system log here'
	serve
	message >m
	setsid -w ./sendmail -i b@example.net <m 2>stderr
	[ ! -s stderr ]
	[ "$(accepted)" -eq 1 ]
}

@test "closed standard output and error, no environment, HOME that is none" {
	serve
	message >m
	./sendmail -i b@example.net <m >&- 2>&-
	env -i XDG_CONFIG_HOME="$XDG_CONFIG_HOME" ./sendmail -t <m
	HOME=/nonexistent ./sendmail -t <m
	HOME='' ./sendmail -t <m
	[ "$(accepted)" -eq 4 ]
}

@test "a user without passwd entry" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can be somebody else'
	serve
	message >m
	chmod -R a+rX .
	chmod a+x "$BATS_RUN_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")"
	chmod 644 "$ACCOUNT"
	cp -L sendmail own
	mv own sendmail
	chmod 755 sendmail
	setpriv --reuid=54321 --regid=54321 --clear-groups test -r "$PWD/m" \
		2>/dev/null || skip 'this folder is closed to others'
	status=0
	env -u HOME setpriv --reuid=54321 --regid=54321 --clear-groups \
		./sendmail -i b@example.net <m 2>stderr || status=$?
	echo "$status" >status
	expect 0
	grep -qF 'from <you@example.org>' "$CAPTURE/1.envelope"
	account 'tls off'
	chmod 644 "$ACCOUNT"
	env -u HOME setpriv --reuid=54321 --regid=54321 --clear-groups \
		./sendmail -i b@example.net <m 2>stderr || status=$?
	[ "$status" -eq 78 ]
	grep -q 'no sender address' stderr
}

@test "NoNewPrivileges, and none to lose" {
	setpriv --no-new-privs true 2>/dev/null || skip 'no setpriv here'
	serve
	message >m
	setpriv --no-new-privs ./sendmail -i b@example.net <m
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \
			./sendmail -i b@example.net <m
		[ "$(accepted)" -eq 2 ]
	fi
}

# Everything read-only, and folders for temporary files of that size; then the
# command. The folder of the test stays writable: the server needs it.
# shellcheck disable=SC2016 # for the shell within
IN_READ_ONLY='
size=$1
shift
here=$PWD
mount --bind "$here" "$here" || exit 99
for folder in /tmp /var/tmp; do
	case $here in
	"$folder"/*) ;;
	*) mount -t tmpfs -o "$size" none "$folder" || exit 99 ;;
	esac
done
mount -o remount,bind,ro / || exit 99
cd "$here" || exit 99
if touch /written 2>/dev/null; then exit 99; fi
exec "$@"'

read_only() {
	own_mounts
	status=0
	timeout -k 5 "$LIMIT" unshare -m sh -c "$IN_READ_ONLY" sh "$@" \
		>stdout 2>stderr || status=$?
	[ "$status" -ne 99 ] || skip 'nothing can be mounted here'
	echo "$status" >status
}

@test "a root that is read-only" {
	serve
	message >m
	read_only size=1m ./sendmail -i b@example.net <m
	expect 0
	[ "$(accepted)" -eq 1 ]
	read_only size=1m ./sendmail -bv b@example.net </dev/null
	expect 0
	read_only size=1m ./sendmail -bi </dev/null
	expect 0
}

@test "all of that at once, as a hardened service would have it" {
	own_mounts
	[ "$(id -u)" -eq 0 ] || skip 'only root can give up so much'
	serve
	message >m
	chmod -R a+rX .
	chmod a+x "$BATS_RUN_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")"
	cp -L sendmail own
	mv own sendmail
	chmod 755 sendmail
	# shellcheck disable=SC2016 # for the shell within
	read_only size=4k setsid -w env -i XDG_CONFIG_HOME="$XDG_CONFIG_HOME" \
		setpriv --reuid=54321 --regid=54321 --clear-groups \
		--no-new-privs --bounding-set=-all --inh-caps=-all \
		sh -c 'umask 777; exec ./sendmail -i b@example.net >&- 2>&-' <m
	expect 0
	[ "$(accepted)" -eq 1 ]
}

@test "a tiny or full folder for temporary files: small mail needs none" {
	own_mounts
	serve
	mkdir tiny
	message >m
	status=0
	# shellcheck disable=SC2016 # for the shell within
	timeout "$LIMIT" unshare -m sh -c 'mount -t tmpfs -o size=4k none tiny ||
		exit 99
		head -c 8192 /dev/zero >tiny/full 2>/dev/null
		TMPDIR=$PWD/tiny exec ./sendmail -i b@example.net' <m \
		2>stderr || status=$?
	[ "$status" -ne 99 ] || skip 'nothing can be mounted here'
	[ "$status" -eq 0 ]
	[ "$(accepted)" -eq 1 ]
	status=0
	# shellcheck disable=SC2016 # for the shell within
	{ message; seq 1 400000; } | timeout "$LIMIT" unshare -m sh -c '
		mount -t tmpfs -o size=4k none tiny || exit 99
		TMPDIR=$PWD/tiny exec ./sendmail -i b@example.net' \
		2>stderr || status=$?
	[ "$status" -eq 74 ]
	grep -q "$PWD/tiny" stderr
	[ "$(accepted)" -eq 1 ]
}

@test "a standard input that nobody writes to is not waited for by -q, -bp" {
	mkfifo never
	exec 7<>never
	account_file 'host 127.0.0.1'
	timeout "$LIMIT" ./sendmail -q <never 2>stderr
	timeout "$LIMIT" ./sendmail -bp <never >stdout
	timeout "$LIMIT" ./sendmail -bv b@example.net -f a@example.org \
		<never >stdout
	exec 7>&-
}
