#include "r-spec.h"

#include <string.h>

#include "engines.h"
#include "r-threads.h"

#define INTERNAL "Internal error: "

/* Fields are mostly asked for in their order: the search begins behind the one found last. */
SEXP spec_field(SEXP list, const char* name) {
  static R_xlen_t last = 0;
  SEXP names = Rf_getAttrib(list, R_NamesSymbol);
  if (TYPEOF(list) != VECSXP || TYPEOF(names) != STRSXP) return R_NilValue;
  R_xlen_t n = Rf_xlength(list);
  for (R_xlen_t k = 1; k <= n; ++k) {
    R_xlen_t i = (last + k) % n;
    if (strcmp(CHAR(STRING_ELT(names, i)), name) != 0) continue;
    last = i;
    return VECTOR_ELT(list, i);
  }
  return R_NilValue;
}

static SEXP scalar_field(SEXP list, const char* name) {
  SEXP x = spec_field(list, name);
  bool number = TYPEOF(x) == INTSXP || TYPEOF(x) == REALSXP || TYPEOF(x) == LGLSXP;
  if (!number || Rf_xlength(x) != 1) Rf_error(INTERNAL "`%s` is no single number.", name);
  return x;
}

int spec_int(SEXP list, const char* name) { return Rf_asInteger(scalar_field(list, name)); }
double spec_number(SEXP list, const char* name) { return Rf_asReal(scalar_field(list, name)); }
bool spec_flag(SEXP list, const char* name) { return Rf_asLogical(scalar_field(list, name)) == 1; }

const double* spec_doubles(SEXP x, R_xlen_t n) {
  if (TYPEOF(x) != REALSXP || Rf_xlength(x) != n) Rf_error(INTERNAL "not %g doubles.", (double) n);
  return REAL(x);
}

static const char* string_of(SEXP x) {
  if (TYPEOF(x) != STRSXP || Rf_xlength(x) != 1) Rf_error(INTERNAL "not a single string.");
  return CHAR(STRING_ELT(x, 0));
}

nn_choice spec_choice(SEXP x) {
  nn_choice c = {.name = NULL};
  if (x == R_NilValue) return c;
  SEXP h = spec_field(x, "h");
  if (TYPEOF(h) != REALSXP) Rf_error(INTERNAL "a choice without its hyperparameters.");
  c.name = string_of(spec_field(x, "name"));
  c.h = REAL(h);
  c.n_h = (int) Rf_xlength(h);
  return c;
}

nn_shape spec_shape(SEXP dims) {
  nn_shape s = {.rank = (int) Rf_xlength(dims)};
  if (TYPEOF(dims) != INTSXP || s.rank > NN_MAX_RANK) Rf_error(INTERNAL "not the dims of a sample.");
  for (int i = 0; i < s.rank; ++i) {
    s.dims[i] = INTEGER(dims)[i];
    if (s.dims[i] < 1) Rf_error(INTERNAL "a dimension below 1.");
  }
  return s;
}

/* options(kestrel.kernel): R refuses what does not run here before anything is computed. */
static const engine_pair* engines_wanted(void) {
  SEXP wanted = Rf_GetOption1(Rf_install("kestrel.kernel"));
  bool named = TYPEOF(wanted) == STRSXP && Rf_xlength(wanted) == 1;
  const engine_pair* pair = named ? engines_find(string_of(wanted)) : NULL;
  return pair ? pair : engines_at(0);
}

const nn_engine* spec_engine(SEXP precision) {
  const engine_pair* pair = engines_wanted();
  return strcmp(string_of(precision), "float32") == 0 ? pair->f32 : pair->f64;
}

const nn_engine* spec_engine_double(void) { return engines_wanted()->f64; }

static int list_length(SEXP x) {
  if (x == R_NilValue) return 0;
  if (TYPEOF(x) != VECSXP || Rf_xlength(x) > INT32_MAX) Rf_error(INTERNAL "not a list.");
  return (int) Rf_xlength(x);
}

static const int* ints_of(SEXP x, int* n) {
  if (TYPEOF(x) != INTSXP || Rf_xlength(x) > INT32_MAX) Rf_error(INTERNAL "not integers.");
  *n = (int) Rf_xlength(x);
  return INTEGER(x);
}

