#include "schedule.h"

/* Learning rates as functions of the step s, counted from 0 in batches. h is in the order
 * of the records below; r0 is the initial rate, d the decay steps.
 *   exponential_decay         r0 rate^(s/d)                   staircase: floor(s/d)
 *   inverse_time_decay        r0 / (1 + rate s/d)             staircase: floor(s/d)
 *   polynomial_decay          (r0 - end)(1 - min(s,d)/d)^power + end
 *                             cycle: d becomes d max(1, ceil(s/d))
 *   cosine_decay              r0 ((1 - alpha)(1 + cos(pi min(s,d)/d))/2 + alpha)
 *                             warmup: linear to the target first, then r0 = target
 *   cosine_decay_restarts     cosine within period i, which is d t_mul^i long, the cosine
 *                             times m_mul^i
 *   piecewise_constant_decay  h: boundaries, then values; a boundary belongs to the value
 *                             before it */

#define SCHEDULE_PI 3.14159265358979323846

static double progress_of(double s, double d, double staircase) {
  return staircase > 0 ? floor(s / d) : s / d;
}

static double exponential_decay_value(const double* h, int n, double step) {
  (void) n;
  return h[0] * pow(h[2], progress_of(step, h[1], h[3]));
}

static double inverse_time_decay_value(const double* h, int n, double step) {
  (void) n;
  return h[0] / (1 + h[2] * progress_of(step, h[1], h[3]));
}

static double polynomial_decay_value(const double* h, int n, double step) {
  double d = h[1], end = h[2], power = h[3], cycle = h[4];
  (void) n;
  if (cycle > 0) d *= fmax(1, ceil(step / d));
  return (h[0] - end) * pow(1 - fmin(step, d) / d, power) + end;
}

/* From 1 at fraction 0 to alpha at fraction 1. */
static double cosine_fall(double fraction, double height, double alpha) {
  return (1 - alpha) * height * 0.5 * (1 + cos(SCHEDULE_PI * fraction)) + alpha;
}

enum { COSINE_START, COSINE_STEPS, COSINE_ALPHA, COSINE_TARGET, COSINE_WARMUP };

static double cosine_decay_value(const double* h, int n, double step) {
  double base = h[COSINE_START], d = h[COSINE_STEPS], warmup = h[COSINE_WARMUP];
  (void) n;
  if (!isnan(h[COSINE_TARGET])) {
    double rise = h[COSINE_TARGET] - base;
    if (step < warmup) return rise * (step / warmup) + base;
    base = h[COSINE_TARGET];
    step -= warmup;
  }
  return base * cosine_fall(fmin(step, d) / d, 1, h[COSINE_ALPHA]);
}

/* Sum of the first i periods, in units of the first. */
static double periods_sum(double t_mul, double i) {
  return t_mul == 1 ? i : (1 - pow(t_mul, i)) / (1 - t_mul);
}

/* The period that x (in units of the first) falls into. The logarithm may miss the start of
 * a period by rounding. Periods that shrink come to an end: -1. */
static double period_of(double t_mul, double x) {
  if (t_mul == 1) return floor(x);
  double rest = 1 - x * (1 - t_mul);
  if (rest <= 0) return -1;
  double i = floor(log(rest) / log(t_mul));
  if (periods_sum(t_mul, i + 1) <= x) return i + 1;
  return i > 0 && periods_sum(t_mul, i) > x ? i - 1 : i;
}

static double cosine_decay_restarts_value(const double* h, int n, double step) {
  double x = step / h[1], t_mul = h[2], m_mul = h[3], alpha = h[4];
  double i = period_of(t_mul, x);
  (void) n;
  if (i < 0) return h[0] * alpha;
  double fraction = (x - periods_sum(t_mul, i)) / pow(t_mul, i);
  return h[0] * cosine_fall(fraction, pow(m_mul, i), alpha);
}

static double piecewise_constant_decay_value(const double* h, int n, double step) {
  int boundaries = n / 2, i = 0;
  while (i < boundaries && step > h[i]) ++i;
  return h[boundaries + i];
}

static const schedule schedules[] = {
    {"exponential_decay",
     {{"initial_learning_rate", 0}, {"decay_steps", 1}, {"decay_rate", 1}, {"staircase", 0}},
     exponential_decay_value},
    {"inverse_time_decay",
     {{"initial_learning_rate", 0}, {"decay_steps", 1}, {"decay_rate", 0}, {"staircase", 0}},
     inverse_time_decay_value},
    {"polynomial_decay",
     {{"initial_learning_rate", 0},
      {"decay_steps", 1},
      {"end_learning_rate", 1e-4},
      {"power", 1},
      {"cycle", 0}},
     polynomial_decay_value},
    {"cosine_decay",
     {{"initial_learning_rate", 0},
      {"decay_steps", 1},
      {"alpha", 0},
      {"warmup_target", (double) NAN},
      {"warmup_steps", 0}},
     cosine_decay_value},
    {"cosine_decay_restarts",
     {{"initial_learning_rate", 0},
      {"first_decay_steps", 1},
      {"t_mul", 2},
      {"m_mul", 1},
      {"alpha", 0}},
     cosine_decay_restarts_value},
    {"piecewise_constant_decay", {{NULL, 0}}, piecewise_constant_decay_value},
};

NN_SHARED const schedule* schedule_at(int i) {
  int n = (int) (sizeof(schedules) / sizeof(*schedules));
  return i >= 0 && i < n ? schedules + i : NULL;
}

NN_SHARED const schedule* schedule_find(const char* name) {
  for (int i = 0; schedule_at(i); ++i) {
    if (strcmp(name, schedule_at(i)->name) == 0) return schedule_at(i);
  }
  return NULL;
}
