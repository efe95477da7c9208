/* Single records of the tables, used on arrays; see engine.h for what each takes. */
#ifndef NN_FUNCTIONS_H
#define NN_FUNCTIONS_H

#include "initializer.h"
#include "loss.h"
#include "metric.h"
#include "network.h"
#include "optimizer.h"
#include "penalty.h"
#include "solver.h"

NN_PRIVATE nn_code function_activation(nn_choice f, size_t n, int k, int inner, const nn_real* x,
                                   nn_real* y);
NN_PRIVATE nn_code function_activation_backward(nn_choice f, size_t n, int k, int inner,
                                            const nn_real* x, const nn_real* y,
                                            const nn_real* dy, nn_real* dx);
NN_PRIVATE nn_code function_loss_value(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                   const nn_real* y, nn_real* v);
NN_PRIVATE nn_code function_loss_grad(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                  const nn_real* y, const nn_real* s, nn_real* dy);
NN_PRIVATE nn_code function_loss_scales(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                    const nn_real* y, const nn_real* weight,
                                    nn_reduction reduction, nn_real* s);
NN_PRIVATE size_t function_metric_states(nn_choice f, int k);
NN_PRIVATE int function_metric_results(nn_choice f, int k);
NN_PRIVATE nn_code function_metric_update(nn_choice f, size_t cols, int k, int kt, const nn_real* t,
                                      const nn_real* y, const nn_real* weight, nn_real* v,
                                      double* state);
NN_PRIVATE double function_metric_result(nn_choice f, int k, const double* state, int i);
NN_PRIVATE nn_code function_initializer_draw(nn_choice f, int rank, const int* dims, uint64_t seed,
                                         uint32_t stream, double* w);
NN_PRIVATE nn_code function_penalty_value(nn_choice f, int rank, const int* dims, const nn_real* w,
                                      double* value);
NN_PRIVATE nn_code function_penalty_grad(nn_choice f, int rank, const int* dims, const nn_real* w,
                                     nn_real* g);
NN_PRIVATE nn_code function_constraint_apply(nn_choice f, int axes, int rank, const int* dims,
                                         nn_real* w);
NN_PRIVATE nn_code function_schedule_value(nn_choice f, double step, double* lr);
NN_PRIVATE int function_optimizer_moments(const nn_optimizer_spec* spec);
NN_PRIVATE size_t function_optimizer_work(const nn_optimizer_spec* spec, int n_tensors,
                                          const nn_stretch* tensors);
NN_PRIVATE nn_code function_optimizer_start(const nn_optimizer_spec* spec, size_t n, const nn_real* w,
                                        nn_real* moments, double* scalars);
NN_PRIVATE nn_code function_optimizer_step(const nn_optimizer_spec* spec, int n_tensors,
                                       const nn_stretch* tensors, size_t n, nn_real* w,
                                       nn_real* g, nn_real* moments, double* scalars,
                                       double* iterations, nn_real* work);

NN_PRIVATE bool registry_entry(const char* table, int i, const char** name,
                               const nn_hparam** hparams, int* flags, const char** text);

#endif
