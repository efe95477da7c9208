/* An instance of the engine for any processor of the architecture. The compiler turns loops
 * into vector instructions, which it otherwise does only at higher levels than R's -O2; no
 * option here changes a result: errno and traps of single operations are what is given up. */
#include "engine/real.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3", "no-math-errno", "no-trapping-math")
#endif

#define NN_ENGINE(precision) nn_engine_##precision##_plain
