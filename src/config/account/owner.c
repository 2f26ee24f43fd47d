/* SPDX-License-Identifier: ISC */
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "config/account/accountfile.h"

char *
owner_words(uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw == NULL ? buffer_format("uid %lu", (unsigned long)uid) :
	    buffer_format("%s (uid %lu)", pw->pw_name, (unsigned long)uid);
}

static int
hint(const struct file *file, enum file_flaw flaw, const char *holds,
    struct fault *f)
{
	if (flaw == FILE_OTHERS_MAY && file->st.st_uid == geteuid())
		return fault_hint(f, "run: chmod go-w %s", file->path);
	if (flaw == FILE_OTHERS_MAY)
		return fault_hint(f, "nobody but its owner may write it");
	if (file->st.st_uid == FILE_NOBODY)
		return fault_hint(f, "its owner has no number here, as can be "
		    "on NFS or in a container: see that he gets one, or copy "
		    "the file");
	if (holds != NULL)
		return fault_hint(f, "it may belong to this user or to root");
	return fault_hint(f, "HOME and XDG_CONFIG_HOME have to lead to files "
	    "of this user or of root");
}

int
owner_check(const struct file *file, const char *what, const char *holds,
    struct fault *f)
{
	enum file_flaw flaw = file_flaw(&file->st, file->fd,
	    FILE_OWNER_SELF_OR_ROOT, S_IWGRP | S_IWOTH);
	char *owner;

	if (flaw == FILE_FINE)
		return 0;
	owner = owner_words(file->st.st_uid);
	fault(f, FAULT_CONFIG, "%s %s ", what, file->path);
	if (holds != NULL)
		fault_add(f, "holds %s and ", holds);
	fault_add(f, "%s %s, mode %04o; we run as uid %lu", flaw ==
	    FILE_OTHERS_OWN ? "belongs to" : "can be written by others than",
	    owner, file_mode(&file->st), (unsigned long)geteuid());
	free(owner);
	return hint(file, flaw, holds, f);
}
