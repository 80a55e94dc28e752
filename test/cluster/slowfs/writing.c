// Requests that change something. The daemon may run as root: what it makes is given to the one who asked.
#define _GNU_SOURCE
#include "slowfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void give_to_caller(fuse_req_t request, const char *path) {
  const struct fuse_ctx *caller = fuse_req_ctx(request);
  if (geteuid() == 0) (void)!lchown(path, caller->uid, caller->gid);
}

// Answers with the entry of what was just made, or with the error.
static void reply_made(fuse_req_t request, enum operation operation, fuse_ino_t parent, const char *name, int error) {
  struct fuse_entry_param entry = { 0 };
  if (!error) error = make_entry(node_of(parent), name, &entry);
  ask(request, operation, 0, node_of(parent), name, error);
  if (error) fuse_reply_err(request, error);
  else if (fuse_reply_entry(request, &entry)) tree_forget(node_of(entry.ino), 1);
}

static void on_create(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *file) {
  char path[PATH_MAX];
  struct fuse_entry_param entry = { 0 };
  int error = tree_path(node_of(parent), name, path);
  int descriptor = error ? -1 : open(path, file->flags | O_CREAT | O_CLOEXEC, mode);
  if (!error && descriptor < 0) error = errno;
  if (!error) {
    give_to_caller(request, path);
    error = make_entry(node_of(parent), name, &entry);
  }
  ask(request, CREATE, 0, node_of(parent), name, error);
  if (error) {
    if (descriptor >= 0) close(descriptor);
    fuse_reply_err(request, error);
    return;
  }
  file->fh = descriptor;
  if (fuse_reply_create(request, &entry, file)) {
    close(descriptor);
    tree_forget(node_of(entry.ino), 1);
  }
}

static void on_mkdir(fuse_req_t request, fuse_ino_t parent, const char *name, mode_t mode) {
  char path[PATH_MAX];
  int error = tree_path(node_of(parent), name, path);
  if (!error && mkdir(path, mode)) error = errno;
  if (!error) give_to_caller(request, path);
  reply_made(request, MKDIR, parent, name, error);
}

static void on_symlink(fuse_req_t request, const char *target, fuse_ino_t parent, const char *name) {
  char path[PATH_MAX];
  int error = tree_path(node_of(parent), name, path);
  if (!error && symlink(target, path)) error = errno;
  if (!error) give_to_caller(request, path);
  reply_made(request, CREATE, parent, name, error);
}

static void on_link(fuse_req_t request, fuse_ino_t inode, fuse_ino_t parent, const char *name) {
  char old[PATH_MAX], path[PATH_MAX];
  int error = tree_path(node_of(inode), NULL, old);
  if (!error) error = tree_path(node_of(parent), name, path);
  if (!error && link(old, path)) error = errno;
  reply_made(request, CREATE, parent, name, error);
}

static void remove_name(fuse_req_t request, fuse_ino_t parent, const char *name, int (*remove_it)(const char *)) {
  char path[PATH_MAX];
  struct stat status;
  int error = tree_path(node_of(parent), name, path);
  if (!error && (lstat(path, &status) || remove_it(path))) error = errno;
  if (!error && (S_ISDIR(status.st_mode) || status.st_nlink == 1)) tree_drop(status.st_ino, status.st_dev);
  ask(request, UNLINK, 0, node_of(parent), name, error);
  fuse_reply_err(request, error);
}

static void on_unlink(fuse_req_t request, fuse_ino_t parent, const char *name) {
  remove_name(request, parent, name, unlink);
}

static void on_rmdir(fuse_req_t request, fuse_ino_t parent, const char *name) {
  remove_name(request, parent, name, rmdir);
}

static void on_rename(fuse_req_t request, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
                      const char *new_name, unsigned flags) {
  char old[PATH_MAX], new[PATH_MAX];
  struct stat moved, replaced = { 0 };
  int error = tree_path(node_of(parent), name, old);
  if (!error) error = tree_path(node_of(new_parent), new_name, new);
  if (!error && lstat(old, &moved)) error = errno;
  int replaces = !error && lstat(new, &replaced) == 0;
  if (!error && renameat2(AT_FDCWD, old, AT_FDCWD, new, flags)) error = errno;
  if (!error) {
    if (replaces && !(flags & RENAME_EXCHANGE) && replaced.st_ino != moved.st_ino)
      tree_drop(replaced.st_ino, replaced.st_dev);
    if (flags & RENAME_EXCHANGE) tree_move(replaced.st_ino, replaced.st_dev, node_of(parent), name);
    tree_move(moved.st_ino, moved.st_dev, node_of(new_parent), new_name);
  }
  ask(request, RENAME, 0, node_of(new_parent), new_name, error);
  fuse_reply_err(request, error);
}

static void on_write(fuse_req_t request, fuse_ino_t inode, const char *buffer, size_t size, off_t offset,
                     struct fuse_file_info *file) {
  ssize_t length = pwrite(file->fh, buffer, size, offset);
  int error = length < 0 ? errno : 0;
  ask(request, WRITE, length > 0 ? length : 0, node_of(inode), NULL, error);
  if (error) fuse_reply_err(request, error);
  else fuse_reply_write(request, length);
}

static int set_times(const char *path, const struct stat *wanted, int what) {
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_nsec = UTIME_OMIT } };
  if (what & FUSE_SET_ATTR_ATIME_NOW) times[0].tv_nsec = UTIME_NOW;
  else if (what & FUSE_SET_ATTR_ATIME) times[0] = wanted->st_atim;
  if (what & FUSE_SET_ATTR_MTIME_NOW) times[1].tv_nsec = UTIME_NOW;
  else if (what & FUSE_SET_ATTR_MTIME) times[1] = wanted->st_mtim;
  return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

// An open file may have lost its name: its size is set through `file`.
static int set_size(const char *path, struct fuse_file_info *file, off_t size) {
  return file ? ftruncate(file->fh, size) : truncate(path, size);
}

static int set_attributes(const char *path, const struct stat *wanted, int what) {
  uid_t user = what & FUSE_SET_ATTR_UID ? wanted->st_uid : (uid_t)-1;
  gid_t group = what & FUSE_SET_ATTR_GID ? wanted->st_gid : (gid_t)-1;
  if ((what & FUSE_SET_ATTR_MODE) && chmod(path, wanted->st_mode)) return errno;
  if ((what & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) && lchown(path, user, group)) return errno;
  if ((what & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME)) && set_times(path, wanted, what)) return errno;
  return 0;
}

static void on_setattr(fuse_req_t request, fuse_ino_t inode, struct stat *wanted, int what, struct fuse_file_info *file) {
  char path[PATH_MAX];
  struct stat status;
  int error = tree_path(node_of(inode), NULL, path);
  if (!error && (what & FUSE_SET_ATTR_SIZE) && set_size(path, file, wanted->st_size)) error = errno;
  if (!error) error = set_attributes(path, wanted, what);
  if (!error) error = status_of(node_of(inode), file, &status);
  ask(request, SETATTR, 0, node_of(inode), NULL, error);
  if (error) fuse_reply_err(request, error);
  else fuse_reply_attr(request, &status, options.attribute_timeout);
}

void add_writing(struct fuse_lowlevel_ops *operations) {
  operations->create = on_create;
  operations->mkdir = on_mkdir;
  operations->symlink = on_symlink;
  operations->link = on_link;
  operations->unlink = on_unlink;
  operations->rmdir = on_rmdir;
  operations->rename = on_rename;
  operations->write = on_write;
  operations->setattr = on_setattr;
}
