#include "inference.h"

#include "parallel.h"
#include "vector.h"

/* Prediction in batches, and derivatives of one whole batch at once. */

static void batch_import(const workspace* ws, const nn_array* x, int from, int n) {
  for (int k = 0; k < ws->net->n_inputs; ++k) {
    nn_array part = x[k];
    part.from += from;
    part.n = n;
    array_import(&part, ws->threads, ws->x[k]);
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

enum { PREDICT_NUMBERS = 1 << 18, PREDICT_LEAST = 32 };

/* In inference it is no matter how many samples pass at a time: so many that the numbers of all
 * nodes stay in the cache. */
static nn_predict_spec predict_fitted(const network* net, const nn_predict_spec* spec) {
  nn_predict_spec fitted = *spec;
  bool free = !spec->training;
  size_t numbers = 1;
  for (int i = 0; i < net->n_nodes; ++i) {
    numbers += shape_size(&net->nodes[i].layer.output);
    free = free && net->nodes[i].phase <= 0;
  }
  size_t most = PREDICT_NUMBERS / numbers;
  if (most < PREDICT_LEAST) most = PREDICT_LEAST;
  if (free && (size_t) spec->batch_size > most) fitted.batch_size = (int) most;
  return fitted;
}

/* Each thread has a workspace and does whole batches. Where there is only one, and in training,
 * threads share the loops inside of it. */
static int predict_workers(const nn_predict_spec* spec) {
  return spec->training || spec->threads < 1 ? 1 : spec->threads;
}

/* Weights, then the workspaces, `apart` bytes from one to the next, then a flag for each. */
static real* predict_carve(arena* a, const network* net, const nn_predict_spec* spec,
                           const double* w, size_t* apart, char** first, bool** finite) {
  real* weights = weights_carve(a, net, w);
  arena one = {.base = NULL};
  workspace ws;
  workspace_carve(&one, net, spec->batch_size, WORKSPACE_FORWARD, &ws);
  a->overflow = a->overflow || one.overflow;
  *apart = one.used;
  *first = arena_take(a, (size_t) predict_workers(spec), one.used);
  *finite = ARENA_TAKE(a, (size_t) predict_workers(spec), bool);
  return weights;
}

NN_PRIVATE size_t predict_bytes(const network* net, const nn_predict_spec* spec) {
  arena a = {.base = NULL};
  size_t apart;
  char* first;
  bool* finite;
  nn_predict_spec fitted = predict_fitted(net, spec);
  predict_carve(&a, net, &fitted, NULL, &apart, &first, &finite);
  return a.overflow ? SIZE_MAX : a.used;
}

typedef struct {
  const network* net;
  const nn_predict_spec* spec;
  real* weights;
  int n;
  const nn_array* x;
  double* const* y;
  char* workspaces;
  bool* finite;        /* of each worker, whether all that it saw was */
  size_t apart, each;  /* bytes from one to the next; batches of each worker */
  int inner;           /* threads of one worker */
} predict_pass;

static bool inputs_are_finite(const workspace* ws) {
  bool finite = true;
  for (int k = 0; k < ws->net->n_inputs; ++k) {
    size_t n = shape_size(ws->net->inputs + k) * (size_t) ws->batch;
    finite = finite && vector_is_finite(n, ws->x[k]);
  }
  return finite;
}

/* Whether all inputs are finite. */
static bool predict_batch(const predict_pass* p, workspace* ws, int start) {
  int size = p->spec->batch_size;
  ws->batch = p->n - start < size ? p->n - start : size;
  batch_import(ws, p->x, start, ws->batch);
  network_forward(ws, p->weights, p->weights + p->net->n_w);
  outputs_export(ws, ws->y, p->n, start, ws->batch, p->y);
  return inputs_are_finite(ws);
}

/* Workers from .. to - 1, one after the other. */
static void predict_part(void* data, size_t from, size_t to) {
  const predict_pass* p = data;
  size_t size = (size_t) p->spec->batch_size;
  for (size_t i = from; i < to; ++i) {
    arena a = {.base = p->workspaces + i * p->apart};
    workspace ws = {.training = p->spec->training, .seed = p->spec->seed, .threads = p->inner};
    workspace_carve(&a, p->net, p->spec->batch_size, WORKSPACE_FORWARD, &ws);
    size_t end = (i + 1) * p->each * size;
    for (size_t j = i * p->each * size; j < end && j < (size_t) p->n; j += size) {
      p->finite[i] = predict_batch(p, &ws, (int) j) && p->finite[i];
      ws.step += 1;
    }
  }
}

/* Products of single numbers that are worth a thread; each sample has some other work. */
enum { PREDICT_GRAIN = 1 << 20, PREDICT_SAMPLE = 100 };

NN_PRIVATE bool predict(void* block, const network* net, const nn_predict_spec* wanted,
                        const double* w, int n, const nn_array* x, double* const* y) {
  arena a = {.base = block};
  nn_predict_spec fitted = predict_fitted(net, wanted), *spec = &fitted;
  predict_pass p = {.net = net, .spec = spec, .n = n, .x = x, .y = y};
  p.weights = predict_carve(&a, net, spec, w, &p.apart, &p.workspaces, &p.finite);
  size_t size = (size_t) spec->batch_size, batches = ((size_t) n + size - 1) / size;
  size_t workers = (size_t) predict_workers(spec);
  size_t least = PREDICT_GRAIN / ((net->n_w + PREDICT_SAMPLE) * size) + 1;
  p.each = (batches + workers - 1) / workers;
  if (p.each < least) p.each = least;
  workers = (batches + p.each - 1) / p.each;
  p.inner = workers > 1 ? 1 : spec->threads;
  for (size_t i = 0; i < workers; ++i) p.finite[i] = true;
  parallel_for(spec->threads, workers, 1, 1, predict_part, &p);
  bool finite = true;
  for (size_t i = 0; i < workers; ++i) finite = finite && p.finite[i];
  return finite;
}

/* What both derivatives need: g is the gradient, or the parameters' tangent; the second
 * set of arrays holds tangents, one per input and one per node. */
typedef struct {
  workspace ws, tangents;
  real *w, *g;
} derivatives;

static void derivatives_carve(arena* a, const network* net, int n, const double* w,
                              derivatives* d) {
  memset(d, 0, sizeof *d);
  d->ws.threads = d->tangents.threads = 1;
  d->w = weights_carve(a, net, w);
  d->g = ARENA_TAKE(a, net->n_w, real);
  workspace_carve(a, net, n, WORKSPACE_DERIVATIVES, &d->ws);
  workspace_carve(a, net, n, WORKSPACE_FORWARD, &d->tangents);
}

NN_PRIVATE size_t derivatives_bytes(const network* net, int n) {
  arena a = {.base = NULL};
  derivatives d;
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
    array_import(v + o, 1, dy);
    network_seeded(&d.ws, net->outputs[o], dy);
  }
  network_clear(net, d.g);
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
