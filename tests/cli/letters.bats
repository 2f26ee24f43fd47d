#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# One-letter options, each of those that some sendmail has: what it does here,
# or that it does no harm.  Nothing listens on port 1, so what is taken ends
# with 75.
#
# shellcheck disable=SC2030,SC2031 # each test exports for itself

load ../helper

setup() {
	postrider_setup
	BASE=('host 127.0.0.1' 'port 1' 'tls off')
	account_file "${BASE[@]}" 'from a@example.org'
	export XDG_CONFIG_HOME=$PWD/none
}

# called NAME ARGUMENT...: by another name, with the user's own account file
called() {
	cp "$ACCOUNT" .msmtprc
	ln -sf "$POSTRIDER" "$1"
	POSTRIDER=$PWD/$1 postrider "${@:2}"
}

# shows LINE...: standard output has these lines
shows() {
	local line

	for line in "$@"; do
		if ! grep -qFx -e "$line" stdout; then
			printf 'standard output has no line: %s\n' "$line" >&2
			sed 's/^/stdout: /' stdout >&2
			return 1
		fi
	done
}

# asks PATTERN ARGUMENT...: with these arguments --pretend shows such a line
asks() {
	message | submit -P "${@:2}"
	expect 0
	if ! grep -q -e "$1" stdout; then
		printf 'standard output has no line like %s\n' "$1" >&2
		sed 's/^/stdout: /' stdout >&2
		return 1
	fi
}

@test "what makes no difference is taken with its value" {
	local row

	while read -r row; do
		# shellcheck disable=SC2086 # words of a command line
		called sendmail $row < <(message)
		expect 75 127.0.0.1:1 || { echo "row: $row" >&2; return 1; }
		# shellcheck disable=SC2086
		submit $row < <(message)
		expect 75 127.0.0.1:1 || { echo "row: $row" >&2; return 1; }
	done <<'END'
-Ac b@example.org
-Am b@example.org
-A c b@example.org
-bm b@example.org
-B 7BIT b@example.org
-B8BITMIME b@example.org
-Dmacro=x b@example.org
-D x b@example.org
-E b@example.org
-Ex b@example.org
-em b@example.org
-e p b@example.org
-ew b@example.org
-ee b@example.org
-F Name b@example.org
-G b@example.org
-h 3 b@example.org
-h0 b@example.org
-i b@example.org
-J b@example.org
-Jx b@example.org
-L tag b@example.org
-Ltag b@example.org
-m b@example.org
-n b@example.org
-N never b@example.org
-NSuccess,FAILURE b@example.org
-O DeliveryMode=b b@example.org
-ODeliveryMode=q b@example.org
-O LogLevel=9 b@example.org
-O IgnoreDots=true b@example.org
-O ErrorMode=mail b@example.org
-O SuperSafe=x b@example.org
-odi b@example.org
-odb b@example.org
-odq b@example.org
-odd b@example.org
-odf b@example.org
-oem b@example.org
-oep b@example.org
-oew b@example.org
-oi b@example.org
-oitrue b@example.org
-o i b@example.org
-om b@example.org
-oo b@example.org
-o7 b@example.org
-o8 b@example.org
-oQ b@example.org
-oT3d b@example.org
-or5m b@example.org
-os b@example.org
-oMsx b@example.org
-oPx b@example.org
-oQ /var/spool/mqueue b@example.org
-oT /x b@example.org
-p SMTP b@example.org
-pSMTP:host.example.org b@example.org
-Q b@example.org
-Qreason b@example.org
-R hdrs b@example.org
-RFULL b@example.org
-r a@example.org b@example.org
-T x b@example.org
-Tx b@example.org
-t
-ti
-U b@example.org
-V id b@example.org
-v b@example.org
-x b@example.org
-- b@example.org
b@example.org -i
END
}

