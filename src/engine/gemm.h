/* The matrix products that dense layers need. All matrices are column-major and packed: the
 * leading dimension is the number of rows. C is m x n, k is the summed dimension. The letters
 * say which side is transposed; `add` keeps what is in C. Any number of threads gives the same
 * numbers, to the bit. */
#ifndef NN_GEMM_H
#define NN_GEMM_H

#include "real.h"

/* C = A B, A is m x k, B is k x n. */
NN_PRIVATE void gemm_nn(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c);
/* C = A' B, A is k x m, B is k x n. */
NN_PRIVATE void gemm_tn(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c);
/* The same with `bias` (m numbers, or NULL for 0) added to each column, and C overwritten. */
NN_PRIVATE void gemm_tn_bias(int threads, size_t m, size_t n, size_t k, const real* a,
                             const real* b, const real* bias, real* c);
/* C = A B', A is m x k, B is n x k. */
NN_PRIVATE void gemm_nt(int threads, size_t m, size_t n, size_t k, const real* a, const real* b,
                        bool add, real* c);

#endif
