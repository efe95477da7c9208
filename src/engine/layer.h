/* Layers: a record each, in a file each. Numbers of one sample stand in one column, its
 * dimensions in row-major order (the last runs fastest), as Keras flattens. */
#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "activation.h"
#include "real.h"
#include "rng.h"

/* Dimensions of one sample, the batch not counted. */
typedef nn_shape shape;

/* One tensor of parameters. Column-major over dims, as R shows it. */
typedef struct {
  const char* name;  /* "kernel": R's kernel_initializer, kernel_regularizer go by it */
  int rank;
  int dims[NN_MAX_RANK];
  size_t n;
  size_t at;      /* offset from the layer's w, or from its state */
  bool is_state;  /* not trained: running statistics */
} slot;

/* What one layer sees of the memory while one batch passes. */
typedef struct {
  int batch;
  bool training;
  bool fresh;            /* the gradient of the first slot holds nothing yet, and is set */
  int threads;           /* for long loops */
  rng random;            /* this layer's numbers at this step */
  const real* w;         /* its parameters */
  real* state;           /* its running statistics */
  const real* const* x;  /* one array per input, size of input x batch */
  real* y;               /* size of output x batch */
  real* cache;           /* what forward leaves for backward and jvp */
} frame;

/* What a second derivative sees besides: tangents of what forward took and gave, what arrives
 * in backward, and the tangent of that. */
typedef struct {
  const real* const* xdot;
  const real* wdot;
  const real* ydot;
  const real* dy;
  const real* dydot;
  real* scratch;  /* numbers of the input or of the output, whichever are more */
} tangent;

typedef struct layer layer;

typedef struct {
  const char* name;
  nn_hparam hparams[NN_MAX_HPARAMS + 1];
  /* From inputs, hparams and activation: output, slots, cache sizes. NN_OK or a reason. */
  nn_code (*shape)(layer* self);
  void (*forward)(const layer* self, const frame* f);
  /* dx[k] is written (NULL: nobody asks); the layer's stretch of gradients dw is added to. */
  void (*backward)(const layer* self, const frame* f, const real* dy, real* const* dx, real* dw);
  /* ydot = Jx xdot + Jw wdot; the tangents are never NULL */
  void (*jvp)(const layer* self, const frame* f, const real* const* xdot, const real* wdot,
              real* ydot);
  /* The tangent of backward along (xdot, wdot, dydot): dxdot[k] is written (NULL: nobody asks),
   * dwdot is added to. At a kink the derivative is that of the side which backward takes. */
  void (*backward_jvp)(const layer* self, const frame* f, const tangent* t, real* const* dxdot,
                       real* dwdot);
} layer_type;

struct layer {
  const layer_type* type;
  const activation* activation;  /* activation layers only */
  double hparams[NN_MAX_HPARAMS];
  bool trainable;
  int n_inputs;
  const shape* inputs;
  shape output;
  int n_slots;
  slot slots[NN_MAX_SLOTS];
  size_t n_w, n_state;           /* sums over the slots */
  bool sets;                     /* backward heeds `fresh` */
  /* Reals per sample, or once per batch, never both. A layer with the latter, that trains, lets
   * the samples of a batch depend on each other. */
  size_t cache_sample, cache_batch;
};

NN_PRIVATE const layer_type* layer_find(const char* name);
/* Record i of the table; NULL past the last one. */
NN_PRIVATE const layer_type* layer_at(int i);
NN_PRIVATE size_t shape_size(const shape* s);
/* Where number f of a row-major array stands when the array is column-major, as R has it. */
NN_PRIVATE size_t shape_offset(const shape* s, size_t f);
/* The same in an array that has only the axes `kept` (bit a: axis a, from 1): numbers that
 * differ along the others share their place. */
NN_PRIVATE size_t shape_offset_along(const shape* s, int kept, size_t f);
/* Adds a slot and returns it. */
NN_PRIVATE slot* layer_add_slot(layer* self, const char* name, int rank, const int* dims,
                                bool is_state);
/* The axes first .. last (0-based, of the sample) as groups: k numbers, `inner` apart. */
NN_PRIVATE span layer_axes(const layer* self, int batch, int first, int last);
/* An axis of the input's sample, from 0, or from the end when below 0; -1: there is none. */
NN_PRIVATE int layer_axis(const layer* self, double axis);
/* Numbers in the output of this batch. */
NN_PRIVATE size_t layer_numbers(const layer* self, const frame* f);

/* y = x: for layers that only look at their input, or change its shape. */
NN_PRIVATE nn_code same_shape(layer* self);
NN_PRIVATE void same_forward(const layer* self, const frame* f);
NN_PRIVATE void same_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                              real* dw);
NN_PRIVATE void same_jvp(const layer* self, const frame* f, const real* const* xdot,
                         const real* wdot, real* ydot);
/* Where backward depends on dy alone, in which it is linear: on neither x (but for kinks, masks
 * and codes) nor w. */
NN_PRIVATE void plain_backward_jvp(const layer* self, const frame* f, const tangent* t,
                                    real* const* dxdot, real* dwdot);

/* Where y does not change with x and no parameters are: dx = 0, ydot = 0. */
NN_PRIVATE void flat_backward(const layer* self, const frame* f, const real* dy, real* const* dx,
                              real* dw);
NN_PRIVATE void flat_jvp(const layer* self, const frame* f, const real* const* xdot,
                         const real* wdot, real* ydot);
/* Layers that in training multiply x by random numbers: y has the shape of x, the cache keeps
 * dy/dx, the first hyperparameter is the rate, and at rate 0 nothing happens. */
NN_PRIVATE nn_code masked_shape(layer* self);
NN_PRIVATE bool masked_acts(const layer* self, const frame* f);
NN_PRIVATE void masked_backward(const layer* self, const frame* f, const real* dy,
                                real* const* dx, real* dw);
NN_PRIVATE void masked_jvp(const layer* self, const frame* f, const real* const* xdot,
                           const real* wdot, real* ydot);
/* A mask into the cache: 0 with probability `rate`, else 1 / (1 - rate). Hyperparameters rate,
 * shared (bit 0: all samples share it, bit a: it is the same along axis a, from 1), seed. */
NN_PRIVATE void mask_fill(const layer* self, const frame* f);

#endif
