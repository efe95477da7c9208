#include <string.h>

#include "ffi.h"
#include "r-spec.h"

/* Single records of the tables on vectors of doubles. */

#define ENGINE spec_engine_double()

static void check_code(nn_code code) {
  nn_status status = {code, 0};
  spec_stop(status);
}

static double* copy_of(SEXP x) {
  double* copy = (double*) R_alloc((size_t) Rf_xlength(x), sizeof(double));
  if (Rf_xlength(x)) memcpy(copy, REAL(x), (size_t) Rf_xlength(x) * sizeof(double));
  return copy;
}

static bool halves_of(SEXP choice) {
  const char *wanted = spec_choice(choice).name, *name, *text;
  const nn_hparam* hparams;
  for (int i = 0, flags; ENGINE->registry("activations", i, &name, &hparams, &flags, &text); ++i) {
    if (strcmp(name, wanted) == 0) return flags & 2;
  }
  return false;
}

SEXP ffi_activation(SEXP choice, SEXP x, SEXP k, SEXP inner) {
  size_t n = (size_t) Rf_xlength(x);
  R_xlen_t out = halves_of(choice) ? (R_xlen_t) n / 2 : (R_xlen_t) n;
  SEXP y = PROTECT(Rf_allocVector(REALSXP, out));
  check_code(ENGINE->activation(spec_choice(choice), n, Rf_asInteger(k), Rf_asInteger(inner),
                                spec_doubles(x, (R_xlen_t) n), REAL(y)));
  UNPROTECT(1);
  return y;
}

SEXP ffi_activation_backward(SEXP choice, SEXP x, SEXP y, SEXP dy, SEXP k, SEXP inner) {
  size_t n = (size_t) Rf_xlength(x);
  SEXP dx = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t) n));
  check_code(ENGINE->activation_backward(spec_choice(choice), n, Rf_asInteger(k),
                                         Rf_asInteger(inner), REAL(x), REAL(y), REAL(dy),
                                         REAL(dx)));
  UNPROTECT(1);
  return dx;
}

/* Columns of k predictions and kt targets. */
typedef struct {
  size_t cols;
  int k, kt;
  const double *t, *y;
} columns;

static columns columns_of(SEXP t, SEXP y, SEXP k, SEXP kt) {
  columns c = {.k = Rf_asInteger(k), .kt = Rf_asInteger(kt)};
  c.cols = (size_t) Rf_xlength(y) / (size_t) c.k;
  c.y = spec_doubles(y, (R_xlen_t) (c.cols * (size_t) c.k));
  c.t = spec_doubles(t, (R_xlen_t) (c.cols * (size_t) c.kt));
  return c;
}

static const double* weight_of(SEXP weight, size_t cols) {
  return weight == R_NilValue ? NULL : spec_doubles(weight, (R_xlen_t) cols);
}

SEXP ffi_loss_value(SEXP choice, SEXP t, SEXP y, SEXP k, SEXP kt) {
  columns c = columns_of(t, y, k, kt);
  SEXP v = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t) c.cols));
  memset(REAL(v), 0, c.cols * sizeof(double));
  check_code(ENGINE->loss_value(spec_choice(choice), c.cols, c.k, c.kt, c.t, c.y, REAL(v)));
  UNPROTECT(1);
  return v;
}

SEXP ffi_loss_grad(SEXP choice, SEXP t, SEXP y, SEXP s, SEXP k, SEXP kt) {
  columns c = columns_of(t, y, k, kt);
  SEXP dy = PROTECT(Rf_allocVector(REALSXP, Rf_xlength(y)));
  check_code(ENGINE->loss_grad(spec_choice(choice), c.cols, c.k, c.kt, c.t, c.y,
                               spec_doubles(s, (R_xlen_t) c.cols), REAL(dy)));
  UNPROTECT(1);
  return dy;
}