static const nn_slot_rule* rules_of(SEXP x, int* n) {
  *n = list_length(x);
  if (*n > NN_MAX_SLOTS) Rf_error(INTERNAL "more rules than slots.");
  nn_slot_rule* rules = (nn_slot_rule*) R_alloc((size_t) *n, sizeof(nn_slot_rule));
  for (int i = 0; i < *n; ++i) {
    SEXP rule = VECTOR_ELT(x, i);
    rules[i].penalty = spec_choice(spec_field(rule, "penalty"));
    rules[i].constraint = spec_choice(spec_field(rule, "constraint"));
    rules[i].constraint_axes = spec_int(rule, "axes");
  }
  return rules;
}

static int phase_of(SEXP training) {
  if (training == R_NilValue) return 0;
  return Rf_asLogical(training) == 1 ? 1 : -1;
}

static nn_node_spec node_of(SEXP x) {
  SEXP activation = spec_field(x, "activation");
  nn_node_spec n = {.layer = spec_choice(spec_field(x, "layer")),
                    .activation = activation == R_NilValue ? NULL : string_of(activation),
                    .weights_from = spec_int(x, "weights_from"),
                    .trainable = spec_flag(x, "trainable"),
                    .phase = phase_of(spec_field(x, "training")),
                    .stream = spec_int(x, "stream"),
                    .activity = spec_choice(spec_field(x, "activity"))};
  n.inputs = ints_of(spec_field(x, "inputs"), &n.n_inputs);
  n.rules = rules_of(spec_field(x, "rules"), &n.n_rules);
  return n;
}

nn_network_spec spec_network(SEXP x) {
  SEXP inputs = spec_field(x, "inputs"), nodes = spec_field(x, "nodes");
  nn_network_spec s = {.n_inputs = list_length(inputs), .n_nodes = list_length(nodes)};
  nn_shape* shapes = (nn_shape*) R_alloc((size_t) s.n_inputs, sizeof(nn_shape));
  nn_node_spec* specs = (nn_node_spec*) R_alloc((size_t) s.n_nodes, sizeof(nn_node_spec));
  for (int i = 0; i < s.n_inputs; ++i) shapes[i] = spec_shape(VECTOR_ELT(inputs, i));
  for (int i = 0; i < s.n_nodes; ++i) specs[i] = node_of(VECTOR_ELT(nodes, i));
  s.inputs = shapes;
  s.nodes = specs;
  s.outputs = ints_of(spec_field(x, "outputs"), &s.n_outputs);
  return s;
}

/* Rows from .. from + n - 1 of R's array, samples first. */
nn_array spec_array(SEXP x) {
  nn_array a = {.values = NULL};
  if (x == R_NilValue) return a;
  SEXP values = spec_field(x, "values");
  bool doubles = TYPEOF(values) == REALSXP;
  if (!doubles && TYPEOF(values) != INTSXP && TYPEOF(values) != LGLSXP) {
    Rf_error(INTERNAL "an array that is not numeric.");
  }
  a.shape = spec_shape(spec_field(x, "dims"));
  a.type = doubles ? NN_DOUBLE : NN_INT;
  a.values = doubles ? (const void*) REAL(values) : (const void*) INTEGER(values);
  a.from = spec_int(x, "from");
  a.n = spec_int(x, "n");
  double size = 1;
  for (int i = 0; i < a.shape.rank; ++i) size *= a.shape.dims[i];
  double total = (double) Rf_xlength(values) / size;
  if (total > INT32_MAX || total != (int) total || a.from < 0 || a.n < 0 || a.from + (double) a.n > total) {
    Rf_error(INTERNAL "an array shorter than its dims.");
  }
  a.n_total = (int) total;
  return a;
}

static const nn_array* arrays_of(SEXP list, int n, int rows) {
  if (list_length(list) != n) Rf_error(INTERNAL "not one array for each input or output.");
  nn_array* arrays = (nn_array*) R_alloc((size_t) n, sizeof(nn_array));
  for (int i = 0; i < n; ++i) {
    arrays[i] = spec_array(VECTOR_ELT(list, i));
    if (arrays[i].values && arrays[i].n != rows) Rf_error(INTERNAL "arrays of unlike length.");
  }
  return arrays;
}

nn_data spec_data(SEXP x, const nn_network_spec* network) {
  nn_data d = {.n = 0};
  if (x == R_NilValue) return d;
  d.n = spec_int(x, "n");
  d.x = arrays_of(spec_field(x, "x"), network->n_inputs, d.n);
  d.y = arrays_of(spec_field(x, "y"), network->n_outputs, d.n);
  d.weight = arrays_of(spec_field(x, "weight"), network->n_outputs, d.n);
  return d;
}

