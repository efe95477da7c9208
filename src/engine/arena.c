#include "arena.h"

/* Advances by a multiple of 64 bytes, so that every array starts a cache line. */
NN_PRIVATE void* arena_take(arena* a, size_t count, size_t size) {
  if (size != 0 && count > (SIZE_MAX / 2 - a->used - 64) / size) {
    a->overflow = true;
    return NULL;
  }
  char* p = a->base ? a->base + a->used : NULL;
  a->used += (count * size + 63) / 64 * 64;
  return p;
}
