/* The instances of the engine: one for each precision and kind of processor. */
#ifndef KESTREL_ENGINES_H
#define KESTREL_ENGINES_H

#include "engine/engine.h"

/* What an instance was compiled for. */
typedef struct {
  const char* name;
  const nn_engine *f32, *f64;
} engine_pair;

/* The pairs that run here, the fastest first; NULL past the last one. */
const engine_pair* engines_at(int i);
/* By name; NULL when there is none, or it does not run here. */
const engine_pair* engines_find(const char* name);

#endif
