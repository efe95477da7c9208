/* Memory that the engine is lent: blocks aligned to 64 bytes inside R's own vectors, so
 * that the collector frees them and a jump cannot leak them. */
#ifndef KESTREL_R_MEMORY_H
#define KESTREL_R_MEMORY_H

#define R_NO_REMAP
#include <Rinternals.h>
#include <stdint.h>

#define BLOCK_SLACK 63

static inline void* block_align(void* p) {
  return (void*) (((uintptr_t) p + BLOCK_SLACK) & ~(uintptr_t) BLOCK_SLACK);
}

/* Lives until the end of the .Call. */
static inline void* block_call(size_t bytes) {
  if (bytes > PTRDIFF_MAX - BLOCK_SLACK) Rf_error("Internal error: a block of impossible size.");
  return block_align(R_alloc(bytes + BLOCK_SLACK, 1));
}

/* Lives as long as the raw vector that is returned. */
static inline SEXP block_new(size_t bytes) {
  if (bytes > PTRDIFF_MAX - BLOCK_SLACK) Rf_error("Internal error: a block of impossible size.");
  return Rf_allocVector(RAWSXP, (R_xlen_t) (bytes + BLOCK_SLACK));
}

#endif
