# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Completion for bash: what there is the program says itself (--help).

_postrider() {
	local word=${COMP_WORDS[COMP_CWORD]} option='' line values

	COMPREPLY=()
	# bash takes --name=value for three words
	if [ "$word" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 1]}
		word=
	elif [ "$COMP_CWORD" -ge 2 ] &&
	    [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [ -n "$option" ]; then
		line=$("${COMP_WORDS[0]}" --help 2>/dev/null |
			grep -o -e "$option\[*=[^] ]*")
		values=${line#*=}
		case $values in
		FILE* | PATH*)
			mapfile -t COMPREPLY < <(compgen -f -- "$word")
			compopt -o filenames 2>/dev/null
			;;
		*'|'*)
			mapfile -t COMPREPLY < <(compgen -W \
				"${values//|/ }" -- "$word")
			;;
		esac
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = -C ] ||
	    [ "${COMP_WORDS[COMP_CWORD - 1]}" = -X ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(
			"${COMP_WORDS[0]}" --help 2>/dev/null | sed -n \
			's/^  \(-.*, \)*\(--[a-z-]*\)\(=*\).*/\2\3/p'
		)" -- "$word")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
	fi
}
complete -F _postrider postrider
