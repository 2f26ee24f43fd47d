#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Every option of msmtp's command line, in each form: what it does is what
# arrives, what --pretend shows, or the exit status.  Long options that are
# settings have their effects in msmtp_keywords.bats; here are their forms.
#
# shellcheck disable=SC2086 # rows are words to be split

load ../helper

# Its modes have tests of their own; some options may be still to come.
MODES='serverinfo rmqs configure help version'
READ='read-recipients read-envelope-from'
b=bob@example.net
MSMTP="account add-missing-date-header add-missing-from-header aliases auth
	auto-from configure connect-timeout debug domain dsn-notify dsn-return
	file from help host keepbcc logfile logfile-time-format maildomain
	passwordeval port pretend protocol proxy-host proxy-port
	read-envelope-from read-recipients remove-bcc-headers rmqs serverinfo
	set-date-header set-from-header set-msgid-header set-to-header socket
	source-ip syslog timeout tls tls-cert-file tls-certcheck tls-crl-file
	tls-fingerprint tls-force-sslv3 tls-host-override tls-key-file
	tls-min-dh-prime-bits tls-priorities tls-starttls tls-trust-file
	undisclosed-recipients user version"

setup() {
	postrider_setup
	account_file 'host 127.0.0.1' 'port 1' 'from alice@example.org' \
		'account work' 'host 127.0.0.2' 'port 2' 'from w@example.org'
	LATER=
	"$POSTRIDER" --help >help
	for name in protocol serverinfo rmqs configure source-ip proxy-host \
		proxy-port socket; do
		grep -q -e "--$name" help || LATER+=" $name"
	done
	printf '%s\n' 'From: Alice <alice@example.org>' \
		'To: bob@example.net' 'Cc: carl@example.net' \
		'Bcc: dora@example.net' '' Hello. >message
}

# shows ROW...: "OPTIONS|LINE|LINE": --pretend prints these lines, or where
# there is a "!" in front does not.
shows() {
	local row options line

	for row in "$@"; do
		options=${row%%|*}
		submit -P $options <message
		[ "$(cat status)" -eq 0 ] || expect 0 || {
			echo "row: $row" >&2
			return 1
		}
		row=${row#*|}\|
		while [ -n "$row" ]; do
			line=${row%%|*}
			row=${row#*|}
			case $line in
			!*) ! grep -qF -e "${line#!}" stdout ;;
			*) grep -qF -e "$line" stdout ;;
			esac && continue
			printf 'options %s: not so: %s\n' "$options" "$line" >&2
			cat stdout >&2
			return 1
		done
	done
}

# refuses ROW...: "OPTIONS|TEXT": 64, and the text
refuses() {
	local row

	for row in "$@"; do
		submit ${row%%|*} <message
		expect 64 "${row#*|}" || {
			echo "row: $row" >&2
			return 1
		}
	done
}



@test "short options and their long forms" {
	shows "$b|account: default|host = 127.0.0.1|recipient: $b" \
		"-a work $b|account: work|host = 127.0.0.2" \
		"-awork $b|account: work" "--account work $b|account: work" \
		"--account=work $b|account: work" \
		"-f eve@example.org $b|reverse-path: eve@example.org" \
		"-feve@example.org $b|reverse-path: eve@example.org" \
		"--from eve@example.org $b|reverse-path: eve@example.org" \
		"--from=eve@example.org $b|reverse-path: eve@example.org" \
		"-f <> $b|reverse-path: <>" "--from= $b|reverse-path: <>" \
		"-f <eve@example.org> $b|reverse-path: eve@example.org" \
		"-f MAILER-DAEMON $b|reverse-path: <>" \
		"-f Mailer-Daemon $b|reverse-path: <>" \
		"-t|recipient: $b|recipient: carl@|recipient: dora@" \
		"--read-recipients|recipient: $b|recipient: dora@" \
		"-t x@example.net|recipient: x@example.net|recipient: $b" \
		"$b|!recipient: carl@|recipient: $b" \
		"--read-envelope-from $b|reverse-path: alice@example.org" \
		"-N never $b|notify: never" "-Nnever $b|notify: never" \
		"--dsn-notify never $b|notify: never" \
		"--dsn-notify=never $b|notify: never" \
		"-N success,failure,delay $b|notify: " \
		"-N SUCCESS $b|notify: success" \
		"--dsn-notify=SUCCESS $b|notify: success" \
		"-R full $b|return: full" "-R FULL $b|return: full" \
		"-R hdrs $b|return: headers" "-Rheaders $b|return: headers" \
		"--dsn-return hdrs $b|return: headers" \
		"--dsn-return=headers $b|return: headers" \
		"-X log $b|logfile = log" "-Xlog $b|logfile = log" \
		"--logfile log $b|logfile = log" \
		"--logfile=log $b|logfile = log" "-X - $b|logfile = -"
}

