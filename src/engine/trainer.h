/* A stretch of training: data, network, workspace, parameters, gradients, optimizer and
 * running sums, all in one block. Its life is one fit(). */
#ifndef NN_TRAINER_H
#define NN_TRAINER_H

#include "dataset.h"
#include "loss.h"
#include "metric.h"
#include "network.h"
#include "optimizer.h"
#include "solver.h"

/* Samples imported as columns. weight: per output, values NULL when all weigh 1. */
typedef struct {
  int n;
  column_set* x;
  column_set* t;
  column_set* weight;
} dataset;

/* One output: its loss and the columns the loss sees. */
typedef struct {
  const loss* loss;
  double h[NN_MAX_HPARAMS];
  nn_reduction reduction;
  double loss_weight;
  int node;       /* whose output the loss works on: the logits when fused */
  int shown;      /* whose output the metrics see */
  int mask;       /* whose output says which columns count; -1: all do */
  int k, kt;      /* predictions and targets in a column */
  int positions;  /* columns in a sample */
  real* t;        /* targets of the batch */
  real* weight;   /* one per column of the batch, or NULL */
  bool outside;   /* the caller computes the loss: of the batch under way its value and its */
  double given;   /* gradient by the predictions, k x columns */
  real* slope;
} output;

typedef struct {
  const metric* metric;
  double* h;
  int n_h;
  int output, result;
  bool weighted;
  size_t n_state;
  double* state;
} watcher;

/* Running values since an epoch (or an evaluation) began. */
typedef struct {
  double count;    /* samples */
  double total;    /* sum of batch losses, each times its samples */
  double* losses;  /* the same by output, unweighted, without penalties */
} sums;

/* A batch that the caller has opened. */
typedef enum {
  STAGE_CLOSED,
  STAGE_FORWARD,   /* the pass waits for a node */
  STAGE_SEEN,      /* all outputs are there */
  STAGE_BACKWARD,  /* scored; the pass waits for a node */
  STAGE_BACK       /* the gradient is there */
} trainer_stage;

struct nn_trainer {
  const network* net;
  workspace ws;
  dataset data, validation;
  const dataset* scored;   /* that the last batch was of */
  const dataset* gathered; /* all of it, in its order, is in the batch's arrays; or NULL */
  int n_outputs, n_metrics;
  output* outputs;
  watcher* metrics;
  sums sums;
  real *w, *g;             /* parameters, then running statistics; gradients */
  stretch* stretches;      /* trainable tensors */
  real* seen;              /* of every so many of their parameters: as the last epoch left them */
  size_t every;
  optimizer optimizer;
  solver solver;           /* instead of the optimizer's rule, which then is NULL; or none */
  real *v, *s;             /* a number per column: values, scales */
  int* order;              /* rows of this pass over the data */
  int* rows;               /* rows of a batch that is evaluated */
  int fed;                 /* batches of the evaluation before the first of `validation` */
  int batch_size, validation_batch_size;
  int batches;             /* in an epoch */
  bool shuffle, shuffle_batches;
  uint64_t seed;
  uint32_t steps;          /* batches done in this fit */
  uint32_t evaluated;      /* batches before the present one of an evaluation */
  int pass, at;            /* which pass over the rows, and how many of them are used up */
  const int* open_rows;    /* of the batch under way, n_open of them */
  int n_open;
  trainer_stage stage;     /* of that batch */
  int waits;               /* node that the caller computes now; -1: none */
  double value, charge;    /* loss of the batch; what the caller adds to it */
  int epoch, batch;        /* done */
  bool nonfinite;
  int nonfinite_epoch, nonfinite_batch;
};
typedef struct nn_trainer trainer;

NN_PRIVATE size_t trainer_bytes(const network* net, const nn_train_spec* spec, const nn_data* data,
                                const nn_data* validation);
NN_PRIVATE nn_status trainer_new(void* block, const network* net, const nn_train_spec* spec,
                                 const nn_data* data, const nn_data* validation, const double* w,
                                 trainer** result);
NN_PRIVATE bool trainer_refill(trainer* t, const nn_data* data, uint64_t seed);
NN_PRIVATE bool trainer_feed(trainer* t, const nn_data* data, int at);
NN_PRIVATE void trainer_follow(trainer* t, const trainer* before);
/* Forgets the running values: at the start of an epoch or of an evaluation. */
NN_PRIVATE void trainer_reset(trainer* t);
/* One batch, rows of a dataset: forward, as a pass of training or not, loss and metrics; the
 * loss with its penalties. */
