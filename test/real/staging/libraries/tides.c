#include <stdio.h>

/* As long as conda's placeholder: an installer writes the prefix over it and fills up with zeros. */
const char prefix[256] = PREFIX;

const char *tide(void) {
  static char line[64];
  char path[512];
  snprintf(path, sizeof path, "%s/share/tides.txt", prefix);
  FILE *file = fopen(path, "r");
  if (!file) return "no tides";
  const char *read = fgets(line, sizeof line, file);
  fclose(file);
  return read ? line : "empty";
}