@test "off in place of the account's notifications" {
	echo 'dsn_notify never' >>"$ACCOUNT"
	echo 'dsn_return full' >>"$ACCOUNT"
	shows "-a work $b|notify: never|return: full" \
		"-a work -N off $b|!notify: |return: full" \
		"-a work --dsn-notify=off $b|!notify: " \
		"-a work --dsn-notify off $b|!notify: " \
		"-a work -N never -N off $b|!notify: " \
		"-a work -N off -N success $b|notify: success" \
		"-a work -R off $b|!return: |notify: never" \
		"-a work --dsn-return=off $b|!return: " \
		"-a work -R full -R off $b|!return: " \
		"-a work -R off -R hdrs $b|return: headers"
}

@test "-F, which has no long form" {
	sed -i 1d message
	submit -P -F 'Full Name' "$b" <message
	grep -qx 'add: From: Full Name <alice@example.org>' stdout
	submit -P -F'Full Name' "$b" <message
	grep -qx 'add: From: Full Name <alice@example.org>' stdout
}

@test "-C and --file, and no file" {
	mv accounts mine
	for row in '-C mine' '-Cmine' '--file mine' '--file=mine'; do
		postrider -P $row "$b" <message
		expect 0
		grep -qx 'read: mine' stdout
	done
	postrider -C none "$b" <message
	expect 78 'account file none: No such file'
}

@test "-d, -v, --debug: the dialogue, on standard error" {
	local row

	smarthost_serve --user alice:hunter2 --mechs PLAIN
	account 'from alice@example.org' 'auth plain' 'user alice' \
		'passwordeval echo hunter2'
	for row in -d -d1 -v --debug --debug=1; do
		submit $row "$b" <message
		expect 0 "RCPT TO:<$b>"
		[ ! -s stdout ]
		expect_not hunter2 AGFsaWNlAGh1bnRlcjI
	done
	for row in -d0.1 --debug=0.1 --version; do
		submit $row "$b" </dev/null
		expect 0
		grep -q '^postrider [0-9]' stdout
	done
}

@test "--help and --version print, and nothing is sent" {
	submit --help "$b" <message
	expect 0
	grep -q '^usage' stdout
	submit --vers --nonsense </dev/null
	expect 0
}

@test "what is accepted and ignored: attached, separate, in a row" {
	shows "-A x $b|recipient: $b|!recipient: x" \
		"-Ax $b|recipient: $b" \
		"-B 8BITMIME $b|recipient: $b|!recipient: 8" \
		"-B7BIT $b|recipient: $b" "-G $b|recipient: $b" \
		"-h 3 $b|recipient: $b|!recipient: 3" "-h3 $b|recipient: $b" \
		"-i $b|recipient: $b" "-m $b|recipient: $b" \
		"-L tag $b|recipient: $b|!recipient: tag" \
		"-Ltag $b|recipient: $b" "-n $b|recipient: $b" \
		"-O SuperSafe=y $b|recipient: $b|!recipient: x" \
		"-OTimeout.iconnect=3m $b|recipient: $b" "-o i $b|recipient: $b|!recipient: i" \
		"-oi $b|recipient: $b" "-oem -odb $b|recipient: $b" \
		"-v $b|recipient: $b" "-bm $b|recipient: $b" \
		"-b m $b|recipient: $b|!recipient: m" \
		"-Gimnv $b|recipient: $b" "-Gimnvoem $b|recipient: $b"
}

@test "options behind recipients, and -- which ends them" {
	shows "$b -t|recipient: $b|recipient: dora@" \
		"$b -f eve@example.org x@example.net|reverse-path: eve@|recipient: x@" \
		"-t -- $b|recipient: $b" "-- $b -t|recipient: -t|!recipient: dora@" \
		"-f eve@example.org -- -x@example.net|recipient: -x@example.net" \
		"$b --account work|account: work" \
		"--port=3 $b --port=4|port = 4  [the command line]"
}

