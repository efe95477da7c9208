#include "work.h"

/* Twelve steps of every rule, one number at a time in double, written from the sums over the
 * history of gradients that the recursions stand for; then the rules of whole tensors. */

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

/* past: what has become of each gradient, and in past[0] the last size */
static double rprop(history* s) {
  double before = s->t > 1 ? s->past[s->t - 1] : 0, size = s->t > 1 ? s->past[0] : s->lr;
  double turn = s->g[s->t] * before;
  if (turn > 0) size = fmin(s->h[1] * size, s->h[3]);
  if (turn < 0) size = fmax(s->h[0] * size, s->h[2]);
  s->past[s->t] = turn < 0 ? 0 : s->g[s->t];
  s->past[0] = size;
  return s->w - size * ((s->past[s->t] > 0) - (s->past[s->t] < 0));
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

/* The vectors of Muon go by Adam with a rate and a decay of its own. */
static double muon(history* s) {
  double h[] = {s->h[0], s->h[1], s->h[3], 0}, lr = s->lr;
  history as_adam = *s;
  as_adam.h = h;
  as_adam.lr = lr * s->h[7];
  as_adam.w = s->w * (1 - lr * s->h[2]);
  return adam(&as_adam);
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
    {"rprop", {0.5, 1.2, 1e-6, 50}, 4, 0.1, rprop, 2},
    {"rprop", {0.3, 1.5, 0.02, 0.13}, 4, 0.1, rprop, 2},
    {"adagrad", {0.1, 1e-7}, 2, 0.1, adagrad, 1},
    {"adadelta", {0.95, 1e-7}, 2, 1, adadelta, 2},
    {"lion", {0.9, 0.99}, 2, 0.01, lion, 1},
    {"ftrl", {-0.5, 0.1, 0, 0, 0, 0}, 6, 0.1, ftrl, 2},
    {"ftrl", {-0.5, 0.1, 0.3, 0.2, 0.1, 0.5}, 6, 0.1, ftrl, 2},
    {"ftrl", {-0.7, 0.2, 0.1, 0, 0, 0}, 6, 0.1, ftrl, 2},
    {"muon", {0.8, 0.9, 0.02, 1e-3, 3, -4, 2, 0.5, 0.9, 5, 1, 0.2}, 12, 0.01, muon, 2},
};

static void check_rule(const rule* r) {
  const nn_stretch whole[] = {{.n = N, .shape = {1, {N}}}};
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

static const char* const tensor_rules[] = {"lamb", "adafactor", "muon"};

static void test_rules(void) {
  for (int i = 0; optimizer_at(i); ++i) {
    const char* name = optimizer_at(i)->name;
    int found = 0;
    for (int r = 0; r < COUNT(rules); ++r) found += !strcmp(rules[r].name, name);
    for (int r = 0; r < COUNT(tensor_rules); ++r) found += !strcmp(tensor_rules[r], name);
    check(found > 0, optimizer_at(i)->name);
  }
  for (int r = 0; r < COUNT(rules); ++r) check_rule(rules + r);
}

/* Lamb moves a tensor by lr |w|, and in Adam's direction. */
static void test_lamb(void) {
  const double h[] = {0.9, 0.999, 1e-7}, adam_h[] = {0.9, 0.999, 1e-7, 0};
  const nn_stretch two[] = {{.n = 3, .shape = {1, {3}}}, {.at = 3, .n = 2, .shape = {1, {2}}}};
  work lamb, adam_like;
  work_begin(&lamb, spec_of("lamb", h, 3, 0.1), 5, two, 2);
  work_begin(&adam_like, spec_of("adam", adam_h, 4, 0.1), 5, two, 2);
  for (int t = 1; t <= STEPS; ++t) {
    double g[5], before[5], moved[5], along[5];
    for (int i = 0; i < 5; ++i) {
      g[i] = draw(-1, 1);
      before[i] = (double) lamb.w[i];
      along[i] = (double) adam_like.w[i];
    }
    work_step(&lamb, g);
    work_step(&adam_like, g);
    for (int i = 0; i < 5; ++i) {
      moved[i] = before[i] - (double) lamb.w[i];
      along[i] -= (double) adam_like.w[i];
    }
    for (int k = 0; k < 2; ++k) {
      double ww = 0, mm = 0, aa = 0, am = 0;
      for (size_t i = two[k].at; i < two[k].at + two[k].n; ++i) {
        ww += before[i] * before[i];
        mm += moved[i] * moved[i];
        aa += along[i] * along[i];
        am += along[i] * moved[i];
      }
      check_near(sqrt(mm), 0.1 * sqrt(ww), TOLERANCE(1e-12, 1e-5), "as long as the weights");
      check_near(am / sqrt(aa * mm), 1, TOLERANCE(1e-6, 1e-4), "Adam's direction");
    }
  }
}

/* A step of Adafactor on g = a b' is as long for each number. The mean squares of one of two
 * matrices side by side in a tensor of three dimensions are those of that matrix alone. */
static void test_adafactor(void) {
  enum { L = 2, R = 3, C = 4 };
  const double h[] = {-0.8, 1e-30, 1e-3, 1, 1};
  const nn_stretch both[] = {{.n = (size_t) L * R * C, .shape = {3, {L, R, C}}}};
  const nn_stretch one[] = {{.n = (size_t) R * C, .shape = {2, {R, C}}}};
  work stacked, alone;
  double g[L * R * C], g_one[R * C], first[L * R * C];
  work_begin(&stacked, spec_of("adafactor", h, 5, 0.1), L * R * C, both, 1);
  work_begin(&alone, spec_of("adafactor", h, 5, 0.1), R * C, one, 1);
  for (int i = 0; i < L * R * C; ++i) {
    g[i] = i % L ? draw(-1, 1) : (double) ((i / L % R) + 1) * ((i / L / R) + 1);
    first[i] = (double) stacked.w[i];
  }
  for (int i = 0; i < R * C; ++i) g_one[i] = g[i * L + 1];
  work_step(&stacked, g);
  work_step(&alone, g_one);
  for (int i = 1; i < R * C; ++i) {
    double u = first[i * L] - (double) stacked.w[i * L];
    check_near(u, first[0] - (double) stacked.w[0], TOLERANCE(1e-12, 1e-5), "rank 1");
  }
  for (int i = 0; i < R * C; ++i) {
    check_near((double) stacked.moments[i % R * L + 1], (double) alone.moments[i % R],
               TOLERANCE(1e-12, 1e-5), "mean squares of rows");
    check_near((double) stacked.moments[L * R * C + i / R * L + 1],
               (double) alone.moments[R * C + i / R], TOLERANCE(1e-12, 1e-5), "and of columns");
  }
}

/* Muon's step from g = U S V' with few, well known singular values: they become p^5(s / |s|),
 * p(s) = a s + b s^3 + c s^5. Here U and V are the first axes, so that g is diagonal. */
static void check_muon(int rows, int cols, double nesterov, double rate) {
  const double h[] = {0.9, 0.999, 0, 1e-7, 3.4445, -4.775, 2.0315, 1, 0.9, 5, nesterov, rate};
  nn_stretch matrix = {.n = (size_t) (rows * cols), .shape = {2, {rows, cols}}};
  double values[] = {0.5, -2, 1.5}, norm = sqrt(0.25 + 4 + 2.25), g[16] = {0}, before[16];
  work at;
  work_begin(&at, spec_of("muon", h, 12, 0.1), matrix.n, &matrix, 1);
  for (int i = 0; i < rows * cols; ++i) before[i] = (double) at.w[i];
  for (int i = 0; i < 3; ++i) g[i + i * rows] = values[i];
  work_step(&at, g);
  double scale = isnan(rate) ? 0.1 : 0.1 * rate * sqrt(rows > cols ? rows : cols);
  for (int i = 0; i < rows * cols; ++i) {
    double s = i % rows == i / rows ? values[i % rows] / norm : 0;
    for (int k = 0; k < 5; ++k) s = 3.4445 * s - 4.775 * pow(s, 3) + 2.0315 * pow(s, 5);
    check_near((double) at.w[i], before[i] - scale * s, TOLERANCE(1e-6, 1e-4), "muon");
  }
  check(guards_hold(), "muon writes where it may");
}

static void test_muon(void) {
  check_muon(3, 3, 1, 0.2);
  check_muon(3, 5, 0, 0.2);
  check_muon(4, 3, 1, (double) NAN);
}

int main(void) {
  test_rules();
  test_lamb();
  test_adafactor();
  test_muon();
  return report();
}
