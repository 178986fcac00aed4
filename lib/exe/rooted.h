/* SPDX-License-Identifier: Apache-2.0 */
/* Opens files below a sysroot, as a process whose root it is would: absolute symbolic links and ".." stay inside. */
#ifndef GOPM_EXE_ROOTED_H
#define GOPM_EXE_ROOTED_H

/* Opens a regular file to read it. Anything else is refused: opening a device may have effects, and a pipe may block.
 * @param root NULL or empty: the root of this process
 * @return a descriptor that the caller closes, or -1 */
int gopm__open_rooted(const char *root, const char *path);

/* gopm__open_rooted() without openat2(), which Linux has since 5.6, and which a container may forbid. */
int gopm__open_rooted_by_hand(const char *root, const char *path);

#endif