@test "options of a queue, a daemon, and of nobody: 64, by name" {
	local row text

	while IFS='|' read -r text row; do
		# shellcheck disable=SC2086
		called sendmail $row < <(message)
		expect 64 "$text" || { echo "row: $row" >&2; return 1; }
		[ "$(grep -c '^postrider: ' stderr)" -eq 1 ]
	done <<'END'
-ba is not supported|-ba
-bd is not supported|-bd -q30m
-bdf is not supported|-bdf
-bD is not supported|-bD
-bl is not supported|-bl
-bw is not supported|-bw
-be is not supported|-be ${run{/bin/id}}
-M1 is not supported|-M1
-Mrm is not supported|-Mrm 1
-s is not supported|-s subject b@example.org
unknown option -z|-z b@example.org
unknown option -k|-k b@example.org
-c is not supported|-c b@example.org
unknown option -y|-y b@example.org
END
}

@test "options of mailx: the hint says what to write" {
	local row text

	while IFS='|' read -r text row; do
		# shellcheck disable=SC2086
		called sendmail $row < <(message)
		expect 64 "hint: " "$text"
	done <<'END'
put a line 'Subject: ...' and an empty line before the text|-s Hello b@example.org
put a line 'Subject: ...' and an empty line before the text|-isHello b@example.org
put a line 'Cc: ...' and an empty line|-c c@example.org b@example.org
recipients stand behind the options, blind ones, too|-b c@example.org b@example.org
END
}

@test "-bv: account, reverse-path and recipients, and no network" {
	echo 'root: joe@example.org, ann@example.org' >names
	account_file "${BASE[@]}" 'from a@example.org' "aliases $PWD/names"
	submit -bv root b@example.net,'Ann <ANN@example.org>' </dev/null
	expect 0
	shows "account: default ($ACCOUNT:1), since it is the default" \
		'reverse-path: a@example.org' 'recipient: joe@example.org' \
		'recipient: ann@example.org' 'recipient: b@example.net' \
		'recipient: ANN@example.org'
	submit -bv -f z@example.org b@example.net </dev/null
	shows 'reverse-path: z@example.org'
	submit -bv -f '' b@example.net </dev/null
	shows 'reverse-path: <>'
	submit -bv -n root </dev/null
	expect 67 "'root' has no domain" 'hint: give it one by "root", "aliases"'
	submit -bv bob b@example.net </dev/null
	expect 67 "'bob' has no domain"
	shows 'recipient: b@example.net'
	submit -bv
	expect 64 'no recipients'
	submit -bv 'a@@b'
	expect 65
	called sendmail -bv b@example.net </dev/null
	expect 0
	shows 'recipient: b@example.net'
}

@test "-bv: what has no answer without a message, and errors" {
	account_file "${BASE[@]}" 'from x-%F'
	submit -bv b@example.net </dev/null
	expect 0
	grep -q '^reverse-path: .*%F: the message has no From' stdout
	echo 'root: "|cat"' >names
	submit -bv --aliases="$PWD/names" root </dev/null
	expect 78 "$PWD/names:1: the alias 'root' leads to a command"
	submit -bv -a none root </dev/null
	expect 78 "there is no account 'none'"
}

@test "-bt: how an address is understood, and by which account it goes" {
	echo 'root: joe@example.org' >names
	account_file defaults "${BASE[@]}" "aliases $PWD/names" \
		'account one' 'from a@example.org' \
		'account two' 'from *@example.net' 'account default : one'
	printf '%s\n' 'root@localhost' 'X <x@example.net>' 'a b' |
		submit -bt
	expect 65 "'a b': "
	shows 'address: root@localhost' '  local part: root' \
		'  domain: localhost' '  aliases apply: yes' \
		'  recipient: joe@example.org' 'address: x@example.net' \
		'  aliases apply: no' \
		"  as a sender, account: two ($ACCOUNT:8), since its from fits the reverse-path best"
	grep -q '^no address: ' stdout
	submit -bt bob </dev/null
	expect 0
	shows '  domain: none' "  but: 'bob' has no domain, and stands for no address"
	submit -bt </dev/null
	expect 0
}

