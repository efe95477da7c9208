#include "harness.h"

/* What layers compute, against their definitions written out number by number, and the
 * inputs that they refuse. */

enum { BATCH = 4 };

typedef struct {
  layer l;
  shape input;
  real *x, *y, *w, *state;
  size_t n_x, n_y;
} run;

static nn_code run_shape(run* r, const char* name, const double* h, int n_h, shape input) {
  memset(r, 0, sizeof(*r));
  r->input = input;
  r->l = (layer){.type = layer_find(name), .n_inputs = 1, .trainable = true};
  r->l.inputs = &r->input;
  for (int i = 0; i < n_h; ++i) r->l.hparams[i] = h[i];
  return r->l.type->shape(&r->l);
}

static void run_forward(run* r, bool training) {
  const real* inputs[] = {r->x};
  frame f = {.batch = BATCH,
             .training = training,
             .random = rng_new(1, 2, 3),
             .w = r->w,
             .state = r->state,
             .x = inputs,
             .y = r->y,
             .cache = keep_reals(r->l.cache_batch + r->l.cache_sample * BATCH)};
  r->l.type->forward(&r->l, &f);
}

static void run_layer(run* r, const char* name, const double* h, int n_h, shape input) {
  check(run_shape(r, name, h, n_h, input) == NN_OK, name);
  r->n_x = shape_size(&input) * BATCH;
  r->n_y = shape_size(&r->l.output) * BATCH;
  r->x = keep_reals(r->n_x);
  r->y = keep_reals(r->n_y);
  r->w = keep_reals(r->l.n_w);
  r->state = keep_reals(r->l.n_state);
  draw_reals(r->n_x, -2, 2, r->x);
  draw_reals(r->l.n_w, -1, 1, r->w);
  draw_reals(r->l.n_state, 0.5, 1.5, r->state);
}

/* y_u = sum_p W_pu x_p + b_u at every position of every sample; W is column-major. */
static void test_dense(void) {
  const double h[] = {3, 1};
  run r;
  run_layer(&r, "dense", h, 2, (shape){2, {2, 5}});
  run_forward(&r, false);
  check(r.l.output.rank == 2 && r.l.output.dims[0] == 2 && r.l.output.dims[1] == 3,
        "dense contracts the last axis");
  double* expected = keep_doubles(r.n_y);
  for (int c = 0; c < 2 * BATCH; ++c) {
    for (int u = 0; u < 3; ++u) {
      double sum = (double) r.w[15 + u];
      for (int p = 0; p < 5; ++p) sum += (double) r.w[u * 5 + p] * (double) r.x[c * 5 + p];
      expected[c * 3 + u] = sum;
    }
  }
  check_all_near(r.n_y, r.y, expected, TOLERANCE(1e-15, 1e-6), "dense");
}

/* Channels of the last axis of a sample of dims 3 x 2: number i belongs to channel i % 2. */
static void test_batch_normalization(bool training) {
  const double h[] = {-1, 0.9, 1e-3, 1, 1};
  run r;
  run_layer(&r, "batch_normalization", h, 5, (shape){2, {3, 2}});
  double *expected = keep_doubles(r.n_y), *state = keep_doubles(4);
  for (int c = 0; c < 2; ++c) {
    double n = (double) r.n_x / 2, mean = 0, var = 0;
    for (size_t i = (size_t) c; i < r.n_x; i += 2) mean += (double) r.x[i] / n;
    for (size_t i = (size_t) c; i < r.n_x; i += 2) {
      var += ((double) r.x[i] - mean) * ((double) r.x[i] - mean) / n;
    }
    double old_mean = (double) r.state[c], old_var = (double) r.state[2 + c];
    state[c] = training ? 0.9 * old_mean + 0.1 * mean : old_mean;
    state[2 + c] = training ? 0.9 * old_var + 0.1 * var : old_var;
    if (!training) mean = old_mean, var = old_var;
    for (size_t i = (size_t) c; i < r.n_x; i += 2) {
      double x = ((double) r.x[i] - mean) / sqrt(var + 1e-3);
      expected[i] = (double) r.w[c] * x + (double) r.w[2 + c];
    }
  }
  run_forward(&r, training);
  check_all_near(r.n_y, r.y, expected, TOLERANCE(1e-14, 5e-6), "batch normalization");
  check_all_near(4, r.state, state, TOLERANCE(1e-14, 5e-6), "its moving statistics");
}

/* Both axes of a sample of dims 2 x 3; gamma and beta are column-major over these dims. */
static void test_layer_normalization(void) {
  const double h[] = {0, 1, 1e-3, 1, 1};
  run r;
  run_layer(&r, "layer_normalization", h, 5, (shape){2, {2, 3}});
  double* expected = keep_doubles(r.n_y);
  for (int j = 0; j < BATCH; ++j) {
    const real* x = r.x + j * 6;
    double mean = 0, var = 0;
    for (int i = 0; i < 6; ++i) mean += (double) x[i] / 6;
    for (int i = 0; i < 6; ++i) var += ((double) x[i] - mean) * ((double) x[i] - mean) / 6;
    for (int i = 0; i < 6; ++i) {
      int place = i / 3 + 2 * (i % 3);
      double z = ((double) x[i] - mean) / sqrt(var + 1e-3);
      expected[j * 6 + i] = (double) r.w[place] * z + (double) r.w[6 + place];
    }
  }
  run_forward(&r, true);
  check_all_near(r.n_y, r.y, expected, TOLERANCE(1e-14, 5e-6), "layer normalization");
}

