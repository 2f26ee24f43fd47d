# SPDX-License-Identifier: ISC
#
# GNU make.  In a fresh clone plain `make' makes configure, runs it, and
# leaves ./postrider, and ./postrider-oauth2 where libcurl and json-c are; `make
# help' lists what else there is.  Nothing is listed by hand: a .c file below
# src/ belongs to the program, one in src/oauth2 to the second one; one in a
# folder of tests/ that is called as one of src/ is a unit test, one in
# tests/fuzz a fuzz target.

MAKEFLAGS += --no-builtin-rules
SHELL = /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:

.PHONY: all programs
all: programs

# Goals that install what they need, then run make again, and goals that need
# nothing: they must work before configure can.
BEFORE_CONFIGURE = help clean distclean demo check interop coverage fuzz deb rpm \
    check-deb check-rpm ports lint bench
ifneq ($(filter-out $(BEFORE_CONFIGURE),$(or $(MAKECMDGOALS),all)),)
include config.mk
endif

# ---- Configuring.  CONFIGURE_FLAGS are for the first time; later runs repeat
# what config.status remembers.

configure: configure.ac
	@command -v autoconf >/dev/null || { \
	    echo 'autoconf is missing; to install what the build needs:' >&2; \
	    echo '    contrib/install-deps build' >&2; exit 1; }
	autoconf -f
	autoheader -f

config.h.in: configure ;

config.mk: configure config.mk.in config.h.in
	if test -x config.status; \
	then ./config.status --recheck --quiet && ./config.status --quiet; \
	else ./configure --quiet $(CONFIGURE_FLAGS); fi
	@touch config.h

config.h: config.mk ;

# ---- Variants of the build, each in a folder of its own.  Only the plain one
# leaves its program at the top.

ifdef SANITIZE
BUILD = build-asan
VARIANT_CFLAGS = -O1 -g -fsanitize=address,undefined \
    -fno-sanitize-recover=all -fno-omit-frame-pointer -DSANITIZE
else ifdef COVERAGE
BUILD = build-cov
VARIANT_CFLAGS = -O0 -g --coverage -DCOVERAGE
else ifdef FUZZER
BUILD = build-fuzz
CC = clang
VARIANT_CFLAGS = -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
    -fno-sanitize-recover=all -fno-omit-frame-pointer -DSANITIZE
else
BUILD = build
POSTRIDER = postrider
POSTRIDER_OAUTH2 = postrider-oauth2
VARIANT_CFLAGS = $(HARDEN_CFLAGS)
VARIANT_LDFLAGS = $(HARDEN_LDFLAGS)
endif
POSTRIDER ?= $(BUILD)/postrider
POSTRIDER_OAUTH2 ?= $(BUILD)/postrider-oauth2

# ---- Compiling

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
    -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 \
    -Wno-missing-field-initializers $(WERROR)

# Not _POSIX_C_SOURCE: it would hide on BSD and macOS what configure has found
# beyond POSIX; _DEFAULT_SOURCE includes it where -std=c11 hides things.  Files
# larger than 2 GiB are a matter of all objects, not of those that include
# config.h: struct stat, and all that has an ino_t, change with it.
DEFINES = -DSYSCONFDIR='"$(sysconfdir)"' \
    -DLOCALSTATEDIR='"$(localstatedir)"' -DBINDIR='"$(bindir)"' \
    -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 -Isrc -I.

COMPILE = $(CC) -std=c11 $(DEFINES) $(GNUTLS_CFLAGS) $(GSASL_CFLAGS) \
    $(IDN2_CFLAGS) $(CURL_CFLAGS) $(JSON_CFLAGS) $(CPPFLAGS) $(WARNINGS) $(CFLAGS) $(VARIANT_CFLAGS)
LINK = $(CC) $(CFLAGS) $(VARIANT_CFLAGS) $(VARIANT_LDFLAGS) $(LDFLAGS)
LIBRARIES = $(GNUTLS_LIBS) $(GSASL_LIBS) $(IDN2_LIBS) $(LIBS)

OBJ = $(BUILD)/obj

