// What the kernel knows of the tree: one node for each file it has looked up and not yet forgotten.
#ifndef TREE_H
#define TREE_H

#include <limits.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

struct node {
  dev_t device;
  ino_t inode;
  uint64_t references;     // lookups that the kernel has not forgotten, and children
  struct node *parent;     // NULL for the root
  char *name;              // in `parent`; the root's is the whole path of the tree that is served
  struct node *next;       // in the bucket
  struct timespec seen_modified;  // when it was last opened: cached pages are good while this stays
};

void tree_plant(const char *root_path);
struct node *tree_root(void);

// The node of `name` in `parent`, with one reference more.
struct node *tree_remember(struct node *parent, const char *name, const struct stat *status);
void tree_forget(struct node *node, uint64_t references);

// Its name now leads elsewhere or nowhere. `tree_drop` also lets go of the inode number, which may be used again.
void tree_move(ino_t inode, dev_t device, struct node *new_parent, const char *new_name);
void tree_drop(ino_t inode, dev_t device);

// The path on the file system below: of a node, or of a name in it. ENAMETOOLONG or 0.
int tree_path(struct node *node, const char *name, char path[PATH_MAX]);

#endif
