#include "trainer.h"

#include "vector.h"

/* The layout of a trainer's block, described once: run on an empty arena it measures, on a
 * real one it carves. Then names become records and the data are imported. */

static void array_carve(arena* a, const nn_array* from, int threads, column_set* to) {
  size_t size = from->values ? shape_size(&from->shape) : 0;
  real* values = ARENA_TAKE(a, size * (size_t) from->n, real);
  if (!to) return;
  *to = (column_set){.n = from->n, .size = size, .values = size ? values : NULL};
  if (size) array_import(from, threads, values);
}

/* Inputs that are not imported stay where they are. */
static void input_carve(arena* a, const nn_array* from, const nn_train_spec* spec, column_set* to) {
  if (!spec->gather) {
    array_carve(a, from, spec->threads, to);
  } else if (to) {
    *to = (column_set){.n = from->n, .size = shape_size(&from->shape), .source = *from};
  }
}

static void dataset_carve(arena* a, const nn_data* from, const network* net,
                          const nn_train_spec* spec, dataset* to) {
  int outputs = net->n_outputs;
  to->n = from->n;
  to->x = ARENA_TAKE(a, (size_t) net->n_inputs, column_set);
  to->t = ARENA_TAKE(a, (size_t) outputs, column_set);
  to->weight = ARENA_TAKE(a, (size_t) outputs, column_set);
  for (int k = 0; k < net->n_inputs && from->n > 0; ++k) {
    input_carve(a, from->x + k, spec, to->x ? to->x + k : NULL);
  }
  for (int o = 0; o < outputs && from->n > 0; ++o) {
    array_carve(a, from->y + o, spec->threads, to->t ? to->t + o : NULL);
    array_carve(a, from->weight + o, spec->threads, to->weight ? to->weight + o : NULL);
  }
}

static int trainer_capacity(const nn_train_spec* spec, int n, int n_validation) {
  int train = n < spec->batch_size ? n : spec->batch_size;
  int most = spec->validation_batch_size;
  int validate = n_validation < most ? n_validation : most;
  int capacity = train > validate ? train : validate;
  return capacity > 0 ? capacity : 1;
}

static int last_axis(const shape* s) { return s->rank ? s->dims[s->rank - 1] : 1; }

static void outputs_carve(arena* a, trainer* t, const nn_train_spec* spec, const nn_data* data,
                          int capacity) {
  t->outputs = ARENA_TAKE(a, (size_t) t->n_outputs, output);
  size_t most = 1;
  for (int o = 0; o < t->n_outputs; ++o) {
    const shape* s = &t->net->nodes[t->net->outputs[o]].layer.output;
    size_t positions = shape_size(s) / (size_t) last_axis(s);
    size_t targets = shape_size(&data->y[o].shape), cols = positions * (size_t) capacity;
    output out = {.k = last_axis(s), .positions = (int) positions};
    out.kt = (int) (targets / positions);
    out.t = ARENA_TAKE(a, targets * (size_t) capacity, real);
    out.weight = ARENA_TAKE(a, cols, real);
    out.outside = strcmp(spec->outputs[o].loss.name, NN_OUTSIDE_LOSS) == 0;
    if (out.outside) out.slope = ARENA_TAKE(a, cols * (size_t) out.k, real);
    if (t->outputs) t->outputs[o] = out;
    if (cols > most) most = cols;
  }
  t->v = ARENA_TAKE(a, most, real);
  t->s = ARENA_TAKE(a, most, real);
}

static void watcher_carve(arena* a, const trainer* t, const nn_metric_spec* spec, watcher* to) {
  const metric* m = metric_find(spec->metric.name);
  bool known = m && spec->output >= 0 && spec->output < t->n_outputs &&
               metric_takes(m, spec->metric.n_h);
  if (!known) return;
  const shape* s = &t->net->nodes[t->net->outputs[spec->output]].layer.output;
  loss_args args = {.h = spec->metric.h, .n_h = spec->metric.n_h, .k = last_axis(s)};
  watcher watch = {.metric = m, .n_h = args.n_h, .output = spec->output, .weighted = spec->weighted};
  watch.n_state = m->states(&args);
  watch.state = ARENA_TAKE(a, watch.n_state, double);
  watch.h = ARENA_TAKE(a, (size_t) args.n_h, double);
  watch.result = spec->result;
  if (watch.h && args.n_h) memcpy(watch.h, args.h, (size_t) args.n_h * sizeof(double));
  if (to && spec->result >= 0 && spec->result < metric_results(m, &args)) *to = watch;
}

