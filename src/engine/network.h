/* A network: nodes in topological order, each a layer, its inputs and its stretch of the
 * parameters. It holds no numbers; those are in a workspace and in the blocks w and g. */
#ifndef NN_NETWORK_H
#define NN_NETWORK_H

#include "arena.h"
#include "layer.h"
#include "penalty.h"

/* What happens to one slot besides training; records NULL: nothing. */
typedef struct {
  const penalty* penalty;
  double penalty_h[NN_MAX_HPARAMS];
  const constraint* constraint;
  double constraint_h[NN_MAX_HPARAMS];
  int constraint_axes;
} slot_rule;

typedef struct {
  layer layer;
  const int* inputs;      /* earlier nodes, or -1 - k */
  bool owner;             /* its parameters are its own, not an earlier node's */
  bool fresh;             /* only its backward writes the gradient of its first slot */
  size_t at_w, at_state;  /* offsets into the parameters and into the statistics */
  int phase;              /* see nn_node_spec */
  uint32_t stream;
  const penalty* activity;  /* on the output, divided by the batch; or NULL */
  double activity_h[NN_MAX_HPARAMS];
  slot_rule rules[NN_MAX_SLOTS];
} node;

struct nn_network {
  int n_inputs, n_nodes, n_outputs;
  shape* inputs;
  node* nodes;
  int* outputs;
  size_t n_w, n_state;  /* parameters; running statistics, which follow them */
  bool ruled;           /* some slot has a penalty or a constraint */
};
typedef struct nn_network network;

/* The numbers of one batch. Separate from the network so that it can be sized for
 * prediction, without gradients. */
typedef struct {
  const network* net;
  int batch;                /* samples in this batch, at most the capacity */
  bool training;
  int threads;
  uint64_t seed;
  uint32_t step;
  real** x;                 /* one array per input of the network */
  real** y;                 /* one per node */
  real** cache;             /* one per node */
  real** dy;                /* one per node: gradient by its output; prediction: no array */
  bool* seeded;             /* dy of this node holds something already */
  real** dx;                /* one per input; entries NULL: nobody asks */
  real* spare;              /* where later consumers' parts are made before they are added: */
  size_t spare_size;        /* so many numbers for each input of a node */
} workspace;

/* The numbers of a choice, when they are as many as the record has hyperparameters. */
NN_PRIVATE nn_code hparams_copy(nn_choice from, const nn_hparam* known, double* to);

NN_PRIVATE size_t network_bytes(const nn_network_spec* spec);
NN_PRIVATE nn_status network_new(void* block, const nn_network_spec* spec, network** net);
NN_PRIVATE const shape* network_shape(const network* net, int from); /* of node or -1 - input */

/* Tangents: those of the inputs, outputs and gradients of another workspace, without caches. */
typedef enum {
  WORKSPACE_FORWARD,
  WORKSPACE_TRAIN,
  WORKSPACE_DERIVATIVES,
  WORKSPACE_TANGENTS
} workspace_use;
NN_PRIVATE void workspace_carve(arena* a, const network* net, int capacity, workspace_use use,
                                workspace* ws);
/* y of every node from x of every input. state is updated by layers that keep statistics. */
NN_PRIVATE void network_forward(workspace* ws, const real* w, real* state);
/* From node i on, down to the next one that the caller computes, which is returned; -1: done. */
NN_PRIVATE int network_forward_from(workspace* ws, int i, const real* w, real* state);
/* Sum of the activity penalties of the pass. */
NN_PRIVATE double network_activity(const workspace* ws);
/* Before network_backward: where a gradient by node i's output is to be written, and that it
 * was written there. A node may be seeded more than once, the gradients add up.
 * network_unseed forgets all of the last batch. */
NN_PRIVATE void network_unseed(workspace* ws);
NN_PRIVATE real* network_seed(const workspace* ws, int i);
NN_PRIVATE void network_seeded(workspace* ws, int i, const real* written);
/* Seeds the gradients of the activity penalties. */
NN_PRIVATE void network_seed_activity(workspace* ws);
/* Zeros, but for what network_backward sets. */
NN_PRIVATE void network_clear(const network* net, real* g);
/* From the seeded gradients to g, which is added to where network_clear has put zeros, and to
 * ws->dx. */
NN_PRIVATE void network_backward(workspace* ws, const real* w, real* state, real* g);
/* The same from node i, the last one at first, to the next that the caller computes. */
NN_PRIVATE int network_backward_from(workspace* ws, int i, const real* w, real* state, real* g);
/* Where the caller is to write what he has computed for node i, its output (k < 0) or the gradient
 * by its input k (NULL: nobody asks), and that he has. */
NN_PRIVATE real* network_target(const workspace* ws, int i, int k);
NN_PRIVATE void network_written(workspace* ws, int i, int k, const real* to);
/* ydot of every node from the inputs' tangents; arrays as in ws->y. */
NN_PRIVATE void network_jvp(workspace* ws, const real* w, real* state, real* const* xdot,
                            const real* wdot, real* const* ydot);
/* After network_backward: the part of sample j in the gradients of trainable layers. */
NN_PRIVATE void network_backward_sample(const workspace* ws, int j, const real* w, real* state,
                                        real* g);
/* Whether all that is trained are dense layers with weights of their own and a column a sample: */
NN_PRIVATE bool network_is_plain(const network* net);
/* then, of all samples at once, in column c of `to` the gradients by trainable parameter c: that
 * of sample j in row `step` j of `rows`. */
NN_PRIVATE void network_backward_columns(const workspace* ws, size_t rows, size_t step, real* to);
/* Whether the outputs of a sample depend on the others in its batch. */
NN_PRIVATE bool network_couples(const workspace* ws);
/* Seeds the tangents of the activity penalties' gradients. */
NN_PRIVATE void network_seed_activity_jvp(const workspace* ws, workspace* tangents);
/* The tangent of network_backward: after forward, backward and jvp, from the tangents of what
 * was seeded, in tangents->dy, to gdot, which is added to. */
NN_PRIVATE void network_backward_jvp(const workspace* ws, workspace* tangents, const real* w,
                                     real* state, const real* wdot, real* gdot);

#endif
