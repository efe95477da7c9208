#include <string.h>
#include <time.h>

#include <R_ext/Utils.h>

#include "ffi.h"
#include "r-memory.h"
#include "r-plan.h"
#include "r-threads.h"

/* A trainer lives in two raw vectors (and reads R's arrays when it gathers), kept by the external pointer that R holds during one
 * fit(). The pointer's address is that of a `handle` in a third one. */

typedef struct {
  const nn_engine* engine;
  nn_trainer* trainer;
  int n_inputs, n_outputs, n_metrics;
  int threads;        /* at most */
  size_t n_w, n_all;  /* parameters; with running statistics */
} handle;

static double seconds(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static handle* handle_of(SEXP x) {
  handle* h = TYPEOF(x) == EXTPTRSXP ? (handle*) R_ExternalPtrAddr(x) : NULL;
  if (!h) Rf_error("Internal error: this training has ended.");
  if (h->threads > 1) h->engine->trainer_set_threads(h->trainer, threads_allowed(h->threads));
  return h;
}

SEXP ffi_seconds(void) { return Rf_ScalarReal(seconds()); }

/* A trainer; or, where it would take more than `most` bytes, how many. */
SEXP ffi_trainer_new(SEXP spec, SEXP train, SEXP data, SEXP validation, SEXP w, SEXP most) {
  plan p = plan_read(spec, train, data, validation);
  SEXP keep = PROTECT(Rf_allocVector(VECSXP, 5));
  SET_VECTOR_ELT(keep, 0, block_new(sizeof(handle)));
  SET_VECTOR_ELT(keep, 1, block_new(p.engine->network_bytes(&p.network)));
  nn_network* net;
  spec_stop(p.engine->network_new(block_align(RAW(VECTOR_ELT(keep, 1))), &p.network, &net));
  size_t bytes = p.engine->trainer_bytes(net, &p.train, &p.data, &p.validation);
  if ((double) bytes > Rf_asReal(most)) {
    UNPROTECT(1);
    return Rf_ScalarReal(bytes == SIZE_MAX ? R_PosInf : (double) bytes);
  }
  SET_VECTOR_ELT(keep, 2, block_new(bytes));
  handle* h = block_align(RAW(VECTOR_ELT(keep, 0)));
  size_t n_state;
  *h = (handle){.engine = p.engine, .n_inputs = p.network.n_inputs,
                .n_outputs = p.network.n_outputs, .n_metrics = p.train.n_metrics,
                .threads = p.train.threads};
  p.engine->network_sizes(net, &h->n_w, &n_state);
  h->n_all = h->n_w + n_state;
  spec_stop(p.engine->trainer_new(block_align(RAW(VECTOR_ELT(keep, 2))), net, &p.train, &p.data,
                                  &p.validation, spec_doubles(w, (R_xlen_t) h->n_all),
                                  &h->trainer));
  if (p.train.gather) {
    SET_VECTOR_ELT(keep, 3, data);
    SET_VECTOR_ELT(keep, 4, validation);
  }
  SEXP pointer = R_MakeExternalPtr(h, R_NilValue, keep);
  UNPROTECT(1);
  return pointer;
}

static nn_data data_of(const handle* h, SEXP data) {
  nn_network_spec counts = {.n_inputs = h->n_inputs, .n_outputs = h->n_outputs};
  return spec_data(data, &counts);
}

SEXP ffi_trainer_refill(SEXP x, SEXP data, SEXP seed) {
  handle* h = handle_of(x);
  nn_data d = data_of(h, data);
  if (!h->engine->trainer_refill(h->trainer, &d, (uint64_t) Rf_asReal(seed))) {
    Rf_error("Internal error: a batch of another size.");
  }
  return R_NilValue;
}

/* Whether they fit. */
SEXP ffi_trainer_feed(SEXP x, SEXP data, SEXP at) {
  handle* h = handle_of(x);
  nn_data d = data_of(h, data);
  return Rf_ScalarLogical(h->engine->trainer_feed(h->trainer, &d, Rf_asInteger(at)));
}

SEXP ffi_trainer_follow(SEXP x, SEXP before) {
  handle *h = handle_of(x), *from = handle_of(before);
  bool alike = h->engine == from->engine && h->n_outputs == from->n_outputs &&
               h->n_metrics == from->n_metrics && h->n_all == from->n_all;
  if (!alike) Rf_error("Internal error: a trainer of another model.");
  h->engine->trainer_follow(h->trainer, from->trainer);
  return R_NilValue;
}

/* Jumps when the user has pressed Ctrl-C or a time limit is over. R's own checks come every
 * thousand evaluations, which is seconds when most of the time is spent here. */
SEXP ffi_interrupt(void) {
  R_CheckUserInterrupt();
  return R_NilValue;
}

static int logs_of(const handle* h) { return NN_LOGS(h->n_outputs, h->n_metrics); }

SEXP ffi_trainer_progress(SEXP x) {
  handle* h = handle_of(x);
  nn_progress p;
  h->engine->trainer_progress(h->trainer, &p);
  double values[] = {p.epoch, p.batch, p.batches, p.iterations, p.lr,
                     p.nonfinite, p.nonfinite_epoch, p.nonfinite_batch, p.stop};
  SEXP result = Rf_allocVector(REALSXP, 9);
  memcpy(REAL(result), values, sizeof(values));
  return result;
}

enum { MOST_ROWS = 16384 };

static void columns_put(SEXP list, int i, int width, int n, const double* values) {
  SET_VECTOR_ELT(list, i, Rf_allocMatrix(REALSXP, width, n));
  if (n) memcpy(REAL(VECTOR_ELT(list, i)), values, (size_t) n * (size_t) width * sizeof(double));
}

/* list(logs, norms = one column each per epoch finished, progress). */
SEXP ffi_trainer_run(SEXP x, SEXP epoch, SEXP batch, SEXP budget) {
  handle* h = handle_of(x);
  nn_progress p;
  h->engine->trainer_progress(h->trainer, &p);
  int until = Rf_asInteger(epoch), left = until - p.epoch + 1;
  int rows = left < 1 ? 1 : left > MOST_ROWS ? MOST_ROWS : left;
  double* logs = (double*) R_alloc((size_t) rows * (size_t) logs_of(h), sizeof(double));
  double* norms = (double*) R_alloc((size_t) rows * 2, sizeof(double));
  rows = h->engine->trainer_run(h->trainer, until, Rf_asInteger(batch), Rf_asReal(budget), seconds,
                                rows, logs, norms);
  const char* fields[] = {"logs", "norms", "progress", ""};
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, fields));
  columns_put(result, 0, logs_of(h), rows, logs);
  columns_put(result, 1, 2, rows, norms);
  SET_VECTOR_ELT(result, 2, ffi_trainer_progress(x));
  UNPROTECT(1);
  return result;
}