SEXP ffi_loss_scales(SEXP choice, SEXP t, SEXP y, SEXP weight, SEXP reduction, SEXP k, SEXP kt) {
  columns c = columns_of(t, y, k, kt);
  SEXP s = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t) c.cols));
  memset(REAL(s), 0, c.cols * sizeof(double));
  check_code(ENGINE->loss_scales(spec_choice(choice), c.cols, c.k, c.kt, c.t, c.y,
                                 weight_of(weight, c.cols), spec_reduction(reduction), REAL(s)));
  UNPROTECT(1);
  return s;
}

/* One value per column, as the means add them up; a loss of the whole batch has one alone. */
SEXP ffi_metric_value(SEXP choice, SEXP t, SEXP y, SEXP k, SEXP kt) {
  columns c = columns_of(t, y, k, kt);
  nn_choice f = spec_choice(choice);
  double* state = (double*) R_alloc(ENGINE->metric_states(f, c.k), sizeof(double));
  memset(state, 0, ENGINE->metric_states(f, c.k) * sizeof(double));
  SEXP v = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t) c.cols));
  memset(REAL(v), 0, c.cols * sizeof(double));
  check_code(ENGINE->metric_update(f, c.cols, c.k, c.kt, c.t, c.y, NULL, REAL(v), state));
  UNPROTECT(1);
  return v;
}

/* state NULL: a new one. */
SEXP ffi_metric_update(SEXP choice, SEXP t, SEXP y, SEXP weight, SEXP k, SEXP kt, SEXP state) {
  columns c = columns_of(t, y, k, kt);
  nn_choice f = spec_choice(choice);
  R_xlen_t n = (R_xlen_t) ENGINE->metric_states(f, c.k);
  SEXP result = PROTECT(Rf_allocVector(REALSXP, n));
  memset(REAL(result), 0, (size_t) n * sizeof(double));
  if (state != R_NilValue) memcpy(REAL(result), spec_doubles(state, n), (size_t) n * sizeof(double));
  double* v = (double*) R_alloc(c.cols, sizeof(double));
  check_code(ENGINE->metric_update(f, c.cols, c.k, c.kt, c.t, c.y, weight_of(weight, c.cols), v,
                                   REAL(result)));
  UNPROTECT(1);
  return result;
}

/* state NULL: nothing was seen. */
SEXP ffi_metric_result(SEXP choice, SEXP k, SEXP state) {
  nn_choice f = spec_choice(choice);
  int width = Rf_asInteger(k), count = ENGINE->metric_results(f, width);
  size_t n = ENGINE->metric_states(f, width);
  double* none = (double*) R_alloc(n, sizeof(double));
  memset(none, 0, n * sizeof(double));
  const double* from = state == R_NilValue ? none : spec_doubles(state, (R_xlen_t) n);
  SEXP result = Rf_allocVector(REALSXP, count);
  for (int i = 0; i < count; ++i) REAL(result)[i] = ENGINE->metric_result(f, width, from, i);
  return result;
}

SEXP ffi_initializer(SEXP choice, SEXP dims, SEXP seed, SEXP stream) {
  double n = 1;
  for (int i = 0; i < Rf_length(dims); ++i) n *= INTEGER(dims)[i];
  SEXP w = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t) n));
  check_code(ENGINE->initializer_draw(spec_choice(choice), Rf_length(dims), INTEGER(dims),
                                      (uint64_t) Rf_asReal(seed), (uint32_t) Rf_asInteger(stream),
                                      REAL(w)));
  UNPROTECT(1);
  return w;
}

static nn_shape tensor_shape(SEXP w, SEXP dims) {
  nn_shape s = spec_shape(dims);
  double n = 1;
  for (int i = 0; i < s.rank; ++i) n *= s.dims[i];
  spec_doubles(w, (R_xlen_t) n);
  return s;
}

SEXP ffi_penalty(SEXP choice, SEXP w, SEXP dims) {
  nn_shape s = tensor_shape(w, dims);
  double value = 0;
  check_code(ENGINE->penalty_value(spec_choice(choice), s.rank, s.dims, REAL(w), &value));
  return Rf_ScalarReal(value);
}

