#include <stdbool.h>
#include <string.h>

#include <Rversion.h>

#include "ffi.h"

/* Fields of the environments that are the states of R's layers, read here without a call of R for
 * each layer. */

static SEXP field(SEXP states, R_xlen_t i, SEXP name) {
  SEXP state = VECTOR_ELT(states, i);
  if (TYPEOF(state) != ENVSXP) Rf_error("Internal error: a layer without a state.");
#if R_VERSION >= R_Version(4, 5, 0)
  return R_getVarEx(name, state, FALSE, R_NilValue);
#else
  SEXP x = Rf_findVarInFrame(state, name);
  return x == R_UnboundValue ? R_NilValue : x;
#endif
}

static R_xlen_t count_states(SEXP states) {
  if (TYPEOF(states) != VECSXP) Rf_error("Internal error: no list of states.");
  return Rf_xlength(states);
}

/* A list of arrays of doubles, R_NilValue for none. */
static SEXP weights_of(SEXP states, R_xlen_t i) {
  SEXP arrays = field(states, i, Rf_install("weights"));
  bool good = arrays == R_NilValue || TYPEOF(arrays) == VECSXP;
  for (R_xlen_t k = 0; good && k < Rf_xlength(arrays); ++k) {
    good = TYPEOF(VECTOR_ELT(arrays, k)) == REALSXP;
  }
  if (!good) Rf_error("Internal error: weights that are no doubles.");
  return arrays;
}

typedef struct {
  const int* is_state;  /* by array, or NULL: none is */
  R_xlen_t n_arrays;
  double* to;           /* NULL: numbers are counted only */
  R_xlen_t at, end;
} packing;

/* The arrays that are, or are not, statistics, from place p->at on. */
static void pack(packing* p, SEXP states, int statistics) {
  R_xlen_t j = 0;
  for (R_xlen_t i = 0; i < Rf_xlength(states); ++i) {
    SEXP arrays = weights_of(states, i);
    for (R_xlen_t k = 0; k < Rf_xlength(arrays); ++k, ++j) {
      if (j >= p->n_arrays) Rf_error("Internal error: more weights than slots.");
      if ((p->is_state ? p->is_state[j] : 0) != statistics) continue;
      R_xlen_t n = Rf_xlength(VECTOR_ELT(arrays, k));
      if (n > p->end - p->at) Rf_error("Internal error: weights that change.");
      if (p->to && n) memcpy(p->to + p->at, REAL(VECTOR_ELT(arrays, k)), (size_t) n * sizeof(double));
      p->at += n;
    }
  }
}

/* The weights of layers in one vector: parameters, then statistics. is_state: by array, or NULL. */
SEXP ffi_pack(SEXP states, SEXP is_state) {
  count_states(states);
  packing p = {.n_arrays = R_XLEN_T_MAX, .end = R_XLEN_T_MAX};
  if (TYPEOF(is_state) == LGLSXP) {
    p.is_state = LOGICAL(is_state);
    p.n_arrays = Rf_xlength(is_state);
  }
  for (int statistics = 0; statistics < 2; ++statistics) pack(&p, states, statistics);
  SEXP w = PROTECT(Rf_allocVector(REALSXP, p.at));
  p.to = REAL(w);
  p.end = p.at;
  p.at = 0;
  for (int statistics = 0; statistics < 2; ++statistics) pack(&p, states, statistics);
  UNPROTECT(1);
  return w;
}

/* Whether these are the flags `trainable` of the layers. */
SEXP ffi_flags_are(SEXP states, SEXP flags) {
  R_xlen_t n = count_states(states);
  bool same = TYPEOF(flags) == LGLSXP && Rf_xlength(flags) == n;
  for (R_xlen_t i = 0; same && i < n; ++i) {
    SEXP flag = field(states, i, Rf_install("trainable"));
    same = TYPEOF(flag) == LGLSXP && Rf_xlength(flag) == 1 && LOGICAL(flag)[0] == LOGICAL(flags)[i];
  }
  return Rf_ScalarLogical(same);
}

/* Whether the layers have these very lists of arrays: not others with the same numbers. */
SEXP ffi_holds(SEXP states, SEXP weights) {
  R_xlen_t n = count_states(states);
  bool same = TYPEOF(weights) == VECSXP && Rf_xlength(weights) == n;
  for (R_xlen_t i = 0; same && i < n; ++i) {
    SEXP own = field(states, i, Rf_install("weights")), other = VECTOR_ELT(weights, i);
    same = own == other || (Rf_xlength(own) == 0 && Rf_xlength(other) == 0);
  }
  return Rf_ScalarLogical(same);
}
