/* Opens each argument as Python opens an extension module, then tells every object in memory, in the order of loading. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>

static int tell(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  (void)data;
  printf("object %s\n", info->dlpi_name);
  return 0;
}

int main(int argc, char **argv) {
  for (int at = 1; at < argc; at++) printf("%s %s\n", dlopen(argv[at], RTLD_NOW) ? "opened" : "failed", argv[at]);
  dl_iterate_phdr(tell, 0);
  return 0;
}
