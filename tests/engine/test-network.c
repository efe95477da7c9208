#include "graph.h"

/* Derivatives of a network by its parameters and inputs, against differences: a graph with
 * two inputs, three outputs (one of them also inside), fan-out, shared parameters, and
 * nodes of two inputs, which may be the same. Memory measured is memory used. */

enum { BATCH = 3, SIZE_A = 3, SIZE_B = 2, WIDTH = 4 };

static const double four[] = {WIDTH, 1}, norm[] = {-1, -1, 1e-2, 1, 1};

static network* tangled(graph* g) {
  graph_begin(g);
  graph_input(g, SIZE_A);
  graph_input(g, SIZE_B);
  int a = graph_dense(g, four, -1), bent = graph_activation(g, "tanh", a);
  int b = graph_dense(g, four, -2), both = graph_node(g, "flatten", NULL, 0, b);
  int square = graph_node(g, "flatten", NULL, 0, both);
  int owner = graph_dense(g, four, bent), again = graph_dense(g, four, square);
  g->nodes[again].weights_from = owner;
  int last = graph_node(g, "flatten", NULL, 0, again);
  graph_output(g, graph_activation(g, "softmax", last));
  graph_output(g, graph_node(g, "layer_normalization", norm, 5, owner));
  graph_output(g, bent);
  network* net = graph_build(g);
  make_product(net, both, bent, b);
  make_product(net, square, both, both);
  make_product(net, last, again, a);
  return net;
}

/* A point of a network, and the blocks to compute with. */
typedef struct {
  const network* net;
  double *w, *x[MAX_ENDS], *v[MAX_ENDS];
  nn_array inputs[MAX_ENDS], seeds[MAX_ENDS];
  double* y[MAX_ENDS];
  size_t n_x[MAX_ENDS], n_y[MAX_ENDS];
} point;

static void point_new(const network* net, point* p) {
  p->net = net;
  p->w = drawn(net->n_w + net->n_state, -1, 1);
  for (int k = 0; k < net->n_inputs; ++k) {
    int size = (int) shape_size(net->inputs + k);
    p->n_x[k] = (size_t) size * BATCH;
    p->x[k] = drawn(p->n_x[k], -1, 1);
    p->inputs[k] = samples_of(p->x[k], BATCH, size);
  }
  for (int o = 0; o < net->n_outputs; ++o) {
    int size = (int) shape_size(network_shape(net, net->outputs[o]));
    p->n_y[o] = (size_t) size * BATCH;
    p->v[o] = drawn(p->n_y[o], -1, 1);
    p->y[o] = keep_doubles(p->n_y[o]);
    p->seeds[o] = samples_of(p->v[o], BATCH, size);
  }
}

/* sum over outputs of <y, v> */
static double value_at(point* p) {
  double sum = 0;
  predict_all(p->net, BATCH, p->w, BATCH, p->inputs, p->y);
  for (int o = 0; o < p->net->n_outputs; ++o) {
    for (size_t i = 0; i < p->n_y[o]; ++i) sum += p->y[o][i] * p->v[o][i];
  }
  return sum;
}

static double difference(point* p, double* number) {
  double h = TOLERANCE(1e-6, 4e-3), at = *number;
  *number = at + h;
  double above = value_at(p);
  *number = at - h;
  double below = value_at(p);
  *number = at;
  return (above - below) / (2 * h);
}

/* In a block full of NaN, which any number that is not written would leave. */
static void gradient_at(point* p, double** dx, double* dw) {
  size_t bytes = derivatives_bytes(p->net, BATCH);
  void* block = keep(bytes);
  memset(block, 0xff, bytes);
  gradient(block, p->net, false, 1, p->w, BATCH, p->inputs, p->seeds, p->y, dx, dw);
}

static void check_gradient(point* p, const char* what) {
  double *dx[MAX_ENDS] = {NULL}, *dw = keep_doubles(p->net->n_w);
  double tolerance = TOLERANCE(2e-8, 2e-3);
  for (int k = 0; k < p->net->n_inputs; ++k) dx[k] = keep_doubles(p->n_x[k]);
  gradient_at(p, dx, dw);
  for (size_t i = 0; i < p->net->n_w; ++i) {
    check_near(dw[i], difference(p, p->w + i), tolerance, what);
  }
  for (int k = 0; k < p->net->n_inputs; ++k) {
    for (size_t i = 0; i < p->n_x[k]; ++i) {
      check_near(dx[k][i], difference(p, p->x[k] + i), tolerance, what);
    }
  }
}