@test "-bi, -I, newaliases; -oA names the file, but not for sendmail" {
	echo 'root: joe@example.org' >names
	submit -bi -oA"$PWD/names"
	expect 0
	shows "$PWD/names: 1 alias"
	submit -I -oA"$PWD/none"
	expect 78 'cannot be read'
	submit -P -oA"$PWD/names" root < <(message)
	shows 'recipient: joe@example.org'
	echo secret >private
	called sendmail -bi -oA"$PWD/private"
	expect_not secret
	called newaliases -v
	expect 0
}

@test "-bp, -bP, mailq, -bh: an empty queue, and hosts nobody knows" {
	local option

	for option in -bp -bpra '-bp -qRx'; do
		# shellcheck disable=SC2086
		called sendmail $option
		expect 0
		shows 'Mail queue is empty'
	done
	for option in -bP -bpc; do
		called sendmail "$option"
		expect 0
		shows 0
	done
	for option in -bh -bH; do
		called sendmail "$option"
		expect 0
		[ ! -s stdout ]
	done
	called mailq -Ac
	expect 0
	shows 'Mail queue is empty'
}

@test "-q and runq: nothing is read, and nothing said of an empty queue" {
	local option

	mkfifo never
	exec 7<>never
	for option in -q -qf -qG1 -qI1 -qRa@example.org -qSx; do
		called sendmail "$option" <never
		expect 0
		[ ! -s stdout ] && [ ! -s stderr ]
	done
	for option in -q30m -qp5m -q1h; do
		called sendmail "$option" <never
		expect 0 "note: $option: the queue is run once"
	done
	called runq <never
	expect 0
	[ ! -s stdout ] && [ ! -s stderr ]
	submit --queue-run <never
	expect 0
	submit --queue-run=due <never
	expect 0
	exec 7>&-
}

@test "-bC: the check of account files, and no file of the caller's" {
	echo 'prot 1' >another
	chmod 600 another
	submit -bC another
	expect 78 "another:1:1: unknown setting 'prot'"
	called sendmail -bC
	expect 0
	called sendmail -bC another
	expect 64 'callers of sendmail cannot choose files'
	expect_not prot
	mkdir -m 777 open
	cp another open
	called sendmail -bC -C open/another
	expect_not setting
	[ "$(cat status)" -ne 0 ]
}

@test "-bV and -d0: the version; -d: the dialogue" {
	for option in -bV -d0.1 -d0; do
		called sendmail "$option"
		expect 0
		grep -q '^postrider [0-9]' stdout
	done
	submit -d b@example.org < <(message)
	expect 75
}

@test "as sendmail: nothing that names a file or runs a command" {
	local row

	mkdir bin
	while read -r row; do
		# shellcheck disable=SC2086
		called sendmail -t -i -f a@example.org $row < <(message)
		expect 64 || { echo "row: $row" >&2; return 1; }
		# shellcheck disable=SC2086
		called msmtp -t -i --as-sendmail $row < <(message)
		expect 64 || { echo "as sendmail: $row" >&2; return 1; }
		if [ -e ran ] || [ -e log ]; then
			echo "row: $row" >&2
			return 1
		fi
	done <<END
-X$PWD/log
-X $PWD/log
-Xlog
-XV
-OQueueDirectory=$PWD
-O QueueDirectory=$PWD
-OForwardPath=|touch\${IFS}ran
-oQ$PWD
-oQ$PWD/bin/
-D$PWD/log
-D $PWD/log
-be \${run{/bin/touch\${substr{0}{1}{\$spool_directory}}x}}
-bC $PWD/accounts
--logfile=$PWD/log
--passwordeval=touch\${IFS}ran
--host=127.0.0.2
--file=$PWD/accounts
--aliases=$PWD/accounts
--tls-trust-file=$PWD/accounts
--password-file=$PWD/accounts
--include=$PWD/accounts
END
	mkdir -m 777 open
	cp accounts open
	called sendmail -C "$PWD/open/accounts" b@example.org < <(message)
	[ "$(cat status)" -ne 0 ]
	expect_not 127.0.0.1
	called sendmail -oA"$PWD/accounts" root < <(message)
	expect 75 '-oA ignored'
	called sendmail -P b@example.org < <(message)
	expect 64
}

