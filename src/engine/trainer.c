#include "trainer.h"

#include "vector.h"

/* One step of training is six verbs: gather the rows, forward, score (loss, its gradient,
 * metrics), backward, penalties, update. */

NN_PRIVATE void trainer_reset(trainer* t) {
  t->sums.count = 0;
  t->sums.total = 0;
  for (int o = 0; o < t->n_outputs; ++o) t->sums.losses[o] = 0;
  for (int m = 0; m < t->n_metrics; ++m) {
    watcher* watch = t->metrics + m;
    for (size_t i = 0; i < watch->n_state; ++i) watch->state[i] = 0;
  }
}

/* A sample's weight goes to each of its positions. */
static void weights_gather(const column_set* weight, const int* rows, int n, int positions,
                           real* to) {
  for (int j = 0; j < n; ++j) {
    vector_fill((size_t) positions, weight->values[rows[j]], to + (size_t) j * (size_t) positions);
  }
}

/* A batch of all rows comes in their own order, see trainer-run.c, and stays gathered. */
static void batch_gather(trainer* t, const dataset* data, const int* rows, int n) {
  if (t->gathered == data && n == data->n) return;
  t->gathered = n == data->n ? data : NULL;
  for (int k = 0; k < t->net->n_inputs; ++k) {
    columns_gather(data->x + k, t->ws.threads, rows, n, t->ws.x[k]);
  }
  for (int o = 0; o < t->n_outputs; ++o) {
    const output* out = t->outputs + o;
    columns_gather(data->t + o, t->ws.threads, rows, n, out->t);
    if (data->weight[o].values) {
      weights_gather(data->weight + o, rows, n, out->positions, out->weight);
    }
  }
}

NN_PRIVATE loss_args output_args(const trainer* t, const output* out, int from, const double* h) {
  loss_args a = {.cols = (size_t) t->ws.batch * (size_t) out->positions,
                 .k = out->k,
                 .kt = out->kt,
                 .t = out->t,
                 .y = t->ws.y[from],
                 .h = h,
                 .mask = out->mask < 0 ? NULL : t->ws.y[out->mask]};
  return a;
}

/* A loss that the caller has computed, reduced already. */
static double output_given(trainer* t, const output* out, bool gradient) {
  if (!gradient) return out->given;
  size_t n = (size_t) out->k * (size_t) out->positions * (size_t) t->ws.batch;
  real* dy = network_seed(&t->ws, out->node);
  memcpy(dy, out->slope, n * sizeof(real));
  vector_scale(n, (real) out->loss_weight, dy);
  network_seeded(&t->ws, out->node, dy);
  return out->given;
}

/* The reduced loss of one output; where it is wanted, the gradient by its node, too. */
static double output_score(trainer* t, const output* out, const real* weight, bool gradient) {
  if (out->outside) return output_given(t, out, gradient);
  loss_args a = output_args(t, out, out->node, out->h);
  size_t values = out->loss->flags & NN_LOSS_WHOLE ? 1 : a.cols;
  loss_scales(out->loss, &a, weight, out->reduction, t->s);
  out->loss->value(&a, t->v);
  double sum = vector_dot(values, t->v, t->s);
  if (gradient) {
    vector_scale(values, (real) out->loss_weight, t->s);
    real* dy = network_seed(&t->ws, out->node);
    out->loss->grad(&a, t->s, dy);
    network_seeded(&t->ws, out->node, dy);
  }
  return out->reduction == NN_REDUCE_NONE ? sum / (double) values : sum;
}

NN_PRIVATE loss_args watcher_args(const trainer* t, const watcher* watch) {
  const output* out = t->outputs + watch->output;
  loss_args a = output_args(t, out, out->shown, watch->h);
  a.n_h = watch->n_h;
  return a;
}

static void watcher_update(trainer* t, const watcher* watch, const dataset* data) {
  const output* out = t->outputs + watch->output;
  bool weighted = watch->weighted && data->weight[watch->output].values;
  loss_args a = watcher_args(t, watch);
  watch->metric->update(watch->metric, &a, weighted ? out->weight : NULL, t->v, watch->state);
}

static tensor slot_tensor(const slot* s) {
  tensor t = {.rank = s->rank, .n = s->n};
  for (int a = 0; a < s->rank; ++a) t.dims[a] = s->dims[a];
  return t;
}

NN_PRIVATE void rules_visit(const network* net, rule_visit visit, void* data) {
  for (int i = 0; net->ruled && i < net->n_nodes; ++i) {
    const node* n = net->nodes + i;
    if (!n->owner || !n->layer.trainable) continue;
    for (int k = 0; k < n->layer.n_slots; ++k) {
      const slot* s = n->layer.slots + k;
      if (s->is_state || (!n->rules[k].penalty && !n->rules[k].constraint)) continue;
      tensor dims = slot_tensor(s);
      visit(n->rules + k, &dims, n->at_w + s->at, data);
    }
  }
}

