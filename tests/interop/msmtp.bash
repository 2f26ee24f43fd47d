# SPDX-License-Identifier: ISC
#
# Debian's msmtp and postrider, one after the other, on the same files,
# arguments and message, each with a smarthost of its own.  What came of it is
# put down in lines, and the two must be alike but for the lines that the case
# lists with a reason: a word that postrider(1) explains in its section for
# people coming from msmtp.  tests/interop/msmtp/*.cases hold the cases; each
# is a few words at the beginning of a line and what follows them:
#
#   case LABEL	a case begins
#   serve ...	options for the smarthost
#   args ...	the arguments, in the shell's words
#   env ...	assignments for the environment
#   put FILE [MODE [USER]]
#		a file in the home folder, or an absolute one; 600 unless told
#   message	the message, with printf's escapes
#   differ	lines `REASON < ...' for msmtp, `REASON > ...' for postrider
#
# A block is indented by one tab; a lone tab is an empty line.  @HOST@ becomes
# the lines for the smarthost, @PORT@ its port.  What a case does not say is
# as in reset_case.
# shellcheck shell=bash

shopt -s extglob

: "${SMARTHOST:?is set by make}"

# Where the programs see their home, and where it is.
HOME_INSIDE=/home/you/beside
HOME_OUTSIDE=$INTEROP_ROOT$HOME_INSIDE

# Files outside the home folder that cases may put, gone before each run.
readonly OUTSIDE=(/etc/msmtprc /etc/aliases /etc/mailname /etc/netrc)

reset_case()
{
	rm -rf case
	mkdir -p case/put
	label=$1 arguments=bob@example.net environment='' options=''
	block=case/ignored
	: >case/differ
	cat >case/message <<-'END'
		From: Alice <alice@example.org>
		To: Bob <bob@example.net>
		Subject: a test
		Date: Mon, 01 Jan 2024 12:00:00 +0000
		Message-ID: <test@example.org>

		Hello, Bob.
	END
	printf '@HOST@\nfrom alice@example.org\n' >case/put/.msmtprc
	echo '.msmtprc 600 1000' >case/list
}

