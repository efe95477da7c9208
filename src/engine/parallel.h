/* Loops over things that do not depend on each other, on several threads. The number of
 * threads is always an argument, so that nothing here outlives a call. */
#ifndef NN_PARALLEL_H
#define NN_PARALLEL_H

#include "real.h"

/* Things from .. to - 1. */
typedef void (*parallel_body)(void* data, size_t from, size_t to);

/* Numbers are cut where the vectors of any kernel, four at a time, end: then each number is
 * met by the same instructions as in one loop over all of them. */
enum { PARALLEL_NUMBERS = 64 };

/* 0 .. n - 1 in at most `threads` stretches of at least `grain` things, which begin at
 * multiples of `step`. One stretch is done by the caller alone: to wake a thread takes
 * microseconds, so a grain should be worth some 25 of them. */
NN_PRIVATE void parallel_for(int threads, size_t n, size_t step, size_t grain, parallel_body body,
                             void* data);

/* Processors that threads may run on, at most what the environment allows; 1 without OpenMP. */
NN_PRIVATE int parallel_processors(void);
NN_PRIVATE bool parallel_has_openmp(void);

#endif
