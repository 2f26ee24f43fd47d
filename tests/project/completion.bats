#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Completion, in the shells that are installed.

# shellcheck disable=SC2016,SC2034 # helper.bash's variables

load ../helper

setup() {
	postrider_setup
	COMPLETION=$ROOT/contrib/completion
	mkdir bin
	ln -s "$POSTRIDER" bin/postrider
	PATH=$PWD/bin:$PATH
	echo >some-file
}

# in_bash WORD...: what the last word can become, a line each
in_bash() {
	bash -c '. "$1"; shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_postrider 2>/dev/null
		printf "%s\n" "${COMPREPLY[@]}"' bash \
		"$COMPLETION/postrider.bash" "$@"
}

@test "bash: options, values and files" {
	[ "$(in_bash postrider --set-da)" = --set-date-header ]
	[ "$(in_bash postrider --check | tr '\n' ' ')" = \
		'--check --check-config ' ]
	[ "$(in_bash postrider --tls = o | tr '\n' ' ')" = 'on off ' ]
	[ "$(in_bash postrider --protocol =)" = 'smtp
lmtp' ]
	[ "$(in_bash postrider --logfile = some)" = some-file ]
	[ "$(in_bash postrider -C some)" = some-file ]
	[ "$(in_bash postrider --hos)" = '--host=' ]
	[ -z "$(in_bash postrider bob@)" ]
}

# in_fish LINE: what it can become, a line each, without descriptions, and
# without what a newer fish finds that only has these letters
in_fish() {
	fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
		"$COMPLETION/postrider.fish" "$1" | cut -f1 |
		grep -e "^${1##* }"
}

@test "fish: options, values and files" {
	type fish >/dev/null 2>&1 || skip 'there is no fish'
	[ "$(in_fish 'postrider --set-da')" = --set-date-header ]
	[ "$(in_fish 'postrider --tls=' | sort | tr '\n' ' ')" = \
		'--tls=off --tls=on ' ]
	[ "$(in_fish 'postrider -C some')" = some-file ]
	[ "$(in_fish 'postrider --che' | sort | tr '\n' ' ')" = \
		'--check --check-config ' ]
}

# in_zsh LINE: what the line becomes when the tabulator is pressed
in_zsh() {
	timeout "$LIMIT" zsh -f -c '
		zmodload zsh/zpty
		zpty z zsh -f -i
		zpty -w z "PS1=; fpath=($1 \$fpath); autoload -U compinit;
			compinit -D -u; show() { print -r \"<\$BUFFER>\" };
			zle -N show; bindkey ^X show; print rea\"\"dy"
		zpty -r -m z out "*ready*"
		zpty -w -n z "$2"$'"'\t\C-x'"'
		zpty -r -m z out "*<*>*"
		print -r -- "$out"
		zpty -d z' zsh "$COMPLETION" "$1" |
		sed -n 's/.*<\(.*\)>.*/\1/p' | tail -1
}

@test "zsh: options, values and files" {
	type zsh >/dev/null 2>&1 || skip 'there is no zsh'
	[ "$(in_zsh 'postrider --set-da')" = 'postrider --set-date-header=' ]
	[ "$(in_zsh 'postrider --protocol=l')" = 'postrider --protocol=lmtp ' ]
	[ "$(in_zsh 'postrider -C some')" = 'postrider -C some-file ' ]
}
