#define real double
#define NN_PRIVATE static
#include "engine-plain.h"
#define NN_ENGINE_NAME NN_ENGINE(f64)
#include "engine/engine.inc"
