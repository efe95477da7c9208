/* A network: nodes in topological order, each a layer, its inputs and its stretch of the
 * parameters. It holds no numbers; those are in a workspace and in the blocks w and g. */
#ifndef NN_NETWORK_H
#define NN_NETWORK_H

#include "arena.h"
#include "layer.h"

typedef struct {
  layer layer;
  int n_inputs;
  const int* inputs;      /* earlier nodes, or -1 - k */
  size_t at_w, at_state;  /* offsets into the parameters and into the statistics */
  uint32_t stream;
  int consumers;          /* how many nodes read its output */
} node;

typedef struct {
  int n_inputs, n_nodes, n_outputs;
  const shape* inputs;
  node* nodes;
  const int* outputs;
  size_t n_w, n_state;    /* parameters; running statistics, which follow them */
} network;

/* The numbers of one batch. Separate from the network so that it can be sized for
 * prediction, without gradients. */
typedef struct {
  const network* net;
  int capacity;             /* samples in a full batch */
  int batch;                /* samples in this one */
  bool training;
  uint64_t seed;
  uint32_t step;
  real** x;                 /* one array per input of the network: the caller fills them */
  real** y;                 /* one per node */
  real** cache;             /* one per node */
  real** dy;                /* one per node: gradient by its output; NULL for prediction */
  real** dx;                /* one per input; entries NULL when nobody asks */
  real* spare;              /* where a second consumer's part is made before it is added */
} workspace;

NN_PRIVATE nn_status network_carve(arena* a, const nn_network_spec* spec, network* net);
NN_PRIVATE void workspace_carve(arena* a, const network* net, int capacity, bool gradients,
                                bool input_gradients, workspace* ws);
/* y of every node from x of every input. state is updated by layers that keep statistics. */
NN_PRIVATE void network_forward(workspace* ws, const real* w, real* state);
/* From dy of the outputs (written by the caller with network_seed) to g, which is added to. */
NN_PRIVATE void network_backward(workspace* ws, const real* w, real* state, real* g);
/* ydot of every node from the inputs' tangents; arrays as in workspace.y. */
NN_PRIVATE void network_jvp(workspace* ws, const real* w, real* state, real* const* xdot,
                            const real* wdot, real** ydot);

#endif
