/* Dense systems of linear equations, in double. Matrices are column-major, n x n. */
#ifndef NN_FACTOR_H
#define NN_FACTOR_H

#include "real.h"

/* x of A x = b in place of b; A is used up. False, with b of no use, where A is singular. */
NN_PRIVATE bool factor_solve(size_t n, double* a, double* b);
/* The same for a symmetric A, of which the lower triangle is read; false where it is not
 * positive definite. */
NN_PRIVATE bool factor_solve_positive(size_t n, double* a, double* b);

#endif
