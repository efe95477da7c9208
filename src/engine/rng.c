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

/* 52 bits and the middle of the interval: the ends 0 and 1 are never met. */
NN_PRIVATE double rng_uniform(rng* r) {
  return ((double) (rng_bits(r) >> 12) + 0.5) * 0x1p-52;
}

NN_PRIVATE double rng_normal(rng* r) {
  double radius = sqrt(-2 * log(rng_uniform(r)));
  return radius * cos(6.283185307179586 * rng_uniform(r));
}

/* Lemire 2019: the high half of a product, the biased fringe rejected. */
NN_PRIVATE uint32_t rng_below(rng* r, uint32_t n) {
  uint64_t product = (rng_bits(r) >> 32) * n;
  uint32_t fringe = (uint32_t) -n % n;
  while ((uint32_t) product < fringe) product = (rng_bits(r) >> 32) * n;
  return (uint32_t) (product >> 32);
}

NN_PRIVATE void rng_permutation(rng* r, int n, int* order) {
  for (int i = 0; i < n; ++i) order[i] = i;
  for (int i = n - 1; i > 0; --i) {
    int j = (int) rng_below(r, (uint32_t) i + 1);
    int swap = order[i];
    order[i] = order[j];
    order[j] = swap;
  }
}
