/* The precision-free face of the engine: what the glue fills in (specs) and calls (nn_engine, one
 * table of functions for each precision). Plain structs, no R. All pointers in a spec belong to the
 * caller and are read only during the call, unless said otherwise. */
#ifndef NN_ENGINE_H
#define NN_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  NN_MAX_RANK = 4,     /* dimensions of a sample or of a tensor of parameters */
  NN_MAX_INPUTS = 256, /* of one node */
  NN_MAX_SLOTS = 4,    /* tensors of parameters of one layer */
  NN_MAX_HPARAMS = 12,
  NN_MAX_MOMENTS = 4,  /* optimizer arrays as long as the parameters */
  NN_MAX_SCALARS = 4
};

/* A hyperparameter's name and default; arrays of them end with a NULL name. */
typedef struct {
  const char* name;
  double start;
} nn_hparam;

typedef enum {
  NN_OK = 0,
  NN_UNKNOWN_NAME,   /* no record of that name */
  NN_BAD_SHAPE,      /* inputs do not fit the layer */
  NN_TOO_LARGE,      /* a size that no size_t or int can say */
  NN_BAD_SPEC        /* the spec contradicts itself */
} nn_code;

typedef struct {
  nn_code code;
  int node;
} nn_status;

typedef enum {
  NN_REDUCE_MEAN,           /* sum_over_batch_size: sum(w v) / n */
  NN_REDUCE_SUM,            /* sum(w v) */
  NN_REDUCE_WEIGHTED_MEAN,  /* mean_with_sample_weight: sum(w v) / sum(w) */
  NN_REDUCE_NONE            /* gradient of the sum, reported as the mean */
} nn_reduction;

/* A named record with its hyperparameters, in the record's order; name NULL: none. */
typedef struct {
  const char* name;
  const double* h;
  int n_h;
} nn_choice;

/* What is to happen to one tensor of parameters besides training. */
typedef struct {
  nn_choice penalty;
  nn_choice constraint;
  int constraint_axes;  /* bit a: the norm runs over axis a */
} nn_slot_rule;

typedef struct {
  nn_choice layer;
  const char* activation;     /* activation layers: the name, their hparams are the layer's */
  int n_inputs;
  const int* inputs;          /* earlier nodes; or -1 - k for input k of the network */
  int weights_from;           /* this node, or the earlier one whose parameters it shares */
  bool trainable;
  int phase;                  /* 1: as in training in any pass, -1: never, 0: as the pass is */
  int stream;                 /* random stream: number of the layer */
  nn_choice activity;         /* penalty on the output */
  int n_rules;
  const nn_slot_rule* rules;  /* one per slot; NULL: none */
} nn_node_spec;

typedef struct {
  int rank;
  int dims[NN_MAX_RANK];
} nn_shape;

typedef struct {
  int n_inputs;
  const nn_shape* inputs;
  int n_nodes;
  const nn_node_spec* nodes;
  int n_outputs;
  const int* outputs;  /* nodes */
} nn_network_spec;

/* What shape inference finds out about a node, for the caller to see. */
typedef struct {
  const char* name;
  int rank;
  int dims[NN_MAX_RANK];
  size_t at;  /* offset from the node's at_w, or its at_state */
  bool is_state;
} nn_slot_info;

typedef struct {
  nn_shape output;
  bool owner;  /* its parameters are its own */
  int n_slots;
  nn_slot_info slots[NN_MAX_SLOTS];
  size_t at_w, n_w;          /* its stretch of the parameters */
  size_t at_state, n_state;  /* and of the running statistics, which follow all parameters */
} nn_node_info;

/* A tensor in a block of parameters, column-major over its shape. */
typedef struct {
  size_t at, n;
  nn_shape shape;
  bool apart;  /* not to be treated as a matrix by optimizers that do so */
} nn_stretch;

