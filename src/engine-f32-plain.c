#define real float
#define NN_PRIVATE static
#include "engine-plain.h"
#define NN_ENGINE_NAME NN_ENGINE(f32)
#include "engine/engine.inc"
