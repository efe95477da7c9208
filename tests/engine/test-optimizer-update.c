#include "work.h"

/* What surrounds an optimizer's rule: clipping, decay, accumulation, the average, rates, and
 * tensors that do not touch. */

enum { STEPS = 12, N = 5 };

/* Tensors of two and three numbers with a gap between and behind: (0, 1), 2, (3, 4, 5), 6. */
static const nn_stretch apart[] = {{.at = 0, .n = 2}, {.at = 3, .n = 3}};
static const double plain[] = {0, 0}, gradient_here[] = {3, 4, 99, 1, -2, 2, 99};
enum { GAPS = 7 };

/* One step of plain descent from w: w keep - 0.1 scale_k g in tensor k, nothing in the gaps. */
static void check_step(nn_optimizer_spec spec, double shrink, double first, double second,
                       const char* what) {
  work at;
  double expected[GAPS];
  work_begin(&at, spec, GAPS, apart, 2);
  for (int i = 0; i < GAPS; ++i) {
    double w = (double) at.w[i], scale = i < 2 ? first : second;
    expected[i] = i == 2 || i == 6 ? w : w * shrink - 0.1 * scale * gradient_here[i];
  }
  work_step(&at, gradient_here);
  check_all_near(GAPS, at.w, expected, TOLERANCE(1e-15, 1e-6), what);
}

/* The tensors' gradients have lengths 5 and 3, together sqrt(34). */
static void test_around(void) {
  nn_optimizer_spec spec = spec_of("sgd", plain, 2, 0.1);
  check_step(spec, 1, 1, 1, "tensors with gaps");
  spec.clipnorm = 4;
  check_step(spec, 1, 0.8, 1, "clipnorm goes by tensor");
  spec.clipnorm = 0;
  spec.global_clipnorm = 2;
  check_step(spec, 1, 2 / sqrt(34), 2 / sqrt(34), "global_clipnorm goes by all");
  spec.global_clipnorm = 6;
  check_step(spec, 1, 1, 1, "a short gradient is left alone");
  spec.global_clipnorm = 0;
  spec.weight_decay = 0.5;
  check_step(spec, 1 - 0.05, 1, 1, "decoupled decay");
  spec.weight_decay = 0;
  spec.clipvalue = 1.5;
  work at;
  work_begin(&at, spec, GAPS, apart, 2);
  double w[GAPS];
  for (int i = 0; i < GAPS; ++i) {
    double g = fmax(-1.5, fmin(1.5, gradient_here[i]));
    w[i] = (double) at.w[i] - (i == 2 || i == 6 ? 0 : 0.1 * g);
  }
  work_step(&at, gradient_here);
  check_all_near(GAPS, at.w, w, TOLERANCE(1e-15, 1e-6), "clipvalue");
}

/* Three gradients make one step with their mean; a rule's own count goes by those. */
static void test_accumulation(void) {
  const nn_stretch whole[] = {{.n = N}};
  const double h[] = {0.9, 0.999, 1e-7, 0};
  nn_optimizer_spec spec = spec_of("adam", h, 4, 0.01), each = spec;
  spec.accumulate = 3;
  work gathered, alone;
  work_begin(&gathered, spec, N, whole, 1);
  work_begin(&alone, each, N, whole, 1);
  vector_copy(N, gathered.w, alone.w);
  for (int t = 1; t <= STEPS; ++t) {
    double parts[3][N], mean[N], w[N];
    for (int i = 0; i < N; ++i) w[i] = (double) alone.w[i];
    for (int k = 0; k < 3; ++k) {
      check_all_near(N, gathered.w, w, TOLERANCE(1e-14, 1e-6), "nothing happens in between");
      draw_doubles(N, -1, 1, parts[k]);
      work_step(&gathered, parts[k]);
    }
    for (int i = 0; i < N; ++i) mean[i] = (parts[0][i] + parts[1][i] + parts[2][i]) / 3;
    work_step(&alone, mean);
    for (int i = 0; i < N; ++i) w[i] = (double) alone.w[i];
    check_all_near(N, gathered.w, w, TOLERANCE(1e-13, 2e-5), "a step with the mean of three");
  }
  check(gathered.iterations == 3 * STEPS, "each gradient counts as a step");
}

/* average: w after the first step, then 0.7 average + 0.3 w; every third step w becomes it. */
static void test_average(void) {
  const nn_stretch whole[] = {{.n = N}};
  nn_optimizer_spec spec = spec_of("sgd", plain, 2, 0.1);
  spec.use_ema = true;
  spec.ema_momentum = 0.7;
  spec.ema_every = 3;
  work at;
  work_begin(&at, spec, N, whole, 1);
  double w[N], average[N], g[N];
  for (int i = 0; i < N; ++i) w[i] = (double) at.w[i];
  for (int t = 1; t <= STEPS; ++t) {
    draw_doubles(N, -1, 1, g);
    work_step(&at, g);
    for (int i = 0; i < N; ++i) {
      w[i] -= 0.1 * g[i];
      average[i] = t == 1 ? w[i] : 0.7 * average[i] + 0.3 * w[i];
      if (t % 3 == 0) w[i] = average[i];
    }
    check_all_near(N, at.w, w, TOLERANCE(1e-14, 5e-6), "parameters with an average");
    check_all_near(N, at.moments, average, TOLERANCE(1e-14, 5e-6), "the average");
  }
}

/* The rate of step s, from 0: the schedule's, or lr / (1 + decay s). */
static void test_rates(void) {
  const nn_stretch whole[] = {{.n = N}};
  const double schedule[] = {0.5, 1, 0.5, 0}, ones[N] = {1, 1, 1, 1, 1};
  nn_optimizer_spec by_schedule = spec_of("sgd", plain, 2, 0.1), by_decay = by_schedule;
  by_schedule.schedule = (nn_choice){"exponential_decay", schedule, 4};
  by_decay.decay = 0.5;
  work a, b;
  work_begin(&a, by_schedule, N, whole, 1);
  work_begin(&b, by_decay, N, whole, 1);
  double first = (double) a.w[0], second = (double) b.w[0];
  for (int s = 0; s < STEPS; ++s) {
    work_step(&a, ones);
    work_step(&b, ones);
    first -= pow(0.5, s + 1);
    second -= 0.1 / (1 + 0.5 * s);
    check_near((double) a.w[0], first, TOLERANCE(1e-14, 1e-6), "a schedule counts steps from 0");
    check_near((double) b.w[0], second, TOLERANCE(1e-14, 1e-6), "legacy decay");
  }
}

static void test_refusals(void) {
  nn_optimizer_spec unknown = spec_of("sdg", plain, 2, 0.1), rate = spec_of("sgd", plain, 2, 0.1);
  double scalars[NN_MAX_SCALARS];
  rate.schedule.name = "linear_decay";
  check(function_optimizer_start(&unknown, 0, NULL, NULL, scalars) == NN_UNKNOWN_NAME,
        "an unknown optimizer");
  check(function_optimizer_moments(&unknown) == 0, "and it has no moments");
  check(function_optimizer_start(&rate, 0, NULL, NULL, scalars) == NN_UNKNOWN_NAME,
        "an unknown schedule");
}

int main(void) {
  test_around();
  test_accumulation();
  test_average();
  test_rates();
  test_refusals();
  return report();
}
