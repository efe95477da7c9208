#include "objective.h"

#include "vector.h"

/* A trainer whose only batch is all samples, and which never makes a step. */

static const nn_data no_data = {.n = 0};
static const double plain_descent[] = {0, 0};

static nn_train_spec objective_spec(const nn_train_spec* from, const nn_data* data) {
  nn_train_spec spec = *from;
  spec.optimizer = (nn_optimizer_spec){.optimizer = {"sgd", plain_descent, 2}, .accumulate = 1};
  spec.batch_size = spec.validation_batch_size = data->n;
  spec.shuffle = spec.gather = false;
  return spec;
}

static objective* objective_carve(arena* a, const network* net, const nn_train_spec* spec,
                                  const nn_data* data, void** trainer_block) {
  objective* result = ARENA_TAKE(a, 1, objective);
  objective f = {.state = ARENA_TAKE(a, net->n_state, real)};
  f.wdot = ARENA_TAKE(a, net->n_w, real);
  f.gdot = ARENA_TAKE(a, net->n_w, real);
  workspace_carve(a, net, data->n, WORKSPACE_TANGENTS, &f.tangents);
  *trainer_block = arena_take(a, 1, trainer_bytes(net, spec, data, &no_data));
  if (result) *result = f;
  return result;
}

NN_PRIVATE size_t objective_bytes(const network* net, const nn_train_spec* spec,
                                  const nn_data* data) {
  arena a = {.base = NULL};
  nn_train_spec own = objective_spec(spec, data);
  void* trainer_block;
  objective_carve(&a, net, &own, data, &trainer_block);
  return a.overflow ? SIZE_MAX : a.used;
}

NN_PRIVATE nn_status objective_new(void* block, const network* net, const nn_train_spec* spec,
                                   const nn_data* data, bool training, const double* w,
                                   objective** result) {
  arena a = {.base = block};
  nn_train_spec own = objective_spec(spec, data);
  void* trainer_block;
  objective* f = objective_carve(&a, net, &own, data, &trainer_block);
  nn_status status = trainer_new(trainer_block, net, &own, data, &no_data, w, &f->t);
  if (status.code != NN_OK) return status;
  f->training = training;
  for (int i = 0; i < f->t->optimizer.n_tensors; ++i) f->n += f->t->stretches[i].n;
  for (int j = 0; j < data->n; ++j) f->t->order[j] = j;
  vector_copy(net->n_state, f->t->w + net->n_w, f->state);
  f->tangents.batch = data->n;
  f->tangents.threads = spec->threads;
  for (int k = 0; k < net->n_inputs; ++k) {
    vector_fill(shape_size(net->inputs + k) * (size_t) data->n, 0, f->tangents.x[k]);
  }
  *result = f;
  return status;
}

NN_PRIVATE void trainable_get(const objective* f, const real* from, size_t apart, double* to) {
  for (int i = 0; i < f->t->optimizer.n_tensors; ++i) {
    stretch s = f->t->stretches[i];
    for (size_t k = 0; k < s.n; ++k, to += apart) *to = (double) from[s.at + k];
  }
}

NN_PRIVATE void trainable_set(const objective* f, const double* from, real* to) {
  for (int i = 0; i < f->t->optimizer.n_tensors; ++i) {
    stretch s = f->t->stretches[i];
    for (size_t k = 0; k < s.n; ++k) to[s.at + k] = (real) *from++;
  }
}

NN_PRIVATE size_t objective_size(const objective* f) { return f->n; }

NN_PRIVATE void objective_get(const objective* f, double* w) { trainable_get(f, f->t->w, 1, w); }

NN_PRIVATE void objective_set(objective* f, const double* w) {
  trainable_set(f, w, f->t->w);
  f->forward_known = f->known = false;
}

/* Every pass starts from the same statistics. */
static void state_reset(objective* f) {
  vector_copy(f->t->net->n_state, f->state, f->t->w + f->t->net->n_w);
}

NN_PRIVATE double objective_value(objective* f) {
  trainer* t = f->t;
  if (f->forward_known) return f->value;
  state_reset(f);
  f->value = trainer_score(t, &t->data, t->order, t->data.n, f->training);
  f->forward_known = true;
  return f->value;
}

NN_PRIVATE void objective_differentiate(objective* f) {
  if (f->known) return;
  state_reset(f);
  f->value = trainer_gradient(f->t, f->t->order, f->t->data.n, f->training);
  f->forward_known = f->known = true;
}

NN_PRIVATE void objective_gradient(objective* f, double* g) {
  objective_differentiate(f);
  trainable_get(f, f->t->g, 1, g);
}