nn_optimizer_spec spec_optimizer(SEXP x) {
  nn_optimizer_spec o = {.lr = 0};
  if (x == R_NilValue) return o;
  o.optimizer = spec_choice(spec_field(x, "optimizer"));
  o.lr = spec_number(x, "lr");
  o.schedule = spec_choice(spec_field(x, "schedule"));
  o.decay = spec_number(x, "decay");
  o.clipnorm = spec_number(x, "clipnorm");
  o.clipvalue = spec_number(x, "clipvalue");
  o.global_clipnorm = spec_number(x, "global_clipnorm");
  o.weight_decay = spec_number(x, "weight_decay");
  o.use_ema = spec_flag(x, "use_ema");
  o.ema_momentum = spec_number(x, "ema_momentum");
  o.ema_every = spec_int(x, "ema_every");
  o.accumulate = spec_int(x, "accumulate");
  SEXP apart = spec_field(x, "apart");
  o.n_apart = Rf_length(apart);
  o.apart = o.n_apart ? spec_doubles(apart, o.n_apart) : NULL;
  return o;
}

nn_reduction spec_reduction(SEXP x) {
  const char* name = string_of(x);
  if (strcmp(name, "sum") == 0) return NN_REDUCE_SUM;
  if (strcmp(name, "mean_with_sample_weight") == 0) return NN_REDUCE_WEIGHTED_MEAN;
  return strcmp(name, "none") == 0 ? NN_REDUCE_NONE : NN_REDUCE_MEAN;
}

static const nn_output_spec* outputs_of(SEXP list) {
  int n = list_length(list);
  nn_output_spec* outputs = (nn_output_spec*) R_alloc((size_t) n, sizeof(nn_output_spec));
  for (int i = 0; i < n; ++i) {
    SEXP x = VECTOR_ELT(list, i);
    outputs[i].loss = spec_choice(spec_field(x, "loss"));
    outputs[i].reduction = spec_reduction(spec_field(x, "reduction"));
    outputs[i].loss_weight = spec_number(x, "loss_weight");
    outputs[i].fused = spec_flag(x, "fused");
    outputs[i].mask = spec_int(x, "mask");
  }
  return outputs;
}

static const nn_metric_spec* metrics_of(SEXP list, int* n) {
  *n = list_length(list);
  nn_metric_spec* metrics = (nn_metric_spec*) R_alloc((size_t) *n, sizeof(nn_metric_spec));
  for (int i = 0; i < *n; ++i) {
    SEXP x = VECTOR_ELT(list, i);
    metrics[i].output = spec_int(x, "output");
    metrics[i].metric = spec_choice(spec_field(x, "metric"));
    metrics[i].weighted = spec_flag(x, "weighted");
    metrics[i].result = spec_int(x, "result");
  }
  return metrics;
}

nn_train_spec spec_train(SEXP x) {
  nn_train_spec t = {.outputs = outputs_of(spec_field(x, "outputs")),
                     .optimizer = spec_optimizer(spec_field(x, "optimizer")),
                     .batch_size = spec_int(x, "batch_size"),
                     .validation_batch_size = spec_int(x, "validation_batch_size"),
                     .shuffle = spec_flag(x, "shuffle"),
                     .shuffle_batches = spec_flag(x, "shuffle_batches"),
                     .steps_per_epoch = spec_int(x, "steps_per_epoch"),
                     .seed = (uint64_t) spec_number(x, "seed"),
                     .threads = threads_allowed(spec_int(x, "threads")),
                     .gather = spec_flag(x, "gather")};
  t.metrics = metrics_of(spec_field(x, "metrics"), &t.n_metrics);
  if (t.batch_size < 1 || t.validation_batch_size < 1) Rf_error(INTERNAL "a batch without rows.");
  return t;
}

/* R has checked what a user can get wrong, so none of these should be seen. */
void spec_stop(nn_status status) {
  static const char* const reasons[] = {"", "an unknown name", "shapes that do not fit",
                                        "sizes past the limits", "a spec that contradicts itself"};
  if (status.code != NN_OK) {
    Rf_error(INTERNAL "%s at node %d.", reasons[status.code], status.node + 1);
  }
}