/* Kept numbers are scaled by 1 / (1 - rate), about that share of them is kept, and a mask
 * shared along the first axis of a sample is the same for all its rows. */
static void test_dropout(void) {
  const double h[] = {0.3, 0, NAN}, shared[] = {0.3, 2, NAN};
  run r;
  run_layer(&r, "dropout", h, 3, (shape){1, {5000}});
  run_forward(&r, true);
  double kept = 0, n = (double) r.n_y;
  bool right = true;
  for (size_t i = 0; i < r.n_y; ++i) {
    double scaled = (double) r.x[i] / 0.7;
    kept += r.y[i] != 0;
    right = right && (r.y[i] == 0 || fabs((double) r.y[i] - scaled) <= 1e-6 * fabs(scaled));
  }
  check(right, "dropout: 0, or x / (1 - rate)");
  check(fabs(kept / n - 0.7) <= 5 * sqrt(0.21 / n), "dropout keeps a share of 1 - rate");
  run_forward(&r, false);
  check(same_bytes(r.x, r.y, r.n_x * sizeof(real)), "dropout does nothing outside of training");
  run_layer(&r, "dropout", shared, 3, (shape){2, {6, 8}});
  run_forward(&r, true);
  bool same = true;
  int dropped = 0;
  for (int i = 0; i < 48 * BATCH; ++i) {
    same = same && (r.y[i] == 0) == (r.y[i / 48 * 48 + i % 8] == 0);
    dropped += r.y[i] == 0;
  }
  check(same && dropped > 0, "dropout: a shared mask is shared");
}

static void test_gaussian_noise(void) {
  const double h[] = {0.5, NAN};
  run r;
  run_layer(&r, "gaussian_noise", h, 2, (shape){1, {5000}});
  run_forward(&r, true);
  double sum = 0, squares = 0, n = (double) r.n_x;
  for (size_t i = 0; i < r.n_x; ++i) {
    double noise = (double) r.y[i] - (double) r.x[i];
    sum += noise;
    squares += noise * noise;
  }
  check(fabs(sum / n) <= 5 * 0.5 / sqrt(n), "noise has mean 0");
  check(fabs(squares / n - 0.25) <= 5 * 0.25 * sqrt(2 / n), "noise has the deviation asked for");
  run_forward(&r, false);
  check(same_bytes(r.x, r.y, r.n_x * sizeof(real)), "no noise outside of training");
}

static void test_shapes(void) {
  const double dims[] = {3, 2, 1, 6, 1};
  run r;
  run_layer(&r, "flatten", NULL, 0, (shape){3, {2, 3, 2}});
  run_forward(&r, false);
  check(r.l.output.rank == 1 && r.l.output.dims[0] == 12, "flatten makes one axis");
  check(same_bytes(r.x, r.y, r.n_x * sizeof(real)), "flatten keeps the row-major order");
  run_layer(&r, "reshape", dims, 5, (shape){1, {12}});
  run_forward(&r, false);
  check(r.l.output.rank == 3 && r.l.output.dims[2] == 6, "reshape has the dims asked for");
  check(same_bytes(r.x, r.y, r.n_x * sizeof(real)), "reshape keeps the row-major order");
}

static void test_refusals(void) {
  const double units[] = {0, 1}, axis[] = {3, 0.9, 1e-3, 1, 1}, five[] = {1, 5, 1, 1, 1};
  const double large[] = {4, 65536, 65536, 65536, 65536}, negative[] = {2, -3, -4, 1, 1};
  const double behind[] = {1, 0, 1e-3, 1, 1};
  const shape twelve = {1, {12}}, matrix = {2, {3, 4}}, scalar = {0, {0}};
  run r;
  check(run_shape(&r, "dense", units, 2, twelve) == NN_BAD_SHAPE, "dense without units");
  check(run_shape(&r, "dense", five, 2, scalar) == NN_BAD_SHAPE, "dense without an axis");
  check(run_shape(&r, "batch_normalization", axis, 5, matrix) == NN_BAD_SHAPE, "no such axis");
  check(run_shape(&r, "layer_normalization", axis, 5, matrix) == NN_BAD_SHAPE, "no such axes");
  check(run_shape(&r, "layer_normalization", behind, 5, matrix) == NN_BAD_SHAPE, "axes backwards");
  check(run_shape(&r, "reshape", five, 5, twelve) == NN_BAD_SHAPE, "reshape of another size");
  check(run_shape(&r, "reshape", large, 5, twelve) != NN_OK, "reshape to a size that wraps");
  check(run_shape(&r, "reshape", negative, 5, twelve) != NN_OK, "reshape to negative dims");
  check(run_shape(&r, "flatten", NULL, 0, (shape){3, {2048, 2048, 2048}}) == NN_TOO_LARGE,
        "flatten to more than an int can say");
}

int main(void) {
  test_dense();
  test_batch_normalization(true);
  test_batch_normalization(false);
  test_layer_normalization();
  test_dropout();
  test_gaussian_noise();
  test_shapes();
  test_refusals();
  return report();
}
