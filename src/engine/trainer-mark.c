#include "trainer.h"

/* A fit that goes on in another process. What is drawn is a function of seed, pass and step, so
 * that a few counts say where it stands. Then come the running values: samples, total, losses by
 * output, states of metrics. */

enum {
  MARK_SEED, MARK_STEPS, MARK_PASS, MARK_AT, MARK_EPOCH, MARK_BATCH,
  MARK_NONFINITE, MARK_NONFINITE_EPOCH, MARK_NONFINITE_BATCH,
  MARK_ZERO, MARK_STOP, MARK_COUNT, MARK_TOTAL, MARK_HEAD
};

static size_t mark_size(const trainer* t) {
  size_t n = MARK_HEAD + (size_t) t->n_outputs;
  for (int m = 0; m < t->n_metrics; ++m) n += t->metrics[m].n_state;
  return n;
}

NN_PRIVATE size_t trainer_mark(const trainer* t, double* mark) {
  if (!mark) return mark_size(t);
  double head[MARK_HEAD] = {
      [MARK_SEED] = (double) t->seed,
      [MARK_STEPS] = t->steps,
      [MARK_PASS] = t->pass,
      [MARK_AT] = t->at,
      [MARK_EPOCH] = t->epoch,
      [MARK_BATCH] = t->batch,
      [MARK_NONFINITE] = t->nonfinite,
      [MARK_NONFINITE_EPOCH] = t->nonfinite_epoch,
      [MARK_NONFINITE_BATCH] = t->nonfinite_batch,
      [MARK_ZERO] = t->solver.zero,
      [MARK_STOP] = t->solver.stop,
      [MARK_COUNT] = t->sums.count,
      [MARK_TOTAL] = t->sums.total};
  memcpy(mark, head, sizeof(head));
  mark += MARK_HEAD;
  for (int o = 0; o < t->n_outputs; ++o) *mark++ = t->sums.losses[o];
  for (int m = 0; m < t->n_metrics; ++m) {
    memcpy(mark, t->metrics[m].state, t->metrics[m].n_state * sizeof(double));
    mark += t->metrics[m].n_state;
  }
  return mark_size(t);
}

/* A count is whole and within int. */
static bool mark_is_count(double x, double most) { return x >= 0 && x <= most && x == floor(x); }

static bool mark_is_good(const trainer* t, const double* mark) {
  bool good = mark_is_count(mark[MARK_SEED], 9007199254740991.) &&
              mark_is_count(mark[MARK_STEPS], UINT32_MAX) &&
              mark_is_count(mark[MARK_STOP], NN_STOP_NONFINITE);
  const int counts[] = {MARK_PASS, MARK_AT, MARK_EPOCH, MARK_BATCH, MARK_NONFINITE_EPOCH,
                        MARK_NONFINITE_BATCH};
  for (int i = 0; i < 6; ++i) good = good && mark_is_count(mark[counts[i]], INT32_MAX);
  return good && mark[MARK_BATCH] < t->batches;
}

static void mark_counts(trainer* t, const double* mark) {
  t->seed = t->ws.seed = (uint64_t) mark[MARK_SEED];
  t->steps = (uint32_t) mark[MARK_STEPS];
  t->pass = (int) mark[MARK_PASS];
  t->at = (int) mark[MARK_AT];
  t->epoch = (int) mark[MARK_EPOCH];
  t->batch = (int) mark[MARK_BATCH];
  t->nonfinite = mark[MARK_NONFINITE] > 0;
  t->nonfinite_epoch = (int) mark[MARK_NONFINITE_EPOCH];
  t->nonfinite_batch = (int) mark[MARK_NONFINITE_BATCH];
  t->solver.zero = mark[MARK_ZERO];
  t->solver.stop = (nn_stop) mark[MARK_STOP];
}

NN_PRIVATE bool trainer_goto(trainer* t, const double* mark) {
  if (!mark_is_good(t, mark)) return false;
  mark_counts(t, mark);
  t->sums.count = mark[MARK_COUNT];
  t->sums.total = mark[MARK_TOTAL];
  mark += MARK_HEAD;
  for (int o = 0; o < t->n_outputs; ++o) t->sums.losses[o] = *mark++;
  for (int m = 0; m < t->n_metrics; ++m) {
    memcpy(t->metrics[m].state, mark, t->metrics[m].n_state * sizeof(double));
    mark += t->metrics[m].n_state;
  }
  order_draw(t, t->pass);
  return true;
}
