// Requests that change nothing.
#define _GNU_SOURCE
#include "slowfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

int make_entry(struct node *parent, const char *name, struct fuse_entry_param *entry) {
  char path[PATH_MAX];
  int error = tree_path(parent, name, path);
  if (error) return error;
  if (lstat(path, &entry->attr)) return errno;
  entry->ino = (uintptr_t)tree_remember(parent, name, &entry->attr);
  entry->entry_timeout = options.entry_timeout;
  entry->attr_timeout = options.attribute_timeout;
  return 0;
}

static void on_lookup(fuse_req_t request, fuse_ino_t parent, const char *name) {
  struct fuse_entry_param entry = { 0 };
  int error = make_entry(node_of(parent), name, &entry);
  ask(request, error ? MISS : LOOKUP, 0, node_of(parent), name, error);
  if (error == ENOENT && options.negative_timeout > 0) {
    entry.entry_timeout = options.negative_timeout;  // inode 0: remembered as absent
    fuse_reply_entry(request, &entry);
  } else if (error) {
    fuse_reply_err(request, error);
  } else if (fuse_reply_entry(request, &entry)) {
    tree_forget(node_of(entry.ino), 1);
  }
}

static void on_forget(fuse_req_t request, fuse_ino_t inode, uint64_t references) {
  if (inode != FUSE_ROOT_ID) tree_forget(node_of(inode), references);
  fuse_reply_none(request);
}

static void on_forget_many(fuse_req_t request, size_t count, struct fuse_forget_data *forgotten) {
  for (size_t i = 0; i < count; i++)
    if (forgotten[i].ino != FUSE_ROOT_ID) tree_forget(node_of(forgotten[i].ino), forgotten[i].nlookup);
  fuse_reply_none(request);
}

int status_of(struct node *node, struct fuse_file_info *file, struct stat *status) {
  char path[PATH_MAX];
  if (file) return fstat(file->fh, status) ? errno : 0;
  int error = tree_path(node, NULL, path);
  if (error) return error;
  return lstat(path, status) ? errno : 0;
}

static void on_getattr(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file) {
  struct stat status;
  int error = status_of(node_of(inode), file, &status);
  ask(request, GETATTR, 0, node_of(inode), NULL, error);
  if (error) fuse_reply_err(request, error);
  else fuse_reply_attr(request, &status, options.attribute_timeout);
}

static void on_readlink(fuse_req_t request, fuse_ino_t inode) {
  char path[PATH_MAX], target[PATH_MAX];
  int error = tree_path(node_of(inode), NULL, path);
  ssize_t length = error ? -1 : readlink(path, target, sizeof target - 1);
  if (!error && length < 0) error = errno;
  ask(request, READLINK, 0, node_of(inode), NULL, error);
  if (error) {
    fuse_reply_err(request, error);
    return;
  }
  target[length] = '\0';
  fuse_reply_readlink(request, target);
}

int open_flags(const struct fuse_file_info *file) { return (file->flags | O_CLOEXEC) & ~(O_NOFOLLOW | O_EXCL); }

// Whether the pages that the kernel holds of this file may be used again.
static int is_unchanged(struct node *node, int file) {
  struct stat status;
  if (fstat(file, &status)) return 0;
  int same = node->seen_modified.tv_sec == status.st_mtim.tv_sec && node->seen_modified.tv_nsec == status.st_mtim.tv_nsec;
  node->seen_modified = status.st_mtim;
  return same;
}

static void on_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file) {
  char path[PATH_MAX];
  struct node *node = node_of(inode);
  int error = tree_path(node, NULL, path);
  int descriptor = error ? -1 : open(path, open_flags(file));
  if (!error && descriptor < 0) error = errno;
  if (options.revalidate) ask(request, GETATTR, 0, node, NULL, error);
  ask(request, OPEN, 0, node, NULL, error);
  if (error) {
    fuse_reply_err(request, error);
    return;
  }
  file->fh = descriptor;
  file->keep_cache = options.revalidate ? is_unchanged(node, descriptor) : options.keep_cache;
  if (fuse_reply_open(request, file)) close(descriptor);
}

static void on_read(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset, struct fuse_file_info *file) {
  char *buffer = malloc(size);
  ssize_t length = pread(file->fh, buffer, size, offset);
  int error = length < 0 ? errno : 0;
  ask(request, READ, length > 0 ? length : 0, node_of(inode), NULL, error);
  if (error) fuse_reply_err(request, error);
  else fuse_reply_buf(request, buffer, length);
  free(buffer);
}

// close() waits for the flush; the release comes once for each open, and nobody waits for it.
static void on_flush(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file) {
  (void)file;
  ask(request, FLUSH, 0, node_of(inode), NULL, 0);
  fuse_reply_err(request, 0);
}

static void on_release(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file) {
  close(file->fh);
  ask(request, CLOSE, 0, node_of(inode), NULL, 0);
  fuse_reply_err(request, 0);
}

static void on_opendir(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file) {
  char path[PATH_MAX];
  int error = tree_path(node_of(inode), NULL, path);
  DIR *directory = error ? NULL : opendir(path);
  if (!error && !directory) error = errno;
  ask(request, OPENDIR, 0, node_of(inode), NULL, error);
  if (error) {
    fuse_reply_err(request, error);
    return;
  }
  file->fh = (uintptr_t)directory;
  if (fuse_reply_open(request, file)) closedir(directory);
}

static void on_readdir(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset, struct fuse_file_info *file) {
  DIR *directory = (DIR *)(uintptr_t)file->fh;
  char *buffer = malloc(size);
  size_t used = 0;
  seekdir(directory, offset);
  for (struct dirent *entry; (entry = readdir(directory));) {
    struct stat status = { .st_ino = entry->d_ino, .st_mode = entry->d_type << 12 };
    size_t needed = fuse_add_direntry(request, buffer + used, size - used, entry->d_name, &status, telldir(directory));
    if (needed > size - used) break;
    used += needed;
  }
  ask(request, READDIR, 0, node_of(inode), NULL, 0);
  fuse_reply_buf(request, buffer, used);
  free(buffer);
}

static void on_releasedir(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *file) {
  (void)inode;
  closedir((DIR *)(uintptr_t)file->fh);
  fuse_reply_err(request, 0);
}

static void on_statfs(fuse_req_t request, fuse_ino_t inode) {
  struct statvfs status;
  int error = statvfs(tree_root()->name, &status) ? errno : 0;
  ask(request, STATFS, 0, node_of(inode), NULL, error);
  if (error) fuse_reply_err(request, error);
  else fuse_reply_statfs(request, &status);
}

void add_reading(struct fuse_lowlevel_ops *operations) {
  operations->lookup = on_lookup;
  operations->forget = on_forget;
  operations->forget_multi = on_forget_many;
  operations->getattr = on_getattr;
  operations->readlink = on_readlink;
  operations->open = on_open;
  operations->read = on_read;
  operations->flush = on_flush;
  operations->release = on_release;
  operations->opendir = on_opendir;
  operations->readdir = on_readdir;
  operations->releasedir = on_releasedir;
  operations->statfs = on_statfs;
}
