#include "inference.h"

#include "vector.h"

/* Prediction in batches, and derivatives of one whole batch at once. */

static void batch_import(const workspace* ws, const nn_array* x, int from, int n) {
  for (int k = 0; k < ws->net->n_inputs; ++k) {
    nn_array part = x[k];
    part.from += from;
    part.n = n;
    array_import(&part, ws->x[k]);
  }
}

static void outputs_export(const workspace* ws, real* const* from, int n_total, int start, int n,
                           double* const* to) {
  for (int o = 0; o < ws->net->n_outputs; ++o) {
    int i = ws->net->outputs[o];
    array_export(&ws->net->nodes[i].layer.output, from[i], n_total, start, n, to[o]);
  }
}

static real* weights_carve(arena* a, const network* net, const double* from) {
  size_t n = net->n_w + net->n_state;
  real* w = ARENA_TAKE(a, n, real);
  for (size_t i = 0; w && i < n; ++i) w[i] = (real) from[i];
  return w;
}

NN_PRIVATE size_t predict_bytes(const network* net, int batch_size) {
  arena a = {.base = NULL};
  workspace ws = {.net = NULL};
  weights_carve(&a, net, NULL);
  workspace_carve(&a, net, batch_size, WORKSPACE_FORWARD, &ws);
  return a.overflow ? SIZE_MAX : a.used;
}

NN_PRIVATE void predict(void* block, const network* net, int batch_size, bool training,
                        uint64_t seed, const double* w, int n, const nn_array* x,
                        double* const* y) {
  arena a = {.base = block};
  workspace ws = {.training = training, .seed = seed};
  real* weights = weights_carve(&a, net, w);
  workspace_carve(&a, net, batch_size, WORKSPACE_FORWARD, &ws);
  for (int start = 0; start < n; start += batch_size) {
    ws.batch = n - start < batch_size ? n - start : batch_size;
    batch_import(&ws, x, start, ws.batch);
    network_forward(&ws, weights, weights + net->n_w);
    outputs_export(&ws, ws.y, n, start, ws.batch, y);
    ws.step += 1;
  }
}

/* What both derivatives need: g is the gradient, or the parameters' tangent; the second
 * set of arrays holds tangents, one per input and one per node. */
typedef struct {
  workspace ws, tangents;
  real *w, *g;
} derivatives;

static void derivatives_carve(arena* a, const network* net, int n, const double* w,
                              derivatives* d) {
  d->w = weights_carve(a, net, w);
  d->g = ARENA_TAKE(a, net->n_w, real);
  workspace_carve(a, net, n, WORKSPACE_DERIVATIVES, &d->ws);
  workspace_carve(a, net, n, WORKSPACE_FORWARD, &d->tangents);
}

NN_PRIVATE size_t derivatives_bytes(const network* net, int n) {
  arena a = {.base = NULL};
  derivatives d;
  memset(&d, 0, sizeof d);
  derivatives_carve(&a, net, n, NULL, &d);
  return a.overflow ? SIZE_MAX : a.used;
}

static void derivatives_forward(derivatives* d, bool training, uint64_t seed, int n,
                                const nn_array* x) {
  d->ws.training = training;
  d->ws.seed = seed;
  d->ws.step = 0;
  d->ws.batch = d->tangents.batch = n;
  batch_import(&d->ws, x, 0, n);
  network_forward(&d->ws, d->w, d->w + d->ws.net->n_w);
}

NN_PRIVATE void gradient(void* block, const network* net, bool training, uint64_t seed, double* w,
                         int n, const nn_array* x, const nn_array* v, double* const* y,
                         double* const* dx, double* dw) {
  arena a = {.base = block};
  derivatives d;
  derivatives_carve(&a, net, n, w, &d);
  derivatives_forward(&d, training, seed, n, x);
  network_unseed(&d.ws);
  for (int o = 0; o < net->n_outputs; ++o) {
    real* dy = network_seed(&d.ws, net->outputs[o]);
    array_import(v + o, dy);
    network_seeded(&d.ws, net->outputs[o], dy);
  }
  vector_fill(net->n_w, 0, d.g);
  network_backward(&d.ws, d.w, d.w + net->n_w, d.g);
  outputs_export(&d.ws, d.ws.y, n, 0, n, y);
  for (int k = 0; k < net->n_inputs; ++k) {
    if (dx[k]) array_export(&net->inputs[k], d.ws.dx[k], n, 0, n, dx[k]);
  }
  for (size_t i = 0; i < net->n_w; ++i) dw[i] = (double) d.g[i];
  for (size_t i = 0; i < net->n_w + net->n_state; ++i) w[i] = (double) d.w[i];
}

NN_PRIVATE void jvp(void* block, const network* net, bool training, uint64_t seed, const double* w,
                    int n, const nn_array* x, const nn_array* xdot, const double* wdot,
                    double* const* ydot) {
  arena a = {.base = block};
  derivatives d;
  derivatives_carve(&a, net, n, w, &d);
  derivatives_forward(&d, training, seed, n, x);
  batch_import(&d.tangents, xdot, 0, n);
  for (size_t i = 0; i < net->n_w; ++i) d.g[i] = (real) wdot[i];
  network_jvp(&d.ws, d.w, d.w + net->n_w, d.tangents.x, d.g, d.tangents.y);
  outputs_export(&d.ws, d.tangents.y, n, 0, n, ydot);
}
