/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#if defined(HAVE_LINUX_SECCOMP_H) && defined(HAVE_LINUX_LANDLOCK_H)
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#endif
#ifdef HAVE_CAP_ENTER
#include <sys/capsicum.h>
#endif

#include "base/buffer.h"
#include "base/confine.h"

#if defined(HAVE_LINUX_SECCOMP_H) && defined(HAVE_LINUX_LANDLOCK_H)

/* ---- Landlock (landlock(7)). The header may be older than the kernel: */

#define FILE_READ (1u << 2)
#define FOLDER_READ (1u << 3)
#define FILE_RIGHTS ((1u << 1) | FILE_READ | (1u << 14))	/* and write,
								 * truncate */
/* and list, remove and make files, make folders, link */
#define FOLDER_RIGHTS (FILE_RIGHTS | FOLDER_READ | (1u << 5) | (1u << 7) | \
    (1u << 8) | (1u << 13))
#define FILES_BEFORE_REFER ((1u << 13) - 1)	/* of the first version */
#define TCP_CONNECT (1u << 1)
#define TCP_RIGHTS ((1u << 0) | TCP_CONNECT)
#define SCOPES ((1u << 0) | (1u << 1))	/* abstract sockets, signals */
#define RULE_PATH 1
#define RULE_PORT 2
#define ABI_REFER 2
#define ABI_TRUNCATE 3
#define ABI_TCP 4
#define ABI_SCOPES 6

struct ruleset {
	uint64_t files;
	uint64_t tcp;
	uint64_t scopes;
};

struct path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

/* The version that the kernel has; 0 or less: none. */
static int
landlock_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

/* A path that cannot be opened cannot be used later either. */
static void
allow_path(int rules, const struct ruleset *all, const char *path,
    uint64_t rights)
{
	struct path_rule rule = { 0, -1 };
	struct stat st;

	rule.fd = path == NULL ? -1 : open(path, O_PATH | O_CLOEXEC);
	if (rule.fd == -1)
		return;
	rule.rights = rights & all->files;
	if (fstat(rule.fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.rights &= FILE_RIGHTS;
	syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0);
	close(rule.fd);
}

static void
allow_port(int rules, uint16_t number)
{
	/* rights, port */
	const uint64_t rule[] = { TCP_CONNECT, number };

	syscall(SYS_landlock_add_rule, rules, RULE_PORT, rule, 0);
}

static void
add_rules(int rules, const struct ruleset *all, const struct confinement *keep)
{
	if (keep->read) {
		allow_path(rules, all, "/", FILE_READ | FOLDER_READ);
		allow_path(rules, all, "/dev/null", FILE_RIGHTS);
		allow_path(rules, all, "/dev/tty", FILE_RIGHTS);
	}
#if defined(SANITIZE) || defined(COVERAGE)
	/* what they have found is written at the end */
	allow_path(rules, all, "/", FOLDER_RIGHTS);
#endif
	for (size_t i = 0; i < keep->paths; i++)
		allow_path(rules, all, keep->path[i], FOLDER_RIGHTS);
	if (all->tcp != 0 && keep->port != 0)
		allow_port(rules, keep->port);
}

static void
restrict_access(const struct confinement *keep)
{
	int version = landlock_version(), rules;
	struct ruleset all = { FILES_BEFORE_REFER, 0, 0 };
	size_t size = sizeof(all.files);

	if (version < 1)
		return;
	if (version >= ABI_REFER)
		all.files |= 1u << 13;
	if (version >= ABI_TRUNCATE)
		all.files |= 1u << 14;
	if (version >= ABI_TCP) {
		all.tcp = keep->read ? 0 : TCP_RIGHTS;
		size = offsetof(struct ruleset, scopes);
	}
	if (version >= ABI_SCOPES) {
		all.scopes = keep->read ? 0 : SCOPES;
		size = sizeof(all);
	}
	rules = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
	if (rules == -1)
		return;
	add_rules(rules, &all, keep);
	syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
}

/* ---- seccomp (seccomp(2)). */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#endif

#ifdef ARCHITECTURE
#define X32_BIT 0x40000000	/* of the other calls that x86-64 has */
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)

