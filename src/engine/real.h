/* The number type of this instance of the engine, and what every file needs.
 *
 * `real` is float or double: each instance (src/engine-f32-plain.c and so on) defines it and
 * includes the whole engine, so that everything is static. A file compiled alone, as
 * editors and `make engine-check` do, gets double unless told otherwise.
 *
 * Mathematics is type-generic: exp(x) is expf(x) when x is a float. Constants are
 * written (real) 0.9, so that no float arithmetic happens in double by accident. */
#ifndef NN_REAL_H
#define NN_REAL_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <tgmath.h>

#include "engine.h"

#ifndef real
#define real double
#endif

#ifndef NN_PRIVATE
#define NN_PRIVATE
#endif

/* Instances of one precision may have in common what spends no time; see engine.inc. */
#ifndef NN_SHARED
#define NN_SHARED NN_PRIVATE
#endif

/* Second derivatives, which no training asks for, are compiled for size. */
#ifdef __GNUC__
#define NN_COLD __attribute__((cold))
#else
#define NN_COLD
#endif

/* Keras' epsilon(), where probabilities are clipped and denominators kept from zero. */
#define NN_EPSILON ((real) 1e-7)

/* The distance from 1 to the next number. */
#define NN_REAL_EPSILON (sizeof(real) == sizeof(float) ? (double) FLT_EPSILON : DBL_EPSILON)

#endif
