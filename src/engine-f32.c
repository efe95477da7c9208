/* The engine in float: one translation unit, everything static but this table. */
#define real float
#define NN_PRIVATE static
#define NN_ENGINE_NAME nn_engine_f32
#include "engine/engine.inc"
