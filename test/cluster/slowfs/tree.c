// Nodes are found by device and inode number, so that hard links are one file. Paths are put together from parents when
// they are needed, so that renaming a folder moves all that is below it.
#include "tree.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 16 };

static struct node *buckets[BUCKETS];
static struct node root;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct node **bucket_of(dev_t device, ino_t inode) {
  return &buckets[(inode * 2654435761u ^ device) % BUCKETS];
}

static struct node **find(dev_t device, ino_t inode) {
  struct node **place = bucket_of(device, inode);
  while (*place && ((*place)->inode != inode || (*place)->device != device)) place = &(*place)->next;
  return place;
}

void tree_plant(const char *root_path) {
  root.name = strdup(root_path);
  root.references = 1;
}

struct node *tree_root(void) { return &root; }

static void unlink_from_bucket(struct node *node) {
  struct node **place = find(node->device, node->inode);
  if (*place == node) *place = node->next;
}

static void release(struct node *node, uint64_t references) {
  while (node != &root) {
    node->references -= references;
    if (node->references) return;
    struct node *parent = node->parent;
    unlink_from_bucket(node);
    free(node->name);
    free(node);
    node = parent;
    references = 1;
  }
}

static void rename_node(struct node *node, struct node *parent, const char *name) {
  if (node->parent == parent && !strcmp(node->name, name)) return;
  struct node *left = node->parent;
  parent->references++;
  node->parent = parent;
  free(node->name);
  node->name = strdup(name);
  if (left) release(left, 1);
}

struct node *tree_remember(struct node *parent, const char *name, const struct stat *status) {
  pthread_mutex_lock(&lock);
  struct node *node = *find(status->st_dev, status->st_ino);
  if (!node) {
    struct node **bucket = bucket_of(status->st_dev, status->st_ino);
    node = calloc(1, sizeof *node);
    *node = (struct node){ .device = status->st_dev, .inode = status->st_ino, .next = *bucket, .name = strdup("") };
    *bucket = node;
  }
  rename_node(node, parent, name);
  node->references++;
  pthread_mutex_unlock(&lock);
  return node;
}

void tree_forget(struct node *node, uint64_t references) {
  pthread_mutex_lock(&lock);
  release(node, references);
  pthread_mutex_unlock(&lock);
}

void tree_move(ino_t inode, dev_t device, struct node *new_parent, const char *new_name) {
  pthread_mutex_lock(&lock);
  struct node *node = *find(device, inode);
  if (node) rename_node(node, new_parent, new_name);
  pthread_mutex_unlock(&lock);
}

void tree_drop(ino_t inode, dev_t device) {
  pthread_mutex_lock(&lock);
  struct node *node = *find(device, inode);
  if (node) {
    unlink_from_bucket(node);
    node->inode = 0;
  }
  pthread_mutex_unlock(&lock);
}

static int put_before(char *path, size_t *start, const char *name) {
  size_t length = strlen(name);
  if (*start < length + 1) return ENAMETOOLONG;
  *start -= length;
  memcpy(path + *start, name, length);
  return 0;
}

int tree_path(struct node *node, const char *name, char path[PATH_MAX]) {
  size_t start = PATH_MAX - 1;
  int error = 0;
  path[start] = '\0';
  if (name) {
    error = put_before(path, &start, name);
    if (!error) path[--start] = '/';
  }
  pthread_mutex_lock(&lock);
  for (; !error && node; node = node->parent) {
    error = put_before(path, &start, node->name);
    if (!error && node->parent) path[--start] = '/';
  }
  pthread_mutex_unlock(&lock);
  memmove(path, path + start, PATH_MAX - start);
  return error;
}
