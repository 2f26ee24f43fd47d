#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What the compiler and the linker were asked for is in the finished programs.

# shellcheck disable=SC2034 # helper.bash's variables

load ../helper

setup() {
	postrider_setup
	[ "$BUILD" = "$ROOT/build" ] || skip 'a variant is not hardened'
	command -v readelf >/dev/null || skip 'no readelf'
	FLAGS=$(sed -n 's/^HARDEN_[A-Z]* = *//p' "$ROOT/config.mk" |
		tr '\n' ' ')
	[ -n "${FLAGS// /}" ] || skip 'configured without hardening'
	PROGRAMS=("$POSTRIDER")
	[ ! -e "$ROOT/postrider-oauth2" ] ||
		PROGRAMS+=("$ROOT/postrider-oauth2")
}

# asked FLAG: was that among the flags?
asked() {
	[[ " $FLAGS " == *" $1 "* ]]
}

# shows OPTIONS PATTERN: does readelf say so of each program?
shows() {
	local program

	for program in "${PROGRAMS[@]}"; do
		# shellcheck disable=SC2086 # options are words
		readelf -W $1 "$program" >elf 2>/dev/null
		grep -qE -e "$2" elf || {
			echo "$program: readelf $1 shows no $2" >&2
			return 1
		}
	done
}

# where FLAG OPTIONS PATTERN: shows, if that flag was asked for
where() {
	if asked "$1"; then
		shows "$2" "$3"
	fi
}

@test "addresses are random, relocations read-only, and the stack is no code" {
	where -pie -h 'Type: +DYN'
	where -Wl,-z,relro -l 'GNU_RELRO'
	where -Wl,-z,now -d 'BIND_NOW|FLAGS_1.*NOW'
	where -Wl,-z,noexecstack -l 'GNU_STACK .* RW +0x'
}

@test "stack and buffers are checked" {
	where -fstack-protector-strong --dyn-syms __stack_chk_fail
	[[ $FLAGS != *-D_FORTIFY_SOURCE=* ]] ||
		shows --dyn-syms '__(vsnprintf|memcpy|read|fprintf)_chk'
}

@test "the note on shadow stacks has survived linking" {
	asked -Wl,-z,shstk || skip 'this compiler has none'
	shows -n SHSTK
}
