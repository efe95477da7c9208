/* Using a network without training it; see engine.h for what each function takes. */
#ifndef NN_INFERENCE_H
#define NN_INFERENCE_H

#include "dataset.h"
#include "network.h"

NN_PRIVATE size_t predict_bytes(const network* net, const nn_predict_spec* spec);
NN_PRIVATE bool predict(void* block, const network* net, const nn_predict_spec* spec,
                        const double* w, int n, const nn_array* x, double* const* y);
NN_PRIVATE size_t derivatives_bytes(const network* net, int n);
NN_PRIVATE void gradient(void* block, const network* net, bool training, uint64_t seed, double* w,
                         int n, const nn_array* x, const nn_array* v, double* const* y,
                         double* const* dx, double* dw);
NN_PRIVATE void jvp(void* block, const network* net, bool training, uint64_t seed, const double* w,
                    int n, const nn_array* x, const nn_array* xdot, const double* wdot,
                    double* const* ydot);

#endif
