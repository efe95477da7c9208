#include "engines.h"

#include <string.h>

extern const nn_engine nn_engine_f32_plain, nn_engine_f64_plain;

#ifdef __x86_64__
extern const nn_engine nn_engine_f32_avx2, nn_engine_f64_avx2;
extern const nn_engine nn_engine_f32_avx512, nn_engine_f64_avx512;

static bool runs_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool runs_avx512(void) {
  return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

static bool runs_always(void) { return true; }

static const struct {
  engine_pair pair;
  bool (*runs)(void);
} engines[] = {
#ifdef __x86_64__
    {{"avx512", &nn_engine_f32_avx512, &nn_engine_f64_avx512}, runs_avx512},
    {{"avx2", &nn_engine_f32_avx2, &nn_engine_f64_avx2}, runs_avx2},
#endif
    {{"plain", &nn_engine_f32_plain, &nn_engine_f64_plain}, runs_always},
};

const engine_pair* engines_at(int i) {
  for (size_t k = 0; k < sizeof(engines) / sizeof(*engines); ++k) {
    if (engines[k].runs() && i-- == 0) return &engines[k].pair;
  }
  return NULL;
}

const engine_pair* engines_find(const char* name) {
  const engine_pair* pair;
  for (int i = 0; (pair = engines_at(i)) != NULL; ++i) {
    if (strcmp(pair->name, name) == 0) return pair;
  }
  return NULL;
}
