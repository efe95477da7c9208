/* An instance of the engine for any processor of the architecture. The compiler turns loops
 * into vector instructions, which it otherwise does only at higher levels than R's -O2; no
 * option here changes a result: errno and traps of single operations are what is given up. */

/* What all instances of a precision have in common stands in this one; metric_find() is
 * metric_find_float() or metric_find_double() there. */
#define NN_SHARED
#define NN_NAME(name, precision) name##_##precision
#define NN_SHARED_NAME(name, precision) NN_NAME(name, precision)
#define initializer_at NN_SHARED_NAME(initializer_at, real)
#define initializer_find NN_SHARED_NAME(initializer_find, real)
#define metric_add NN_SHARED_NAME(metric_add, real)
#define metric_at NN_SHARED_NAME(metric_at, real)
#define metric_find NN_SHARED_NAME(metric_find, real)
#define metric_results NN_SHARED_NAME(metric_results, real)
#define metric_takes NN_SHARED_NAME(metric_takes, real)
#define schedule_at NN_SHARED_NAME(schedule_at, real)
#define schedule_find NN_SHARED_NAME(schedule_find, real)

#include "engine/real.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3", "no-math-errno", "no-trapping-math")
#endif

/* Tables for unwinding the stack weigh a tenth of an instance. Nothing throws through it, so they
 * go where symbols for debugging are, which may be stripped. */
#ifdef __ELF__
__asm__(".cfi_sections .debug_frame");
#endif

#define NN_ENGINE(precision) nn_engine_##precision##_plain
