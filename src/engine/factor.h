/* Dense systems of linear equations, in double. Matrices are column-major, n x n. */
#ifndef NN_FACTOR_H
#define NN_FACTOR_H

#include "real.h"

/* A = P L U in place of A, with the row that each step exchanges for its own; false where A is
 * singular or not finite. Then x of A x = b in place of b, for any number of them. */
NN_PRIVATE bool factor_general(size_t n, double* a, size_t* rows);
NN_PRIVATE void factor_general_solve(size_t n, const double* a, const size_t* rows, double* b);
/* The same for a symmetric A = L L', of which the lower triangle is read; false where it is not
 * positive definite. */
NN_PRIVATE bool factor_positive(size_t n, double* a);
NN_PRIVATE void factor_positive_solve(size_t n, const double* a, double* b);

#endif
