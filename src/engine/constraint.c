#include "penalty.h"

/* Constraints; n is the norm of w over the given axes, eps = 1e-7:
 *   max_norm      w min(n, max) / (eps + n)
 *   min_max_norm  w (rate clip(n, min, max) + (1 - rate) n) / (eps + n)
 *   non_neg       max(w, 0)
 *   unit_norm     w / (eps + n)
 * The weights that share a norm are a group; it is addressed from its first number. */

/* Some of a tensor's axes: `total` combinations of their indices. */
typedef struct {
  int n;
  size_t dims[NN_MAX_RANK], strides[NN_MAX_RANK], total;
} axis_set;

static void axis_set_add(axis_set* s, size_t dim, size_t stride) {
  s->dims[s->n] = dim;
  s->strides[s->n] = stride;
  s->n += 1;
  s->total *= dim;
}

static void axes_split(const tensor* t, int axes, axis_set* inside, axis_set* outside) {
  size_t stride = 1;
  *inside = *outside = (axis_set){.total = 1};
  for (int a = 0; a < t->rank; ++a) {
    axis_set_add((axes >> a) & 1 ? inside : outside, (size_t) t->dims[a], stride);
    stride *= (size_t) t->dims[a];
  }
  if (inside->n == 0) axis_set_add(inside, 1, 1);
}

/* Where combination i stands; the first axis runs fastest. */
static size_t axis_set_at(const axis_set* s, size_t i) {
  size_t at = 0;
  for (int a = 0; a < s->n; ++a) {
    at += i % s->dims[a] * s->strides[a];
    i /= s->dims[a];
  }
  return at;
}

static double group_norm(const axis_set* inside, const real* w) {
  size_t run = inside->dims[0], stride = inside->strides[0];
  double sum = 0;
  for (size_t i = 0; i < inside->total; i += run) {
    const real* x = w + axis_set_at(inside, i);
    for (size_t j = 0; j < run; ++j) sum += (double) x[j * stride] * (double) x[j * stride];
  }
  return sqrt(sum);
}

static void group_scale(const axis_set* inside, real by, real* w) {
  size_t run = inside->dims[0], stride = inside->strides[0];
  for (size_t i = 0; i < inside->total; i += run) {
    real* x = w + axis_set_at(inside, i);
    for (size_t j = 0; j < run; ++j) x[j * stride] *= by;
  }
}

static void norms_apply(const tensor* t, const double* h, int axes, real* w,
                        double (*wanted)(const double* h, double norm)) {
  axis_set inside, outside;
  axes_split(t, axes, &inside, &outside);
  for (size_t i = 0; i < outside.total; ++i) {
    real* group = w + axis_set_at(&outside, i);
    double norm = group_norm(&inside, group);
    group_scale(&inside, (real) (wanted(h, norm) / (1e-7 + norm)), group);
  }
}

static double max_norm_wanted(const double* h, double norm) { return norm > h[0] ? h[0] : norm; }

static void max_norm_apply(const tensor* t, const double* h, int axes, real* w) {
  norms_apply(t, h, axes, w, max_norm_wanted);
}

static double min_max_norm_wanted(const double* h, double norm) {
  double raised = norm < h[0] ? h[0] : norm, clipped = raised > h[1] ? h[1] : raised;
  return h[2] * clipped + (1 - h[2]) * norm;
}

static void min_max_norm_apply(const tensor* t, const double* h, int axes, real* w) {
  norms_apply(t, h, axes, w, min_max_norm_wanted);
}

static double unit_norm_wanted(const double* h, double norm) {
  (void) h;
  (void) norm;
  return 1;
}

static void unit_norm_apply(const tensor* t, const double* h, int axes, real* w) {
  norms_apply(t, h, axes, w, unit_norm_wanted);
}

static void non_neg_apply(const tensor* t, const double* h, int axes, real* w) {
  (void) h;
  (void) axes;
  for (size_t i = 0; i < t->n; ++i) w[i] = w[i] < 0 ? 0 : w[i];
}

static const constraint constraints[] = {
    {"max_norm", {{"max_value", 2}}, max_norm_apply},
    {"min_max_norm", {{"min_value", 0}, {"max_value", 1}, {"rate", 1}}, min_max_norm_apply},
    {"non_neg", {{NULL, 0}}, non_neg_apply},
    {"unit_norm", {{NULL, 0}}, unit_norm_apply},
};

NN_PRIVATE const constraint* constraint_at(int i) {
  int n = (int) (sizeof(constraints) / sizeof(*constraints));
  return i >= 0 && i < n ? constraints + i : NULL;
}

NN_PRIVATE const constraint* constraint_find(const char* name) {
  for (int i = 0; constraint_at(i); ++i) {
    if (strcmp(name, constraint_at(i)->name) == 0) return constraint_at(i);
  }
  return NULL;
}