/* <ydot, v> = <xdot, dx> + <wdot, dw> */
static void check_tangent(point* p) {
  double *dx[MAX_ENDS] = {NULL}, *dw = keep_doubles(p->net->n_w), *ydot[MAX_ENDS];
  double *wdot = drawn(p->net->n_w, -1, 1), left = 0, right = 0;
  nn_array xdot[MAX_ENDS];
  for (int k = 0; k < p->net->n_inputs; ++k) {
    dx[k] = keep_doubles(p->n_x[k]);
    xdot[k] = samples_of(drawn(p->n_x[k], -1, 1), BATCH, (int) p->n_x[k] / BATCH);
  }
  for (int o = 0; o < p->net->n_outputs; ++o) ydot[o] = keep_doubles(p->n_y[o]);
  gradient_at(p, dx, dw);
  void* block = keep(derivatives_bytes(p->net, BATCH));
  jvp(block, p->net, false, 1, p->w, BATCH, p->inputs, xdot, wdot, ydot);
  for (int o = 0; o < p->net->n_outputs; ++o) {
    for (size_t i = 0; i < p->n_y[o]; ++i) left += ydot[o][i] * p->v[o][i];
  }
  for (size_t i = 0; i < p->net->n_w; ++i) right += wdot[i] * dw[i];
  for (int k = 0; k < p->net->n_inputs; ++k) {
    const double* dot = xdot[k].values;
    for (size_t i = 0; i < p->n_x[k]; ++i) right += dot[i] * dx[k][i];
  }
  check_near(left, right, TOLERANCE(1e-13, 1e-5), "the tangent is the transpose of the gradient");
}

static void test_tangled(void) {
  graph g;
  point p;
  point_new(tangled(&g), &p);
  check(p.net->n_w == 16 + 12 + 20 + 8, "shared parameters count once");
  check_gradient(&p, "the gradient of a tangled graph");
  check_tangent(&p);
}

/* Nobody's output depends on the second input, and one output is asked for twice. */
static void test_ends(void) {
  graph g;
  point p;
  graph_begin(&g);
  graph_input(&g, SIZE_A);
  graph_input(&g, SIZE_B);
  int a = graph_dense(&g, four, -1);
  graph_dense(&g, four, -2);
  graph_output(&g, a);
  graph_output(&g, a);
  point_new(graph_build(&g), &p);
  check_gradient(&p, "an input that no output depends on, a node that is two outputs");
  double *dx[] = {NULL, NULL}, *dw = keep_doubles(p.net->n_w), *alone = keep_doubles(p.net->n_w);
  gradient_at(&p, dx, dw);
  double* some[] = {keep_doubles(p.n_x[0]), NULL};
  gradient_at(&p, some, alone);
  check(same_bytes(dw, alone, p.net->n_w * sizeof(double)), "gradients nobody asks for");
}

/* The gradient is that of sum(y v), not of a penalty that training adds. */
static void test_activity(void) {
  const double l1_l2[] = {0.3, 0.2};
  graph g;
  point p;
  graph_begin(&g);
  graph_input(&g, SIZE_A);
  int hidden = graph_activation(&g, "tanh", graph_dense(&g, four, -1));
  g.nodes[hidden].activity = (nn_choice){"l1_l2", l1_l2, 2};
  graph_output(&g, graph_dense(&g, four, hidden));
  point_new(graph_build(&g), &p);
  check_gradient(&p, "the gradient leaves activity penalties out");
}

/* Prediction does not depend on the batches, and its block is measured by them. */
static void test_batches(void) {
  enum { N = 11 };
  graph g;
  const network* net = tangled(&g);
  double *w = drawn(net->n_w, -1, 1), *whole[3], *parts[3];
  nn_array x[] = {samples_of(drawn(N * SIZE_A, -1, 1), N, SIZE_A),
                  samples_of(drawn(N * SIZE_B, -1, 1), N, SIZE_B)};
  for (int o = 0; o < 3; ++o) {
    whole[o] = keep_doubles(N * WIDTH);
    parts[o] = keep_doubles(N * WIDTH);
  }
  predict_all(net, N, w, N, x, whole);
  for (int batch = 1; batch <= N + 2; ++batch) {
    predict_all(net, batch, w, N, x, parts);
    bool same = true;
    for (int o = 0; o < 3; ++o) same = same && same_bytes(whole[o], parts[o], N * WIDTH * 8);
    check(same, "prediction is the same to the bit, whatever the batch size");
  }
  check(guards_hold(), "prediction keeps to the block that was measured");
}

static nn_code built(const graph* g, int* node) {
  network* net;
  nn_status status = network_new(keep(network_bytes(&g->spec)), &g->spec, &net);
  *node = status.node;
  return status.code;
}

static void chain(graph* g) {
  graph_begin(g);
  graph_input(g, SIZE_A);
  graph_output(g, graph_activation(g, "tanh", graph_dense(g, four, graph_dense(g, four, -1))));
}

#define REFUSED(change, code, at, what)                                                            \
  do {                                                                                             \
    graph g;                                                                                       \
    int node;                                                                                      \
    chain(&g);                                                                                     \
    change;                                                                                        \
    check(built(&g, &node) == code && node == at, what);                                           \
  } while (0)

