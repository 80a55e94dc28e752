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
static const unsigned MAGIC = 0x50484154;

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
  model->random = 88172645463325252ULL;
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

// Above 0, below 1. Xorshift (Marsaglia 2003), one sequence for all mounts, under the model's lock.
static double uniform(unsigned long long *random) {
  *random ^= *random << 13;
  *random ^= *random >> 7;
  *random ^= *random << 17;
  return ((*random >> 11) + 0.5) / (double)(1ULL << 53);
}

static double exponential(unsigned long long *random, double mean) { return -mean * log(uniform(random)); }

static double mean_service_ns(const struct parameters *parameters, enum operation operation, size_t bytes) {
  double service = parameters->service[operation == MISS ? LOOKUP : operation] * 1e3;
  if (parameters->megabytes_per_second > 0) service += bytes * 1e3 / parameters->megabytes_per_second;
  return service;
}

// Books one request on the slot that is free the earliest. When its service begins is written to `start`.
static long long book(struct server *server, long slots, long long arrival, double service, long long *start) {
  long long *slot = server->free_ns;
  for (long i = 1; i < slots; i++) if (server->free_ns[i] < *slot) slot = server->free_ns + i;
  *start = *slot > arrival ? *slot : arrival;
  return *slot = *start + (long long)service;
}

static void count(struct counters *counters, enum operation operation, size_t bytes, long long waited, long long queued) {
  counters->requests[operation]++;
  counters->waited_ns[operation] += waited;
  counters->queued_ns[operation] += queued;
  if (operation == READ) counters->bytes_read += bytes;
  if (operation == WRITE) counters->bytes_written += bytes;
}

// What others ask: the requests of one kind of server, of one kind and size each.
struct others { double share, service_ns; long slots; int exponential; double burst_ns; unsigned long long *random; };

enum { REMEMBERED = 10000, DATA_REQUEST = 128 << 10 };

static struct others others_of(struct model *model, int is_data) {
  const struct parameters *parameters = &model->parameters;
  struct others others = {
    .share = (is_data ? parameters->other_data_percent : parameters->other_metadata_percent) / 100.0,
    .service_ns = mean_service_ns(parameters, is_data ? READ : LOOKUP, is_data ? DATA_REQUEST : 0),
    .slots = is_data ? parameters->data_slots : parameters->metadata_slots,
    .exponential = parameters->exponential,
    .random = &model->random,
  };
  // Bursts of less than a request are none.
  if (parameters->other_burst * 1e3 > others.service_ns) others.burst_ns = parameters->other_burst * 1e3;
  return others;
}

// Poisson arrivals have no memory: the first after `from` is drawn anew, whatever was drawn before.
static void book_arrivals(struct server *server, const struct others *others, double share, double from, double until) {
  if (share <= 0) return;
  long long start;
  for (double at = from;;) {
    at += exponential(others->random, others->service_ns / (share * others->slots));
    if (at > until) return;
    double service = others->exponential ? exponential(others->random, others->service_ns) : others->service_ns;
    book(server, others->slots, (long long)at, service, &start);
  }
}

// How long a burst, or the pause between two, lasts.
static long long turn_ns(const struct others *others, int in_burst, double bursting) {
  return 1 + (long long)exponential(others->random, others->burst_ns * (in_burst ? 1 : 1 / bursting - 1));
}

// Books what others asked since the last request, so that ours finds them where they would be. What came so long ago
// that it is done is not made up for.
static void book_others(struct server *server, const struct others *others, long long now) {
  if (others->share <= 0 || others->service_ns <= 0) return;
  double burst_share = others->burst_ns > 0 ? fmin(2 * others->share, MOST_OTHERS / 100.0) : others->share;
  double bursting = others->share / burst_share;  // share of the time
  long long horizon = (long long)(REMEMBERED * others->service_ns / others->slots);
  if (now - server->others_ns > horizon) {
    server->others_ns = now - horizon;
    server->in_burst = uniform(others->random) < bursting;
    server->turn_ns = server->others_ns;
    if (bursting < 1) server->turn_ns += turn_ns(others, server->in_burst, bursting);
  }
  while (server->others_ns < now) {
    if (bursting >= 1) server->in_burst = 1, server->turn_ns = now;
    long long until = server->turn_ns < now ? server->turn_ns : now;
    book_arrivals(server, others, server->in_burst ? burst_share : 0, server->others_ns, until);
    server->others_ns = until;
    if (until == now) return;
    server->in_burst = !server->in_burst;
    server->turn_ns += turn_ns(others, server->in_burst, bursting);
  }
}

void model_request(struct model *model, int client, enum operation operation, size_t bytes) {
  const struct parameters *parameters = &model->parameters;
  int is_data = operation == READ || operation == WRITE;
  take_lock(model);
  long long now = now_ns(), start = now, answer = now;
  if (parameters->enabled && parameters->service[operation] != STAYS_IN_CLIENT) {
    struct server *server = is_data ? &model->data : &model->metadata;
    struct others others = others_of(model, is_data);
    book_others(server, &others, now);
    double service = mean_service_ns(parameters, operation, bytes);
    if (parameters->exponential) service = exponential(&model->random, service);
    answer = book(server, others.slots, now, service, &start) + parameters->round_trip * 1000;
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