typedef struct {
  const real* w;
  real* g;
  double value;
} penalty_pass;

static void penalty_visit(const slot_rule* rule, const tensor* dims, size_t at, void* data) {
  penalty_pass* pass = data;
  if (!rule->penalty) return;
  pass->value += rule->penalty->value(dims, rule->penalty_h, pass->w + at);
  if (pass->g) rule->penalty->grad(dims, rule->penalty_h, 1, pass->w + at, pass->g + at);
}

static void constraint_visit(const slot_rule* rule, const tensor* dims, size_t at, void* data) {
  real* w = data;
  if (!rule->constraint) return;
  rule->constraint->apply(dims, rule->constraint_h, rule->constraint_axes, w + at);
}

static void constraints_apply(void* data, real* w) { rules_visit(data, constraint_visit, w); }

/* What batches draw is a function of their number, in an evaluation, too. */
NN_PRIVATE void trainer_gather(trainer* t, const dataset* data, const int* rows, int n) {
  t->ws.batch = n;
  t->ws.step = t->steps + (data == &t->validation ? t->evaluated : 0);
  t->scored = data;
  batch_gather(t, data, rows, n);
}

/* Forward, as ws.training says and where it was not made yet, and score; the loss of the batch
 * with all penalties. */
static double batch_score(trainer* t, const dataset* data, const int* rows, int n, bool gradient) {
  if (t->stage == STAGE_CLOSED) {
    trainer_gather(t, data, rows, n);
    network_forward(&t->ws, t->w, t->w + t->net->n_w);
  }
  t->stage = STAGE_CLOSED;
  if (gradient) network_unseed(&t->ws);
  penalty_pass pass = {.w = t->w, .g = gradient ? t->g : NULL};
  rules_visit(t->net, penalty_visit, &pass);
  double total = pass.value + network_activity(&t->ws) + t->charge;
  t->charge = 0;
  for (int o = 0; o < t->n_outputs; ++o) {
    const output* out = t->outputs + o;
    const real* weight = data->weight[o].values ? out->weight : NULL;
    double value = output_score(t, out, weight, gradient);
    t->sums.losses[o] += value * n;
    total += out->loss_weight * value;
  }
  for (int m = 0; m < t->n_metrics; ++m) watcher_update(t, t->metrics + m, data);
  t->sums.count += n;
  t->sums.total += total * n;
  return total;
}

NN_PRIVATE double trainer_score(trainer* t, const dataset* data, const int* rows, int n,
                                bool training) {
  t->ws.training = training;
  return batch_score(t, data, rows, n, false);
}

static double gradient_seed(trainer* t, const int* rows, int n) {
  network_clear(t->net, t->g);
  double value = batch_score(t, &t->data, rows, n, true);
  network_seed_activity(&t->ws);
  return value;
}

NN_PRIVATE void trainer_seed(trainer* t, int n) { t->value = gradient_seed(t, t->open_rows, n); }

NN_PRIVATE double trainer_gradient(trainer* t, const int* rows, int n, bool training) {
  bool back = t->stage == STAGE_BACK;
  t->stage = back ? STAGE_CLOSED : t->stage;
  if (back) return t->value;
  t->ws.training = training;
  double value = gradient_seed(t, rows, n);
  network_backward(&t->ws, t->w, t->w + t->net->n_w, t->g);
  return value;
}

NN_PRIVATE void trainer_update(trainer* t) {
  optimizer_update(&t->optimizer, t->w, t->g, constraints_apply, (void*) t->net);
}

NN_PRIVATE double trainer_step(trainer* t, const int* rows, int n) {
  if (t->solver.type) return solver_step(t, rows, n);
  double value = trainer_gradient(t, rows, n, true);
  trainer_update(t);
  t->steps += 1;
  return value;
}

NN_PRIVATE void trainer_logs(const trainer* t, double* logs) {
  double count = t->sums.count > 0 ? t->sums.count : 1;
  *logs++ = t->sums.total / count;
  if (t->n_outputs > 1) {
    for (int o = 0; o < t->n_outputs; ++o) *logs++ = t->sums.losses[o] / count;
  }
  for (int m = 0; m < t->n_metrics; ++m) {
    const watcher* watch = t->metrics + m;
    loss_args a = watcher_args(t, watch);
    *logs++ = watch->metric->result(&a, watch->state, watch->result);
  }
}
