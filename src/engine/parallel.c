#include "parallel.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* Stretch i of `pieces` is start(i) .. start(i + 1) - 1, whichever thread has it: OpenMP may
 * give fewer threads than were asked for. The team is always as large as the number that the
 * user chose, since GNU's runtime ends threads when a team is smaller than the one before. */

typedef struct {
  size_t n, step, pieces;
} parallel_cuts;

static size_t parallel_start(const parallel_cuts* c, size_t i) {
  return i == c->pieces ? c->n : c->n / c->step * i / c->pieces * c->step;
}

static size_t parallel_pieces(int threads, size_t n, size_t grain) {
#ifdef _OPENMP
  size_t most = threads > 1 ? (size_t) threads : 1, pieces = n / (grain ? grain : 1);
  return pieces < 1 ? 1 : pieces < most ? pieces : most;
#else
  (void) threads, (void) n, (void) grain;
  return 1;
#endif
}

NN_PRIVATE void parallel_for(int threads, size_t n, size_t step, size_t grain, parallel_body body,
                             void* data) {
  parallel_cuts cuts = {.n = n, .step = step, .pieces = parallel_pieces(threads, n, grain)};
  if (cuts.pieces == 1) {
    if (n) body(data, 0, n);
    return;
  }
#ifdef _OPENMP
#pragma omp parallel for num_threads(threads) schedule(static, 1)
  for (int i = 0; i < (int) cuts.pieces; ++i) {
    size_t from = parallel_start(&cuts, (size_t) i), to = parallel_start(&cuts, (size_t) i + 1);
    if (from < to) body(data, from, to);
  }
#endif
}

NN_PRIVATE int parallel_processors(void) {
#ifdef _OPENMP
  int processors = omp_get_num_procs(), most = omp_get_thread_limit();
  return processors < most ? processors : most;
#else
  return 1;
#endif
}

NN_PRIVATE bool parallel_has_openmp(void) {
#ifdef _OPENMP
  return true;
#else
  return false;
#endif
}