static void metrics_carve(arena* a, trainer* t, const nn_train_spec* spec) {
  t->metrics = ARENA_TAKE(a, (size_t) spec->n_metrics, watcher);
  for (int m = 0; m < spec->n_metrics; ++m) {
    if (t->metrics) t->metrics[m] = (watcher){.metric = NULL};
    watcher_carve(a, t, spec->metrics + m, t->metrics ? t->metrics + m : NULL);
  }
  t->sums.losses = ARENA_TAKE(a, (size_t) t->n_outputs, double);
}

static stretch slot_stretch(const node* n, const slot* s, const nn_optimizer_spec* spec) {
  stretch to = {.at = n->at_w + s->at, .n = s->n, .shape = {.rank = s->rank}};
  for (int a = 0; a < s->rank; ++a) to.shape.dims[a] = s->dims[a];
  to.apart = optimizer_keeps_apart(spec, to.at);
  return to;
}

/* One stretch per trainable tensor, in the order of the parameters, and scratch for any. */
static void stretches_carve(arena* a, trainer* t) {
  optimizer* o = &t->optimizer;
  size_t most = 0;
  t->stretches = ARENA_TAKE(a, (size_t) t->net->n_nodes * NN_MAX_SLOTS, stretch);
  o->tensors = t->stretches;
  for (int i = 0; i < t->net->n_nodes; ++i) {
    const node* n = t->net->nodes + i;
    for (int k = 0; k < n->layer.n_slots && n->owner && n->layer.trainable; ++k) {
      if (n->layer.slots[k].is_state) continue;
      stretch s = slot_stretch(n, n->layer.slots + k, &o->spec);
      size_t work = o->type ? optimizer_work(o->type, &s) : 0;
      most = work > most ? work : most;
      if (t->stretches) t->stretches[o->n_tensors++] = s;
    }
  }
  if (most) o->work = ARENA_TAKE(a, most, real);
  const size_t enough = 1024;
  t->every = t->net->n_w / enough + 1;
  size_t seen = t->net->n_w / t->every + (size_t) t->net->n_nodes * NN_MAX_SLOTS;
  t->seen = ARENA_TAKE(a, seen < t->net->n_w ? seen : t->net->n_w, real);
  o->spec.n_apart = 0;
}

/* `spec` is copied so that its numbers outlive the caller's. */
static double* choice_keep(arena* a, nn_choice* choice) {
  double* h = ARENA_TAKE(a, (size_t) choice->n_h, double);
  if (h && choice->n_h) memcpy(h, choice->h, (size_t) choice->n_h * sizeof(double));
  if (h) choice->h = h;
  return h;
}

static void optimizer_carve(arena* a, trainer* t, const nn_optimizer_spec* spec) {
  optimizer* o = &t->optimizer;
  size_t n = t->net->n_w;
  o->spec = *spec;
  o->n = n;
  if (!spec->optimizer.name) return;
  o->type = optimizer_find(spec->optimizer.name);
  o->schedule = spec->schedule.name ? schedule_find(spec->schedule.name) : NULL;
  t->g = ARENA_TAKE(a, n, real);
  for (int k = 0; o->type && k < NN_MAX_MOMENTS; ++k) {
    if (optimizer_uses(o->type, spec->optimizer.h, k)) o->slots[k] = ARENA_TAKE(a, n, real);
  }
  if (spec->use_ema) o->average = ARENA_TAKE(a, n, real);
  if (spec->accumulate > 1) o->sum = ARENA_TAKE(a, n, real);
  choice_keep(a, &o->spec.optimizer);
  choice_keep(a, &o->spec.schedule);
  stretches_carve(a, t);
}

