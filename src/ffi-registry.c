#include <limits.h>
#include <math.h>

#include <R_ext/Random.h>

#include "engines.h"
#include "ffi.h"
#include "r-busy.h"
#include "r-spec.h"
#include "r-threads.h"

static SEXP hparams_list(const nn_hparam* hparams) {
  int n = 0;
  while (hparams[n].name) ++n;
  SEXP values = PROTECT(Rf_allocVector(REALSXP, n));
  SEXP names = Rf_allocVector(STRSXP, n);
  Rf_setAttrib(values, R_NamesSymbol, names);
  for (int i = 0; i < n; ++i) {
    REAL(values)[i] = hparams[i].start;
    SET_STRING_ELT(names, i, Rf_mkChar(hparams[i].name));
  }
  UNPROTECT(1);
  return values;
}

/* One table: names, hyperparameters with defaults, flags, texts (NA: none). */
SEXP ffi_registry(SEXP table) {
  const char* wanted = CHAR(STRING_ELT(table, 0));
  const char *name, *text;
  const nn_hparam* hparams;
  int n = 0, flags;
  const nn_engine* engine = spec_engine_double();
  while (engine->registry(wanted, n, &name, &hparams, &flags, &text)) ++n;
  const char* fields[] = {"name", "hparams", "flags", "text", ""};
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, fields));
  SET_VECTOR_ELT(result, 0, Rf_allocVector(STRSXP, n));
  SET_VECTOR_ELT(result, 1, Rf_allocVector(VECSXP, n));
  SET_VECTOR_ELT(result, 2, Rf_allocVector(INTSXP, n));
  SET_VECTOR_ELT(result, 3, Rf_allocVector(STRSXP, n));
  for (int i = 0; i < n; ++i) {
    engine->registry(wanted, i, &name, &hparams, &flags, &text);
    SET_STRING_ELT(VECTOR_ELT(result, 0), i, Rf_mkChar(name));
    SET_VECTOR_ELT(VECTOR_ELT(result, 1), i, hparams_list(hparams));
    INTEGER(VECTOR_ELT(result, 2))[i] = flags;
    SET_STRING_ELT(VECTOR_ELT(result, 3), i, text ? Rf_mkChar(text) : NA_STRING);
  }
  UNPROTECT(1);
  return result;
}

enum { STRETCH = 64, SUMS = 8 };

/* The first of the stretches from i on that is not all finite: 0 x is 0, or else NaN. */
static R_xlen_t past_finite(const double* d, R_xlen_t i, R_xlen_t end) {
  for (; i + STRETCH <= end; i += STRETCH) {
    double sums[SUMS] = {0}, sum = 0;
    for (int j = 0; j < STRETCH; j += SUMS) {
      for (int s = 0; s < SUMS; ++s) sums[s] += 0 * d[i + j + s];
    }
    for (int s = 0; s < SUMS; ++s) sum += sums[s];
    if (sum != 0) break;
  }
  return i;
}

/* Of numbers i .. end - 1: how many are NA, NaN, infinite; the first of them from 1, or 0. */
static void count_nonfinite(SEXP x, R_xlen_t i, R_xlen_t end, double counts[4]) {
  const double* d = TYPEOF(x) == REALSXP ? REAL(x) : NULL;
  const int* k = TYPEOF(x) == REALSXP ? NULL : TYPEOF(x) == LGLSXP ? LOGICAL(x) : INTEGER(x);
  while (i < end) {
    if (d) i = past_finite(d, i, end);
    for (R_xlen_t stop = end - i < STRETCH ? end : i + STRETCH; i < stop; ++i) {
      if (d ? isfinite(d[i]) : k[i] != NA_INTEGER) continue;
      counts[!d || R_IsNA(d[i]) ? 0 : isnan(d[i]) ? 1 : 2] += 1;
      if (counts[3] == 0) counts[3] = (double) i + 1;
    }
  }
}

/* Columns of a matrix of numbers that has any, is of no class, and as long as its dims say (which
 * other packages' C code can break); 0 of all else, and where `finite` of numbers that are not. */
SEXP ffi_plain_width(SEXP x, SEXP finite) {
  bool numbers = TYPEOF(x) == REALSXP || TYPEOF(x) == INTSXP;
  if (!numbers || OBJECT(x) || Rf_xlength(x) == 0 || !Rf_isMatrix(x)) return Rf_ScalarInteger(0);
  int rows = Rf_nrows(x), columns = Rf_ncols(x);
  double counts[4] = {0, 0, 0, 0};
  bool whole = (double) rows * columns == (double) Rf_xlength(x);
  if (whole && Rf_asLogical(finite) == 1) count_nonfinite(x, 0, Rf_xlength(x), counts);
  return Rf_ScalarInteger(whole && counts[3] == 0 ? columns : 0);
}

/* c(NA, NaN, infinite, first position from 1 or 0) of n numbers starting at `from`;
 * no copy is made of data that may be most of the memory. */
SEXP ffi_count_missing(SEXP x, SEXP from, SEXP n) {
  double counts[4] = {0, 0, 0, 0};
  R_xlen_t i = (R_xlen_t) Rf_asReal(from), end = i + (R_xlen_t) Rf_asReal(n);
  if (i < 0 || end > Rf_xlength(x)) Rf_error("Internal error: positions past the end.");
  count_nonfinite(x, i, end, counts);
  SEXP result = Rf_allocVector(REALSXP, 4);
  for (int c = 0; c < 4; ++c) REAL(result)[c] = counts[c];
  return result;
}

/* 0 .. n - 1 from R's generator, in the way of sample.int(). */
SEXP ffi_random_index(SEXP n) {
  GetRNGstate();
  double index = R_unif_index(Rf_asReal(n));
  PutRNGstate();
  return Rf_ScalarReal(index);
}

/* c(processors, whether there is OpenMP, whether this process is a fork, processors that other
 * processes leave). */
SEXP ffi_threads(void) {
  const nn_engine* engine = spec_engine_double();
  SEXP x = Rf_allocVector(INTSXP, 4);
  INTEGER(x)[0] = engine->processors();
  INTEGER(x)[1] = engine->has_openmp();
  INTEGER(x)[2] = threads_forked();
  INTEGER(x)[3] = processors_free();
  return x;
}

/* Names of the kernels that run here, the fastest first. */
SEXP ffi_kernels(void) {
  int n = 0;
  while (engines_at(n)) ++n;
  SEXP names = PROTECT(Rf_allocVector(STRSXP, n));
  for (int i = 0; i < n; ++i) SET_STRING_ELT(names, i, Rf_mkChar(engines_at(i)->name));
  UNPROTECT(1);
  return names;
}

/* How many threads the options ask for, of `most`; `standard` where they say nothing, and 0 where R
 * has to look at them. */
SEXP ffi_threads_asked(SEXP standard, SEXP most) {
  SEXP threads = Rf_GetOption1(Rf_install("kestrel.threads"));
  bool plain = Rf_GetOption1(Rf_install("kestrel.kernel")) == R_NilValue;
  if (plain && threads == R_NilValue) return standard;
  bool number = TYPEOF(threads) == INTSXP || TYPEOF(threads) == REALSXP;
  plain = plain && number && !OBJECT(threads) && Rf_xlength(threads) == 1;
  double wanted = plain ? Rf_asReal(threads) : 0;
  if (!(wanted >= 1 && wanted <= INT_MAX && wanted == trunc(wanted))) return Rf_ScalarInteger(0);
  return Rf_ScalarInteger(wanted < Rf_asInteger(most) ? (int) wanted : Rf_asInteger(most));
}