# put FILE MODE USER: what follows becomes that file.
begin_file()
{
	block=case/put/${1//\//%}
	: >"$block"
	sed -i "\,^$1 ,d" case/list
	printf '%s %s %s\n' "$1" "${2-600}" "${3-1000}" >>case/list
}

# install_case: the files of the case, for a smarthost on port.
install_case()
{
	local file mode user

	rm -rf "$HOME_OUTSIDE" "${OUTSIDE[@]/#/$INTEROP_ROOT}"
	install -d -o 1000 -g 1000 "$HOME_OUTSIDE"
	while read -r file mode user; do
		sed "s,@HOST@,host 127.0.0.1\nport $port," \
		    "case/put/${file//\//%}" | sed "s,@PORT@,$port," >file
		case $file in
		/*) file=$INTEROP_ROOT$file ;;
		*) file=$HOME_OUTSIDE/$file ;;
		esac
		install -D -m "$mode" -o "$user" file "$file"
	done <case/list
	rm -f file
}

start_smarthost()
{
	local look words

	rm -rf port captured
	mkdir captured
	eval "words=($options)"
	"$SMARTHOST" --serve --capture captured --port-file port \
	    --transcript transcript --timeout "$GUARD" \
	    --cert "$INTEROP_CERTS/good.pem" --key "$INTEROP_CERTS/good.key" \
	    "${words[@]}" >/dev/null 2>&1 </dev/null 3>&- &
	smarthost_pid=$!
	for ((look = 0; look < 500; look++)); do
		[ ! -s port ] || break
		sleep 0.01
	done
	port=$(cat port)
}

# run_program PROGRAM: as the user you; its exit status.
run_program()
{
	local words settings

	words=${arguments//@PORT@/$port}
	settings=${environment//@PORT@/$port}
	eval "words=($words)" && eval "settings=($settings)"
	timeout -k 5 "$GUARD" chroot --userspec=1000:1000 "$INTEROP_ROOT" \
	    /usr/bin/env -i --chdir="$HOME_INSIDE" \
	    HOME="$HOME_INSIDE" USER=you LOGNAME=you PATH=/usr/bin:/bin LC_ALL=C \
	    "${settings[@]}" \
	    "$1" --logfile="$HOME_INSIDE/log" "${words[@]}" \
	    <case/message >said 2>&1
}

# The log line without its time, without the text of the error and without the
# exit status, which is compared by itself, and what only postrider has behind.
observe_log()
{
	[ -s "$HOME_OUTSIDE/log" ] || return 0
	sed -E "s/^.* (host=)/log \\1/; s/ errormsg='[^']*'/ errormsg/
	    s/ exitcode=.*//; s/ mailsize=[0-9]+/ mailsize/" \
	    "$HOME_OUTSIDE/log" | sort_recipients
}

# Recipients are a set.
sort_recipients()
{
	local line list

	while IFS= read -r line; do
		list=$(sed -n 's/.* recipients=\([^ ]*\).*/\1/p' <<<"$line" |
			tr , '\n' | sort | paste -sd,)
		printf '%s\n' "${line/ recipients=+([! ])/ recipients=$list}"
	done
}

# observe_header FILE: its fields, a line each, sorted; of Date and Message-ID
# only the name unless the message had them.
observe_header()
{
	LC_ALL=C awk '
	FNR == NR { had[tolower($0)] = 1; next }
	{ sub(/\r$/, "") }
	/^$/ { exit }
	/^[ \t]/ { field = field "~" $0; next }
	{ flush(); field = $0 }
	END { flush() }
	function flush(    name) {
		name = tolower(field)
		sub(/:.*/, ":", name)
		if (field != "" && (name == "date:" ||
		    name == "message-id:") && !(tolower(field) in had))
			field = name " new"
		if (field != "")
			print "header " field
	}' <(tr -d '\r' <case/message) "$1" | LC_ALL=C sort
}

# What a parameter of MAIL says about the size and the bits is the client's
# own affair.
observe_envelope()
{
	sed -E '/^from /s/ (SIZE|BODY)=[^ ]*//g; /^tls /s/ .*//
	    /^helo (localhost|\[127\.0\.0\.1\])$/s/ .*/ preset/' "$1" | sort
}

# observe PROGRAM: all that, in the file PROGRAM's name.
observe()
{
	local file status=0

	start_smarthost
	install_case
	run_program "$1" || status=$?
	kill "$smarthost_pid" || :
	wait "$smarthost_pid" || :	# it tells of broken rules, too
	{
		echo "exit $status"
		for file in captured/*.envelope; do
			[ -e "$file" ] || continue
			observe_envelope "$file"
			file=${file%.envelope}.message
			observe_header "$file"
			sed '1,/^\r*$/d' "$file" | cksum | sed 's/^/body /'
		done
		observe_log
	} | cat -v >"${1##*/}"
	[ -z "${SHOW-}" ] || { cat said; cat "${1##*/}"; } >&3
}

# reduced PROGRAM OTHER: where only one has sent the mail, or has logged, that
# is the difference, and not all that the mail or the log says.
reduced()
{
	local sent log

	sent=$(grep -c '^from ' "$1" "$2" | sort -u -t: -k2 | wc -l)
	log=$(grep -c '^log ' "$1" "$2" | sort -u -t: -k2 | wc -l)
	if [ "$sent" -gt 1 ]; then
		sed -n '/^exit /p; s/^from .*/sent/p' "$1"
	elif [ "$log" -gt 1 ]; then
		sed 's/^log .*/logged/' "$1"
	else
		cat "$1"
	fi
}

differences()
{
	diff <(reduced msmtp postrider) <(reduced postrider msmtp) |
		sed -n '/^[<>]/s/ *$//p'
}

# end_case: runs it; an unexpected difference is told, and remembered.
end_case()
{
	local reason rest

	[ -n "$label" ] || return 0
	cases=$((cases + 1))
	observe /usr/bin/msmtp
	cp said said.msmtp
	observe /opt/postrider/postrider
	differences | sort >changes
	while read -r reason rest; do
		echo "$rest" >>expected
		explained "$reason" || {
			echo "$label: postrider(1) does not explain $reason"
			failed=1
		}
	done <case/differ
	touch expected
	sort -o expected expected
	cmp -s expected changes || {
		echo "--- $label: unexpected (+) or missing (-):"
		diff -U0 expected changes | tail -n +4
		echo "msmtp: $(cat said.msmtp)"
		echo "postrider: $(cat said)"
		failed=1
	}
	rm -f expected
}

explained_words()
{
	sed -n '/^\.Sh COMING FROM MSMTP/,/^\.Sh EXAMPLES/s/^\.It Sy //p' \
	    "$BATS_TEST_DIRNAME/../../man/postrider.1"
}

# explained WORD: the section of the man page has an item of that name.
explained()
{
	explained_words | grep -qx "$1"
}

# run_cases FILE
run_cases()
{
	local line label='' failed='' cases=0 block

	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'#'* | '') ;;
		$'\t'*) cat_line "${line#?}" >>"$block" ;;
		case\ *) end_case; reset_case "${line#* }" ;;
		args*) arguments=${line#args} ;;
		serve\ *) options=${line#* } ;;
		env\ *) environment=${line#* } ;;
		put\ *)
			# shellcheck disable=SC2086 # file, mode, user
			begin_file ${line#* }
			;;
		message) block=case/message; : >"$block" ;;
		differ) block=case/differ ;;
		*) echo "what is this: $line"; return 1 ;;
		esac
	done <"$BATS_TEST_DIRNAME/msmtp/$1.cases"
	end_case
	echo "$cases cases"
	[ -z "$failed" ]
}

cat_line()
{
	if [ "$block" = case/message ]; then
		printf '%b\n' "$1"
	else
		printf '%s\n' "$1"
	fi
}
