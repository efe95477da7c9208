#include "work.h"

/* Twelve steps of every rule, one number at a time in double, written from the sums over the
 * history of gradients that the recursions stand for. */

enum { STEPS = 12, N = 5 };

/* What the formulas below see of one number: g[1 .. t], and room for the past. */
typedef struct {
  const double* h;
  double lr, w;
  int t;
  const double* g;
  double* past; /* STEPS + 1 numbers, zero at first */
} history;

/* (1 - b) sum_k b^(t - k) g_k^power up to t */
static double mean_of(const history* s, double b, int power, int t) {
  double sum = 0;
  for (int k = 1; k <= t; ++k) sum += pow(b, t - k) * pow(s->g[k], power);
  return (1 - b) * sum;
}

static double squares(const history* s, int t) {
  double sum = 0;
  for (int k = 1; k <= t; ++k) sum += s->g[k] * s->g[k];
  return sum;
}

static double sgd(history* s) {
  double speed = 0, mu = s->h[0];
  if (mu == 0) return s->w - s->lr * s->g[s->t];
  for (int k = 1; k <= s->t; ++k) speed -= s->lr * pow(mu, s->t - k) * s->g[k];
  return s->h[1] > 0 ? s->w + mu * speed - s->lr * s->g[s->t] : s->w + speed;
}

static double adam(history* s) {
  double b1 = s->h[0], b2 = s->h[1], square = 0;
  for (int t = s->h[3] > 0 ? 1 : s->t; t <= s->t; ++t) square = fmax(square, mean_of(s, b2, 2, t));
  double mean = mean_of(s, b1, 1, s->t) / (1 - pow(b1, s->t));
  double root = sqrt(1 - pow(b2, s->t));
  return s->w - s->lr * root * mean / (sqrt(square) + s->h[2]);
}

static double adamax(history* s) {
  double most = 0, b1 = s->h[0];
  for (int k = 1; k <= s->t; ++k) most = fmax(most, pow(s->h[1], s->t - k) * fabs(s->g[k]));
  return s->w - s->lr * mean_of(s, b1, 1, s->t) / ((1 - pow(b1, s->t)) * (most + s->h[2]));
}

static double nadam(history* s) {
  double b1 = s->h[0], product = 1, warm = 0, mean = mean_of(s, b1, 1, s->t);
  for (int k = 1; k <= s->t; ++k) product *= warm = b1 * (1 - 0.5 * pow(0.96, s->h[3] * k));
  double next = b1 * (1 - 0.5 * pow(0.96, s->h[3] * (s->t + 1)));
  double ahead = next * mean / (1 - product * next) + (1 - warm) * s->g[s->t] / (1 - product);
  double square = mean_of(s, s->h[1], 2, s->t) / (1 - pow(s->h[1], s->t));
  return s->w - s->lr * ahead / (sqrt(square) + s->h[2]);
}

static double rmsprop(history* s) {
  double sum = 0;
  for (int k = 1; k <= s->t; ++k) {
    double mean = s->h[3] > 0 ? mean_of(s, s->h[0], 1, k) : 0;
    double spread = mean_of(s, s->h[0], 2, k) - mean * mean;
    if (k < s->t && s->h[1] == 0) continue;
    sum += pow(s->h[1], s->t - k) * s->lr * s->g[k] / sqrt(spread + s->h[2]);
  }
  return s->w - sum;
}

static double adagrad(history* s) {
  return s->w - s->lr * s->g[s->t] / sqrt(s->h[0] + squares(s, s->t) + s->h[1]);
}

/* past: the moves so far */
static double adadelta(history* s) {
  double moved = 0, rho = s->h[0], eps = s->h[1];
  for (int k = 1; k < s->t; ++k) moved += (1 - rho) * pow(rho, s->t - 1 - k) * pow(s->past[k], 2);
  double scale = sqrt(moved + eps) / sqrt(mean_of(s, rho, 2, s->t) + eps);
  s->past[s->t] = -scale * s->g[s->t];
  return s->w + s->lr * s->past[s->t];
}

static double lion(history* s) {
  double mean = mean_of(s, s->h[1], 1, s->t - 1);
  double c = s->h[0] * mean + (1 - s->h[0]) * s->g[s->t];
  return s->w - s->lr * (c > 0 ? 1 : c < 0 ? -1 : 0);
}

