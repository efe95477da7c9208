#include <string.h>

#include "ffi.h"
#include "r-memory.h"
#include "r-spec.h"
#include "r-threads.h"

/* Shapes, predictions and derivatives of a network that lives for one call. */

static const nn_network* network_of(const nn_engine* engine, const nn_network_spec* spec) {
  nn_network* net;
  spec_stop(engine->network_new(block_call(engine->network_bytes(spec)), spec, &net));
  return net;
}

static SEXP ints(int n, const int* values) {
  SEXP x = Rf_allocVector(INTSXP, n);
  if (n) memcpy(INTEGER(x), values, (size_t) n * sizeof(int));
  return x;
}

static SEXP slot_list(const nn_node_info* info, const nn_slot_info* slot) {
  const char* fields[] = {"name", "dims", "at", "is_state", ""};
  SEXP x = PROTECT(Rf_mkNamed(VECSXP, fields));
  size_t start = slot->is_state ? info->at_state : info->at_w;
  SET_VECTOR_ELT(x, 0, Rf_mkString(slot->name));
  SET_VECTOR_ELT(x, 1, ints(slot->rank, slot->dims));
  SET_VECTOR_ELT(x, 2, Rf_ScalarReal((double) (start + slot->at)));
  SET_VECTOR_ELT(x, 3, Rf_ScalarLogical(slot->is_state));
  UNPROTECT(1);
  return x;
}

static SEXP node_list(const nn_node_info* info) {
  const char* fields[] = {"output", "owner", "slots", ""};
  SEXP x = PROTECT(Rf_mkNamed(VECSXP, fields));
  SET_VECTOR_ELT(x, 0, ints(info->output.rank, info->output.dims));
  SET_VECTOR_ELT(x, 1, Rf_ScalarLogical(info->owner));
  SET_VECTOR_ELT(x, 2, Rf_allocVector(VECSXP, info->n_slots));
  for (int k = 0; k < info->n_slots; ++k) {
    SET_VECTOR_ELT(VECTOR_ELT(x, 2), k, slot_list(info, info->slots + k));
  }
  UNPROTECT(1);
  return x;
}

/* list(nodes = one list per node, n_w, n_state, bad): `bad` is 0, or the number of the node
 * whose shapes do not fit, with the reason's code. */
SEXP ffi_network_info(SEXP spec) {
  const nn_engine* engine = spec_engine(spec_field(spec, "precision"));
  nn_network_spec s = spec_network(spec);
  nn_network* net;
  nn_status status = engine->network_new(block_call(engine->network_bytes(&s)), &s, &net);
  const char* fields[] = {"nodes", "n_w", "n_state", "bad", "code", ""};
  SEXP x = PROTECT(Rf_mkNamed(VECSXP, fields));
  SET_VECTOR_ELT(x, 3, Rf_ScalarInteger(status.code == NN_OK ? 0 : status.node + 1));
  SET_VECTOR_ELT(x, 4, Rf_ScalarInteger((int) status.code));
  if (status.code == NN_OK) {
    size_t n_w, n_state;
    nn_node_info* info = (nn_node_info*) R_alloc((size_t) s.n_nodes, sizeof(nn_node_info));
    engine->network_info(net, info);
    engine->network_sizes(net, &n_w, &n_state);
    SET_VECTOR_ELT(x, 0, Rf_allocVector(VECSXP, s.n_nodes));
    for (int i = 0; i < s.n_nodes; ++i) SET_VECTOR_ELT(VECTOR_ELT(x, 0), i, node_list(info + i));
    SET_VECTOR_ELT(x, 1, Rf_ScalarReal((double) n_w));
    SET_VECTOR_ELT(x, 2, Rf_ScalarReal((double) n_state));
  }
  UNPROTECT(1);
  return x;
}

static const double* weights_of(const nn_engine* engine, const nn_network* net, SEXP w) {
  size_t n_w, n_state;
  engine->network_sizes(net, &n_w, &n_state);
  return spec_doubles(w, (R_xlen_t) (n_w + n_state));
}

static const nn_array* arrays_of(SEXP list, int n, const nn_shape* const* shapes) {
  nn_array* arrays = (nn_array*) R_alloc((size_t) n, sizeof(nn_array));
  if (TYPEOF(list) != VECSXP || Rf_length(list) != n) Rf_error("Internal error: not %d arrays.", n);
  for (int i = 0; i < n; ++i) {
    arrays[i] = spec_array(VECTOR_ELT(list, i));
    bool fits = arrays[i].values && arrays[i].shape.rank == shapes[i]->rank && arrays[i].n == arrays[0].n;
    for (int a = 0; fits && a < shapes[i]->rank; ++a) fits = arrays[i].shape.dims[a] == shapes[i]->dims[a];
    if (!fits) Rf_error("Internal error: array %d does not fit the network.", i + 1);
  }
  return arrays;
}

static const nn_shape* const* input_shapes(const nn_network_spec* spec) {
  const nn_shape** shapes = (const nn_shape**) R_alloc((size_t) spec->n_inputs, sizeof(nn_shape*));
  for (int i = 0; i < spec->n_inputs; ++i) shapes[i] = spec->inputs + i;
  return shapes;
}

static const nn_shape* const* output_shapes(const nn_engine* engine, const nn_network* net,
                                            const nn_network_spec* spec) {
  nn_node_info* info = (nn_node_info*) R_alloc((size_t) spec->n_nodes, sizeof(nn_node_info));
  const nn_shape** shapes = (const nn_shape**) R_alloc((size_t) spec->n_outputs, sizeof(nn_shape*));
  engine->network_info(net, info);
  for (int i = 0; i < spec->n_outputs; ++i) shapes[i] = &info[spec->outputs[i]].output;
  return shapes;
}

