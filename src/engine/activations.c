#include "activation.h"

#include "activations-axis.c"
#include "activations-piece.c"
#include "activations-ramp.c"
#include "activations-smooth.c"

/* The table: name, hyperparameters, value, slope; or value, backward, jvp and whether the
 * output is half as long. `axis`: of the sample, from 0; below 0 it counts from the end. */
static const activation activations[] = {
    {"linear", {{NULL, 0}}, linear_value, linear_slope, NULL, NULL, false},
    {"relu",
     {{"negative_slope", 0}, {"max_value", (double) NAN}, {"threshold", 0}},
     relu_value, relu_slope, NULL, NULL, false},
    {"relu6", {{NULL, 0}}, relu6_value, relu6_slope, NULL, NULL, false},
    {"leaky_relu", {{"negative_slope", 0.2}}, leaky_relu_value, leaky_relu_slope, NULL, NULL, false},
    {"thresholded_relu", {{"theta", 1}}, thresholded_relu_value, threshold_slope, NULL, NULL, false},
    {"threshold",
     {{"threshold", 0}, {"default_value", 0}},
     threshold_value, threshold_slope, NULL, NULL, false},
    {"elu", {{"alpha", 1}}, elu_value, elu_slope, NULL, NULL, false},
    {"selu", {{NULL, 0}}, selu_value, selu_slope, NULL, NULL, false},
    {"celu", {{"alpha", 1}}, celu_value, celu_slope, NULL, NULL, false},
    {"gelu", {{"approximate", 0}}, gelu_value, gelu_slope, NULL, NULL, false},
    {"silu", {{NULL, 0}}, silu_value, silu_slope, NULL, NULL, false},
    {"mish", {{NULL, 0}}, mish_value, mish_slope, NULL, NULL, false},
    {"squareplus", {{"b", 4}}, squareplus_value, squareplus_slope, NULL, NULL, false},
    {"softplus", {{NULL, 0}}, softplus_value, softplus_slope, NULL, NULL, false},
    {"softsign", {{NULL, 0}}, softsign_value, softsign_slope, NULL, NULL, false},
    {"exponential", {{NULL, 0}}, exponential_value, exponential_slope, NULL, NULL, false},
    {"sigmoid", {{NULL, 0}}, sigmoid_value, sigmoid_slope, NULL, NULL, false},
    {"log_sigmoid", {{NULL, 0}}, log_sigmoid_value, log_sigmoid_slope, NULL, NULL, false},
    {"tanh", {{NULL, 0}}, tanh_value, tanh_slope, NULL, NULL, false},
    {"tanh_shrink", {{NULL, 0}}, tanh_shrink_value, tanh_shrink_slope, NULL, NULL, false},
    {"hard_sigmoid", {{NULL, 0}}, hard_sigmoid_value, hard_sigmoid_slope, NULL, NULL, false},
    {"hard_silu", {{NULL, 0}}, hard_silu_value, hard_silu_slope, NULL, NULL, false},
    {"hard_tanh", {{NULL, 0}}, hard_tanh_value, hard_tanh_slope, NULL, NULL, false},
    {"hard_shrink", {{"threshold", 0.5}}, hard_shrink_value, shrink_slope, NULL, NULL, false},
    {"soft_shrink", {{"threshold", 0.5}}, soft_shrink_value, shrink_slope, NULL, NULL, false},
    {"sparse_plus", {{NULL, 0}}, sparse_plus_value, sparse_plus_slope, NULL, NULL, false},
    {"sparse_sigmoid", {{NULL, 0}}, sparse_sigmoid_value, sparse_sigmoid_slope, NULL, NULL, false},
    {"softmax", {{"axis", -1}}, softmax_value, NULL, softmax_jacobian, softmax_jacobian, false},
    {"log_softmax",
     {{"axis", -1}},
     log_softmax_value, NULL, log_softmax_backward, log_softmax_jvp, false},
    {"sparsemax",
     {{"axis", -1}},
     sparsemax_value, NULL, sparsemax_jacobian, sparsemax_jacobian, false},
    {"glu", {{"axis", -1}}, glu_value, NULL, glu_backward, glu_jvp, true},
};

NN_PRIVATE const activation* activation_at(int i) {
  int n = (int) (sizeof(activations) / sizeof(*activations));
  return i >= 0 && i < n ? activations + i : NULL;
}

NN_PRIVATE const activation* activation_find(const char* name) {
  for (int i = 0; activation_at(i); ++i) {
    if (strcmp(activations[i].name, name) == 0) return activations + i;
  }
  return NULL;
}
