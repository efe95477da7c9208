#include "network.h"

#include "vector.h"

/* Building: names become records, shapes are inferred node by node, every owner gets its
 * stretch of the parameters. Parameters of all layers are one block, running statistics
 * follow them, so that an optimizer's loop knows no layer. */

static size_t round_up(size_t bytes) { return (bytes + 63) / 64 * 64; }

/* All arrays have their final size before any shape is known. */
NN_PRIVATE size_t network_bytes(const nn_network_spec* spec) {
  size_t links = 0;
  for (int i = 0; i < spec->n_nodes; ++i) links += (size_t) spec->nodes[i].n_inputs;
  size_t ints = round_up(sizeof(int)) * ((size_t) spec->n_nodes + 1) + links * sizeof(int);
  size_t shapes = (links + (size_t) spec->n_inputs) * sizeof(shape);
  size_t slack = 64 * (2 * (size_t) spec->n_nodes + 4);
  return sizeof(network) + (size_t) spec->n_nodes * sizeof(node) + ints + shapes + slack +
         (size_t) spec->n_outputs * sizeof(int);
}

NN_PRIVATE nn_code hparams_copy(nn_choice from, const nn_hparam* known, double* to) {
  int n = 0;
  while (known[n].name) ++n;
  if (from.n_h != n || n > NN_MAX_HPARAMS) return NN_BAD_SPEC;
  for (int i = 0; i < n; ++i) to[i] = from.h[i];
  return NN_OK;
}

static nn_code penalty_resolve(nn_choice from, const penalty** to, double* h) {
  *to = from.name ? penalty_find(from.name) : NULL;
  if (!from.name) return NN_OK;
  return *to ? hparams_copy(from, (*to)->hparams, h) : NN_UNKNOWN_NAME;
}

static nn_code constraint_resolve(nn_choice from, const constraint** to, double* h) {
  *to = from.name ? constraint_find(from.name) : NULL;
  if (!from.name) return NN_OK;
  return *to ? hparams_copy(from, (*to)->hparams, h) : NN_UNKNOWN_NAME;
}

static nn_code rules_resolve(const nn_node_spec* spec, network* net, node* to) {
  nn_code code = penalty_resolve(spec->activity, &to->activity, to->activity_h);
  for (int k = 0; k < spec->n_rules && k < NN_MAX_SLOTS && code == NN_OK; ++k) {
    const nn_slot_rule* from = spec->rules + k;
    slot_rule* rule = to->rules + k;
    code = penalty_resolve(from->penalty, &rule->penalty, rule->penalty_h);
    if (code != NN_OK) break;
    code = constraint_resolve(from->constraint, &rule->constraint, rule->constraint_h);
    rule->constraint_axes = from->constraint_axes;
    net->ruled |= rule->penalty || rule->constraint;
  }
  return code;
}

static nn_code layer_resolve(const nn_node_spec* spec, layer* to) {
  to->type = layer_find(spec->layer.name);
  if (!to->type) return NN_UNKNOWN_NAME;
  to->trainable = spec->trainable;
  if (!spec->activation) return hparams_copy(spec->layer, to->type->hparams, to->hparams);
  to->activation = activation_find(spec->activation);
  if (!to->activation) return NN_UNKNOWN_NAME;
  return hparams_copy(spec->layer, to->activation->hparams, to->hparams);
}

NN_PRIVATE const shape* network_shape(const network* net, int from) {
  return from < 0 ? &net->inputs[-1 - from] : &net->nodes[from].layer.output;
}

/* Inputs must stand before the node; their shapes are copied beside each other. */
static nn_code links_resolve(arena* a, const nn_node_spec* spec, network* net, int i) {
  node* to = net->nodes + i;
  if (spec->n_inputs < 1 || spec->n_inputs > NN_MAX_INPUTS) return NN_BAD_SPEC;
  int* inputs = ARENA_TAKE(a, (size_t) spec->n_inputs, int);
  shape* shapes = ARENA_TAKE(a, (size_t) spec->n_inputs, shape);
  for (int k = 0; k < spec->n_inputs; ++k) {
    int from = spec->inputs[k];
    if (from >= i || -1 - from >= net->n_inputs) return NN_BAD_SPEC;
    inputs[k] = from;
    shapes[k] = *network_shape(net, from);
  }
  to->inputs = inputs;
  to->layer.n_inputs = spec->n_inputs;
  to->layer.inputs = shapes;
  return NN_OK;
}