typedef struct {
  nn_choice optimizer;
  double lr;
  nn_choice schedule;  /* name NULL: lr is constant */
  double decay;        /* legacy: the rate is divided by 1 + decay s at step s; 0: none */
  double clipnorm, clipvalue, global_clipnorm;  /* 0: none */
  double weight_decay;                          /* 0: none */
  bool use_ema;
  double ema_momentum;
  int ema_every;   /* overwrite w each so many steps; 0: only at the end */
  int accumulate;  /* gradients of so many steps make one update; 1: each */
  int n_apart;
  const double* apart;  /* where the tensors stand that are to be kept apart */
} nn_optimizer_spec;

/* Numbers in R's order: the sample runs fastest, then the first dimension of a sample. */
typedef enum { NN_DOUBLE, NN_INT } nn_type;

typedef struct {
  const void* values;
  nn_type type;
  int n_total;   /* samples in the array */
  int from, n;   /* the samples to take: from .. from + n - 1, counted from 0 */
  nn_shape shape;
} nn_array;

/* Samples: one array per input of the network, one per output; weight may be NULL. */
typedef struct {
  int n;
  const nn_array* x;
  const nn_array* y;
  const nn_array* weight;  /* one per output, values NULL: all 1 */
} nn_data;

typedef struct {
  nn_choice loss;
  nn_reduction reduction;
  double loss_weight;
  bool fused;  /* the loss absorbs the activation that is the output's last node */
  int mask;    /* 1 + the node that gives 1 for each column that counts, else 0; 0: all count */
} nn_output_spec;

typedef struct {
  int output;
  nn_choice metric;
  bool weighted;  /* uses the sample weights */
  int result;     /* which of its numbers */
} nn_metric_spec;

typedef struct {
  const nn_output_spec* outputs;  /* one per output of the network */
  int n_metrics;
  const nn_metric_spec* metrics;
  nn_optimizer_spec optimizer;
  int batch_size;
  int validation_batch_size;
  bool shuffle;
  bool shuffle_batches;      /* keep the rows of a batch together */
  int steps_per_epoch;       /* 0: all rows, each epoch */
  uint64_t seed;
  int threads;               /* at most; any number gives the same results */
  bool gather;               /* inputs are not copied: their values outlive the trainer */
} nn_train_spec;

typedef struct {
  int batch_size;
  bool training;  /* as one pass of training: dropout drops, statistics are the batch's */
  uint64_t seed;
  int threads;
} nn_predict_spec;

/* Why a solver has finished. */
typedef enum {
  NN_STOP_NOT,
  NN_STOP_ZERO,      /* the loss is zero to rounding */
  NN_STOP_GRADIENT,  /* the gradient is below its tolerance */
  NN_STOP_STEP,      /* the last step was below its tolerance */
  NN_STOP_LOSS,      /* the last decrease of the loss was below its tolerance */
  NN_STOP_STUCK,     /* no step lowers the loss */
  NN_STOP_NONFINITE  /* the loss is NaN or infinite */
} nn_stop;

/* Where training stands. Epochs and batches count from 0: `epoch` epochs and `batch`
 * batches of the running one are done. */
typedef struct {
  int epoch;
  int batch;
  int batches;           /* in an epoch */
  double iterations;     /* optimizer steps, all fits together */
  double lr;             /* rate of the next step */
  bool nonfinite;        /* a loss was NaN or infinite; the first one: */
  int nonfinite_epoch;
  int nonfinite_batch;
  nn_stop stop;          /* a solver has finished, and no further epoch is run */
} nn_progress;

/* In the place of a loss's name: values and gradients come from the caller, who runs batch by
 * batch, see trainer_open. Not for objectives and solvers. */
#define NN_OUTSIDE_LOSS "outside"

/* One output of the batch that was run last: n samples of so many targets and
 * predictions. Arrays may be NULL; they are filled in R's order. */
typedef struct {
  int n;
  size_t targets, predictions;
  bool weighted;   /* samples have weights */
  double *t, *y, *weight;
} nn_batch;

/* Values of one epoch, or of the part of it done: loss, then losses by output (when there
 * are several), then metrics. Their count: */
#define NN_LOGS(n_outputs, n_metrics) (1 + ((n_outputs) > 1 ? (n_outputs) : 0) + (n_metrics))