# A value that the setting takes; "on" where it may be left out.
value_of() {
	case $1 in
	account) echo work ;;
	file) echo accounts ;;
	from) echo eve@example.org ;;
	host) echo 127.0.0.1 ;;
	port | proxy-port | timeout | connect-timeout) echo 7 ;;
	source-ip) echo 127.0.0.1 ;;
	protocol) echo smtp ;;
	auth | auto-from | tls* | syslog | keepbcc | *-header | *-headers | \
		undisclosed-*)
		case $1 in
		*-file | *-priorities | *-override) echo x ;;
		*-bits) echo 1024 ;;
		*-fingerprint) printf '00:%.0s' {1..31} && echo 00 ;;
		set-date-* | set-msgid-*) echo auto ;;
		*) echo on ;;
		esac
		;;
	dsn-notify) echo never ;;
	dsn-return) echo full ;;
	*) echo x ;;
	esac
}

@test "long options: --x=v, and --x v where a value is needed" {
	local name value form

	for name in $MSMTP; do
		case " $LATER $MODES debug pretend $READ " in
		*" $name "*) continue ;;
		esac
		value=$(value_of "$name")
		# "host" wants what an account would say, and no file
		set -- -C "$ACCOUNT"
		[ "$name" != host ] || set -- -f a@example.org
		[ "$name" != auth ] || set -- "$@" --user=x
		postrider -P "$@" "--$name=$value" "$b" <message
		expect 0 || { echo "--$name=$value" >&2 && false; }
		form=with
		case $value in
		on | auto) form=without ;;
		esac
		if [ "$form" = with ]; then
			postrider -P "$@" "--$name" "$value" "$b" <message
			[ "$(grep -cx "recipient: $value" stdout)" -eq 0 ]
			postrider -P "$@" "$b" "--$name" <message
			expect 64 'needs a value'
		else
			postrider -P "$@" "--$name" "$b" <message
		fi
		[ "$form" != with ] || continue
		expect 0
		grep -qx "recipient: $b" stdout
	done
}

@test "long options: what msmtp knows by its beginning, we do" {
	local name n part twins known

	for name in $MSMTP; do
		case " $LATER " in
		*" $name "*) continue ;;
		esac
		for ((n = 1; n < ${#name}; n++)); do
			part=${name:0:n}
			twins=0
			for known in $MSMTP password; do
				[ "${known:0:n}" != "$part" ] || ((++twins))
				[ "$known" != "$part" ] || twins=9
			done
			[ "$twins" -eq 1 ] && break
		done
		[ "$n" -lt ${#name} ] || continue
		# the shortest: "=" and nothing, or a value that is none
		postrider -P "--$part=%" --help </dev/null
		expect_not unknown ambiguous || {
			echo "--$part is not --$name" >&2
			return 1
		}
	done
	shows "--passworde=x $b|passwordeval = x" "--al=x $b|aliases = x" \
		"--tls-p=NORMAL $b|tls_priorities = NORMAL" \
		"--tls-m=9 $b|tls_min_dh_prime_bits = 9" \
		"--acc work $b|account: work" "--read-r|recipient: $b" \
		"--ti 4 $b|timeout = 4"
	# a password is not to be run as a command
	refuses "--pass=x $b|--pass is ambiguous" "--t $b|--t is ambiguous" "--set $b|--set is ambiguous" \
		"--read $b|--read is ambiguous" "--nonsense $b|unknown option"
}

@test "what is wrong: 64" {
	refuses '|no recipients' '-f|-f needs a value' \
		"-t -f a@example.org --read-envelope-from|exclude each other" \
		"-a work --host h $b|exclude each other" \
		"-N sometimes $b|-N" "-N failuredelay, $b|-N" "-R all $b|-R" \
		"--dsn-notify=failuredelay, $b|dsn" "--port=x $b|--port" \
		"--port= $b|--port" "--port=0 $b|--port" \
		"--port=65536 $b|--port" "--timeout=0 $b|--timeout" \
		"--timeout= $b|--timeout" "--tls=ON $b|--tls" \
		"--auth=nonsense $b|--auth" "--syslog=LOG_KERN $b|--syslog" \
		"--pretend=x $b|--pretend takes no value" \
		"--account= $b|-a needs a name" "-bd $b|-bd" "-bl $b|-bl" \
		"-s $b|-s" "-k $b|unknown option -k"
	sed -i 1d message
	refuses "--read-envelope-from $b|--read-envelope-from"
}
