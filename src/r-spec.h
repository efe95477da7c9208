/* From R's lists to the engine's structs. What is read lives until the end of the .Call.
 * R has checked all values; here only what would crash C is checked again. */
#ifndef KESTREL_R_SPEC_H
#define KESTREL_R_SPEC_H

#define R_NO_REMAP
#include <Rinternals.h>

#include "engine/engine.h"

/* A field of a named list, NULL when there is none. */
SEXP spec_field(SEXP list, const char* name);
int spec_int(SEXP list, const char* name);
double spec_number(SEXP list, const char* name);
bool spec_flag(SEXP list, const char* name);

nn_choice spec_choice(SEXP x); /* NULL: a choice without a name */
nn_shape spec_shape(SEXP dims);
/* The instance for a precision, and for the processor or the kernel that was asked for. */
const nn_engine* spec_engine(SEXP precision);
const nn_engine* spec_engine_double(void);
nn_network_spec spec_network(SEXP x);
nn_array spec_array(SEXP x); /* NULL: values NULL */
nn_data spec_data(SEXP x, const nn_network_spec* network);
nn_optimizer_spec spec_optimizer(SEXP x);
nn_train_spec spec_train(SEXP x);
nn_reduction spec_reduction(SEXP x);

/* Doubles, exactly n of them. */
const double* spec_doubles(SEXP x, R_xlen_t n);
void spec_stop(nn_status status);

#endif