static void solver_carve(arena* a, trainer* t, int samples) {
  const nn_choice* by = &t->optimizer.spec.optimizer;
  solver* s = &t->solver;
  s->type = by->name ? solver_find(by->name) : NULL;
  if (!s->type) return;
  s->h = by->h;
  s->n_moments = s->type->moments ? s->type->moments(s->h) : 0;
  s->moments = ARENA_TAKE(a, t->net->n_w * (size_t) s->n_moments, real);
  s->state = ARENA_TAKE(a, t->net->n_state, real);
  s->memory = s->type->carve(a, t->net, samples, s->h);
}

static trainer* trainer_carve(arena* a, const network* net, const nn_train_spec* spec,
                              const nn_data* data, const nn_data* validation) {
  trainer* result = ARENA_TAKE(a, 1, trainer);
  trainer t = {.net = net, .n_outputs = net->n_outputs, .n_metrics = spec->n_metrics};
  int capacity = trainer_capacity(spec, data->n, validation->n);
  bool training = spec->optimizer.optimizer.name != NULL;
  workspace_carve(a, net, capacity, training ? WORKSPACE_TRAIN : WORKSPACE_FORWARD, &t.ws);
  outputs_carve(a, &t, spec, data->n ? data : validation, capacity);
  metrics_carve(a, &t, spec);
  optimizer_carve(a, &t, &spec->optimizer);
  solver_carve(a, &t, data->n);
  t.w = ARENA_TAKE(a, net->n_w + net->n_state, real);
  t.order = ARENA_TAKE(a, (size_t) data->n, int);
  t.rows = ARENA_TAKE(a, (size_t) capacity, int);
  dataset_carve(a, data, net, spec, &t.data);
  dataset_carve(a, validation, net, spec, &t.validation);
  if (result) *result = t;
  return result;
}

NN_PRIVATE size_t trainer_bytes(const network* net, const nn_train_spec* spec, const nn_data* data,
                                const nn_data* validation) {
  arena a = {.base = NULL};
  trainer_carve(&a, net, spec, data, validation);
  return a.overflow ? SIZE_MAX : a.used;
}

static bool mask_fits(const trainer* t, const output* out) {
  if (out->mask < 0) return true;
  if (out->mask >= t->net->n_nodes) return false;
  return shape_size(&t->net->nodes[out->mask].layer.output) == (size_t) out->positions;
}

/* Columns of targets are as long as those of predictions, or of one number. */
static bool targets_fit(const output* out) {
  if (out->loss && (out->loss->flags & NN_LOSS_CODES)) return out->kt == 1;
  return out->kt == 1 || out->kt == out->k;
}

static nn_code output_resolve(trainer* t, const nn_output_spec* spec, int o) {
  output* out = t->outputs + o;
  out->loss = out->outside ? NULL : loss_find(spec->loss.name);
  if (!out->loss && !out->outside) return NN_UNKNOWN_NAME;
  if (!targets_fit(out)) return NN_BAD_SHAPE;
  out->reduction = spec->reduction;
  out->loss_weight = spec->loss_weight;
  out->shown = t->net->outputs[o];
  out->node = spec->fused ? t->net->nodes[out->shown].inputs[0] : out->shown;
  out->mask = spec->mask - 1;
  if (out->node < 0 || !mask_fits(t, out)) return NN_BAD_SPEC;
  if (out->outside) return NN_OK;
  return hparams_copy(spec->loss, out->loss->hparams, out->h);
}

static nn_code records_resolve(trainer* t, const nn_train_spec* spec) {
  nn_code code = NN_OK;
  for (int o = 0; o < t->n_outputs && code == NN_OK; ++o) {
    code = output_resolve(t, spec->outputs + o, o);
  }
  for (int m = 0; m < t->n_metrics && code == NN_OK; ++m) {
    if (!t->metrics[m].metric) code = NN_UNKNOWN_NAME;
  }
  const nn_optimizer_spec* opt = &spec->optimizer;
  if (opt->optimizer.name && !t->optimizer.type && !t->solver.type) return NN_UNKNOWN_NAME;
  if (opt->schedule.name && !t->optimizer.schedule) return NN_UNKNOWN_NAME;
  return code;
}

NN_PRIVATE int batches_of(int rows, int size) { return rows / size + (rows % size != 0); }

