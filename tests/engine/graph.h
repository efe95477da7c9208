/* Networks for tests: specs written in one line a node, arrays in R's order. */
#ifndef GRAPH_H
#define GRAPH_H

#include "harness.h"

enum { MAX_NODES = 16, MAX_ENDS = 4 };

/* A spec and what it points to. */
typedef struct {
  nn_network_spec spec;
  nn_shape inputs[MAX_ENDS];
  nn_node_spec nodes[MAX_NODES];
  int from[MAX_NODES], outputs[MAX_ENDS];
} graph;

/* The specs point into the graph, so it must not be copied. */
static void graph_begin(graph* g) {
  memset(g, 0, sizeof(*g));
  g->spec.inputs = g->inputs;
  g->spec.nodes = g->nodes;
  g->spec.outputs = g->outputs;
}

static void graph_input(graph* g, int size) {
  g->inputs[g->spec.n_inputs++] = (nn_shape){.rank = 1, .dims = {size}};
}

/* A node on an earlier one, or on input k as -1 - k; returns its number. */
static int graph_node(graph* g, const char* layer, const double* h, int n_h, int from) {
  int i = g->spec.n_nodes++;
  g->from[i] = from;
  g->nodes[i] = (nn_node_spec){.layer = {layer, h, n_h},
                               .n_inputs = 1,
                               .inputs = g->from + i,
                               .weights_from = i,
                               .trainable = true,
                               .stream = i};
  return i;
}

static int graph_dense(graph* g, const double* units_and_bias, int from) {
  return graph_node(g, "dense", units_and_bias, 2, from);
}

/* An activation without hyperparameters, or with softmax's only one. */
static int graph_activation(graph* g, const char* name, int from) {
  static const double last_axis = -1;
  int i = graph_node(g, "activation", &last_axis, strcmp(name, "softmax") == 0, from);
  g->nodes[i].activation = name;
  return i;
}

static void graph_output(graph* g, int node) { g->outputs[g->spec.n_outputs++] = node; }

static network* graph_build(const graph* g) {
  network* net = NULL;
  nn_status status = network_new(keep(network_bytes(&g->spec)), &g->spec, &net);
  check(status.code == NN_OK, "the network can be built");
  return net;
}

/* The product of two inputs. The tables have no layer of two inputs; this one is put into a
 * finished network by hand. */
static void product_forward(const layer* self, const frame* f) {
  size_t n = shape_size(&self->output) * (size_t) f->batch;
  for (size_t i = 0; i < n; ++i) f->y[i] = f->x[0][i] * f->x[1][i];
}

static void product_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                             real* dw) {
  (void) dw;
  size_t n = shape_size(&self->output) * (size_t) f->batch;
  for (size_t i = 0; dx[0] && i < n; ++i) dx[0][i] = dy[i] * f->x[1][i];
  for (size_t i = 0; dx[1] && i < n; ++i) dx[1][i] = dy[i] * f->x[0][i];
}

static void product_jvp(const layer* self, const frame* f, const real* const* xdot,
                        const real* wdot, real* ydot) {
  (void) wdot;
  size_t n = shape_size(&self->output) * (size_t) f->batch;
  for (size_t i = 0; i < n; ++i) ydot[i] = xdot[0][i] * f->x[1][i] + f->x[0][i] * xdot[1][i];
}

static void product_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                 real* const* dxdot, real* dwdot) {
  size_t n = shape_size(&self->output) * (size_t) f->batch;
  product_backward(self, f, t->dydot, dxdot, dwdot);
  for (size_t i = 0; dxdot[0] && i < n; ++i) dxdot[0][i] += t->dy[i] * t->xdot[1][i];
  for (size_t i = 0; dxdot[1] && i < n; ++i) dxdot[1][i] += t->dy[i] * t->xdot[0][i];
}

static const layer_type product_layer = {
    "product",       {{NULL, 0}}, NULL, product_forward, product_backward, product_jvp,
    product_backward_jvp,
};

/* Turns node i, of one input and the same shape, into the product of two earlier nodes. */
static void make_product(network* net, int i, int first, int second) {
  int* inputs = keep(2 * sizeof(int));
  shape* shapes = keep(2 * sizeof(shape));
  inputs[0] = first;
  inputs[1] = second;
  shapes[0] = shapes[1] = net->nodes[i].layer.output;
  net->nodes[i].inputs = inputs;
  net->nodes[i].layer.inputs = shapes;
  net->nodes[i].layer.n_inputs = 2;
  net->nodes[i].layer.type = &product_layer;
}

/* n samples of `size` numbers: number f of sample j stands at f n + j. */
static nn_array samples_of(const double* values, int n, int size) {
  return (nn_array){.values = values,
                    .type = NN_DOUBLE,
                    .n_total = n,
                    .n = n,
                    .shape = {.rank = 1, .dims = {size}}};
}

static double* drawn(size_t n, double low, double high) {
  double* x = keep_doubles(n);
  draw_doubles(n, low, high, x);
  return x;
}

/* Predictions by batches, in a block of just the size asked for. */
static void predict_all(const network* net, int batch, const double* w, int n, const nn_array* x,
                        double* const* y) {
  nn_predict_spec spec = {.batch_size = batch, .seed = 1, .threads = 1};
  predict(keep(predict_bytes(net, &spec)), net, &spec, w, n, x, y);
}

#endif