static const unsigned refused[] = {
	/* other programs */
	SYS_execve,
#ifdef SYS_execveat
	SYS_execveat,
#endif
	/* other processes */
#ifndef SANITIZE	/* LeakSanitizer looks at us so */
	SYS_ptrace,
#endif
	SYS_process_vm_readv, SYS_process_vm_writev,
#ifdef SYS_pidfd_getfd
	SYS_pidfd_getfd,
#endif
	/* parts of the kernel that attacks go by */
	SYS_add_key, SYS_request_key, SYS_keyctl, SYS_perf_event_open,
#ifdef SYS_bpf
	SYS_bpf,
#endif
#ifdef SYS_userfaultfd
	SYS_userfaultfd,
#endif
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
#endif
	/* the system as a whole */
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_unshare, SYS_setns,
	SYS_reboot, SYS_init_module, SYS_finit_module, SYS_delete_module,
#ifdef SYS_open_tree
	SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsmount,
#endif
};

#define REFUSED (sizeof(refused) / sizeof(refused[0]))

static void
refuse_calls(void)
{
	struct sock_filter code[REFUSED + 8];
	struct sock_fprog program = { 0, code };
	unsigned short n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    ARCHITECTURE, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, REFUSE);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
	    X32_BIT, REFUSED + 1, 0);
#endif
	for (size_t i = 0; i < REFUSED; i++)
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
		    BPF_K, refused[i], (unsigned char)(REFUSED - i), 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, REFUSE);
	program.len = n;
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
#else
static void
refuse_calls(void)
{
}
#endif

static void
give_up(const struct confinement *keep)
{
	static bool refused_before;

	/* whoever may get new rights may not give up these */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return;
	restrict_access(keep);
	if (!refused_before)
		refuse_calls();
	refused_before = true;
}

void
confine_describe(struct buffer *b)
{
	int version = landlock_version();

	if (version > 0)
		buffer_printf(b, "Landlock %d", version);
#ifdef ARCHITECTURE
	/* a filter at no address is refused after the question whether there
	 * can be filters */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) == -1 &&
	    errno == EFAULT)
		buffer_printf(b, "%sseccomp", b->len == 0 ? "" : ", ");
#endif
}

#elif defined(HAVE_PLEDGE) && defined(HAVE_UNVEIL)

static void
give_up(const struct confinement *keep)
{
	for (size_t i = 0; i < keep->paths; i++)
		if (keep->path[i] != NULL)
			unveil(keep->path[i], "rwc");
	if (keep->read) {
		unveil("/", "r");
		unveil("/dev/null", "rw");
		unveil("/dev/tty", "rw");
	}
	unveil(NULL, NULL);
	/* proc: the child that looks up names */
	pledge(keep->read ? "stdio rpath wpath cpath flock inet unix dns "
	    "getpw tty proc" : keep->port == 0 ? "stdio rpath wpath cpath "
	    "flock" : "stdio rpath wpath cpath flock inet", NULL);
}

void
confine_describe(struct buffer *b)
{
	buffer_add_string(b, "pledge, unveil");
}

#elif defined(HAVE_CAP_ENTER)

/* Capability mode knows no paths and no new connections at all. */
static void
give_up(const struct confinement *keep)
{
	if (!keep->read && keep->port == 0 && keep->paths == 0)
		cap_enter();
}

void
confine_describe(struct buffer *b)
{
	buffer_add_string(b, "capability mode");
}

#else

static void
give_up(const struct confinement *keep)
{
	(void)keep;
}

void
confine_describe(struct buffer *b)
{
	(void)b;
}

#endif

void
confine(const struct confinement *keep)
{
	static bool reading;

	if (keep->read && reading)
		return;
	reading = true;
	give_up(keep);
}