NN_PRIVATE nn_status trainer_new(void* block, const network* net, const nn_train_spec* spec,
                                 const nn_data* data, const nn_data* validation, const double* w,
                                 trainer** result) {
  arena a = {.base = block};
  trainer* t = trainer_carve(&a, net, spec, data, validation);
  nn_status status = {records_resolve(t, spec), 0};
  if (status.code != NN_OK) return status;
  t->batch_size = spec->batch_size;
  t->validation_batch_size = spec->validation_batch_size;
  t->batches = spec->steps_per_epoch > 0 ? spec->steps_per_epoch
                                         : batches_of(data->n, spec->batch_size);
  t->shuffle = spec->shuffle;
  t->shuffle_batches = spec->shuffle_batches;
  t->seed = t->ws.seed = spec->seed;
  trainer_set_threads(t, spec->threads);
  for (size_t i = 0; i < net->n_w + net->n_state; ++i) t->w[i] = (real) w[i];
  if (t->optimizer.type) optimizer_start(&t->optimizer, t->w);
  if (t->solver.type) solver_start(t);
  double none[2];
  if (t->g) {
    vector_fill(net->n_w, 0, t->g);
    trainer_norms(t, none);
  }
  trainer_reset(t);
  *result = t;
  return status;
}

/* n samples of the same kinds, into columns that the trainer itself holds, which are enough. */
static bool arrays_fit(int count, int n, const nn_array* from, const column_set* sets) {
  bool fit = true;
  for (int k = 0; k < count; ++k) {
    size_t size = from[k].values ? shape_size(&from[k].shape) : 0;
    bool room = size == 0 || (sets[k].values && from[k].n == n && n <= sets[k].n);
    fit = fit && size == sets[k].size && room;
  }
  return fit;
}

static void arrays_import(int threads, int count, const nn_array* from, const column_set* sets) {
  for (int k = 0; k < count; ++k) {
    if (sets[k].values) array_import(from + k, threads, sets[k].values);
  }
}

/* Other samples in the place of those there are. */
static bool dataset_fill(trainer* t, const nn_data* data, dataset* to) {
  int inputs = t->net->n_inputs, outputs = t->n_outputs, threads = t->ws.threads;
  bool fits = arrays_fit(inputs, data->n, data->x, to->x) &&
              arrays_fit(outputs, data->n, data->y, to->t) &&
              arrays_fit(outputs, data->n, data->weight, to->weight);
  if (!fits) return false;
  arrays_import(threads, inputs, data->x, to->x);
  arrays_import(threads, outputs, data->y, to->t);
  arrays_import(threads, outputs, data->weight, to->weight);
  to->n = data->n;
  t->gathered = NULL;
  t->stage = STAGE_CLOSED;
  t->charge = 0;
  return true;
}

NN_PRIVATE bool trainer_refill(trainer* t, const nn_data* data, uint64_t seed) {
  if (data->n != t->data.n || !dataset_fill(t, data, &t->data)) return false;
  t->seed = t->ws.seed = seed;
  t->steps = 0;
  t->pass = t->at = t->epoch = t->batch = 0;
  t->nonfinite = false;
  solver_forget(&t->solver);
  return true;
}

NN_PRIVATE bool trainer_feed(trainer* t, const nn_data* data, int at) {
  if (!dataset_fill(t, data, at < 0 ? &t->data : &t->validation)) return false;
  if (at < 0) t->pass = t->at = 0;
  else t->fed = at;
  return true;
}

NN_PRIVATE void trainer_follow(trainer* t, const trainer* before) {
  t->sums.count = before->sums.count;
  t->sums.total = before->sums.total;
  for (int o = 0; o < t->n_outputs; ++o) t->sums.losses[o] = before->sums.losses[o];
  for (int m = 0; m < t->n_metrics; ++m) {
    memcpy(t->metrics[m].state, before->metrics[m].state, t->metrics[m].n_state * sizeof(double));
  }
  t->seed = t->ws.seed = before->seed;
  t->steps = before->steps;
  t->epoch = before->epoch;
  t->batch = before->batch;
  t->nonfinite = before->nonfinite;
  t->nonfinite_epoch = before->nonfinite_epoch;
  t->nonfinite_batch = before->nonfinite_batch;
}
