// What the files of the FUSE side share.
#ifndef SLOWFS_H
#define SLOWFS_H

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 14)
#include <fuse_lowlevel.h>

#include "model.h"
#include "tree.h"

struct options {
  char *model;             // file of the shared model
  char *client;            // name under which this mount is counted
  char *log;               // file that gets one line a request
  double entry_timeout, attribute_timeout, negative_timeout;  // seconds
  int keep_cache;          // cached pages survive the next open
  int cache_links;         // the kernel keeps where symbolic links lead, as NFS and Lustre clients do
  int revalidate;          // each open first asks for the attributes (NFS close-to-open)
  int requests_in_flight;  // of this mount; 0: no limit
  int threads;
};
extern struct options options;

struct node *node_of(fuse_ino_t inode);

// Sends a request to the model on behalf of the caller and writes the log line. `name` may be NULL.
void ask(fuse_req_t request, enum operation operation, size_t bytes, struct node *node, const char *name, int error);

// Looks `name` up below and answers with its entry; the kernel then holds one reference more.
int make_entry(struct node *parent, const char *name, struct fuse_entry_param *entry);

// Of the open file where there is one, else of the node's path. An error number or 0.
int status_of(struct node *node, struct fuse_file_info *file, struct stat *status);

int open_flags(const struct fuse_file_info *file);

// Both fill in their part of the table.
void add_reading(struct fuse_lowlevel_ops *operations);
void add_writing(struct fuse_lowlevel_ops *operations);

int control(int count, char **arguments);

#endif
