// A shared file server as a queueing model, in a file that every mount maps.
#ifndef MODEL_H
#define MODEL_H

#include <pthread.h>
#include <stddef.h>

// One kind of request each. `MISS` is a lookup that found nothing; its service time is that of LOOKUP.
enum operation {
  LOOKUP, MISS, GETATTR, SETATTR, OPEN, OPENDIR, READDIR, READLINK, READ, WRITE,
  CREATE, MKDIR, RENAME, UNLINK, FLUSH, CLOSE, STATFS, OPERATIONS
};
extern const char *const operation_names[OPERATIONS];

enum { MAXIMUM_SLOTS = 256, MAXIMUM_CLIENTS = 256, CLIENT_NAME = 32 };

// A request with this service time stays in the client: it is counted, but neither waits nor loads the server.
enum { STAYS_IN_CLIENT = -1 };

struct counters {
  long long requests[OPERATIONS];
  long long waited_ns[OPERATIONS];  // from the request to its answer
  long long queued_ns[OPERATIONS];  // of that, behind the requests of others
  long long bytes_read, bytes_written;
};

// Times in microseconds, as `slowfs control` takes them.
struct parameters {
  long enabled;          // 0: requests are counted and answered at once
  long round_trip;
  long metadata_slots;   // requests that the metadata server works on at the same time
  long data_slots;
  long megabytes_per_second;  // of one data slot; 0: no limit
  long exponential;      // 1: service times are drawn from an exponential distribution, else constant
  // What others use of each server: a share of all its slots, asked for at random. With bursts of this mean length, twice
  // the share (at most MOST_OTHERS) while one lasts and nothing in between.
  long other_metadata_percent, other_data_percent;
  long other_burst;
  long service[OPERATIONS];
};

enum { MOST_OTHERS = 95 };  // percent: a server that others use to the full never answers

// Times are of CLOCK_MONOTONIC.
struct server {
  long long free_ns[MAXIMUM_SLOTS];  // from which on a slot is free
  long long others_ns;               // until which the requests of others are booked
  long long turn_ns;                 // when the burst, or the pause between two, ends
  int in_burst;
};

struct model {
  unsigned magic;
  pthread_mutex_t lock;  // robust: a mount that is killed does not stop the others
  struct parameters parameters;
  struct server metadata, data;
  unsigned long long random;
  struct counters total;
  struct { char name[CLIENT_NAME]; struct counters counters; } clients[MAXIMUM_CLIENTS];
};

// Maps the model in `path`, made with defaults when it is not there. Ends the program when it cannot.
struct model *model_map(const char *path);

// Claims a place among the clients for a mount; the same name gets the same place again.
int model_client(struct model *model, const char *name);

// Sends one request and returns when its answer would be there.
void model_request(struct model *model, int client, enum operation operation, size_t bytes);

void model_reset_counters(struct model *model);

#endif