/* The logs of an epoch of one batch. */
SEXP ffi_trainer_step(SEXP x) {
  handle* h = handle_of(x);
  SEXP logs = Rf_allocVector(REALSXP, logs_of(h));
  h->engine->trainer_run(h->trainer, 1, 0, R_PosInf, seconds, 1, REAL(logs), NULL);
  h->engine->trainer_logs(h->trainer, REAL(logs));
  return logs;
}

/* list(logs, at, done): call again with `at` until done. */
SEXP ffi_trainer_evaluate(SEXP x, SEXP steps, SEXP at, SEXP budget) {
  handle* h = handle_of(x);
  int position = Rf_asInteger(at);
  const char* fields[] = {"logs", "at", "done", ""};
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, fields));
  SET_VECTOR_ELT(result, 0, Rf_allocVector(REALSXP, logs_of(h)));
  bool done = h->engine->trainer_evaluate(h->trainer, Rf_asInteger(steps), &position,
                                          Rf_asReal(budget), seconds, REAL(VECTOR_ELT(result, 0)));
  SET_VECTOR_ELT(result, 1, Rf_ScalarInteger(position));
  SET_VECTOR_ELT(result, 2, Rf_ScalarLogical(done));
  UNPROTECT(1);
  return result;
}

/* One output of the last batch in one vector: samples, targets and predictions of a sample,
 * whether there are weights; then all targets, predictions and weights. */
