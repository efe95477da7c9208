#include "trainer.h"

#include "vector.h"

/* Running a trainer: passes over shuffled rows, batches until somebody wants to look,
 * evaluation, and the state that goes in and out. */

/* Whole batches change places, their rows stay; the short one stays last. */
static void order_draw_batches(trainer* t, rng* r) {
  int whole = t->data.n / t->batch_size, size = t->batch_size;
  for (int i = 0; i < t->data.n; ++i) t->order[i] = i;
  for (int b = whole - 1; b > 0; --b) {
    int other = (int) rng_below(r, (uint32_t) b + 1);
    for (int i = 0; i < size; ++i) {
      int swap = t->order[b * size + i];
      t->order[b * size + i] = t->order[other * size + i];
      t->order[other * size + i] = swap;
    }
  }
}

/* Whether the order of rows makes a difference: not where one batch holds them all. */
static bool is_shuffled(const trainer* t) { return t->shuffle && t->batch_size < t->data.n; }

NN_PRIVATE void order_draw(trainer* t, int pass) {
  rng r = rng_new(t->seed, NN_STREAM_SHUFFLE, (uint32_t) pass);
  if (!is_shuffled(t)) {
    for (int i = 0; i < t->data.n; ++i) t->order[i] = i;
  } else if (t->shuffle_batches) {
    order_draw_batches(t, &r);
  } else {
    rng_permutation(&r, t->data.n, t->order);
  }
}

/* The next batch's rows; a new pass begins where the last one ended. */
static const int* rows_next(trainer* t, int* n) {
  if (t->at >= t->data.n) {
    t->pass += 1;
    t->at = 0;
  }
  if (t->at == 0 && (is_shuffled(t) || t->pass == 0)) order_draw(t, t->pass);
  const int* rows = t->order + t->at;
  int left = t->data.n - t->at;
  *n = left < t->batch_size ? left : t->batch_size;
  t->at += *n;
  return rows;
}

static void nonfinite_note(trainer* t, double value) {
  if (isfinite(value) || t->nonfinite) return;
  t->nonfinite = true;
  t->nonfinite_epoch = t->epoch;
  t->nonfinite_batch = t->batch;
}

NN_PRIVATE void batch_open(trainer* t) {
  if (t->batch == 0) trainer_reset(t);
  t->open_rows = rows_next(t, &t->n_open);
}

static void batch_run(trainer* t) {
  if (t->stage == STAGE_CLOSED) batch_open(t);
  nonfinite_note(t, trainer_step(t, t->open_rows, t->n_open));
  t->batch += 1;
}

static bool is_before(const trainer* t, int epoch, int batch) {
  return t->epoch < epoch || (t->epoch == epoch && t->batch < batch);
}

/* The clock is read rarely when batches are short: so that reading it costs nothing, and
 * often enough that the budget is kept to about a millisecond. */
typedef struct {
  double (*now)(void);
  double end, last;
  int every, left;
} stopwatch;

static bool stopwatch_rings(stopwatch* s) {
  if (--s->left > 0) return false;
  double now = s->now();
  if (now - s->last < 0.0005 && s->every < 4096) s->every *= 2;
  if (now - s->last > 0.002 && s->every > 1) s->every /= 2;
  s->last = now;
  s->left = s->every;
  return now >= s->end;
}

static stopwatch stopwatch_new(double (*now)(void), double budget) {
  double start = now();
  stopwatch s = {.now = now, .end = start + budget, .last = start, .every = 1, .left = 1};
  return s;
}

NN_PRIVATE void trainer_norms(trainer* t, double* norms) {
  real* seen = t->seen;
  norms[0] = norms[1] = 0;
  for (int k = 0; k < t->optimizer.n_tensors; ++k) {
    const stretch* s = t->stretches + k;
    const real *w = t->w + s->at, *g = t->g + s->at;
    double slope = 0, way = 0, count = 0;
    for (size_t i = 0; i < s->n; i += t->every, ++seen, ++count) {
      double step = (double) w[i] - (double) *seen;
      way += step * step;
      slope += (double) g[i] * (double) g[i];
      *seen = w[i];
    }
    double scale = t->every == 1 ? 1 : (double) s->n / count;
    norms[0] += slope * scale;
    norms[1] += way * scale;
  }
  norms[0] = sqrt(norms[0]);
  norms[1] = sqrt(norms[1]);
}

NN_PRIVATE int trainer_run(trainer* t, int epoch, int batch, double budget, double (*clock)(void),
                           int rows_max, double* logs, double* norms) {
  size_t width = (size_t) NN_LOGS(t->n_outputs, t->n_metrics);
  stopwatch watch = stopwatch_new(clock, budget);
  int rows = 0;
  while (rows < rows_max && is_before(t, epoch, batch) && !t->solver.stop) {
    batch_run(t);
    if (t->batch == t->batches) {
      if (norms) trainer_norms(t, norms + 2 * (size_t) rows);
      trainer_logs(t, logs + (size_t) rows++ * width);
      t->epoch += 1;
      t->batch = 0;
    }
    if (stopwatch_rings(&watch)) break;
  }
  return rows;
}