/* past[0]: z. The minimum of z w + (n^p / lr / 2 + l2 + beta / lr / 2) w^2 + l1 |w|. */
static double ftrl(history* s) {
  double p = -s->h[0], l1 = s->h[2], *z = s->past;
  double power = pow(s->h[1] + squares(s, s->t), p), old = pow(s->h[1] + squares(s, s->t - 1), p);
  *z += s->g[s->t] + 2 * s->h[4] * s->w - (power - old) / s->lr * s->w;
  double bend = power / s->lr + 2 * s->h[3] + s->h[5] / s->lr;
  return fabs(*z) <= l1 ? 0 : -(*z - (*z > 0 ? l1 : -l1)) / bend;
}

typedef struct {
  const char* name;
  double h[NN_MAX_HPARAMS];
  int n_h;
  double lr;
  double (*formula)(history* s);
  int moments;
} rule;

static const rule rules[] = {
    {"sgd", {0, 0}, 2, 0.1, sgd, 0},
    {"sgd", {0.9, 0}, 2, 0.1, sgd, 1},
    {"sgd", {0.9, 1}, 2, 0.1, sgd, 1},
    {"adam", {0.9, 0.999, 1e-7, 0}, 4, 0.01, adam, 2},
    {"adam", {0.8, 0.7, 1e-3, 1}, 4, 0.01, adam, 3},
    {"adamw", {0.9, 0.999, 1e-7, 0}, 4, 0.01, adam, 2},
    {"adamax", {0.9, 0.999, 1e-7}, 3, 0.01, adamax, 2},
    {"adamax", {0.9, 0.6, 1e-3}, 3, 0.01, adamax, 2},
    {"nadam", {0.9, 0.999, 1e-7, 1}, 4, 0.01, nadam, 2},
    {"nadam", {0.9, 0.999, 1e-7, 0.004}, 4, 0.01, nadam, 2},
    {"rmsprop", {0.9, 0, 1e-7, 0}, 4, 0.01, rmsprop, 1},
    {"rmsprop", {0.9, 0.8, 1e-7, 0}, 4, 0.01, rmsprop, 2},
    {"rmsprop", {0.9, 0, 1e-3, 1}, 4, 0.01, rmsprop, 2},
    {"rmsprop", {0.9, 0.8, 1e-3, 1}, 4, 0.01, rmsprop, 3},
    {"adagrad", {0.1, 1e-7}, 2, 0.1, adagrad, 1},
    {"adadelta", {0.95, 1e-7}, 2, 1, adadelta, 2},
    {"lion", {0.9, 0.99}, 2, 0.01, lion, 1},
    {"ftrl", {-0.5, 0.1, 0, 0, 0, 0}, 6, 0.1, ftrl, 2},
    {"ftrl", {-0.5, 0.1, 0.3, 0.2, 0.1, 0.5}, 6, 0.1, ftrl, 2},
    {"ftrl", {-0.7, 0.2, 0.1, 0, 0, 0}, 6, 0.1, ftrl, 2},
};

static void check_rule(const rule* r) {
  const nn_stretch whole[] = {{0, N}};
  char what[96];
  work at;
  double g[N][STEPS + 1], past[N][STEPS + 1] = {{0}}, w[N], now[N];
  snprintf(what, sizeof(what), "%s (%g, %g, %g, %g)", r->name, r->h[0], r->h[1], r->h[2], r->h[3]);
  nn_optimizer_spec spec = spec_of(r->name, r->h, r->n_h, r->lr);
  check(function_optimizer_moments(&spec) == r->moments, what);
  work_begin(&at, spec, N, whole, 1);
  for (int i = 0; i < N; ++i) w[i] = (double) at.w[i];
  for (int t = 1; t <= STEPS; ++t) {
    for (int i = 0; i < N; ++i) {
      now[i] = g[i][t] = (double) (real) draw(-1, 1);
      history s = {.h = r->h, .lr = r->lr, .w = w[i], .t = t, .g = g[i], .past = past[i]};
      w[i] = r->formula(&s);
    }
    work_step(&at, now);
    check_all_near(N, at.w, w, TOLERANCE(1e-13, 2e-5), what);
  }
  check(at.iterations == STEPS, "each step counts");
  check(guards_hold(), what);
}

static void test_rules(void) {
  for (int i = 0; optimizer_at(i); ++i) {
    int found = 0;
    for (int r = 0; r < COUNT(rules); ++r) found += !strcmp(rules[r].name, optimizer_at(i)->name);
    check(found > 0, optimizer_at(i)->name);
  }
  for (int r = 0; r < COUNT(rules); ++r) check_rule(rules + r);
}

int main(void) {
  test_rules();
  return report();
}
