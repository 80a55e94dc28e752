// `slowfs control`: the model's dials and counters.
#include "slowfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dial {
  const char *name;
  long *value;
  long least, most;
};

static int list_dials(struct parameters *parameters, struct dial *dials) {
  const long hour = 3600L * 1000000;
  const struct dial fixed[] = {
    { "enabled", &parameters->enabled, 0, 1 },
    { "round_trip", &parameters->round_trip, 0, hour },
    { "metadata_slots", &parameters->metadata_slots, 1, MAXIMUM_SLOTS },
    { "data_slots", &parameters->data_slots, 1, MAXIMUM_SLOTS },
    { "megabytes_per_second", &parameters->megabytes_per_second, 0, 1000000 },
    { "exponential", &parameters->exponential, 0, 1 },
    { "other_metadata_percent", &parameters->other_metadata_percent, 0, MOST_OTHERS },
    { "other_data_percent", &parameters->other_data_percent, 0, MOST_OTHERS },
    { "other_burst", &parameters->other_burst, 0, hour },
  };
  int count = sizeof fixed / sizeof *fixed;
  memcpy(dials, fixed, sizeof fixed);
  for (int i = 0; i < OPERATIONS; i++)
    if (i != MISS) dials[count++] = (struct dial){ operation_names[i], &parameters->service[i], STAYS_IN_CLIENT, hour };
  return count;
}

static int turn(struct dial *dials, int count, const char *word) {
  const char *equals = strchr(word, '=');
  for (int i = 0; equals && i < count; i++) {
    if (strlen(dials[i].name) != (size_t)(equals - word) || strncmp(dials[i].name, word, equals - word)) continue;
    char *end;
    long value = strtol(equals + 1, &end, 10);
    if (end == equals + 1 || *end || value < dials[i].least || value > dials[i].most) break;
    *dials[i].value = value;
    return 0;
  }
  fprintf(stderr, "slowfs: %s is not a dial with a value that it can take\n", word);
  return 2;
}

static void print_counters(const struct counters *counters) {
  printf("{\"bytesRead\": %lld, \"bytesWritten\": %lld, \"requests\": {", counters->bytes_read, counters->bytes_written);
  for (int i = 0; i < OPERATIONS; i++)
    printf("%s\"%s\": %lld", i ? ", " : "", operation_names[i], counters->requests[i]);
  printf("}, \"waitedSeconds\": {");
  for (int i = 0; i < OPERATIONS; i++)
    printf("%s\"%s\": %.6f", i ? ", " : "", operation_names[i], counters->waited_ns[i] / 1e9);
  printf("}, \"queuedSeconds\": {");
  for (int i = 0; i < OPERATIONS; i++)
    printf("%s\"%s\": %.6f", i ? ", " : "", operation_names[i], counters->queued_ns[i] / 1e9);
  printf("}}");
}

static void print(const struct model *model, const struct dial *dials, int count) {
  printf("{\"parameters\": {");
  for (int i = 0; i < count; i++) printf("%s\"%s\": %ld", i ? ", " : "", dials[i].name, *dials[i].value);
  printf("}, \"total\": ");
  print_counters(&model->total);
  printf(", \"clients\": {");
  for (int i = 0, first = 1; i < MAXIMUM_CLIENTS; i++) {
    if (!model->clients[i].name[0]) continue;
    printf("%s\"%s\": ", first ? "" : ", ", model->clients[i].name);
    print_counters(&model->clients[i].counters);
    first = 0;
  }
  puts("}}");
}

// arguments: FILE [KEY=VALUE …]; the word `reset` sets the counters to zero.
int control(int count, char **arguments) {
  struct model *model = model_map(arguments[0]);
  struct dial dials[OPERATIONS + 16];
  int number = list_dials(&model->parameters, dials);
  for (int i = 1; i < count; i++) {
    if (!strcmp(arguments[i], "reset")) model_reset_counters(model);
    else if (turn(dials, number, arguments[i])) return 2;
  }
  print(model, dials, number);
  return 0;
}