@test "-e q: not a word, but the exit status" {
	local option

	for option in -eq '-e q' -oeq '-O ErrorMode=quiet'; do
		# shellcheck disable=SC2086
		submit $option b@example.org < <(message)
		expect 75
		[ ! -s stderr ]
	done
	# nor when the command line, the account or the message is wrong
	for option in '-eq --bogus b@example.org' '--bogus -eq b@example.org' \
		'-eq -Z b@example.org' 'b@example.org --port=x -oeq' -eq \
		'-eq -h 101 b@example.org'; do
		# shellcheck disable=SC2086
		submit $option < <(message)
		[ "$(cat status)" -ge 64 ]
		[ ! -s stderr ]
	done
	submit -eq -a none b@example.org < <(message)
	expect 78
	[ ! -s stderr ]
	echo 'prot 1' >>"$ACCOUNT"
	submit -eq b@example.org < <(message)
	expect 78
	[ ! -s stderr ]
	sed -i '$d' "$ACCOUNT"
	# what follows "--" is no option
	submit --bogus -- -eq < <(message)
	expect 64 '--bogus'
	submit -eq -em b@example.org < <(message)
	expect 75 127.0.0.1:1
	submit -eq -v b@example.org < <(message)
	expect 75 127.0.0.1:1
}

@test "-f and -r: every form of a sender" {
	local option

	for option in -f -r; do
		asks '^reverse-path: x@example.org$' $option x@example.org b
		asks '^reverse-path: x@example.org$' ${option}x@example.org b
		asks '^reverse-path: x@example.org$' $option '<x@example.org>' b
		asks '^reverse-path: x@example.org$' \
			$option 'X Y <x@example.org>' b
		asks '^reverse-path: x@example.org$' \
			$option '"Y, X" <x@example.org>' b
		asks '^reverse-path: <>$' $option '' b
		asks '^reverse-path: <>$' $option '<>' b
		asks '^reverse-path: <>$' "$option<>" b
		submit $option $'x@example.org\nY' b < <(message)
		expect 65
	done
}

@test "-N, -R: any case, blanks, fail" {
	asks '^notify: failure,delay$' -N 'FAIL , Delay' b
	asks '^notify: never$' -N NEVER b
	asks '^notify: success$' -NSuccess b
	asks '^return: headers$' -R HDRS b
	asks '^return: full$' -RFull b
}

@test "-G: no field is added" {
	message | sed '/^From\|^Date\|^Message-ID/d' >m
	submit -P -G b@example.org <m
	expect 0
	expect_not 'add: '
	submit -P b@example.org <m
	grep -q '^add: From: a@example.org$' stdout
}

@test "-h: a message that has passed too many hosts" {
	submit -h 101 b@example.org < <(message)
	expect 69 '-h 101: the message has passed more than 100 hosts' \
		'in a circle'
	submit -h 1x b@example.org < <(message)
	expect 64 "-h '1x' is not a number"
}

@test "-i, -oi, -O IgnoreDots: a lone dot is text, with or without" {
	local option

	for option in '' -i -oi -oitrue -ti; do
		smarthost_serve
		account 'tls off' 'from a@example.org'
		# shellcheck disable=SC2086
		message . .. behind | submit $option b@example.org
		expect 0
		smarthost_stop
		tr -d '\r' <"$CAPTURE/1.message" | tail -n 3 >got
		printf '%s\n' . .. behind >want
		same want got
		rm -r "$CAPTURE"
	done
}
