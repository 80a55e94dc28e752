// First come, first served, by reservation: a request takes the slot that is free the earliest, books its service time
// there and sleeps until it is over. Nothing spins, and no error adds up, however many mounts take part.
#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// Changes with the layout of `struct model`.
static const unsigned MAGIC = 0x50484152;

const char *const operation_names[OPERATIONS] = {
  [LOOKUP] = "lookup", [MISS] = "miss", [GETATTR] = "getattr", [SETATTR] = "setattr", [OPEN] = "open",
  [OPENDIR] = "opendir", [READDIR] = "readdir", [READLINK] = "readlink", [READ] = "read", [WRITE] = "write",
  [CREATE] = "create", [MKDIR] = "mkdir", [RENAME] = "rename", [UNLINK] = "unlink", [FLUSH] = "flush",
  [CLOSE] = "close", [STATFS] = "statfs",
};

// The order of magnitude of a busy parallel file system; a test sets what it needs.
static const struct parameters DEFAULTS = {
  .enabled = 1, .round_trip = 200, .metadata_slots = 4, .data_slots = 16, .megabytes_per_second = 1000,
  .service = {
    [LOOKUP] = 100, [MISS] = 100, [GETATTR] = 80, [SETATTR] = 150, [OPEN] = 150, [OPENDIR] = 150, [READDIR] = 300,
    [READLINK] = 80, [READ] = 100, [WRITE] = 100, [CREATE] = 300, [MKDIR] = 300, [RENAME] = 300, [UNLINK] = 300,
    [FLUSH] = STAYS_IN_CLIENT, [CLOSE] = STAYS_IN_CLIENT, [STATFS] = 80,
  },
};

static void give_up(const char *what) {
  perror(what);
  exit(1);
}

static void prepare(struct model *model) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  memset(model, 0, sizeof *model);
  pthread_mutex_init(&model->lock, &attributes);
  model->parameters = DEFAULTS;
  model->magic = MAGIC;
}

struct model *model_map(const char *path) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 || flock(file, LOCK_EX)) give_up(path);  // so that two mounts do not both prepare it
  if (ftruncate(file, sizeof(struct model))) give_up(path);
  struct model *model = mmap(NULL, sizeof *model, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (model == MAP_FAILED) give_up("mmap");
  if (model->magic != MAGIC) prepare(model);
  flock(file, LOCK_UN);  // the mapping keeps the file open, and with it the lock
  close(file);
  return model;
}

static void take_lock(struct model *model) {
  if (pthread_mutex_lock(&model->lock) == EOWNERDEAD) pthread_mutex_consistent(&model->lock);
}

int model_client(struct model *model, const char *name) {
  take_lock(model);
  int place = 0;
  while (place < MAXIMUM_CLIENTS - 1 && model->clients[place].name[0] &&
         strncmp(model->clients[place].name, name, CLIENT_NAME - 1)) place++;
  snprintf(model->clients[place].name, CLIENT_NAME, "%s", name);
  pthread_mutex_unlock(&model->lock);
  return place;
}

static long long now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static double service_ns(const struct parameters *parameters, enum operation operation, size_t bytes) {
  double service = parameters->service[operation == MISS ? LOOKUP : operation] * 1e3;
  if (parameters->megabytes_per_second > 0) service += bytes * 1e3 / parameters->megabytes_per_second;
  if (!parameters->exponential) return service;
  static __thread unsigned seed;
  if (!seed) seed = (unsigned)now_ns() ^ (unsigned)(size_t)&seed;
  return service * -log((rand_r(&seed) + 1.0) / ((double)RAND_MAX + 2));
}

static long long *earliest_slot(struct model *model, enum operation operation) {
  int is_data = operation == READ || operation == WRITE;
  long long *slots = is_data ? model->data_free_ns : model->metadata_free_ns;
  long count = is_data ? model->parameters.data_slots : model->parameters.metadata_slots;
  long long *best = slots;
  for (long i = 1; i < count; i++) if (slots[i] < *best) best = slots + i;
  return best;
}

static void count(struct counters *counters, enum operation operation, size_t bytes, long long waited, long long queued) {
  counters->requests[operation]++;
  counters->waited_ns[operation] += waited;
  counters->queued_ns[operation] += queued;
  if (operation == READ) counters->bytes_read += bytes;
  if (operation == WRITE) counters->bytes_written += bytes;
}

void model_request(struct model *model, int client, enum operation operation, size_t bytes) {
  const struct parameters *parameters = &model->parameters;
  take_lock(model);
  long long now = now_ns(), start = now, answer = now;
  if (parameters->enabled && parameters->service[operation] != STAYS_IN_CLIENT) {
    long long *slot = earliest_slot(model, operation);
    if (*slot > now) start = *slot;
    *slot = start + (long long)service_ns(parameters, operation, bytes);
    answer = *slot + parameters->round_trip * 1000;
  }
  count(&model->total, operation, bytes, answer - now, start - now);
  count(&model->clients[client].counters, operation, bytes, answer - now, start - now);
  pthread_mutex_unlock(&model->lock);
  if (answer == now) return;
  struct timespec until = { answer / 1000000000LL, answer % 1000000000LL };
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) ;
}

void model_reset_counters(struct model *model) {
  take_lock(model);
  memset(&model->total, 0, sizeof model->total);
  for (int i = 0; i < MAXIMUM_CLIENTS; i++) memset(&model->clients[i].counters, 0, sizeof model->clients[i].counters);
  pthread_mutex_unlock(&model->lock);
}
