#include "network.h"

#include "vector.h"

/* Forward, backward and tangent passes over the nodes of a network.
 *
 * Backward visits the nodes from the last to the first. A node's dy is written by its
 * first consumer (or seeded by the loss) and added to by the others; a node whose output
 * nobody's loss depends on is passed over. */

static size_t node_numbers(const network* net, int from, int capacity) {
  return shape_size(network_shape(net, from)) * (size_t) capacity;
}

static real** arrays_carve(arena* a, const network* net, int capacity) {
  real** arrays = ARENA_TAKE(a, (size_t) net->n_nodes, real*);
  for (int i = 0; i < net->n_nodes; ++i) {
    real* array = ARENA_TAKE(a, node_numbers(net, i, capacity), real);
    if (arrays) arrays[i] = array;
  }
  return arrays;
}

static real** caches_carve(arena* a, const network* net, int capacity, bool wanted) {
  real** caches = ARENA_TAKE(a, (size_t) net->n_nodes, real*);
  for (int i = 0; i < net->n_nodes; ++i) {
    const layer* l = &net->nodes[i].layer;
    size_t n = wanted ? l->cache_batch + l->cache_sample * (size_t) capacity : 0;
    real* cache = ARENA_TAKE(a, n, real);
    if (caches) caches[i] = cache;
  }
  return caches;
}

static real** inputs_carve(arena* a, const network* net, int capacity, bool wanted) {
  real** arrays = ARENA_TAKE(a, (size_t) net->n_inputs, real*);
  for (int k = 0; k < net->n_inputs; ++k) {
    real* array = wanted ? ARENA_TAKE(a, node_numbers(net, -1 - k, capacity), real) : NULL;
    if (arrays) arrays[k] = array;
  }
  return arrays;
}

/* The largest array that a second consumer can ask for. */
static size_t spare_numbers(const network* net, int capacity) {
  size_t most = 0;
  for (int i = -net->n_inputs; i < net->n_nodes; ++i) {
    size_t n = node_numbers(net, i, capacity);
    if (n > most) most = n;
  }
  return most;
}

static size_t most_inputs(const network* net) {
  int most = 0;
  for (int i = 0; i < net->n_nodes; ++i) {
    if (net->nodes[i].layer.n_inputs > most) most = net->nodes[i].layer.n_inputs;
  }
  return (size_t) most;
}

NN_PRIVATE void workspace_carve(arena* a, const network* net, int capacity, workspace_use use,
                                workspace* ws) {
  bool gradients = use != WORKSPACE_FORWARD;
  ws->net = net;
  ws->x = inputs_carve(a, net, capacity, true);
  ws->y = arrays_carve(a, net, capacity);
  ws->cache = caches_carve(a, net, capacity, use != WORKSPACE_TANGENTS);
  ws->dy = gradients ? arrays_carve(a, net, capacity) : NULL;
  ws->seeded = ARENA_TAKE(a, (size_t) net->n_nodes + (size_t) net->n_inputs, bool);
  ws->dx = inputs_carve(a, net, capacity, use == WORKSPACE_DERIVATIVES);
  ws->spare_size = gradients ? spare_numbers(net, capacity) : 0;
  ws->spare = ARENA_TAKE(a, ws->spare_size * most_inputs(net), real);
}

/* Inputs of a node, found among the nodes' arrays and the network's inputs. */
static const real* array_of(real* const* x, real* const* y, int from) {
  return from < 0 ? x[-1 - from] : y[from];
}

static bool is_training(const workspace* ws, const node* n) {
  return n->phase ? n->phase > 0 : ws->training;
}

static frame frame_of(const workspace* ws, int i, const real* w, real* state,
                      const real** inputs) {
  const node* n = ws->net->nodes + i;
  for (int k = 0; k < n->layer.n_inputs; ++k) inputs[k] = array_of(ws->x, ws->y, n->inputs[k]);
  frame f = {.batch = ws->batch,
             .training = is_training(ws, n),
             .threads = ws->threads,
             .random = {.seed = ws->seed, .stream = n->stream, .step = ws->step},
             .w = w + n->at_w,
             .state = state + n->at_state,
             .x = inputs,
             .y = ws->y[i],
             .cache = ws->cache[i]};
  return f;
}

