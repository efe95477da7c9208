/* The engine in double: one translation unit, everything static but this table. */
#define real double
#define NN_PRIVATE static
#define NN_ENGINE_NAME nn_engine_f64
#include "engine/engine.inc"