OAUTH2_SOURCES := $(sort $(wildcard src/oauth2/*.c))
SOURCES := $(filter-out $(OAUTH2_SOURCES), \
    $(sort $(wildcard src/*.c src/*/*.c src/*/*/*.c)))
OBJECTS := $(SOURCES:%.c=$(OBJ)/%.o)
# What a test links: all of the program but its main.
PARTS := $(filter-out $(OBJ)/src/main.o,$(OBJECTS))

# The second program shares src/base with the first one.
BASE_OBJECTS := $(filter $(OBJ)/src/base/%,$(OBJECTS))
OAUTH2_OBJECTS := $(OAUTH2_SOURCES:%.c=$(OBJ)/%.o)
OAUTH2_PARTS := $(filter-out $(OBJ)/src/oauth2/main.o,$(OAUTH2_OBJECTS)) \
    $(BASE_OBJECTS)
OAUTH2_LIBRARIES = $(CURL_LIBS) $(JSON_LIBS) $(GNUTLS_LIBS) $(IDN2_LIBS) \
    $(LIBS)
OAUTH2_PROGRAMS = $(if $(OAUTH2),$(POSTRIDER_OAUTH2))

SMARTHOST_SOURCES := $(sort $(wildcard tests/smarthost/*.c))
SMARTHOST_OBJECTS := $(SMARTHOST_SOURCES:%.c=$(OBJ)/%.o)
TOKENSERVER_SOURCES := $(sort $(wildcard tests/tokenserver/*.c))
TOKENSERVER_OBJECTS := $(TOKENSERVER_SOURCES:%.c=$(OBJ)/%.o)
NAMESERVER_OBJECTS := $(OBJ)/tests/nameserver/main.o
SYSCALLS_SOURCES := $(sort $(wildcard tests/syscalls/*.c))
SYSCALLS_OBJECTS := $(SYSCALLS_SOURCES:%.c=$(OBJ)/%.o)
BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
BENCH_TOOLS := $(addprefix $(BUILD)/tests/bench/,sink relay measure floor)
# tests/ is folded as src/ is; what concerns the project itself is apart.
TEST_FOLDERS = base mail wire smtp config log delivery modes cli
UNITS := $(sort $(wildcard $(TEST_FOLDERS:%=tests/%/*.c)))
UNIT_TESTS := $(UNITS:%.c=$(BUILD)/%)
FUZZ_SOURCES := $(filter-out $(if $(OAUTH2),,tests/fuzz/oauth2.c), \
    $(sort $(wildcard tests/fuzz/*.c)))
FUZZ_TARGETS := $(FUZZ_SOURCES:tests/fuzz/%.c=%)
REPLAYS := $(FUZZ_TARGETS:%=$(BUILD)/tests/replay/%)

# V=1 shows the commands instead of one word each.
Q = $(if $(V),,@)
say = @$(if $(V),:,echo ' $(1)')

programs: $(POSTRIDER) $(OAUTH2_PROGRAMS)

$(POSTRIDER): $(OBJECTS)
	$(call say,LD $@)
	$(Q)$(LINK) -o $@ $(OBJECTS) $(LIBRARIES)

$(POSTRIDER_OAUTH2): $(OAUTH2_OBJECTS) $(BASE_OBJECTS)
	$(call say,LD $@)
	$(Q)$(LINK) -o $@ $^ $(OAUTH2_LIBRARIES)

# The program as it would be if it had been installed where postrider-oauth2 was
# built: the setting oauth2 runs that one, and looks nowhere else.
$(OBJ)/tests/password.o: src/config/password/password.c $(BUILD)/flags | config.h
	$(call say,CC $@)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -UBINDIR -DBINDIR='"$(abspath $(dir $(POSTRIDER_OAUTH2)))"' \
	    -MMD -MP -c -o $@ $<

$(BUILD)/tests/installed/postrider: $(OBJ)/tests/password.o \
    $(filter-out $(OBJ)/src/config/password/password.o,$(OBJECTS))
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ $(LIBRARIES)

$(BUILD)/tests/tokenserver: $(TOKENSERVER_OBJECTS)
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $(TOKENSERVER_OBJECTS) $(LIBRARIES)

$(BUILD)/tests/smarthost: $(SMARTHOST_OBJECTS)
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $(SMARTHOST_OBJECTS) $(LIBRARIES)

$(BUILD)/tests/socket: $(OBJ)/tests/socket/main.o
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $< $(LIBRARIES)

$(BUILD)/tests/without: $(OBJ)/tests/without/main.o
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $<

# No variants: they are loaded before a sanitizer's run-time part.
$(BUILD)/tests/%.so: tests/%/main.c $(BUILD)/flags
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $<

$(BUILD)/tests/syscalls: $(SYSCALLS_OBJECTS)
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $(SYSCALLS_OBJECTS)

$(BUILD)/tests/powerloss: $(OBJ)/tests/powerloss/main.o
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $<

$(BUILD)/tests/nameserver: $(NAMESERVER_OBJECTS)
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $(NAMESERVER_OBJECTS) $(LIBRARIES)

$(BUILD)/tests/bench/sink: $(OBJ)/tests/bench/peer.o
$(BENCH_TOOLS): $(BUILD)/%: $(OBJ)/%.o
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ $(LIBRARIES)

$(UNIT_TESTS): $(BUILD)/%: $(OBJ)/%.o $(PARTS)
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ $(LIBRARIES)

# A fuzz target without a fuzzer: runs its corpus once, as a test.
$(REPLAYS): $(BUILD)/tests/replay/%: $(OBJ)/tests/fuzz/%.o \
    $(OBJ)/tests/fuzz/replay/main.o $(PARTS)
	$(call say,LD $@)
	@mkdir -p $(@D)
	$(Q)$(LINK) -o $@ $^ $(LIBRARIES)

# What looks at the second program has its parts and its libraries, too.
$(BUILD)/tests/replay/oauth2 build-fuzz/fuzz-oauth2: $(OAUTH2_PARTS)
$(BUILD)/tests/replay/oauth2 build-fuzz/fuzz-oauth2: \
    LIBRARIES += $(CURL_LIBS) $(JSON_LIBS)

$(OBJ)/%.o: %.c $(BUILD)/flags | config.h
	$(call say,CC $<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# Objects depend on how they were compiled, too: `make CFLAGS=-O0' or another
# prefix compiles again what it changes.
$(BUILD)/flags: export FLAGS = $(COMPILE) $(LINK) $(LIBRARIES)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS" | cmp -s - $@ || printf '%s\n' "$$FLAGS" >$@

-include $(OBJECTS:.o=.d) $(OBJ)/tests/password.d $(OAUTH2_OBJECTS:.o=.d) \
    $(TOKENSERVER_OBJECTS:.o=.d) $(SMARTHOST_OBJECTS:.o=.d) \
    $(NAMESERVER_OBJECTS:.o=.d) $(SYSCALLS_OBJECTS:.o=.d) \
    $(BENCH_SOURCES:%.c=$(OBJ)/%.d) \
    $(UNITS:%.c=$(OBJ)/%.d) $(FUZZ_SOURCES:%.c=$(OBJ)/%.d)

.PHONY: FORCE
FORCE:

# ---- Installing

INSTALL = install

# Link=target: the names that scripts call sendmail by.  The targets are
# relative, so that a tree can be moved; /usr/lib/sendmail is where the FHS
# has it for programs of old.
LINKS = $(sbindir)/sendmail=../$(notdir $(bindir))/postrider \
    $(sbindir)/runq=../$(notdir $(bindir))/postrider \
    $(bindir)/mailq=postrider $(bindir)/newaliases=postrider \
    $(mandir)/man8/sendmail.8=../man1/postrider.1 \
    $(mandir)/man8/runq.8=../man1/postrider.1 \
    $(mandir)/man1/mailq.1=postrider.1 \
    $(mandir)/man1/newaliases.1=postrider.1 \
    $(if $(filter /usr,$(prefix)),/usr/lib/sendmail=../$(notdir \
    $(sbindir))/sendmail)

# FILE=where: each ends with the name of the file.
COMPLETIONS = $(datadir)/bash-completion/completions/postrider=postrider.bash \
    $(datadir)/zsh/site-functions/_postrider=_postrider \
    $(datadir)/fish/vendor_completions.d/postrider.fish=postrider.fish

# How these become the system's: divert, alternatives or links, or whichever of
# them this system has; see contrib/packaging/sendmail.
SENDMAIL_BY = auto
sendmail = DESTDIR='$(DESTDIR)' contrib/packaging/sendmail

.PHONY: install install-sendmail uninstall uninstall-sendmail
install: $(POSTRIDER) $(OAUTH2_PROGRAMS)
	$(INSTALL) -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(mandir)/man1' \
	    '$(DESTDIR)$(mandir)/man5'
	$(INSTALL) -m 755 $(POSTRIDER) '$(DESTDIR)$(bindir)/postrider'
	$(INSTALL) -m 644 man/postrider.1 '$(DESTDIR)$(mandir)/man1/'
	$(INSTALL) -m 644 man/postrider-accounts.5 man/postrider-queue.5 \
	    '$(DESTDIR)$(mandir)/man5/'
	@set -e; for pair in $(COMPLETIONS); do \
	    file='$(DESTDIR)'$${pair%=*}; \
	    $(INSTALL) -d "$${file%/*}"; \
	    $(INSTALL) -m 644 contrib/completion/"$${pair#*=}" "$$file"; \
	done
ifdef OAUTH2
	$(INSTALL) -m 755 $(POSTRIDER_OAUTH2) \
	    '$(DESTDIR)$(bindir)/postrider-oauth2'
	$(INSTALL) -m 644 man/postrider-oauth2.1 '$(DESTDIR)$(mandir)/man1/'
endif

install-sendmail: install
	@$(sendmail) install $(SENDMAIL_BY) $(bindir) $(LINKS)

uninstall-sendmail:
	@$(sendmail) uninstall $(SENDMAIL_BY) $(bindir) $(LINKS)

uninstall: uninstall-sendmail
	for pair in $(COMPLETIONS); do rm -f '$(DESTDIR)'"$${pair%=*}"; done
	rm -f '$(DESTDIR)$(mandir)/man1/postrider.1' \
	    '$(DESTDIR)$(mandir)/man5/postrider-accounts.5' \
	    '$(DESTDIR)$(mandir)/man5/postrider-queue.5' \
	    '$(DESTDIR)$(bindir)/postrider' \
	    '$(DESTDIR)$(mandir)/man1/postrider-oauth2.1' \
	    '$(DESTDIR)$(bindir)/postrider-oauth2'

# ---- The tarball: what HEAD holds, or what an unpacked tarball holds, and what
# autoconf would have to make.  One time stamp for all, the commit's, and modes
# that the umask has no say in: the same commit gives the same tarball, and no
# file in it is newer than another that is made from it.

DIST = postrider-$(VERSION)

.PHONY: dist
dist:
	rm -rf build/dist
	mkdir -p build/dist/$(DIST)
	if test -e .git; then git archive HEAD; \
	else tests/lint/rules list | tar -cf - -T - configure config.h.in; fi | \
	    tar -xf - -C build/dist/$(DIST)
	cd build/dist/$(DIST) && { test -e configure || \
	    { autoconf -f && autoheader -f && rm -rf autom4te.cache; }; }
	tar --sort=name --format=ustar --owner=0 --group=0 --numeric-owner \
	    --mode=u=rwX,go=rX --mtime="@$$({ test -e .git && \
	    git log -1 --format=%ct; } || date -r configure.ac +%s)" \
	    -C build/dist -cf - $(DIST) | gzip -9n >$(DIST).tar.gz
	rm -rf build/dist

# ---- Packages, in build/packages: see contrib/packaging.

# DEB_BUILD_OPTIONS= runs the tests, too.
DEB_BUILD_OPTIONS = nocheck

.PHONY: deb run-deb rpm run-rpm
deb:
	@contrib/install-deps build deb $(if $(filter \
	    nocheck,$(DEB_BUILD_OPTIONS)),,check)
	@+$(AGAIN) run-deb

run-deb: dist
	DEB_BUILD_OPTIONS='$(DEB_BUILD_OPTIONS)' \
	    contrib/packaging/deb $(DIST).tar.gz build/packages
	@ls build/packages/*.deb

rpm:
	@contrib/install-deps build rpm
	@+$(AGAIN) run-rpm

run-rpm: dist
	contrib/packaging/rpm/build $(DIST).tar.gz build/packages
	@ls build/packages/RPMS/*/*.rpm

# The recipes of others, with the version and the sums of the tarball filled in.
RECIPES = alpine arch freebsd homebrew openwrt

.PHONY: recipes
recipes: dist
	@set -e; for file in $$(cd contrib/packaging && \
	    find $(RECIPES) -type f); do \
	    mkdir -p "build/recipes/$${file%/*}"; \
	    contrib/packaging/fill $(DIST).tar.gz \
	        <"contrib/packaging/$$file" >"build/recipes/$$file"; \
	    echo "build/recipes/$$file"; done

# What becomes of a system with these packages: for root, with a root for each
# of the SUITES below build/roots.
SUITES = bookworm trixie

.PHONY: check-deb run-check-deb check-rpm run-check-rpm
check-deb:
	@contrib/install-deps build check-deb
	@+$(AGAIN) run-check-deb

run-check-deb: dist $(BUILD)/tests/smarthost $(CERTS)/made
	@set -e; for suite in $(SUITES); do $(test_environment) \
	    tests/packaging/debian $(DIST).tar.gz build/roots $$suite; done

check-rpm:
	@contrib/install-deps build check-rpm
	@+$(AGAIN) run-check-rpm

run-check-rpm: dist
	@tests/packaging/rpm $(DIST).tar.gz build/packages/check-rpm

# ---- Tests.  The outer goal installs what is missing, which is before
# configure may run; the inner one runs in a make that knows config.mk, with as
# many jobs as there are processors unless the caller has said how many.

AGAIN = $(MAKE) --no-print-directory $(if \
    $(findstring jobserver,$(MAKEFLAGS)),,-j$$(getconf _NPROCESSORS_ONLN))

CERTS = $(BUILD)/certs
# Which to run: bats files, and programs that speak TAP. SWITCHES="chunking
# off" for settings that every account of theirs gets.
TESTS = $(UNIT_TESTS) $(REPLAYS) tests/smarthost/selftest.sh \
    $(sort $(wildcard $(TEST_FOLDERS:%=tests/%/*.bats) \
    tests/oauth2/*.bats tests/project/*.bats))

# INSTALLED=/usr/bin/postrider tests that one.
test_environment = POSTRIDER='$(or $(INSTALLED),$(abspath $(POSTRIDER)))' \
    SMARTHOST='$(abspath $(BUILD)/tests/smarthost)' \
    OAUTH2_PROGRAM='$(if $(OAUTH2),$(abspath $(POSTRIDER_OAUTH2)))' \
    TOKENSERVER='$(abspath $(BUILD)/tests/tokenserver)' \
    NAMESERVER='$(abspath $(BUILD)/tests/nameserver)' \
    CERTS='$(abspath $(CERTS))' BUILD='$(abspath $(BUILD))' \
    SANITIZE='$(SANITIZE)' COVERAGE='$(COVERAGE)' SWITCHES='$(SWITCHES)'

$(CERTS)/made: tests/certs.sh
	$(call say,CERTS $(CERTS))
	@rm -rf $(CERTS)
	$(Q)tests/certs.sh $(CERTS)
	@touch $@

.PHONY: demo run-demo test check run-check build-tests interop run-interop
demo:
	@contrib/install-deps build demo
	@+$(AGAIN) run-demo

run-demo: $(POSTRIDER) $(BUILD)/tests/smarthost $(CERTS)/made
	@$(test_environment) tests/demo.sh

# For packages: the same, and nothing is installed for it.
test:
	@+$(AGAIN) run-check

check:
	@contrib/install-deps build check $(if $(SANITIZE),sanitize)
	@+$(AGAIN) run-check

build-tests: $(POSTRIDER) $(OAUTH2_PROGRAMS) $(BUILD)/tests/tokenserver \
    $(BUILD)/tests/installed/postrider \
    $(BUILD)/tests/smarthost $(BUILD)/tests/socket \
    $(BUILD)/tests/clock.so $(BUILD)/tests/rights.so \
    $(BUILD)/tests/without $(BUILD)/tests/syscalls \
    $(BUILD)/tests/powerloss $(CERTS)/made \
    $(BUILD)/tests/nameserver $(UNIT_TESTS) $(REPLAYS)

run-check: build-tests
	@$(test_environment) tests/run $(TESTS)

interop:
	@contrib/install-deps build check interop
	@+$(AGAIN) run-interop

run-interop: $(POSTRIDER) $(BUILD)/tests/smarthost $(CERTS)/made
	@$(test_environment) tests/interop/run

# ---- Other platforms, as far as this machine has them: PORTS="arm64 musl" for
# some; see tests/ports/run.

.PHONY: ports
ports:
	@contrib/install-deps build ports
	@+tests/ports/run $(PORTS)

# ---- Peers side by side: see tests/bench/README. BENCH="trips small" for some
# groups of cases, BENCH_RUNS for how often.

.PHONY: bench run-bench
bench:
	@contrib/install-deps build bench
	@+$(AGAIN) run-bench

run-bench: $(POSTRIDER) $(BENCH_TOOLS) $(CERTS)/made
	@tests/bench/unpack '$(BUILD)/bench/peers'
	@BUILD='$(abspath $(BUILD))' POSTRIDER='$(abspath $(POSTRIDER))' \
	    tests/bench/run

# ---- How much of the protocol code `make check' runs.  COVERAGE_MIN=85 makes
# less than that an error.

.PHONY: coverage run-coverage
coverage:
	@contrib/install-deps build check coverage
	@+$(AGAIN) COVERAGE=1 build-tests
	@find build-cov -name '*.gcda' -exec rm -f {} +
	@+status=0; GCOV_ERROR_FILE='$(CURDIR)/build-cov/gcov-errors' \
	    $(AGAIN) COVERAGE=1 run-check || status=$$?; \
	tests/coverage build-cov '$(COVERAGE_MIN)' && exit $$status

# ---- Fuzzing: FUZZ is one target or several, FUZZ_SECONDS the time for each,
# FUZZ_FLAGS what else libFuzzer should know (-max_len=100000, -seed=1).
# New inputs gather in build-fuzz/corpus; what is worth keeping is moved to
# tests/fuzz/corpus by hand.

FUZZ = $(FUZZ_TARGETS)
FUZZ_SECONDS = 60
FUZZ_FLAGS =

.PHONY: fuzz run-fuzz
fuzz:
	@contrib/install-deps build fuzz
	@+$(AGAIN) FUZZER=1 run-fuzz

$(FUZZ_TARGETS:%=build-fuzz/fuzz-%): build-fuzz/fuzz-%: \
    $(OBJ)/tests/fuzz/%.o $(PARTS)
	$(call say,LD $@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBRARIES)

run-fuzz: $(FUZZ:%=build-fuzz/fuzz-%)
	@set -e; for target in $(FUZZ); do \
	    mkdir -p build-fuzz/corpus/$$target build-fuzz/found; \
	    echo "== $$target, $(FUZZ_SECONDS) s"; \
	    build-fuzz/fuzz-$$target -max_total_time=$(FUZZ_SECONDS) \
	        -print_final_stats=1 -verbosity=1 -timeout=10 $(FUZZ_FLAGS) \
	        -artifact_prefix=build-fuzz/found/$$target- \
	        build-fuzz/corpus/$$target tests/fuzz/corpus/$$target; \
	done

# ---- Lint: tools that read the source.  The project's own rules (layers,
# sizes, options against man pages) are tests; see tests/project/lint.bats.

SCRIPTS = $(shell grep -lIE '^\#!.*[ /](sh|bash|bats)$$' \
    $$(find . -name .git -prune -o -type d -name 'build*' -prune -o \
    -name 'configure*' -prune -o -name 'config.*' -prune -o -type f -print)) \
    $(wildcard tests/*.bash tests/*/*.bash)
C_FILES = $(SOURCES) $(if $(OAUTH2),$(OAUTH2_SOURCES)) \
    $(TOKENSERVER_SOURCES) $(SMARTHOST_SOURCES) $(BENCH_SOURCES) \
    $(SYSCALLS_SOURCES) tests/powerloss/main.c tests/nameserver/main.c \
    tests/clock/main.c tests/rights/main.c tests/without/main.c \
    $(UNITS) $(FUZZ_SOURCES) \
    $(wildcard tests/fuzz/replay/*.c)

.PHONY: lint run-lint lint-cppcheck lint-tidy lint-shell lint-spelling lint-man
.PHONY: $(C_FILES:%=tidy/%)
lint:
	@contrib/install-deps build lint
	@+$(AGAIN) --keep-going --output-sync=target run-lint

run-lint: lint-cppcheck lint-tidy lint-shell lint-spelling lint-man

# cppcheck 2.10 knows the attribute, but not C11's word for it.
lint-cppcheck: config.h
	cppcheck --quiet --std=c11 --language=c --error-exitcode=1 \
	    --enable=warning,style,performance,portability --inline-suppr \
	    --suppressions-list=tests/lint/cppcheck --max-configs=1 \
	    $(DEFINES) -D'_Noreturn=__attribute__((noreturn))' $(C_FILES)

# One goal for each file, so that make shares them out.
lint-tidy: $(C_FILES:%=tidy/%)
$(C_FILES:%=tidy/%): tidy/%: config.h
	@echo 'clang-tidy $*'
	@clang-tidy --quiet --warnings-as-errors='*' $* -- -std=c11 $(DEFINES) \
	    $(GNUTLS_CFLAGS) $(GSASL_CFLAGS) $(IDN2_CFLAGS) $(CURL_CFLAGS) \
	    $(JSON_CFLAGS) 2>/dev/null

lint-shell:
	shellcheck $(SCRIPTS)

lint-spelling:
	codespell $(wildcard .ci Makefile* configure.ac config.mk.in README \
	    HACKING NEWS SECURITY TOLERANCE contrib man src tests)

lint-man:
	mandoc -T lint -W warning $(wildcard man/*.[1-8])

# ---- Cleaning

.PHONY: clean distclean help
clean:
	rm -rf build build-asan build-cov build-fuzz postrider postrider-oauth2

# configure comes with a tarball, and is made in a clone.
distclean: clean
	rm -rf autom4te.cache configure~ config.h.in~ \
	    config.h config.mk config.log config.status
	rm -f postrider-*.tar.gz
	if test -e .git; then rm -f configure config.h.in; fi

help:
	@echo 'make                  ./postrider, ./postrider-oauth2'
	@echo 'make demo             a message through a smarthost on loopback'
	@echo 'make check            all tests; TESTS="tests/smtp/x.bats" for some'
	@echo '     check SANITIZE=1 the same under ASan and UBSan'
	@echo '     check SWITCHES="pipelining off, chunking off"'
	@echo 'make test             all tests, and nothing is installed for them'
	@echo 'make deb              Debian packages, in build/packages'
	@echo 'make rpm              RPMs, in build/packages/RPMS'
	@echo 'make recipes          those of Alpine, Arch, FreeBSD, Homebrew, OpenWrt'
	@echo 'make check-deb        Debian systems with these; SUITES="trixie"'
	@echo 'make check-rpm        the RPMs built, linted, installed in a root'
	@echo 'make interop          real servers and callers, unpacked in build/'
	@echo 'make ports            other platforms, as root; PORTS="arm64 musl"'
	@echo 'make bench            peers side by side; BENCH="trips path" for some'
	@echo 'make coverage         lines that make check runs; COVERAGE_MIN=85'
	@echo 'make fuzz             FUZZ="address reply" FUZZ_SECONDS=60'
	@echo 'make lint             cppcheck clang-tidy shellcheck codespell mandoc'
	@echo 'make install          DESTDIR= prefix= sysconfdir='
	@echo '     install-sendmail and links sendmail, mailq, newaliases'
	@echo '     uninstall        what these two have installed'
	@echo '     uninstall-sendmail    only what the latter has'
	@echo 'make dist             the tarball, which needs no autoconf'
	@echo 'make clean, distclean'
