#include "ffi.h"
#include "r-memory.h"
#include "r-plan.h"
#include "r-threads.h"

/* An objective lives in a raw vector of R's, which its external pointer keeps: first the handle,
 * then the network, then the objective. */

typedef struct {
  const nn_engine* engine;
  nn_objective* f;
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
  return Rf_ScalarReal(bytes == SIZE_MAX ? R_PosInf
                                         : (double) bytes + (double) objective_begin(&p) + BLOCK_SLACK);
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
  h->engine = p.engine;
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
