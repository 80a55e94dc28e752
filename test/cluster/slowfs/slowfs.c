// slowfs ROOT MOUNTPOINT -o model=FILE[,…]   serves ROOT as slowly as a shared file server under load would
// slowfs control FILE [KEY=VALUE …]          changes the model while it runs; prints its parameters and counters as JSON
//
// All mounts with the same model file are clients of one server. ../README.md tells the options.
#include "slowfs.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

// libfuse allows 10 threads by default, which would be a hidden limit on the requests in flight.
enum { DEFAULT_THREADS = 512, IDLE_THREADS = 64 };

struct options options = {
  .entry_timeout = 1, .attribute_timeout = 1, .threads = DEFAULT_THREADS,
};

static const struct fuse_opt option_table[] = {
  { "model=%s", offsetof(struct options, model), 0 },
  { "client=%s", offsetof(struct options, client), 0 },
  { "log=%s", offsetof(struct options, log), 0 },
  { "entry_timeout=%lf", offsetof(struct options, entry_timeout), 0 },
  { "attribute_timeout=%lf", offsetof(struct options, attribute_timeout), 0 },
  { "negative_timeout=%lf", offsetof(struct options, negative_timeout), 0 },
  { "requests_in_flight=%d", offsetof(struct options, requests_in_flight), 0 },
  { "threads=%d", offsetof(struct options, threads), 0 },
  { "keep_cache", offsetof(struct options, keep_cache), 1 },
  { "cache_links", offsetof(struct options, cache_links), 1 },
  { "revalidate", offsetof(struct options, revalidate), 1 },
  FUSE_OPT_END,
};

static struct model *model;
static int client;
static int log_file = -1;
static sem_t free_requests;

struct node *node_of(fuse_ino_t inode) {
  return inode == FUSE_ROOT_ID ? tree_root() : (struct node *)(uintptr_t)inode;
}

static void write_log(fuse_req_t request, enum operation operation, struct node *node, const char *name, int error) {
  char path[PATH_MAX], line[PATH_MAX + 128];
  if (tree_path(node, name, path)) return;
  const char *below = path + strlen(tree_root()->name);
  int length = snprintf(line, sizeof line, "%s %s %d %d %s\n", options.client, operation_names[operation], error,
                        (int)fuse_req_ctx(request)->pid, *below ? below : "/");
  (void)!write(log_file, line, length);
}

void ask(fuse_req_t request, enum operation operation, size_t bytes, struct node *node, const char *name, int error) {
  if (log_file >= 0) write_log(request, operation, node, name, error);
  if (options.requests_in_flight) while (sem_wait(&free_requests) && errno == EINTR) ;
  model_request(model, client, operation, bytes);
  if (options.requests_in_flight) sem_post(&free_requests);
}

static void on_init(void *user, struct fuse_conn_info *connection) {
  (void)user;
  connection->max_background = DEFAULT_THREADS;
  connection->congestion_threshold = DEFAULT_THREADS;
  if (options.cache_links) connection->want |= connection->capable & FUSE_CAP_CACHE_SYMLINKS;
}

// Names in one directory are looked up at the same time: one after the other is a limit that no server sets. libfuse 3.14
// never tells the kernel so, whatever is wanted of it, so its first answer is completed on the way.
static ssize_t on_send(int file, struct iovec *parts, int count, void *user) {
  static atomic_flag is_greeted = ATOMIC_FLAG_INIT;
  struct greeting { uint32_t major, minor, readahead, flags; };  // of struct fuse_init_out, linux/fuse.h
  const uint32_t parallel_dirops = 1 << 18;
  (void)user;
  if (!atomic_flag_test_and_set(&is_greeted) && count > 1 && parts[1].iov_len >= sizeof(struct greeting))
    ((struct greeting *)parts[1].iov_base)->flags |= parallel_dirops;
  return writev(file, parts, count);
}

static ssize_t on_receive(int file, void *buffer, size_t size, void *user) {
  (void)user;
  return read(file, buffer, size);
}

static int usage(void) {
  fprintf(stderr, "usage: slowfs ROOT MOUNTPOINT -o model=FILE,...\n       slowfs control FILE [KEY=VALUE ...]\n");
  return 2;
}

static int serve(struct fuse_args *arguments, const struct fuse_cmdline_opts *command_line) {
  struct fuse_lowlevel_ops operations = { .init = on_init };
  add_reading(&operations);
  add_writing(&operations);
  struct fuse_session *session = fuse_session_new(arguments, &operations, sizeof operations, NULL);
  if (!session || fuse_set_signal_handlers(session) || fuse_session_mount(session, command_line->mountpoint)) return 1;
  const struct fuse_custom_io io = { .writev = on_send, .read = on_receive };
  if (fuse_session_custom_io(session, &io, fuse_session_fd(session))) return 1;
  fuse_daemonize(command_line->foreground);
  prctl(PR_SET_TIMERSLACK, 1);  // else each sleep may last 50 microseconds longer
  umask(0);
  struct fuse_loop_config *loop = fuse_loop_cfg_create();
  fuse_loop_cfg_set_max_threads(loop, options.threads);
  fuse_loop_cfg_set_idle_threads(loop, IDLE_THREADS);
  int failed = fuse_session_loop_mt(session, loop);
  fuse_loop_cfg_destroy(loop);
  fuse_session_unmount(session);
  fuse_session_destroy(session);
  return failed ? 1 : 0;
}

int main(int count, char **words) {
  if (count > 2 && !strcmp(words[1], "control")) return control(count - 2, words + 2);
  if (count < 3) return usage();
  char *root = realpath(words[1], NULL);
  if (!root) {
    perror(words[1]);
    return 1;
  }
  words[1] = words[0];
  struct fuse_args arguments = FUSE_ARGS_INIT(count - 1, words + 1);
  struct fuse_cmdline_opts command_line;
  if (fuse_opt_parse(&arguments, &options, option_table, NULL) || fuse_parse_cmdline(&arguments, &command_line)) return usage();
  if (!options.model || !command_line.mountpoint) return usage();
  tree_plant(root);
  model = model_map(options.model);
  if (!options.client) options.client = strdup(command_line.mountpoint);
  client = model_client(model, options.client);
  sem_init(&free_requests, 0, options.requests_in_flight);
  if (options.log && (log_file = open(options.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) < 0) {
    perror(options.log);
    return 1;
  }
  fuse_opt_add_arg(&arguments, "-odefault_permissions,subtype=slowfs");
  return serve(&arguments, &command_line);
}
