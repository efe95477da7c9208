#include "ffi.h"
#include "r-memory.h"
#include "r-plan.h"
#include "r-threads.h"

/* An objective lives in a raw vector of R's, which its external pointer keeps: first the handle,
 * then the network, then the objective. */

typedef struct {
  const nn_engine* engine;
  nn_objective* f;
  int n, n_outputs;  /* samples; outputs */
} handle;

enum { ALIGNED = 64 };

static size_t aligned(size_t bytes) { return (bytes + ALIGNED - 1) / ALIGNED * ALIGNED; }

static size_t objective_begin(const plan* p) {
  return aligned(sizeof(handle)) + aligned(p->engine->network_bytes(&p->network));
}

static nn_network* network_in(void* block, const plan* p) {
  nn_network* net;
  spec_stop(p->engine->network_new(block, &p->network, &net));
  return net;
}

static plan plan_of(SEXP spec, SEXP train, SEXP data) {
  plan p = plan_read(spec, train, data, R_NilValue);
  if (p.data.n < 1) Rf_error("Internal error: no samples.");
  return p;
}

/* Bytes of the raw vector; infinite when no size can say them. */
SEXP ffi_objective_bytes(SEXP spec, SEXP train, SEXP data) {
  plan p = plan_of(spec, train, data);
  nn_network* net = network_in(block_call(p.engine->network_bytes(&p.network)), &p);
  size_t bytes = p.engine->objective_bytes(net, &p.train, &p.data);
  double all = (double) bytes + (double) objective_begin(&p) + BLOCK_SLACK;
  return Rf_ScalarReal(bytes == SIZE_MAX ? R_PosInf : all);
}

/* `block`: a raw vector of that size, which nobody else uses. */
SEXP ffi_objective_new(SEXP spec, SEXP train, SEXP data, SEXP training, SEXP w, SEXP block) {
  plan p = plan_of(spec, train, data);
  if (TYPEOF(block) != RAWSXP) Rf_error("Internal error: no block.");
  char* base = block_align(RAW(block));
  handle* h = (handle*) base;
  nn_network* net = network_in(base + aligned(sizeof(handle)), &p);
  size_t n_w, n_state, bytes = p.engine->objective_bytes(net, &p.train, &p.data);
  if ((double) Rf_xlength(block) < (double) bytes + (double) objective_begin(&p) + BLOCK_SLACK) {
    Rf_error("Internal error: a block too small.");
  }
  p.engine->network_sizes(net, &n_w, &n_state);
  *h = (handle){.engine = p.engine, .n = p.data.n, .n_outputs = p.network.n_outputs};
  spec_stop(p.engine->objective_new(base + objective_begin(&p), net, &p.train, &p.data,
                                    Rf_asLogical(training) == 1,
                                    spec_doubles(w, (R_xlen_t) (n_w + n_state)), &h->f));
  return R_MakeExternalPtr(h, R_NilValue, block);
}

static handle* handle_of(SEXP x) {
  handle* h = TYPEOF(x) == EXTPTRSXP ? (handle*) R_ExternalPtrAddr(x) : NULL;
  if (!h) Rf_error("Internal error: this objective is gone.");
  return h;
}

static R_xlen_t size_of(const handle* h) { return (R_xlen_t) h->engine->objective_size(h->f); }

SEXP ffi_objective_get(SEXP x) {
  handle* h = handle_of(x);
  SEXP w = Rf_allocVector(REALSXP, size_of(h));
  h->engine->objective_get(h->f, REAL(w));
  return w;
}

SEXP ffi_objective_set(SEXP x, SEXP w) {
  handle* h = handle_of(x);
  h->engine->objective_set(h->f, spec_doubles(w, size_of(h)));
  return R_NilValue;
}

SEXP ffi_objective_value(SEXP x) {
  handle* h = handle_of(x);
  return Rf_ScalarReal(h->engine->objective_value(h->f));
}

SEXP ffi_objective_gradient(SEXP x) {
  handle* h = handle_of(x);
  SEXP g = Rf_allocVector(REALSXP, size_of(h));
  h->engine->objective_gradient(h->f, REAL(g));
  return g;
}

SEXP ffi_objective_product(SEXP x, SEXP v, SEXP gauss_newton) {
  handle* h = handle_of(x);
  const double* along = spec_doubles(v, size_of(h));
  SEXP to = Rf_allocVector(REALSXP, size_of(h));
  if (Rf_asLogical(gauss_newton) == 1) {
    h->engine->objective_gauss_newton(h->f, along, REAL(to));
  } else {
    h->engine->objective_hessian(h->f, along, REAL(to));
  }
  return to;
}

/* A matrix of `rows` rows. */
static SEXP matrix_new(double rows, double cols) {
  if (rows > INT32_MAX || cols > INT32_MAX) Rf_error("Internal error: a matrix too large.");
  return Rf_allocMatrix(REALSXP, (int) rows, (int) cols);
}

SEXP ffi_objective_rows(SEXP x) {
  handle* h = handle_of(x);
  SEXP to = matrix_new(h->n, (double) size_of(h));
  h->engine->objective_rows(h->f, REAL(to));
  return to;
}

static int output_of(const handle* h, SEXP output) {
  int o = Rf_asInteger(output);
  if (o < 0 || o >= h->n_outputs) Rf_error("Internal error: no such output.");
  return o;
}

/* The Jacobian of output o (from 0), or its tangent along v, where there is one. */
SEXP ffi_objective_jacobian(SEXP x, SEXP output, SEXP logits, SEXP v) {
  handle* h = handle_of(x);
  int o = output_of(h, output);
  bool before = Rf_asLogical(logits) == 1, all = v == R_NilValue;
  double size = (double) h->engine->objective_output_size(h->f, o, before);
  const double* along = all ? NULL : spec_doubles(v, size_of(h));
  SEXP to = all ? matrix_new(size * h->n, (double) size_of(h)) : matrix_new(h->n, size);
  if (all) {
    h->engine->objective_jacobian(h->f, o, before, REAL(to));
  } else {
    h->engine->objective_jvp(h->f, o, before, along, REAL(to));
  }
  return to;
}