NN_PRIVATE int rows_evaluated(trainer* t, int at) {
  int start = (at - t->fed) * t->validation_batch_size, left = t->validation.n - start;
  int n = left < t->validation_batch_size ? left : t->validation_batch_size;
  for (int i = 0; i < n; ++i) t->rows[i] = start + i;
  t->evaluated = (uint32_t) at;
  return n;
}

static void batch_evaluate(trainer* t, int at) {
  int n = rows_evaluated(t, at);
  trainer_score(t, &t->validation, t->rows, n, false);
}

NN_PRIVATE bool trainer_evaluate(trainer* t, int steps, int* at, double budget,
                                 double (*clock)(void), double* logs) {
  int batches = t->fed + batches_of(t->validation.n, t->validation_batch_size);
  if (steps > 0 && steps < batches) batches = steps;
  stopwatch watch = stopwatch_new(clock, budget);
  if (*at == 0) trainer_reset(t);
  while (*at < batches) {
    batch_evaluate(t, (*at)++);
    if (stopwatch_rings(&watch)) break;
  }
  trainer_logs(t, logs);
  return *at >= batches;
}

NN_PRIVATE void trainer_batch(const trainer* t, int o, nn_batch* batch) {
  const output* out = t->outputs + o;
  int n = t->ws.batch;
  shape s = t->net->nodes[out->shown].layer.output, of_t = s;
  if (s.rank) of_t.dims[s.rank - 1] = out->kt;
  batch->n = n;
  batch->targets = shape_size(&of_t);
  batch->predictions = shape_size(&s);
  batch->weighted = t->scored->weight[o].values != NULL;
  if (batch->y) array_export(&s, t->ws.y[out->shown], n, 0, n, batch->y);
  if (batch->t) array_export(&of_t, out->t, n, 0, n, batch->t);
  for (int j = 0; batch->weight && j < n; ++j) {
    batch->weight[j] = batch->weighted ? (double) out->weight[j * out->positions] : 1;
  }
}

NN_PRIVATE bool trainer_add(trainer* t, int m, double total, double count) {
  if (m < 0 || m >= t->n_metrics) return false;
  const watcher* watch = t->metrics + m;
  return metric_add(watch->metric, total, count, watch->state);
}

NN_PRIVATE void trainer_progress(const trainer* t, nn_progress* p) {
  *p = (nn_progress){.epoch = t->epoch,
                     .batch = t->batch,
                     .batches = t->batches,
                     .iterations = t->optimizer.iterations,
                     .lr = optimizer_rate(&t->optimizer),
                     .nonfinite = t->nonfinite,
                     .nonfinite_epoch = t->nonfinite_epoch,
                     .nonfinite_batch = t->nonfinite_batch,
                     .stop = t->solver.stop};
}

NN_PRIVATE void trainer_start_epoch(trainer* t, int epoch) {
  t->epoch = epoch;
  t->batch = 0;
}

NN_PRIVATE void trainer_set_threads(trainer* t, int threads) {
  t->ws.threads = t->optimizer.threads = threads;
}

NN_PRIVATE void trainer_set_rate(trainer* t, double lr) {
  t->optimizer.schedule = NULL;
  t->optimizer.spec.lr = lr;
}

NN_PRIVATE void trainer_finalize(trainer* t) { optimizer_finalize(&t->optimizer, t->w); }

/* Moments in the order slots, average, sum, the solver's; NULL past the last one. */
static real* moment_of(const trainer* t, int k) {
  const optimizer* o = &t->optimizer;
  for (int i = 0; i < NN_MAX_MOMENTS; ++i) {
    if (o->slots[i] && k-- == 0) return o->slots[i];
  }
  if (o->average && k-- == 0) return o->average;
  if (o->sum && k-- == 0) return o->sum;
  return k < t->solver.n_moments ? t->solver.moments + (size_t) k * t->net->n_w : NULL;
}

NN_PRIVATE int trainer_moments(const trainer* t) {
  int n = 0;
  while (moment_of(t, n)) ++n;
  return n;
}

static void reals_get(size_t n, const real* from, double* to) {
  for (size_t i = 0; i < n; ++i) to[i] = (double) from[i];
}

static void reals_set(size_t n, const double* from, real* to) {
  for (size_t i = 0; i < n; ++i) to[i] = (real) from[i];
}

NN_PRIVATE void trainer_get(const trainer* t, double* w, double* moments, double* scalars,
                            double* iterations) {
  size_t n = t->net->n_w;
  reals_get(n + t->net->n_state, t->w, w);
  for (int k = 0; moment_of(t, k); ++k) reals_get(n, moment_of(t, k), moments + (size_t) k * n);
  memcpy(scalars, t->optimizer.scalars, sizeof(t->optimizer.scalars));
  *iterations = t->optimizer.iterations;
}

NN_PRIVATE void trainer_set(trainer* t, const double* w, const double* moments,
                            const double* scalars, const double* iterations) {
  size_t n = t->net->n_w;
  if (w) reals_set(n + t->net->n_state, w, t->w);
  solver_forget(&t->solver);
  for (int k = 0; moments && moment_of(t, k); ++k) {
    reals_set(n, moments + (size_t) k * n, moment_of(t, k));
  }
  if (scalars) memcpy(t->optimizer.scalars, scalars, sizeof(t->optimizer.scalars));
  if (iterations) t->optimizer.iterations = *iterations;
}
