/* An instance of the engine for processors with AVX-512. */
#include "engine-plain.h"

#define NN_BORROWS
#define NN_VECTOR_BYTES 64

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,prefer-vector-width=512")
#endif

#undef NN_ENGINE
#define NN_ENGINE(precision) nn_engine_##precision##_avx512
