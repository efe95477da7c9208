/* The peers of the engine's products: OpenBLAS (cblas_?gemm) and oneDNN (dnnl_sgemm), from
 * shared libraries that are looked for at run time. */
#ifndef BENCH_GEMM_LIBRARIES_H
#define BENCH_GEMM_LIBRARIES_H

#include <dlfcn.h>
#include <stdint.h>

typedef struct {
  size_t m, n, k;
  char kind; /* 'n': A B, 't': A'B, 'b': A B' */
} product_shape;

enum { CBLAS_COLUMNS = 102, CBLAS_AS_IS = 111, CBLAS_TURNED = 112 };

typedef void (*cblas_product)(int order, int ta, int tb, int m, int n, int k, real alpha,
                              const real* a, int lda, const real* b, int ldb, real beta, real* c,
                              int ldc);
/* Rows first: its C' = B'A' is our C. */
typedef int (*dnnl_product)(char ta, char tb, int64_t m, int64_t n, int64_t k, float alpha,
                            const float* a, int64_t lda, const float* b, int64_t ldb, float beta,
                            float* c, int64_t ldc);

static cblas_product openblas;
static dnnl_product onednn;

static void* symbol_of(const char* library, const char* name) {
  void* handle = *library ? dlopen(library, RTLD_NOW | RTLD_LOCAL) : NULL;
  return handle ? dlsym(handle, name) : NULL;
}

/* A function pointer from an object pointer, in the way that POSIX describes. */
static void libraries_open(const char* blas, const char* dnnl) {
  *(void**) &openblas = symbol_of(blas, sizeof(real) == 4 ? "cblas_sgemm" : "cblas_dgemm");
  if (sizeof(real) == 4) *(void**) &onednn = symbol_of(dnnl, "dnnl_sgemm");
}

static void openblas_run(const product_shape* s, const real* a, const real* b, real* c) {
  bool ta = s->kind == 't', tb = s->kind == 'b';
  int m = (int) s->m, n = (int) s->n, k = (int) s->k;
  openblas(CBLAS_COLUMNS, ta ? CBLAS_TURNED : CBLAS_AS_IS, tb ? CBLAS_TURNED : CBLAS_AS_IS, m, n, k,
           1, a, ta ? k : m, b, tb ? n : k, 0, c, m);
}

static void onednn_run(const product_shape* s, const real* a, const real* b, real* c) {
  bool ta = s->kind == 't', tb = s->kind == 'b';
  int64_t m = (int64_t) s->m, n = (int64_t) s->n, k = (int64_t) s->k;
  onednn(tb ? 'T' : 'N', ta ? 'T' : 'N', n, m, k, 1, (const float*) b, tb ? n : k,
         (const float*) a, ta ? k : m, 0, (float*) c, m);
}

#endif
