#include "rng.h"

/* Philox4x32-10: ten rounds of two 32 x 32 bit products, the key bumped by Weyl constants.
 * counter = (number / 4: low, high; stream; step), key = seed. */

static void philox_round(uint32_t c[4], uint32_t k0, uint32_t k1) {
  uint64_t p0 = (uint64_t) 0xD2511F53 * c[0];
  uint64_t p1 = (uint64_t) 0xCD9E8D57 * c[2];
  uint32_t c1 = c[1], c3 = c[3];
  c[0] = (uint32_t) (p1 >> 32) ^ c1 ^ k0;
  c[1] = (uint32_t) p1;
  c[2] = (uint32_t) (p0 >> 32) ^ c3 ^ k1;
  c[3] = (uint32_t) p0;
}

NN_PRIVATE void philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t k0 = key[0], k1 = key[1];
  memcpy(out, counter, 4 * sizeof(uint32_t));
  for (int round = 0; round < 10; ++round) {
    philox_round(out, k0, k1);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
}

NN_PRIVATE rng rng_new(uint64_t seed, uint32_t stream, uint32_t step) {
  rng r = {.seed = seed, .stream = stream, .step = step, .next = 0};
  return r;
}

NN_PRIVATE rng rng_of_layer(rng r, double seed) {
  if (!isnan(seed)) r.seed = (uint64_t) seed;
  return r;
}

/* 64 bits: half of a block, so that two neighbours share one. */
static uint64_t rng_bits(rng* r) {
  uint64_t block = r->next / 2;
  uint32_t counter[4] = {(uint32_t) block, (uint32_t) (block >> 32), r->stream, r->step};
  uint32_t key[2] = {(uint32_t) r->seed, (uint32_t) (r->seed >> 32)};
  uint32_t out[4];
  philox(counter, key, out);
  int half = (int) (r->next++ % 2) * 2;
  return (uint64_t) out[half] << 32 | out[half + 1];
}

/* RNG_BLOCKS blocks at a time, which compilers turn into vectors: word w of block l is c[w][l]. */
enum { RNG_BLOCKS = 16, RNG_STRETCH = 2 * RNG_BLOCKS };

typedef uint32_t rng_words[4][RNG_BLOCKS];

static void blocks_round(rng_words c, uint32_t k0, uint32_t k1) {
  for (int l = 0; l < RNG_BLOCKS; ++l) {
    uint64_t p0 = (uint64_t) 0xD2511F53 * c[0][l], p1 = (uint64_t) 0xCD9E8D57 * c[2][l];
    c[0][l] = (uint32_t) (p1 >> 32) ^ c[1][l] ^ k0;
    c[1][l] = (uint32_t) p1;
    c[2][l] = (uint32_t) (p0 >> 32) ^ c[3][l] ^ k1;
    c[3][l] = (uint32_t) p0;
  }
}

/* The RNG_STRETCH numbers from the one on that is next, which is even. */
static void rng_stretch(const rng* r, uint64_t* to) {
  rng_words c;
  uint32_t k0 = (uint32_t) r->seed, k1 = (uint32_t) (r->seed >> 32);
  for (int l = 0; l < RNG_BLOCKS; ++l) {
    uint64_t block = r->next / 2 + (uint64_t) l;
    c[0][l] = (uint32_t) block;
    c[1][l] = (uint32_t) (block >> 32);
    c[2][l] = r->stream;
    c[3][l] = r->step;
  }
  for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9, k1 += 0xBB67AE85) {
    blocks_round(c, k0, k1);
  }
  for (int l = 0; l < RNG_BLOCKS; ++l) {
    to[2 * l] = (uint64_t) c[0][l] << 32 | c[1][l];
    to[2 * l + 1] = (uint64_t) c[2][l] << 32 | c[3][l];
  }
}

/* 52 bits and the middle of the interval: the ends 0 and 1 are never met. */
static double uniform_of(uint64_t bits) { return ((double) (bits >> 12) + 0.5) * 0x1p-52; }

NN_PRIVATE double rng_uniform(rng* r) { return uniform_of(rng_bits(r)); }

NN_PRIVATE void rng_uniforms(rng* r, size_t n, double* to) {
  uint64_t bits[RNG_STRETCH];
  size_t i = 0;
  while (i < n && (r->next % 2 || n - i < 4)) to[i++] = rng_uniform(r);
  while (i < n) {
    size_t some = n - i < RNG_STRETCH ? n - i : RNG_STRETCH;
    rng_stretch(r, bits);
    for (size_t k = 0; k < some; ++k) to[i + k] = uniform_of(bits[k]);
    r->next += some;
    i += some;
  }
}

static double normal_of(double u, double v) {
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

NN_PRIVATE double rng_normal(rng* r) {
  double u = rng_uniform(r), v = rng_uniform(r);
  return normal_of(u, v);
}

NN_PRIVATE void rng_normals(rng* r, size_t n, double* to) {
  double u[2 * RNG_STRETCH];
  for (size_t at = 0; at < n; at += RNG_STRETCH) {
    size_t some = n - at < RNG_STRETCH ? n - at : RNG_STRETCH;
    rng_uniforms(r, 2 * some, u);
    for (size_t i = 0; i < some; ++i) to[at + i] = normal_of(u[2 * i], u[2 * i + 1]);
  }
}

NN_PRIVATE void rng_gaussians(rng* r, size_t n, double mean, double stddev, real* to) {
  double z[RNG_STRETCH];
  for (size_t at = 0; at < n; at += RNG_STRETCH) {
    size_t some = n - at < RNG_STRETCH ? n - at : RNG_STRETCH;
    rng_normals(r, some, z);
    for (size_t i = 0; i < some; ++i) to[at + i] = (real) (mean + stddev * z[i]);
  }
}

/* Numbers one after the other, of which a stretch is drawn ahead where many are `wanted`. */
typedef struct {
  rng* r;
  int wanted;
  size_t left;
  uint64_t ready[RNG_STRETCH];
} rng_queue;

static uint64_t queue_bits(rng_queue* q) {
  if (q->left == 0) {
    if (q->wanted < RNG_BLOCKS || q->r->next % 2) return rng_bits(q->r);
    rng_stretch(q->r, q->ready);
    q->left = RNG_STRETCH;
  }
  ++q->r->next;
  return q->ready[RNG_STRETCH - q->left--];
}

/* Lemire 2019: the high half of a product, the biased fringe rejected, which is below n. */
static uint32_t queue_below(rng_queue* q, uint32_t n) {
  uint64_t product = (queue_bits(q) >> 32) * n;
  if ((uint32_t) product >= n) return (uint32_t) (product >> 32);
  uint32_t fringe = (uint32_t) -n % n;
  while ((uint32_t) product < fringe) product = (queue_bits(q) >> 32) * n;
  return (uint32_t) (product >> 32);
}

NN_PRIVATE uint32_t rng_below(rng* r, uint32_t n) {
  rng_queue q;
  q.r = r;
  q.wanted = 1;
  q.left = 0;
  return queue_below(&q, n);
}

NN_PRIVATE void rng_permutation(rng* r, int n, int* order) {
  rng_queue q;
  q.r = r;
  q.left = 0;
  for (int i = 0; i < n; ++i) order[i] = i;
  for (int i = n - 1; i > 0; --i) {
    q.wanted = i;
    int j = (int) queue_below(&q, (uint32_t) i + 1);
    int swap = order[i];
    order[i] = order[j];
    order[j] = swap;
  }
}
