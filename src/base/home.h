/* SPDX-License-Identifier: ISC */
/* home: where the user keeps things. */
#ifndef BASE_HOME_H
#define BASE_HOME_H

/* The home folder: $HOME when absolute, else from passwd; NULL if neither.
 * The caller frees it. */
char *home_folder(void);
/*
 * The folder of that name for what a program has to remember, below
 * $XDG_STATE_HOME/postrider or ~/.local/state/postrider; NULL where there is no
 * home folder. The caller frees it.
 */
char *home_state(const char *name);

#endif
