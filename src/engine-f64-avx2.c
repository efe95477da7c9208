#define real double
#define NN_PRIVATE static
#ifdef __x86_64__
#include "engine-avx2.h"
#define NN_ENGINE_NAME NN_ENGINE(f64)
#include "engine/engine.inc"
#include "engine-end.h"
#else
typedef real not_for_this_processor;
#endif