SEXP ffi_penalty_grad(SEXP choice, SEXP w, SEXP dims) {
  nn_shape s = tensor_shape(w, dims);
  SEXP g = PROTECT(Rf_allocVector(REALSXP, Rf_xlength(w)));
  memset(REAL(g), 0, (size_t) Rf_xlength(w) * sizeof(double));
  check_code(ENGINE->penalty_grad(spec_choice(choice), s.rank, s.dims, REAL(w), REAL(g)));
  UNPROTECT(1);
  return g;
}

SEXP ffi_constraint(SEXP choice, SEXP axes, SEXP w, SEXP dims) {
  nn_shape s = tensor_shape(w, dims);
  SEXP result = PROTECT(Rf_duplicate(w));
  check_code(ENGINE->constraint_apply(spec_choice(choice), Rf_asInteger(axes), s.rank, s.dims,
                                      REAL(result)));
  UNPROTECT(1);
  return result;
}

SEXP ffi_schedule(SEXP choice, SEXP steps) {
  R_xlen_t n = Rf_xlength(steps);
  SEXP rates = PROTECT(Rf_allocVector(REALSXP, n));
  const double* step = spec_doubles(steps, n);
  for (R_xlen_t i = 0; i < n; ++i) {
    check_code(ENGINE->schedule_value(spec_choice(choice), step[i], REAL(rates) + i));
  }
  UNPROTECT(1);
  return rates;
}

/* From a list of their dims. */
static nn_stretch* tensors_of(SEXP dims, size_t* n) {
  int count = Rf_length(dims);
  nn_stretch* tensors = (nn_stretch*) R_alloc((size_t) count, sizeof(nn_stretch));
  *n = 0;
  for (int i = 0; i < count; ++i) {
    nn_stretch s = {.at = *n, .n = 1, .shape = spec_shape(VECTOR_ELT(dims, i))};
    for (int a = 0; a < s.shape.rank; ++a) s.n *= (size_t) s.shape.dims[a];
    *n += s.n;
    tensors[i] = s;
  }
  return tensors;
}

static double* work_of(const nn_optimizer_spec* o, int n_tensors, const nn_stretch* tensors) {
  return (double*) R_alloc(ENGINE->optimizer_work(o, n_tensors, tensors), sizeof(double));
}

/* One step on tensors laid end to end; state NULL: the first one. */
SEXP ffi_optimizer_step(SEXP spec, SEXP dims, SEXP w, SEXP g, SEXP state) {
  nn_optimizer_spec o = spec_optimizer(spec);
  size_t n;
  nn_stretch* tensors = tensors_of(dims, &n);
  R_xlen_t moments = (R_xlen_t) n * ENGINE->optimizer_moments(&o);
  const char* fields[] = {"w", "moments", "scalars", "iterations", ""};
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, fields));
  SET_VECTOR_ELT(result, 0, Rf_duplicate(w));
  SET_VECTOR_ELT(result, 1, Rf_allocVector(REALSXP, moments));
  SET_VECTOR_ELT(result, 2, Rf_allocVector(REALSXP, NN_MAX_SCALARS));
  SET_VECTOR_ELT(result, 3, Rf_ScalarReal(0));
  double *to = REAL(VECTOR_ELT(result, 1)), *scalars = REAL(VECTOR_ELT(result, 2));
  double* weights = REAL(VECTOR_ELT(result, 0));
  spec_doubles(w, (R_xlen_t) n);
  spec_doubles(g, (R_xlen_t) n);
  if (state == R_NilValue) {
    check_code(ENGINE->optimizer_start(&o, n, weights, to, scalars));
  } else {
    const double* from = spec_doubles(spec_field(state, "moments"), moments);
    if (moments) memcpy(to, from, (size_t) moments * sizeof(double));
    memcpy(scalars, spec_doubles(spec_field(state, "scalars"), NN_MAX_SCALARS),
           NN_MAX_SCALARS * sizeof(double));
    REAL(VECTOR_ELT(result, 3))[0] = spec_number(state, "iterations");
  }
  int count = Rf_length(dims);
  check_code(ENGINE->optimizer_step(&o, count, tensors, n, weights, copy_of(g), to, scalars,
                                    REAL(VECTOR_ELT(result, 3)), work_of(&o, count, tensors)));
  UNPROTECT(1);
  return result;
}