/* An array of the engine's own precision: double or float. */
typedef void nn_real;

typedef struct nn_network nn_network;
typedef struct nn_trainer nn_trainer;
typedef struct nn_objective nn_objective;

typedef struct {
  size_t real_size;

  /* A network holds shapes and offsets, no numbers. It is built in a block of
   * `network_bytes` bytes (aligned to 64), which must outlive all that is made from it. */
  size_t (*network_bytes)(const nn_network_spec* spec);
  nn_status (*network_new)(void* block, const nn_network_spec* spec, nn_network** net);
  void (*network_info)(const nn_network* net, nn_node_info* info); /* one per node */
  void (*network_sizes)(const nn_network* net, size_t* n_w, size_t* n_state);

  /* Sizes below are SIZE_MAX when no size_t can say them. Blocks are aligned to 64.
   * w: parameters, then running statistics, as doubles. Arrays go in R's order. */

  /* Prediction of samples in batches; one array y per output. Whether all of x was finite. */
  size_t (*predict_bytes)(const nn_network* net, const nn_predict_spec* spec);
  bool (*predict)(void* block, const nn_network* net, const nn_predict_spec* spec, const double* w,
                  int n, const nn_array* x, double* const* y);

  /* Derivatives at x, all samples as one batch: of sum(y v), by the inputs (dx, entries may
   * be NULL) and by the parameters (dw); the tangent of the outputs along (xdot, wdot).
   * With `training`, w receives the running statistics after the pass. */
  size_t (*derivatives_bytes)(const nn_network* net, int n);
  void (*gradient)(void* block, const nn_network* net, bool training, uint64_t seed, double* w,
                   int n, const nn_array* x, const nn_array* v, double* const* y,
                   double* const* dx, double* dw);
  void (*jvp)(void* block, const nn_network* net, bool training, uint64_t seed, const double* w,
              int n, const nn_array* x, const nn_array* xdot, const double* wdot,
              double* const* ydot);

  /* Training. The block and the network outlive the call; spec and data (but values of inputs that
   * are gathered) do not. `data` and `validation` may have n = 0. No optimizer: evaluation only. */
  size_t (*trainer_bytes)(const nn_network* net, const nn_train_spec* spec, const nn_data* data,
                          const nn_data* validation);
  nn_status (*trainer_new)(void* block, const nn_network* net, const nn_train_spec* spec,
                           const nn_data* data, const nn_data* validation, const double* w,
                           nn_trainer** trainer);
  /* Other training data, in arrays of the same kinds and sizes, and another seed: the next batch is
   * the first of epoch 0; weights and optimizer state stay. False: no fit, nothing was changed. */
  bool (*trainer_refill)(nn_trainer* t, const nn_data* data, uint64_t seed);
  /* The next batch of the epoch (at -1), or batch `at` of an evaluation, from 0: at most as many
   * samples as the trainer was made for; running values go on. False: no fit, nothing was changed;
   * then a trainer made for them, of the same model and metrics, follows: with its counts and
   * running values, but not its weights. */
  bool (*trainer_feed)(nn_trainer* t, const nn_data* data, int at);
  void (*trainer_follow)(nn_trainer* t, const nn_trainer* before);
  /* Batches until `epoch` epochs and `batch` batches of the next are done, the budget (in
   * seconds, by `clock`) is used up, or rows_max epochs were finished; returns their number. By
   * epoch a row of NN_LOGS in `logs` and, unless NULL, of 2 in `norms`: of the last gradient and
   * of the parameters' way in the epoch, estimated where there are many. */
  int (*trainer_run)(nn_trainer* t, int epoch, int batch, double budget, double (*clock)(void),
                     int rows_max, double* logs, double* norms);
  void (*trainer_progress)(const nn_trainer* t, nn_progress* p);
  /* What the last batch was, as far as `batch` asks for it. */
  void (*trainer_batch)(const nn_trainer* t, int output, nn_batch* batch);
  /* Adds sum(w v), sum(w) to the metric "mean" of number `metric`; false: it is another one. */
  bool (*trainer_add)(nn_trainer* t, int metric, double total, double count);
  /* A batch step by step, where the caller computes parts. The first begins the forward pass of the
   * next training batch (at -1; -2: as in inference) or of batch `at` of the evaluation, the second
   * goes on: after training's with score and way back. Both return the caller's node, or -1. */
  int (*trainer_open)(nn_trainer* t, int at);
  int (*trainer_next)(nn_trainer* t);
  /* Output of node i, or input -1 - i, or the gradient by it, in R's order; their number. */
  size_t (*trainer_look)(const nn_trainer* t, int i, bool gradient, double* to);
  /* The output (k < 0) of that node, or the gradient by its input k; false: not asked for. */
  bool (*trainer_put)(nn_trainer* t, int i, int k, size_t n, const double* from);
  /* Parameters and statistics from place `at`, or the gradient by the former, which is added to. */
  void (*trainer_read)(const nn_trainer* t, size_t at, size_t n, bool gradient, double* to);
  void (*trainer_write)(nn_trainer* t, size_t at, size_t n, bool gradient, const double* from);
  /* Adds to the loss of the batch that is open, before it is scored. */
  void (*trainer_charge)(nn_trainer* t, double value);
  /* The reduced value of output o's NN_OUTSIDE_LOSS for the batch that is open and, in R's order,
   * its gradient by the predictions (NULL: none is needed); false: nothing of the kind. */
  bool (*trainer_give)(nn_trainer* t, int o, double value, const double* slope);
  /* A step of the optimizer by a gradient of all parameters. No solver. */
  void (*trainer_apply)(nn_trainer* t, const double* g);
  /* Running values of the epoch under way. */
  void (*trainer_logs)(const nn_trainer* t, double* logs);
  /* Loss and metrics on the validation data, forward only: batches from *at (0 at first) to
   * `steps` (0: all) until the budget is used up; true: done, logs are those of all. */
  bool (*trainer_evaluate)(nn_trainer* t, int steps, int* at, double budget,
                           double (*clock)(void), double* logs);
  void (*trainer_set_rate)(nn_trainer* t, double lr);  /* a constant rate from now on */
  void (*trainer_start_epoch)(nn_trainer* t, int epoch); /* number of the next epoch */
  void (*trainer_set_threads)(nn_trainer* t, int threads);
  /* Optimizer state, as doubles: moments (EMA average and accumulated sum included), each as long
   * as the parameters; NN_MAX_SCALARS scalars; iterations. */
  int (*trainer_moments)(const nn_trainer* t);
  void (*trainer_get)(const nn_trainer* t, double* w, double* moments, double* scalars,
                      double* iterations);
  void (*trainer_set)(nn_trainer* t, const double* w, const double* moments, const double* scalars,
                      const double* iterations); /* each may be NULL: left alone */
  /* Where a fit stands beside these (NULL: how many numbers), and on from there; false: no place. */
  size_t (*trainer_mark)(const nn_trainer* t, double* mark);
  bool (*trainer_goto)(nn_trainer* t, const double* mark);
  void (*trainer_finalize)(nn_trainer* t);  /* EMA overwrite at the end of fit() */

  /* The training loss f of all samples as one batch, by the trainable parameters w, which are
   * laid end to end: objective_size numbers. Everything is at the parameters set last, at first
   * those of the full block w. `training`: passes drop and take the batch's statistics; they
   * draw the same numbers each time. The spec's optimizer and batches do not matter; samples
   * are never gathered. */
  size_t (*objective_bytes)(const nn_network* net, const nn_train_spec* spec, const nn_data* data);
  nn_status (*objective_new)(void* block, const nn_network* net, const nn_train_spec* spec,
                             const nn_data* data, bool training, const double* w,
                             nn_objective** f);
  size_t (*objective_size)(const nn_objective* f);
  void (*objective_get)(const nn_objective* f, double* w);
  void (*objective_set)(nn_objective* f, const double* w);
  double (*objective_value)(nn_objective* f);
  void (*objective_gradient)(nn_objective* f, double* g);
  /* H v, and J' H_loss J v where penalties of parameters keep their Hessian. */
  void (*objective_hessian)(nn_objective* f, const double* v, double* to);
  void (*objective_gauss_newton)(nn_objective* f, const double* v, double* to);
  /* Gradients by sample, samples x size, without those of penalties of parameters. Where samples
   * depend on each other: the part of the gradient that goes through the sample. */
  void (*objective_rows)(nn_objective* f, double* to);
  /* Of output o, or of what its loss works on when that has absorbed an activation: numbers in a
   * sample; the tangent along v, in R's order; the Jacobian, rows in the same order. */
  size_t (*objective_output_size)(const nn_objective* f, int o, bool logits);
  void (*objective_jvp)(nn_objective* f, int o, bool logits, const double* v, double* to);
  void (*objective_jacobian)(nn_objective* f, int o, bool logits, double* to);

  /* Single functions of the tables, on arrays of the engine's precision. NN_UNKNOWN_NAME
   * when there is no such record. Columns: keras-style last axis, k numbers a column. */
  nn_code (*activation)(nn_choice f, size_t n, int k, int inner, const nn_real* x, nn_real* y);
  nn_code (*activation_backward)(nn_choice f, size_t n, int k, int inner, const nn_real* x,
                                 const nn_real* y, const nn_real* dy, nn_real* dx);
  nn_code (*loss_value)(nn_choice f, size_t cols, int k, int kt, const nn_real* t, const nn_real* y,
                        nn_real* v);
  nn_code (*loss_grad)(nn_choice f, size_t cols, int k, int kt, const nn_real* t, const nn_real* y,
                       const nn_real* s, nn_real* dy);
  nn_code (*loss_scales)(nn_choice f, size_t cols, int k, int kt, const nn_real* t, const nn_real* y,
                         const nn_real* weight, nn_reduction reduction, nn_real* s);
  /* state: metric_states(f, k) doubles, zero at first; scratch v: cols reals. Result i of
   * metric_results(f, k). Some metrics take more numbers behind their hyperparameters. */
  size_t (*metric_states)(nn_choice f, int k);
  int (*metric_results)(nn_choice f, int k);
  nn_code (*metric_update)(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                           const nn_real* y, const nn_real* weight, nn_real* v, double* state);
  double (*metric_result)(nn_choice f, int k, const double* state, int i);
  nn_code (*initializer_draw)(nn_choice f, int rank, const int* dims, uint64_t seed,
                              uint32_t stream, double* w);
  nn_code (*penalty_value)(nn_choice f, int rank, const int* dims, const nn_real* w, double* value);
  nn_code (*penalty_grad)(nn_choice f, int rank, const int* dims, const nn_real* w, nn_real* g);
  nn_code (*constraint_apply)(nn_choice f, int axes, int rank, const int* dims, nn_real* w);
  nn_code (*schedule_value)(nn_choice f, double step, double* lr);
  /* Number of moments, and one step of a whole optimizer on tensors laid end to end.
   * moments: n numbers each; average and sum behind them where the spec asks for them.
   * work: scratch, optimizer_work numbers. */
  int (*optimizer_moments)(const nn_optimizer_spec* spec);
  size_t (*optimizer_work)(const nn_optimizer_spec* spec, int n_tensors, const nn_stretch* tensors);
  nn_code (*optimizer_start)(const nn_optimizer_spec* spec, size_t n, const nn_real* w,
                             nn_real* moments, double* scalars);
  nn_code (*optimizer_step)(const nn_optimizer_spec* spec, int n_tensors,
                            const nn_stretch* tensors, size_t n, nn_real* w, nn_real* g,
                            nn_real* moments, double* scalars, double* iterations,
                            nn_real* work);

  /* Processors that threads may run on, 1 where the engine knows no threads. */
  int (*processors)(void);
  bool (*has_openmp)(void);

  /* The tables, for the caller to list: record i of a table; false past the end. */
  bool (*registry)(const char* table, int i, const char** name, const nn_hparam** hparams,
                   int* flags, const char** text);
} nn_engine;

#endif