SEXP ffi_trainer_batch(SEXP x, SEXP output) {
  enum { HEAD = 4 };
  handle* h = handle_of(x);
  int o = Rf_asInteger(output);
  nn_batch b = {.n = 0};
  if (o < 0 || o >= h->n_outputs) Rf_error("Internal error: there is no output %d.", o);
  h->engine->trainer_batch(h->trainer, o, &b);
  size_t n = (size_t) b.n;
  SEXP all = Rf_allocVector(REALSXP, (R_xlen_t) (HEAD + n * (b.targets + b.predictions + 1)));
  double head[HEAD] = {b.n, (double) b.targets, (double) b.predictions, b.weighted};
  memcpy(REAL(all), head, sizeof(head));
  b.t = REAL(all) + HEAD;
  b.y = b.t + n * b.targets;
  b.weight = b.y + n * b.predictions;
  h->engine->trainer_batch(h->trainer, o, &b);
  return all;
}

SEXP ffi_trainer_add(SEXP x, SEXP metric, SEXP total, SEXP count) {
  handle* h = handle_of(x);
  bool added = h->engine->trainer_add(h->trainer, Rf_asInteger(metric), Rf_asReal(total),
                                      Rf_asReal(count));
  if (!added) Rf_error("Internal error: a metric that adds by itself.");
  return R_NilValue;
}

static const double* optional(SEXP x, R_xlen_t n) {
  return x == R_NilValue ? NULL : spec_doubles(x, n);
}

SEXP ffi_trainer_open(SEXP x, SEXP at) {
  handle* h = handle_of(x);
  return Rf_ScalarInteger(h->engine->trainer_open(h->trainer, Rf_asInteger(at)));
}

SEXP ffi_trainer_next(SEXP x) {
  handle* h = handle_of(x);
  return Rf_ScalarInteger(h->engine->trainer_next(h->trainer));
}

SEXP ffi_trainer_look(SEXP x, SEXP node, SEXP gradient) {
  handle* h = handle_of(x);
  int i = Rf_asInteger(node);
  bool by = Rf_asLogical(gradient) == 1;
  size_t n = h->engine->trainer_look(h->trainer, i, by, NULL);
  if (!n) Rf_error("Internal error: there is no node %d.", i);
  SEXP values = Rf_allocVector(REALSXP, (R_xlen_t) n);
  h->engine->trainer_look(h->trainer, i, by, REAL(values));
  return values;
}

SEXP ffi_trainer_put(SEXP x, SEXP node, SEXP input, SEXP values) {
  handle* h = handle_of(x);
  R_xlen_t n = Rf_xlength(values);
  bool taken = h->engine->trainer_put(h->trainer, Rf_asInteger(node), Rf_asInteger(input),
                                      (size_t) n, spec_doubles(values, n));
  if (!taken) Rf_error("Internal error: node %d was not asked for.", Rf_asInteger(node));
  return R_NilValue;
}

/* n numbers from `at` are among the first `most`. */
static size_t place_of(SEXP at, double n, size_t most) {
  double from = Rf_asReal(at);
  bool inside = from >= 0 && n >= 0 && from + n <= (double) most;
  if (!inside) Rf_error("Internal error: no such place.");
  return (size_t) from;
}

SEXP ffi_trainer_read(SEXP x, SEXP at, SEXP n, SEXP gradient) {
  handle* h = handle_of(x);
  bool by = Rf_asLogical(gradient) == 1;
  size_t from = place_of(at, Rf_asReal(n), by ? h->n_w : h->n_all);
  SEXP values = Rf_allocVector(REALSXP, (R_xlen_t) Rf_asReal(n));
  h->engine->trainer_read(h->trainer, from, (size_t) Rf_asReal(n), by, REAL(values));
  return values;
}

SEXP ffi_trainer_write(SEXP x, SEXP at, SEXP gradient, SEXP values) {
  handle* h = handle_of(x);
  R_xlen_t n = Rf_xlength(values);
  bool by = Rf_asLogical(gradient) == 1;
  size_t from = place_of(at, (double) n, by ? h->n_w : h->n_all);
  h->engine->trainer_write(h->trainer, from, (size_t) n, by, spec_doubles(values, n));
  return R_NilValue;
}

SEXP ffi_trainer_charge(SEXP x, SEXP value) {
  handle* h = handle_of(x);
  h->engine->trainer_charge(h->trainer, Rf_asReal(value));
  return R_NilValue;
}