NN_PRIVATE double trainer_score(trainer* t, const dataset* data, const int* rows, int n,
                                bool training);
/* The rows of a batch as the inputs of its passes. */
NN_PRIVATE void trainer_gather(trainer* t, const dataset* data, const int* rows, int n);
/* The same on the training data, and its gradient in g; in two steps for a batch that is open. */
NN_PRIVATE double trainer_gradient(trainer* t, const int* rows, int n, bool training);
NN_PRIVATE void trainer_seed(trainer* t, int n);
/* An update by the gradient in g. */
NN_PRIVATE void trainer_update(trainer* t);
/* That of a pass of training, then an update; of a solver an iteration, and the loss after it. */
NN_PRIVATE double trainer_step(trainer* t, const int* rows, int n);
/* The running values, NN_LOGS of them. */
NN_PRIVATE void trainer_logs(const trainer* t, double* logs);
NN_PRIVATE int batches_of(int rows, int size);
/* As the metric's functions see an output: its columns in this batch. */
NN_PRIVATE loss_args watcher_args(const trainer* t, const watcher* watch);

/* What the loss of an output sees: predictions of node `from`, hyperparameters h. */
NN_PRIVATE loss_args output_args(const trainer* t, const output* out, int from, const double* h);
/* A pass over the rules of trainable tensors that have any, with their place in the parameters. */
typedef void (*rule_visit)(const slot_rule* rule, const tensor* dims, size_t at, void* data);
NN_PRIVATE void rules_visit(const network* net, rule_visit visit, void* data);

/* As engine.h says of the functions of the same names. */
NN_PRIVATE int trainer_run(trainer* t, int epoch, int batch, double budget, double (*clock)(void),
                           int rows_max, double* logs, double* norms);
/* Norms of the gradient, and of how far the parameters went since the last call: of about a
 * thousand of them, evenly spread, scaled to all. */
NN_PRIVATE void trainer_norms(trainer* t, double* norms);
NN_PRIVATE bool trainer_evaluate(trainer* t, int steps, int* at, double budget,
                                 double (*clock)(void), double* logs);
NN_PRIVATE void trainer_batch(const trainer* t, int o, nn_batch* batch);
NN_PRIVATE bool trainer_add(trainer* t, int m, double total, double count);
/* The rows of pass number `pass` over the data, in t->order. */
NN_PRIVATE void order_draw(trainer* t, int pass);
/* The next training batch's rows, in t->open_rows. */
NN_PRIVATE void batch_open(trainer* t);
/* The rows of batch number `at` of the evaluation, in t->rows; their number. */
NN_PRIVATE int rows_evaluated(trainer* t, int at);
NN_PRIVATE int trainer_open(trainer* t, int at);
NN_PRIVATE int trainer_next(trainer* t);
NN_PRIVATE size_t trainer_look(const trainer* t, int i, bool gradient, double* to);
NN_PRIVATE bool trainer_put(trainer* t, int i, int k, size_t n, const double* from);
NN_PRIVATE void trainer_read(const trainer* t, size_t at, size_t n, bool gradient, double* to);
NN_PRIVATE void trainer_write(trainer* t, size_t at, size_t n, bool gradient, const double* from);
NN_PRIVATE void trainer_charge(trainer* t, double value);
NN_PRIVATE bool trainer_give(trainer* t, int o, double value, const double* slope);
NN_PRIVATE void trainer_apply(trainer* t, const double* g);
NN_PRIVATE void trainer_progress(const trainer* t, nn_progress* p);
NN_PRIVATE void trainer_start_epoch(trainer* t, int epoch);
NN_PRIVATE void trainer_set_threads(trainer* t, int threads);
NN_PRIVATE void trainer_set_rate(trainer* t, double lr);
NN_PRIVATE void trainer_finalize(trainer* t);
NN_PRIVATE int trainer_moments(const trainer* t);
NN_PRIVATE void trainer_get(const trainer* t, double* w, double* moments, double* scalars,
                            double* iterations);
NN_PRIVATE void trainer_set(trainer* t, const double* w, const double* moments,
                            const double* scalars, const double* iterations);
NN_PRIVATE size_t trainer_mark(const trainer* t, double* mark);
NN_PRIVATE bool trainer_goto(trainer* t, const double* mark);

#endif
