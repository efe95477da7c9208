#include <math.h>
#include <string.h>

#include "ffi.h"
#include "r-spec.h"

/* Weights as R keeps them, from the packed block: parameters of all layers, then running
 * statistics of all layers. */

static size_t slot_size(SEXP slot) {
  SEXP dims = spec_field(slot, "dims");
  double n = 1;
  if (TYPEOF(dims) != INTSXP) Rf_error("Internal error: a slot without dims.");
  for (int a = 0; a < Rf_length(dims); ++a) n *= INTEGER(dims)[a];
  return (size_t) n;
}

static SEXP slot_array(SEXP slot, const double* from, size_t n) {
  SEXP x = PROTECT(Rf_allocVector(REALSXP, (R_xlen_t) n));
  if (n) memcpy(REAL(x), from, n * sizeof(double));
  Rf_setAttrib(x, R_DimSymbol, spec_field(slot, "dims"));
  UNPROTECT(1);
  return x;
}

/* The slots of a layer that are, or are not, statistics; returns where in w the next ones stand. */
static size_t slots_fill(SEXP slots, bool statistics, SEXP w, size_t at, SEXP arrays) {
  for (R_xlen_t i = 0; i < Rf_xlength(slots); ++i) {
    SEXP slot = VECTOR_ELT(slots, i);
    if (spec_flag(slot, "is_state") != statistics) continue;
    size_t n = slot_size(slot);
    if (at + n > (size_t) Rf_xlength(w)) Rf_error("Internal error: weights shorter than their slots.");
    SET_VECTOR_ELT(arrays, i, slot_array(slot, REAL(w) + at, n));
    at += n;
  }
  return at;
}

/* An empty list of arrays with the names of the slots (none where there is no slot), as element i of `layers`. */
static void names_fill(SEXP layers, R_xlen_t i, SEXP slots) {
  if (TYPEOF(slots) != VECSXP) Rf_error("Internal error: no list of slots.");
  SET_VECTOR_ELT(layers, i, Rf_allocVector(VECSXP, Rf_xlength(slots)));
  if (Rf_xlength(slots) == 0) return;
  SEXP names = Rf_allocVector(STRSXP, Rf_xlength(slots));
  Rf_setAttrib(VECTOR_ELT(layers, i), R_NamesSymbol, names);
  for (R_xlen_t k = 0; k < Rf_xlength(slots); ++k) {
    SET_STRING_ELT(names, k, STRING_ELT(spec_field(VECTOR_ELT(slots, k), "name"), 0));
  }
}

static void check_states(SEXP states, R_xlen_t n) {
  bool good = TYPEOF(states) == VECSXP && Rf_xlength(states) == n;
  for (R_xlen_t i = 0; good && i < n; ++i) good = TYPEOF(VECTOR_ELT(states, i)) == ENVSXP;
  if (!good) Rf_error("Internal error: not a state for each layer.");
}

/* Puts the packed weights into the layers that have any. `slots`: a list of slots for each layer.
 * As many lists of arrays, with the slots' names. */
SEXP ffi_unpack(SEXP states, SEXP slots, SEXP w) {
  if (TYPEOF(slots) != VECSXP || TYPEOF(w) != REALSXP) Rf_error("Internal error: no weights.");
  check_states(states, Rf_xlength(slots));
  SEXP layers = PROTECT(Rf_allocVector(VECSXP, Rf_xlength(slots)));
  size_t at = 0;
  for (R_xlen_t i = 0; i < Rf_xlength(slots); ++i) names_fill(layers, i, VECTOR_ELT(slots, i));
  for (int statistics = 0; statistics < 2; ++statistics) {
    for (R_xlen_t i = 0; i < Rf_xlength(slots); ++i) {
      at = slots_fill(VECTOR_ELT(slots, i), statistics, w, at, VECTOR_ELT(layers, i));
    }
  }
  for (R_xlen_t i = 0; i < Rf_xlength(slots); ++i) {
    SEXP arrays = VECTOR_ELT(layers, i);
    if (Rf_xlength(arrays)) Rf_defineVar(Rf_install("weights"), arrays, VECTOR_ELT(states, i));
  }
  UNPROTECT(1);
  return layers;
}

/* Adds to `sums` the squares of all numbers of `from` and of their distances to those of `to`: two
 * arrays, or lists of them, or lists of lists. */
static void add_squares(SEXP from, SEXP to, double* sums) {
  R_xlen_t n = Rf_xlength(from);
  if (TYPEOF(from) != TYPEOF(to) || n != Rf_xlength(to)) Rf_error("Internal error: other weights.");
  if (TYPEOF(from) == VECSXP) {
    for (R_xlen_t i = 0; i < n; ++i) add_squares(VECTOR_ELT(from, i), VECTOR_ELT(to, i), sums);
  } else if (TYPEOF(from) == REALSXP) {
    const double *a = REAL(from), *b = REAL(to);
    for (R_xlen_t i = 0; i < n; ++i) sums[0] += a[i] * a[i];
    for (R_xlen_t i = 0; i < n; ++i) sums[1] += (b[i] - a[i]) * (b[i] - a[i]);
  }
}

/* c(norm of `from`, norm of `to` - `from`), weights as the layers hold them. */
SEXP ffi_weights_way(SEXP from, SEXP to) {
  double sums[2] = {0, 0};
  add_squares(from, to, sums);
  SEXP norms = Rf_allocVector(REALSXP, 2);
  for (int i = 0; i < 2; ++i) REAL(norms)[i] = sqrt(sums[i]);
  return norms;
}