static void node_forward(workspace* ws, int i, const real* w, real* state) {
  const real* inputs[NN_MAX_INPUTS];
  const layer* l = &ws->net->nodes[i].layer;
  frame f = frame_of(ws, i, w, state, inputs);
  l->type->forward(l, &f);
}

NN_PRIVATE void network_forward(workspace* ws, const real* w, real* state) {
  for (int i = 0; i < ws->net->n_nodes; ++i) node_forward(ws, i, w, state);
}

static bool is_outside(const workspace* ws, int i) {
  return strcmp(ws->net->nodes[i].layer.type->name, "outside") == 0;
}

NN_PRIVATE int network_forward_from(workspace* ws, int i, const real* w, real* state) {
  for (; i < ws->net->n_nodes; ++i) {
    if (is_outside(ws, i)) return i;
    node_forward(ws, i, w, state);
  }
  return -1;
}

/* The frame of sample j alone, after a pass of the whole batch. */
static frame sample_frame(const workspace* ws, int i, int j, const real* w, real* state,
                          const real** inputs) {
  const layer* l = &ws->net->nodes[i].layer;
  frame f = frame_of(ws, i, w, state, inputs);
  f.batch = 1;
  for (int k = 0; k < l->n_inputs; ++k) inputs[k] += shape_size(l->inputs + k) * (size_t) j;
  f.y += shape_size(&l->output) * (size_t) j;
  f.cache += l->cache_sample * (size_t) j;
  return f;
}

/* The output of a node as one tensor, for its penalty. */
static tensor output_tensor(const workspace* ws, int i) {
  size_t size = shape_size(&ws->net->nodes[i].layer.output);
  tensor t = {.rank = 2, .dims = {(int) size, ws->batch}, .n = size * (size_t) ws->batch};
  return t;
}

NN_PRIVATE double network_activity(const workspace* ws) {
  double sum = 0;
  for (int i = 0; i < ws->net->n_nodes; ++i) {
    const node* n = ws->net->nodes + i;
    if (!n->activity) continue;
    tensor t = output_tensor(ws, i);
    sum += n->activity->value(&t, n->activity_h, ws->y[i]) / ws->batch;
  }
  return sum;
}

NN_PRIVATE void network_unseed(workspace* ws) {
  memset(ws->seeded, 0, ((size_t) ws->net->n_nodes + (size_t) ws->net->n_inputs) * sizeof(bool));
}

static real* gradient_of(const workspace* ws, int from) {
  return from < 0 ? ws->dx[-1 - from] : ws->dy[from];
}

static bool* seeded_flag(const workspace* ws, int from) {
  return ws->seeded + (from < 0 ? ws->net->n_nodes - 1 - from : from);
}

/* Where node n is to write its gradient by input k: straight into place when it is the
 * first consumer of that array, into a spare one when it is a later one (or reads the
 * array twice), nowhere when nobody asks. */
static real* target_of(const workspace* ws, const node* n, int k) {
  bool taken = *seeded_flag(ws, n->inputs[k]);
  for (int j = 0; j < k; ++j) taken = taken || n->inputs[j] == n->inputs[k];
  real* place = gradient_of(ws, n->inputs[k]);
  return place && taken ? ws->spare + (size_t) k * ws->spare_size : place;
}

static void target_settle(workspace* ws, int from, const real* written) {
  size_t n = shape_size(network_shape(ws->net, from)) * (size_t) ws->batch;
  real* place = gradient_of(ws, from);
  if (written != place) vector_add(n, written, place);
  *seeded_flag(ws, from) = true;
}

NN_PRIVATE real* network_seed(const workspace* ws, int i) {
  return ws->seeded[i] ? ws->spare : ws->dy[i];
}

NN_PRIVATE void network_seeded(workspace* ws, int i, const real* written) {
  target_settle(ws, i, written);
}

NN_PRIVATE void network_seed_activity(workspace* ws) {
  for (int i = 0; i < ws->net->n_nodes; ++i) {
    const node* n = ws->net->nodes + i;
    if (!n->activity) continue;
    tensor t = output_tensor(ws, i);
    real* dy = network_seed(ws, i);
    vector_fill(t.n, 0, dy);
    n->activity->grad(&t, n->activity_h, (real) 1 / (real) ws->batch, ws->y[i], dy);
    network_seeded(ws, i, dy);
  }
}