static void test_refusals(void) {
  const double none[] = {0, 1}, wide[] = {2147483647, 1};
  REFUSED(g.nodes[1].layer.name = "densest", NN_UNKNOWN_NAME, 1, "an unknown layer");
  REFUSED(g.nodes[2].activation = "tahn", NN_UNKNOWN_NAME, 2, "an unknown activation");
  REFUSED(g.nodes[0].layer.n_h = 1, NN_BAD_SPEC, 0, "too few hyperparameters");
  REFUSED(g.nodes[0].layer.h = none, NN_BAD_SHAPE, 0, "no units");
  REFUSED(g.nodes[0].layer.h = wide, NN_OK, 3, "units up to the largest int");
  REFUSED(g.from[1] = 1, NN_BAD_SPEC, 1, "a node that reads itself");
  REFUSED(g.from[0] = -2, NN_BAD_SPEC, 0, "an input that is not there");
  REFUSED(g.nodes[1].n_inputs = 0, NN_BAD_SPEC, 1, "a node without input");
  REFUSED(g.nodes[1].weights_from = 2, NN_BAD_SPEC, 1, "parameters of a later node");
  REFUSED(g.nodes[1].weights_from = 0, NN_BAD_SHAPE, 1, "parameters of another shape");
  REFUSED(g.outputs[0] = 3, NN_BAD_SPEC, 3, "an output that is not there");
  REFUSED(g.nodes[0].activity.name = "l3", NN_UNKNOWN_NAME, 0, "an unknown penalty");
}

/* What R's arrays look like: the sample fastest, then the first dimension of a sample. */
static void test_order(void) {
  const shape s = {3, {2, 3, 4}};
  enum { N = 37, SIZE = 24 };
  double *values = drawn(N * SIZE, -1, 1), *back = keep_doubles(N * SIZE);
  real* columns = keep_reals(20 * SIZE);
  nn_array from = {.values = values, .n_total = N, .from = 9, .n = 20, .shape = s};
  array_import(&from, 1, columns);
  bool right = true;
  for (int i = 0; i < 20 * SIZE; ++i) {
    int j = i / SIZE, a = i % SIZE / 12, b = i % 12 / 4, c = i % 4;
    right = right && columns[i] == (real) values[9 + j + N * (a + 2 * (b + 3 * c))];
  }
  check(right, "a sample of rank 3 becomes a row-major column");
  memcpy(back, values, N * SIZE * sizeof(double));
  array_export(&s, columns, N, 9, 20, back);
  for (int i = 0; i < N * SIZE; ++i) right = right && (real) back[i] == (real) values[i];
  check(right, "and goes back to where it was");
}

/* Doubles and ints, sizes around those of blocks and strips, in R's order and in any. */
static void test_import(int rows, int size, nn_type type) {
  int total = rows + 5;
  double* doubles = drawn(total * size, -1e6, 1e6);
  int* ints = keep((size_t) (total * size) * sizeof(int));
  for (int i = 0; i < total * size; ++i) ints[i] = (int) doubles[i];
  nn_array from = {.values = doubles, .n_total = total, .from = 3, .n = rows, .type = type};
  from.shape = (shape){1, {size}};
  if (type == NN_INT) from.values = ints;
  real *whole = keep_reals((size_t) (rows * size)), *some = keep_reals((size_t) (rows * size));
  int* order = keep((size_t) rows * sizeof(int));
  for (int j = 0; j < rows; ++j) order[j] = draw_int(rows);
  array_import(&from, 2, whole);
  array_gather(&from, 2, order, rows, some);
  bool imported = true, gathered = true;
  for (int j = 0; j < rows; ++j) {
    for (int f = 0; f < size; ++f) {
      int at = f * total + 3 + j, to = f * total + 3 + order[j];
      real value = type == NN_INT ? (real) ints[at] : (real) doubles[at];
      real other = type == NN_INT ? (real) ints[to] : (real) doubles[to];
      imported = imported && whole[j * size + f] == value;
      gathered = gathered && some[j * size + f] == other;
    }
  }
  check(imported, "samples are imported in their order");
  check(gathered, "samples are gathered in any order");
  check(guards_hold(), "within their columns");
  release_all();
}

static void test_imports(void) {
  const int rows[] = {1, 3, 4, 127, 128, 259}, sizes[] = {1, 3, 4, 15, 16, 17, 50};
  for (int r = 0; r < COUNT(rows); ++r) {
    for (int s = 0; s < COUNT(sizes); ++s) {
      test_import(rows[r], sizes[s], NN_DOUBLE);
      test_import(rows[r], sizes[s], NN_INT);
    }
  }
  test_import(4099, 301, NN_DOUBLE);
  test_import(4099, 301, NN_INT);
}

int main(void) {
  test_imports();
  test_tangled();
  test_ends();
  test_activity();
  test_batches();
  test_refusals();
  test_order();
  return report();
}