/* slope: an array of the output's predictions in this batch, or NULL. */
SEXP ffi_trainer_give(SEXP x, SEXP output, SEXP value, SEXP slope) {
  handle* h = handle_of(x);
  int o = Rf_asInteger(output);
  nn_batch b = {.n = 0};
  if (o < 0 || o >= h->n_outputs) Rf_error("Internal error: there is no output %d.", o);
  h->engine->trainer_batch(h->trainer, o, &b);
  const double* by = optional(slope, (R_xlen_t) ((size_t) b.n * b.predictions));
  bool given = h->engine->trainer_give(h->trainer, o, Rf_asReal(value), by);
  if (!given) Rf_error("Internal error: a loss of the engine's own.");
  return R_NilValue;
}

SEXP ffi_trainer_apply(SEXP x, SEXP g) {
  handle* h = handle_of(x);
  h->engine->trainer_apply(h->trainer, spec_doubles(g, (R_xlen_t) h->n_w));
  return R_NilValue;
}

SEXP ffi_trainer_logs(SEXP x) {
  handle* h = handle_of(x);
  SEXP logs = Rf_allocVector(REALSXP, logs_of(h));
  h->engine->trainer_logs(h->trainer, REAL(logs));
  return logs;
}

SEXP ffi_trainer_get(SEXP x) {
  handle* h = handle_of(x);
  R_xlen_t moments = (R_xlen_t) h->n_w * h->engine->trainer_moments(h->trainer);
  const char* fields[] = {"w", "moments", "scalars", "iterations", ""};
  SEXP result = PROTECT(Rf_mkNamed(VECSXP, fields));
  SET_VECTOR_ELT(result, 0, Rf_allocVector(REALSXP, (R_xlen_t) h->n_all));
  SET_VECTOR_ELT(result, 1, Rf_allocVector(REALSXP, moments));
  SET_VECTOR_ELT(result, 2, Rf_allocVector(REALSXP, NN_MAX_SCALARS));
  SET_VECTOR_ELT(result, 3, Rf_allocVector(REALSXP, 1));
  h->engine->trainer_get(h->trainer, REAL(VECTOR_ELT(result, 0)), REAL(VECTOR_ELT(result, 1)),
                         REAL(VECTOR_ELT(result, 2)), REAL(VECTOR_ELT(result, 3)));
  UNPROTECT(1);
  return result;
}

SEXP ffi_trainer_set(SEXP x, SEXP w, SEXP moments, SEXP scalars, SEXP iterations) {
  handle* h = handle_of(x);
  R_xlen_t n = (R_xlen_t) h->n_w * h->engine->trainer_moments(h->trainer);
  h->engine->trainer_set(h->trainer, optional(w, (R_xlen_t) h->n_all), optional(moments, n),
                         optional(scalars, NN_MAX_SCALARS), optional(iterations, 1));
  return R_NilValue;
}

SEXP ffi_trainer_mark(SEXP x) {
  handle* h = handle_of(x);
  SEXP mark = Rf_allocVector(REALSXP, (R_xlen_t) h->engine->trainer_mark(h->trainer, NULL));
  h->engine->trainer_mark(h->trainer, REAL(mark));
  return mark;
}

/* Whether there is such a place. */
SEXP ffi_trainer_goto(SEXP x, SEXP mark) {
  handle* h = handle_of(x);
  bool alike = (size_t) Rf_xlength(mark) == h->engine->trainer_mark(h->trainer, NULL);
  const double* to = spec_doubles(mark, Rf_xlength(mark));
  return Rf_ScalarLogical(alike && h->engine->trainer_goto(h->trainer, to));
}

SEXP ffi_trainer_set_rate(SEXP x, SEXP lr) {
  handle* h = handle_of(x);
  h->engine->trainer_set_rate(h->trainer, Rf_asReal(lr));
  return R_NilValue;
}

SEXP ffi_trainer_start_epoch(SEXP x, SEXP epoch) {
  handle* h = handle_of(x);
  h->engine->trainer_start_epoch(h->trainer, Rf_asInteger(epoch));
  return R_NilValue;
}

SEXP ffi_trainer_finalize(SEXP x) {
  handle* h = handle_of(x);
  h->engine->trainer_finalize(h->trainer);
  return R_NilValue;
}
