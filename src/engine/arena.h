/* Memory is measured, then carved, from one block that the caller owns: a function that
 * describes a layout is run once on an empty arena, which only counts, and once on a
 * real one, which hands out pointers. Sizes and pointers cannot drift apart. */
#ifndef NN_ARENA_H
#define NN_ARENA_H

#include "real.h"

typedef struct {
  char* base;     /* aligned to 64 bytes; NULL while measuring */
  size_t used;    /* bytes so far, a multiple of 64 */
  bool overflow;  /* the layout is larger than a size_t can say */
} arena;

NN_PRIVATE void* arena_take(arena* a, size_t count, size_t size);
#define ARENA_TAKE(a, count, type) ((type*) arena_take(a, count, sizeof(type)))

#endif
