/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel
 * random numbers: as easy as 1, 2, 3"). Number i of a stream is a function of (seed,
 * stream, step, i) alone, so that no state is carried and every layer at every step has
 * numbers of its own, in any order and on any thread. */
#ifndef NN_RNG_H
#define NN_RNG_H

#include "real.h"

typedef struct {
  uint64_t seed;
  uint32_t stream;  /* which user: a layer's number, or one of the NN_STREAM_* */
  uint32_t step;    /* which time */
  uint64_t next;    /* how many numbers were taken */
} rng;

enum { NN_STREAM_SHUFFLE = 0x40000000, NN_STREAM_INIT = 0x40000001 };

NN_PRIVATE rng rng_new(uint64_t seed, uint32_t stream, uint32_t step);
/* A layer's numbers, by its own seed where it has one (NaN: none). */
NN_PRIVATE rng rng_of_layer(rng r, double seed);
NN_PRIVATE void philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
/* Uniform on (0, 1), never 0 nor 1, 52 bits in either precision. */
NN_PRIVATE double rng_uniform(rng* r);
/* The next n of them. */
NN_PRIVATE void rng_uniforms(rng* r, size_t n, double* to);
/* Standard normal, by Box and Muller. */
NN_PRIVATE double rng_normal(rng* r);
NN_PRIVATE void rng_normals(rng* r, size_t n, double* to);
NN_PRIVATE void rng_gaussians(rng* r, size_t n, double mean, double stddev, real* to);
/* Uniform on 0 .. n - 1, without bias. */
NN_PRIVATE uint32_t rng_below(rng* r, uint32_t n);
/* 0 .. n - 1 in random order (Fisher and Yates). */
NN_PRIVATE void rng_permutation(rng* r, int n, int* order);

#endif
