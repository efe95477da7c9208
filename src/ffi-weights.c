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

/* The slots that are, or are not, statistics; returns where in w the next ones stand. */
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

/* A list of arrays in the order of the slots, with their names. */
SEXP ffi_unpack(SEXP slots, SEXP w) {
  if (TYPEOF(slots) != VECSXP || TYPEOF(w) != REALSXP) Rf_error("Internal error: no weights.");
  SEXP arrays = PROTECT(Rf_allocVector(VECSXP, Rf_xlength(slots)));
  SEXP names = PROTECT(Rf_allocVector(STRSXP, Rf_xlength(slots)));
  slots_fill(slots, true, w, slots_fill(slots, false, w, 0, arrays), arrays);
  for (R_xlen_t i = 0; i < Rf_xlength(slots); ++i) {
    SET_STRING_ELT(names, i, STRING_ELT(spec_field(VECTOR_ELT(slots, i), "name"), 0));
  }
  Rf_setAttrib(arrays, R_NamesSymbol, names);
  UNPROTECT(2);
  return arrays;
}