static void node_backward(workspace* ws, int i, const real* w, real* state, real* g) {
  const node* n = ws->net->nodes + i;
  const real* inputs[NN_MAX_INPUTS];
  real* dx[NN_MAX_INPUTS];
  frame f = frame_of(ws, i, w, state, inputs);
  f.fresh = n->fresh;
  for (int k = 0; k < n->layer.n_inputs; ++k) dx[k] = target_of(ws, n, k);
  n->layer.type->backward(&n->layer, &f, ws->dy[i], dx, g + n->at_w);
  for (int k = 0; k < n->layer.n_inputs; ++k) {
    if (dx[k]) target_settle(ws, n->inputs[k], dx[k]);
  }
}

/* Nothing depends on an input that was not reached. */
static void inputs_finish(workspace* ws) {
  for (int k = 0; k < ws->net->n_inputs; ++k) {
    size_t n = shape_size(ws->net->inputs + k) * (size_t) ws->batch;
    if (ws->dx[k] && !*seeded_flag(ws, -1 - k)) vector_fill(n, 0, ws->dx[k]);
  }
}

NN_PRIVATE void network_clear(const network* net, real* g) {
  for (int i = 0; i < net->n_nodes; ++i) {
    const node* n = net->nodes + i;
    size_t set = n->fresh ? n->layer.slots[0].n : 0;
    if (n->owner) vector_fill(n->layer.n_w - set, 0, g + n->at_w + set);
  }
}

/* What network_clear has left to a node that is not reached. */
static void kernel_clear(const node* n, real* g) {
  if (n->fresh) vector_fill(n->layer.slots[0].n, 0, g + n->at_w);
}

NN_PRIVATE int network_backward_from(workspace* ws, int i, const real* w, real* state, real* g) {
  for (; i >= 0; --i) {
    if (!ws->seeded[i]) {
      kernel_clear(ws->net->nodes + i, g);
    } else if (is_outside(ws, i)) {
      return i;
    } else {
      node_backward(ws, i, w, state, g);
    }
  }
  inputs_finish(ws);
  return -1;
}

NN_PRIVATE real* network_target(const workspace* ws, int i, int k) {
  return k < 0 ? ws->y[i] : target_of(ws, ws->net->nodes + i, k);
}

NN_PRIVATE void network_written(workspace* ws, int i, int k, const real* to) {
  if (k >= 0) target_settle(ws, ws->net->nodes[i].inputs[k], to);
}

NN_PRIVATE void network_backward(workspace* ws, const real* w, real* state, real* g) {
  for (int i = ws->net->n_nodes - 1; i >= 0; --i) {
    if (ws->seeded[i]) {
      node_backward(ws, i, w, state, g);
    } else {
      kernel_clear(ws->net->nodes + i, g);
    }
  }
  inputs_finish(ws);
}

NN_PRIVATE void network_jvp(workspace* ws, const real* w, real* state, real* const* xdot,
                            const real* wdot, real* const* ydot) {
  const real *inputs[NN_MAX_INPUTS], *tangents[NN_MAX_INPUTS];
  for (int i = 0; i < ws->net->n_nodes; ++i) {
    const node* n = ws->net->nodes + i;
    frame f = frame_of(ws, i, w, state, inputs);
    for (int k = 0; k < n->layer.n_inputs; ++k) tangents[k] = array_of(xdot, ydot, n->inputs[k]);
    n->layer.type->jvp(&n->layer, &f, tangents, wdot + n->at_w, ydot[i]);
  }
}

NN_PRIVATE void network_backward_sample(const workspace* ws, int j, const real* w, real* state,
                                        real* g) {
  const real* inputs[NN_MAX_INPUTS];
  real* nowhere[NN_MAX_INPUTS] = {NULL};
  for (int i = 0; i < ws->net->n_nodes; ++i) {
    const node* n = ws->net->nodes + i;
    if (!ws->seeded[i] || !n->layer.trainable || n->layer.n_w == 0) continue;
    frame f = sample_frame(ws, i, j, w, state, inputs);
    const real* dy = ws->dy[i] + shape_size(&n->layer.output) * (size_t) j;
    n->layer.type->backward(&n->layer, &f, dy, nowhere, g + n->at_w);
  }
}

