/* An instance of the engine for processors with AVX2 and fused multiply-add. */
#include "engine-plain.h"

#define NN_BORROWS
#define NN_VECTOR_BYTES 32

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

#undef NN_ENGINE
#define NN_ENGINE(precision) nn_engine_##precision##_avx2
