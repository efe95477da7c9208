#include "trainer.h"

#include "vector.h"

/* A batch step by step, where the caller computes losses, nodes, penalties: passes stop at each of
 * his nodes. */

static real* state_of(const trainer* t) { return t->w + t->net->n_w; }

/* Where the pass stands now: at the node that was reached, or past its last one. */
static int stage_settle(trainer* t, int at, trainer_stage waiting, trainer_stage done) {
  t->stage = at < 0 ? done : waiting;
  return t->waits = at;
}

static int forward_from(trainer* t, int i) {
  int at = network_forward_from(&t->ws, i, t->w, state_of(t));
  return stage_settle(t, at, STAGE_FORWARD, STAGE_SEEN);
}

static int backward_from(trainer* t, int i) {
  int at = network_backward_from(&t->ws, i, t->w, state_of(t), t->g);
  return stage_settle(t, at, STAGE_BACKWARD, STAGE_BACK);
}

NN_PRIVATE int trainer_open(trainer* t, int at) {
  t->ws.training = at == -1;
  t->charge = 0;
  if (at < 0) {
    batch_open(t);
    trainer_gather(t, &t->data, t->open_rows, t->n_open);
  } else {
    int n = rows_evaluated(t, at);
    trainer_gather(t, &t->validation, t->rows, n);
  }
  return forward_from(t, 0);
}

NN_PRIVATE int trainer_next(trainer* t) {
  if (t->stage == STAGE_FORWARD) return forward_from(t, t->waits + 1);
  if (t->stage == STAGE_BACKWARD) return backward_from(t, t->waits - 1);
  if (t->stage != STAGE_SEEN) return -1;
  trainer_seed(t, t->n_open);
  return backward_from(t, t->net->n_nodes - 1);
}

NN_PRIVATE bool trainer_give(trainer* t, int o, double value, const double* slope) {
  output* out = t->outputs + o;
  if (!out->outside || t->stage != STAGE_SEEN) return false;
  out->given = value;
  if (!slope) return true;
  nn_array from = {.shape = t->net->nodes[out->node].layer.output, .type = NN_DOUBLE,
                   .values = slope, .n = t->ws.batch, .n_total = t->ws.batch};
  array_import(&from, t->ws.threads, out->slope);
  return true;
}

static bool is_place(const trainer* t, int i) {
  return i < t->net->n_nodes && i >= -t->net->n_inputs;
}

NN_PRIVATE size_t trainer_look(const trainer* t, int i, bool gradient, double* to) {
  if (!is_place(t, i) || (gradient && i < 0)) return 0;
  const shape* s = network_shape(t->net, i);
  const real* values = gradient ? t->ws.dy[i] : i < 0 ? t->ws.x[-1 - i] : t->ws.y[i];
  if (to) array_export(s, values, t->ws.batch, 0, t->ws.batch, to);
  return shape_size(s) * (size_t) t->ws.batch;
}

NN_PRIVATE bool trainer_put(trainer* t, int i, int k, size_t n, const double* from) {
  trainer_stage wanted = k < 0 ? STAGE_FORWARD : STAGE_BACKWARD;
  if (i < 0 || i != t->waits || t->stage != wanted) return false;
  const node* to = t->net->nodes + i;
  if (k >= to->layer.n_inputs) return false;
  int place = k < 0 ? i : to->inputs[k], batch = t->ws.batch;
  if (trainer_look(t, place, false, NULL) != n) return false;
  nn_array array = {.shape = *network_shape(t->net, place), .type = NN_DOUBLE, .values = from,
                    .n = batch, .n_total = batch};
  real* target = network_target(&t->ws, i, k);
  if (!target) return true;
  array_import(&array, t->ws.threads, target);
  network_written(&t->ws, i, k, target);
  return true;
}

NN_PRIVATE void trainer_read(const trainer* t, size_t at, size_t n, bool gradient, double* to) {
  const real* from = gradient ? t->g : t->w;
  for (size_t i = 0; i < n; ++i) to[i] = (double) from[at + i];
}

NN_PRIVATE void trainer_write(trainer* t, size_t at, size_t n, bool gradient, const double* from) {
  for (size_t i = 0; i < n; ++i) {
    if (gradient) t->g[at + i] += (real) from[i];
    else t->w[at + i] = (real) from[i];
  }
}

NN_PRIVATE void trainer_charge(trainer* t, double value) { t->charge += value; }

NN_PRIVATE void trainer_apply(trainer* t, const double* g) {
  for (size_t i = 0; i < t->net->n_w; ++i) t->g[i] = (real) g[i];
  trainer_update(t);
}