NN_PRIVATE bool network_is_plain(const network* net) {
  for (int i = 0; i < net->n_nodes; ++i) {
    const node* n = net->nodes + i;
    if (!n->layer.trainable || n->layer.n_w == 0) continue;
    bool dense = strcmp(n->layer.type->name, "dense") == 0 && n->layer.output.rank == 1;
    if (!dense || !n->owner) return false;
  }
  return true;
}

static void products(size_t n, const real* x, size_t x_step, const real* y, size_t y_step, real* to,
                     size_t to_step) {
  for (size_t i = 0; i < n; ++i) to[i * to_step] = x[i * x_step] * y[i * y_step];
}

NN_PRIVATE void network_backward_columns(const workspace* ws, size_t rows, size_t step, real* to) {
  static const real one = 1, zero = 0;
  size_t n = (size_t) ws->batch;
  for (int i = 0; i < ws->net->n_nodes; ++i) {
    const layer* l = &ws->net->nodes[i].layer;
    if (!l->trainable || l->n_w == 0) continue;
    size_t in = (size_t) l->slots[0].dims[0], out = (size_t) l->slots[0].dims[1];
    const real* x = array_of(ws->x, ws->y, ws->net->nodes[i].inputs[0]);
    const real* dy = ws->seeded[i] ? ws->dy[i] : &zero;
    size_t each = ws->seeded[i] ? out : 0;
    for (size_t c = 0; c < in * out; ++c, to += rows) {
      products(n, x + c % in, in, dy + (each ? c / in : 0), each, to, step);
    }
    for (size_t c = 0; c < out && l->n_slots > 1; ++c, to += rows) {
      products(n, &one, 0, dy + (each ? c : 0), each, to, step);
    }
  }
}

NN_PRIVATE bool network_couples(const workspace* ws) {
  for (int i = 0; i < ws->net->n_nodes; ++i) {
    const node* n = ws->net->nodes + i;
    const layer* l = &n->layer;
    if (is_training(ws, n) && l->trainable && l->cache_batch > 0) return true;
  }
  return false;
}

NN_PRIVATE void network_seed_activity_jvp(const workspace* ws, workspace* tangents) {
  for (int i = 0; i < ws->net->n_nodes; ++i) {
    const node* n = ws->net->nodes + i;
    if (!n->activity) continue;
    tensor t = output_tensor(ws, i);
    real* dydot = network_seed(tangents, i);
    vector_fill(t.n, 0, dydot);
    n->activity->hessian(&t, n->activity_h, (real) 1 / (real) ws->batch, ws->y[i], tangents->y[i],
                         dydot);
    network_seeded(tangents, i, dydot);
  }
}

static NN_COLD void node_backward_jvp(const workspace* ws, workspace* tangents, int i,
                                      const real* w, real* state, const real* wdot, real* gdot) {
  const node* n = ws->net->nodes + i;
  const real *inputs[NN_MAX_INPUTS], *xdot[NN_MAX_INPUTS];
  real* dxdot[NN_MAX_INPUTS];
  frame f = frame_of(ws, i, w, state, inputs);
  for (int k = 0; k < n->layer.n_inputs; ++k) {
    xdot[k] = array_of(tangents->x, tangents->y, n->inputs[k]);
    dxdot[k] = target_of(tangents, n, k);
  }
  tangent t = {.xdot = xdot,
               .wdot = wdot + n->at_w,
               .ydot = tangents->y[i],
               .dy = ws->dy[i],
               .dydot = tangents->dy[i],
               .scratch = ws->spare};
  n->layer.type->backward_jvp(&n->layer, &f, &t, dxdot, gdot + n->at_w);
  for (int k = 0; k < n->layer.n_inputs; ++k) {
    if (dxdot[k]) target_settle(tangents, n->inputs[k], dxdot[k]);
  }
}

NN_PRIVATE void network_backward_jvp(const workspace* ws, workspace* tangents, const real* w,
                                     real* state, const real* wdot, real* gdot) {
  for (int i = ws->net->n_nodes - 1; i >= 0; --i) {
    if (tangents->seeded[i]) node_backward_jvp(ws, tangents, i, w, state, wdot, gdot);
  }
}
