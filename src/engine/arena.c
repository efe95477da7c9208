#include "arena.h"

/* Advances by a multiple of 64 bytes, so that every array starts a cache line. At most
 * SIZE_MAX / 2 bytes in all: then nothing here wraps around. */
NN_PRIVATE void* arena_take(arena* a, size_t count, size_t size) {
  size_t most = SIZE_MAX / 2 - 64;
  size_t left = a->used < most ? most - a->used : 0;
  if (size != 0 && count > left / size) {
    a->overflow = true;
    return NULL;
  }
  char* p = a->base ? a->base + a->used : NULL;
  a->used += (count * size + 63) / 64 * 64;
  return p;
}
