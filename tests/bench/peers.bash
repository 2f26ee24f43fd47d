# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# How each peer submits one message to the sink: same server name, same trust
# file, AUTH PLAIN, an empty alias file. For each peer NAME
#
#	have_NAME	can it be run here?
#	setup_NAME	writes its files for MODE, PORT, TRUST, AUTH
#	submit_NAME	puts its command for RCPTS recipients into COMMAND, and the
#			file that it wants as standard input into INPUT
#
# MODE is clear, starttls or implicit. Clear has no AUTH.

# shellcheck disable=SC2034 # COMMAND and INPUT are the caller's

recipients() {
	seq -f 'user%.0f@example.net' "$1"
}

# The names as an array: RCPT_LIST
recipient_list() {
	mapfile -t RCPT_LIST < <(recipients "$1")
}

# ---- postrider, and variants of it

have_postrider() { :; }

setup_postrider() {
	(
		umask 077
		{
			printf '%s\n' 'host localhost' "port $PORT" \
				'from alice@example.org' 'aliases' \
				"tls_trust_file $TRUST"
			case $MODE in
			clear) echo 'tls off' ;;
			starttls) printf '%s\n' 'tls on' 'tls_starttls on' ;;
			implicit) printf '%s\n' 'tls on' 'tls_starttls off' ;;
			esac
			if [ "$MODE" != clear ]; then
				printf '%s\n' "auth $AUTH" 'user alice' \
					'password secret'
			fi
		} >postrider.conf
	)
}

submit_postrider() {
	recipient_list "$RCPTS"
	COMMAND=("$POSTRIDER" -C postrider.conf -- "${RCPT_LIST[@]}")
	INPUT=$MESSAGE
}

# The same, told to use DATA.
have_postrider_data() { :; }
setup_postrider_data() { setup_postrider; }
submit_postrider_data() {
	recipient_list "$RCPTS"
	COMMAND=("$POSTRIDER" -C postrider.conf --chunking=off --
		"${RCPT_LIST[@]}")
	INPUT=$MESSAGE
}

# ---- msmtp

have_msmtp() { command -v msmtp >/dev/null; }

setup_msmtp() {
	(
		umask 077
		{
			printf '%s\n' 'host localhost' "port $PORT" \
				'from alice@example.org'
			case $MODE in
			clear) echo 'tls off' ;;
			starttls) printf '%s\n' 'tls on' 'tls_starttls on' ;;
			implicit) printf '%s\n' 'tls on' 'tls_starttls off' ;;
			esac
			if [ "$MODE" != clear ]; then
				printf '%s\n' "tls_trust_file $TRUST" \
					"auth $AUTH" 'user alice' \
					'password secret'
			fi
		} >msmtp.conf
	)
}

submit_msmtp() {
	recipient_list "$RCPTS"
	COMMAND=(msmtp -C msmtp.conf -- "${RCPT_LIST[@]}")
	INPUT=$MESSAGE
}

# ---- curl

have_curl() { command -v curl >/dev/null; }

setup_curl() {
	local scheme=smtp

	[ "$MODE" = implicit ] && scheme=smtps
	{
		echo "url = \"$scheme://localhost:$PORT/client.example.org\""
		echo 'mail-from = "<alice@example.org>"'
		recipients "$RCPTS" | sed 's/.*/mail-rcpt = "<&>"/'
		if [ "$MODE" != clear ]; then
			echo 'ssl-reqd'
			echo "cacert = \"$TRUST\""
			echo 'user = "alice:secret"'
			echo "login-options = \"AUTH=${AUTH^^}\""
			echo 'sasl-ir'
		fi
		printf '%s\n' 'upload-file = "-"' 'crlf' 'silent'
	} >curl.conf
}

submit_curl() {
	COMMAND=(curl -q -K curl.conf)
	INPUT=$MESSAGE
}

# ---- nullmailer's smtp program, alone

NULLMAILER=$PEERS/nullmailer/usr/lib/nullmailer/smtp
have_nullmailer() { [ -x "$NULLMAILER" ]; }

setup_nullmailer() {
	{
		echo alice@example.org
		recipients "$RCPTS"
		echo
		cat "$MESSAGE"
	} >nullmailer.mail
}

submit_nullmailer() {
	COMMAND=(env HELOHOST=client.example.org "$NULLMAILER" --host=localhost -p "$PORT")
	case $MODE in
	starttls) COMMAND+=(--starttls) ;;
	implicit) COMMAND+=(--tls) ;;
	esac
	if [ "$MODE" != clear ]; then
		COMMAND+=(--x509cafile="$TRUST" --user=alice --pass=secret)
	fi
	INPUT=-
	THIRD=nullmailer.mail
}

# ---- s-nail

have_s_nail() { command -v s-nail >/dev/null; }
setup_s_nail() { :; }

submit_s_nail() {
	local scheme=smtp

	[ "$MODE" = implicit ] && scheme=smtps
	recipient_list "$RCPTS"
	COMMAND=(s-nail -:/ -Sv15-compat -Sfrom=alice@example.org
		-Shostname=client.example.org -Ssendwait)
	case $MODE in
	clear) COMMAND+=(-Ssmtp-auth=none "-Smta=smtp://localhost:$PORT") ;;
	*)
		COMMAND+=("-Smta=$scheme://alice:secret@localhost:$PORT"
			"-Stls-ca-file=$TRUST" -Stls-ca-no-defaults
			-Stls-verify=strict -Ssmtp-auth=plain)
		[ "$MODE" = starttls ] && COMMAND+=(-Ssmtp-use-starttls)
		;;
	esac
	COMMAND+=(-s bench "${RCPT_LIST[@]}")
	INPUT=$MESSAGE
}

# ---- swaks

have_swaks() { command -v swaks >/dev/null; }
setup_swaks() { :; }

submit_swaks() {
	COMMAND=(swaks -s localhost -p "$PORT" -f alice@example.org
		-t "$(recipients "$RCPTS" | paste -sd,)" -d - -S 3)
	case $MODE in
	starttls) COMMAND+=(-tls) ;;
	implicit) COMMAND+=(-tlsc) ;;
	esac
	if [ "$MODE" != clear ]; then
		COMMAND+=(--tls-verify --tls-ca-path "$TRUST" -a PLAIN
			-au alice -ap secret)
	fi
	INPUT=$MESSAGE
}

# ---- git send-email

have_git() {
	perl -MIO::Socket::SSL -MAuthen::SASL -MMail::Address -e 1 2>/dev/null &&
		[ -x "$(git --exec-path 2>/dev/null)/git-send-email" ]
}
setup_git() { :; }

submit_git() {
	local name

	COMMAND=(git -c sendemail.confirm=never send-email --quiet
		--smtp-server=localhost --smtp-server-port="$PORT"
		--suppress-cc=all --from=alice@example.org)
	case $MODE in
	starttls) COMMAND+=(--smtp-encryption=tls) ;;
	implicit) COMMAND+=(--smtp-encryption=ssl) ;;
	esac
	if [ "$MODE" != clear ]; then
		COMMAND+=(--smtp-ssl-cert-path="$TRUST" --smtp-user=alice
			--smtp-pass=secret --smtp-auth=PLAIN)
	fi
	for name in $(recipients "$RCPTS"); do
		COMMAND+=(--to="$name")
	done
	COMMAND+=("$MESSAGE")
	INPUT=-
}
