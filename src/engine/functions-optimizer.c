#include "functions.h"

/* One step of an optimizer on tensors laid end to end in plain arrays. */

NN_PRIVATE int function_optimizer_moments(const nn_optimizer_spec* spec) {
  const optimizer_type* type = optimizer_find(spec->optimizer.name);
  int n = 0;
  for (int k = 0; type && k < NN_MAX_MOMENTS; ++k) n += optimizer_uses(type, spec->optimizer.h, k);
  return n + (spec->use_ema ? 1 : 0) + (spec->accumulate > 1 ? 1 : 0);
}

NN_PRIVATE size_t function_optimizer_work(const nn_optimizer_spec* spec, int n_tensors,
                                          const nn_stretch* tensors) {
  const optimizer_type* type = optimizer_find(spec->optimizer.name);
  size_t most = 0;
  for (int i = 0; type && i < n_tensors; ++i) {
    size_t work = optimizer_work(type, tensors + i);
    most = work > most ? work : most;
  }
  return most;
}

/* An optimizer over the caller's arrays: the moments stand one after the other. */
static nn_code optimizer_assemble(optimizer* o, const nn_optimizer_spec* spec, size_t n,
                                  real* moments) {
  memset(o, 0, sizeof(*o));
  o->spec = *spec;
  o->n = n;
  o->type = optimizer_find(spec->optimizer.name);
  if (spec->schedule.name) o->schedule = schedule_find(spec->schedule.name);
  if (!o->type || (spec->schedule.name && !o->schedule)) return NN_UNKNOWN_NAME;
  size_t used = 0;
  for (int k = 0; k < NN_MAX_MOMENTS; ++k) {
    if (optimizer_uses(o->type, spec->optimizer.h, k)) o->slots[k] = moments + used++ * n;
  }
  if (spec->use_ema) o->average = moments + used++ * n;
  if (spec->accumulate > 1) o->sum = moments + used * n;
  return NN_OK;
}

NN_PRIVATE nn_code function_optimizer_start(const nn_optimizer_spec* spec, size_t n, const nn_real* w,
                                        nn_real* moments, double* scalars) {
  optimizer o;
  nn_code code = optimizer_assemble(&o, spec, n, moments);
  if (code != NN_OK) return code;
  optimizer_start(&o, w);
  memcpy(scalars, o.scalars, sizeof(o.scalars));
  return code;
}

static void no_constraint(void* data, real* w) {
  (void) data;
  (void) w;
}

NN_PRIVATE nn_code function_optimizer_step(const nn_optimizer_spec* spec, int n_tensors,
                                       const nn_stretch* tensors, size_t n, nn_real* w,
                                       nn_real* g, nn_real* moments, double* scalars,
                                       double* iterations, nn_real* work) {
  optimizer o;
  nn_code code = optimizer_assemble(&o, spec, n, moments);
  if (code != NN_OK) return code;
  memcpy(o.scalars, scalars, sizeof(o.scalars));
  o.iterations = *iterations;
  o.n_tensors = n_tensors;
  o.tensors = tensors;
  o.work = work;
  o.threads = 1;
  optimizer_update(&o, w, g, no_constraint, NULL);
  memcpy(scalars, o.scalars, sizeof(o.scalars));
  *iterations = o.iterations;
  return code;
}