/* A sample must be addressable by an int, a tensor of parameters by an R vector. */
static nn_code sizes_check(const layer* l) {
  double size = 1;
  for (int a = 0; a < l->output.rank; ++a) size *= l->output.dims[a];
  if (size < 1) return NN_BAD_SHAPE;
  if (size > 2147483647.0) return NN_TOO_LARGE;
  return l->n_w > ((size_t) 1 << 52) ? NN_TOO_LARGE : NN_OK;
}

static bool slots_agree(const layer* a, const layer* b) {
  bool same = a->type == b->type && a->n_slots == b->n_slots;
  for (int k = 0; same && k < a->n_slots; ++k) {
    same = a->slots[k].rank == b->slots[k].rank && a->slots[k].at == b->slots[k].at &&
           memcmp(a->slots[k].dims, b->slots[k].dims, sizeof(a->slots[k].dims)) == 0;
  }
  return same;
}

static nn_code parameters_place(const nn_node_spec* spec, network* net, int i) {
  node* to = net->nodes + i;
  to->owner = spec->weights_from == i;
  if (!to->owner) {
    const node* from = net->nodes + spec->weights_from;
    to->at_w = from->at_w;
    to->at_state = from->at_state;
    net->nodes[spec->weights_from].fresh = false;
    return slots_agree(&from->layer, &to->layer) ? NN_OK : NN_BAD_SHAPE;
  }
  to->fresh = to->layer.sets && !to->rules[0].penalty;
  to->at_w = net->n_w;
  to->at_state = net->n_state;
  net->n_w += to->layer.n_w;
  net->n_state += to->layer.n_state;
  return NN_OK;
}

static nn_code node_new(arena* a, const nn_node_spec* spec, network* net, int i) {
  node* to = net->nodes + i;
  if (spec->weights_from < 0 || spec->weights_from > i) return NN_BAD_SPEC;
  to->stream = (uint32_t) spec->stream;
  to->phase = spec->phase;
  nn_code code = links_resolve(a, spec, net, i);
  if (code == NN_OK) code = layer_resolve(spec, &to->layer);
  if (code == NN_OK) code = to->layer.type->shape(&to->layer);
  if (code == NN_OK) code = sizes_check(&to->layer);
  if (code == NN_OK) code = rules_resolve(spec, net, to);
  return code == NN_OK ? parameters_place(spec, net, i) : code;
}

NN_PRIVATE nn_status network_new(void* block, const nn_network_spec* spec, network** result) {
  arena a = {.base = block};
  network* net = ARENA_TAKE(&a, 1, network);
  memset(net, 0, sizeof(network));
  net->n_inputs = spec->n_inputs;
  net->n_nodes = spec->n_nodes;
  net->n_outputs = spec->n_outputs;
  net->inputs = ARENA_TAKE(&a, (size_t) spec->n_inputs, shape);
  net->outputs = ARENA_TAKE(&a, (size_t) spec->n_outputs, int);
  net->nodes = ARENA_TAKE(&a, (size_t) spec->n_nodes, node);
  memset(net->nodes, 0, (size_t) spec->n_nodes * sizeof(node));
  memcpy(net->inputs, spec->inputs, (size_t) spec->n_inputs * sizeof(shape));
  nn_status status = {NN_OK, 0};
  for (; status.node < spec->n_nodes; ++status.node) {
    status.code = node_new(&a, spec->nodes + status.node, net, status.node);
    if (status.code != NN_OK) return status;
  }
  for (int k = 0; k < spec->n_outputs; ++k) {
    if (spec->outputs[k] < 0 || spec->outputs[k] >= spec->n_nodes) status.code = NN_BAD_SPEC;
    net->outputs[k] = spec->outputs[k];
  }
  *result = net;
  return status;
}