/* A list of R arrays, samples first, one per shape; `to` receives their doubles. */
static SEXP arrays_new(int count, const nn_shape* const* shapes, int n, double*** to) {
  SEXP list = PROTECT(Rf_allocVector(VECSXP, count));
  *to = (double**) R_alloc((size_t) count, sizeof(double*));
  for (int i = 0; i < count; ++i) {
    SEXP dims = PROTECT(Rf_allocVector(INTSXP, shapes[i]->rank + 1));
    INTEGER(dims)[0] = n;
    for (int a = 0; a < shapes[i]->rank; ++a) INTEGER(dims)[a + 1] = shapes[i]->dims[a];
    SET_VECTOR_ELT(list, i, Rf_allocArray(REALSXP, dims));
    (*to)[i] = REAL(VECTOR_ELT(list, i));
    UNPROTECT(1);
  }
  UNPROTECT(1);
  return list;
}

/* A list of arrays by output; NULL where `only_finite` and x is not all finite. */
SEXP ffi_predict(SEXP spec, SEXP w, SEXP x, SEXP batch_size, SEXP training, SEXP seed,
                 SEXP threads, SEXP only_finite) {
  const nn_engine* engine = spec_engine(spec_field(spec, "precision"));
  nn_network_spec s = spec_network(spec);
  const nn_network* net = network_of(engine, &s);
  const nn_array* arrays = arrays_of(x, s.n_inputs, input_shapes(&s));
  const double* weights = weights_of(engine, net, w);
  int n = arrays[0].n;
  nn_predict_spec how = {.batch_size = Rf_asInteger(batch_size),
                         .training = Rf_asLogical(training) == 1,
                         .seed = (uint64_t) Rf_asReal(seed),
                         .threads = threads_allowed(Rf_asInteger(threads))};
  double** to;
  SEXP y = PROTECT(arrays_new(s.n_outputs, output_shapes(engine, net, &s), n, &to));
  if (how.batch_size < 1) Rf_error("Internal error: a batch without rows.");
  bool finite = true;
  if (n > 0) {
    if (how.batch_size > n) how.batch_size = n;
    void* block = block_call(engine->predict_bytes(net, &how));
    finite = engine->predict(block, net, &how, weights, n, arrays, to);
  }
  UNPROTECT(1);
  return finite || Rf_asLogical(only_finite) != 1 ? y : R_NilValue;
}

/* list(y, dx, dw, w): outputs, gradients of sum(y v), weights with statistics after. */
SEXP ffi_gradient(SEXP spec, SEXP w, SEXP x, SEXP v, SEXP training, SEXP seed) {
  const nn_engine* engine = spec_engine(spec_field(spec, "precision"));
  nn_network_spec s = spec_network(spec);
  const nn_network* net = network_of(engine, &s);
  const nn_shape* const* outputs = output_shapes(engine, net, &s);
  const nn_array* inputs = arrays_of(x, s.n_inputs, input_shapes(&s));
  const nn_array* seeds = arrays_of(v, s.n_outputs, outputs);
  size_t n_w, n_state;
  int n = inputs[0].n;
  double **y, **dx;
  if (seeds[0].n != n) Rf_error("Internal error: not one seed for each sample.");
  weights_of(engine, net, w);
  engine->network_sizes(net, &n_w, &n_state);
  const char* fields[] = {"y", "dx", "dw", "w", ""};
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, fields));
  SET_VECTOR_ELT(result, 0, arrays_new(s.n_outputs, outputs, n, &y));
  SET_VECTOR_ELT(result, 1, arrays_new(s.n_inputs, input_shapes(&s), n, &dx));
  SET_VECTOR_ELT(result, 2, Rf_allocVector(REALSXP, (R_xlen_t) n_w));
  SET_VECTOR_ELT(result, 3, Rf_duplicate(w));
  engine->gradient(block_call(engine->derivatives_bytes(net, n)), net, Rf_asLogical(training) == 1,
                   (uint64_t) Rf_asReal(seed), REAL(VECTOR_ELT(result, 3)), n, inputs, seeds, y,
                   dx, REAL(VECTOR_ELT(result, 2)));
  UNPROTECT(1);
  return result;
}

SEXP ffi_jvp(SEXP spec, SEXP w, SEXP x, SEXP xdot, SEXP wdot, SEXP training, SEXP seed) {
  const nn_engine* engine = spec_engine(spec_field(spec, "precision"));
  nn_network_spec s = spec_network(spec);
  const nn_network* net = network_of(engine, &s);
  const nn_array* inputs = arrays_of(x, s.n_inputs, input_shapes(&s));
  const nn_array* tangents = arrays_of(xdot, s.n_inputs, input_shapes(&s));
  size_t n_w, n_state;
  double** ydot;
  if (tangents[0].n != inputs[0].n) Rf_error("Internal error: not one tangent for each sample.");
  engine->network_sizes(net, &n_w, &n_state);
  SEXP result = PROTECT(
      arrays_new(s.n_outputs, output_shapes(engine, net, &s), inputs[0].n, &ydot));
  engine->jvp(block_call(engine->derivatives_bytes(net, inputs[0].n)), net,
              Rf_asLogical(training) == 1, (uint64_t) Rf_asReal(seed), weights_of(engine, net, w),
              inputs[0].n, inputs, tangents, spec_doubles(wdot, (R_xlen_t) n_w), ydot);
  UNPROTECT(1);
  return result;
}
