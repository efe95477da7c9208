#include "activation.h"

#include "activations-axis.c"
#include "activations-piece.c"
#include "activations-ramp.c"
#include "activations-smooth.c"

/* The table: name and hyperparameters; value and slope, or value, backward and jvp; the tangent
 * of backward; whether the output is half as long. `axis`: of the sample, from 0; below 0 it
 * counts from the end. */
static const activation activations[] = {
    {"linear", {{NULL, 0}},
     linear_value, linear_slope, NULL, NULL, linear_backward_jvp, false},
    {"relu", {{"negative_slope", 0}, {"max_value", (double) NAN}, {"threshold", 0}},
     relu_value, relu_slope, NULL, NULL, relu_backward_jvp, false},
    {"relu6", {{NULL, 0}},
     relu6_value, relu6_slope, NULL, NULL, relu6_backward_jvp, false},
    {"leaky_relu", {{"negative_slope", 0.2}},
     leaky_relu_value, leaky_relu_slope, NULL, NULL, leaky_relu_backward_jvp, false},
    {"thresholded_relu", {{"theta", 1}},
     thresholded_relu_value, threshold_slope, NULL, NULL, threshold_backward_jvp, false},
    {"threshold", {{"threshold", 0}, {"default_value", 0}},
     threshold_value, threshold_slope, NULL, NULL, threshold_backward_jvp, false},
    {"elu", {{"alpha", 1}},
     elu_value, elu_slope, NULL, NULL, elu_backward_jvp, false},
    {"selu", {{NULL, 0}},
     selu_value, selu_slope, NULL, NULL, selu_backward_jvp, false},
    {"celu", {{"alpha", 1}},
     celu_value, celu_slope, NULL, NULL, celu_backward_jvp, false},
    {"gelu", {{"approximate", 0}},
     gelu_value, gelu_slope, NULL, NULL, gelu_backward_jvp, false},
    {"silu", {{NULL, 0}},
     silu_value, silu_slope, NULL, NULL, silu_backward_jvp, false},
    {"mish", {{NULL, 0}},
     mish_value, mish_slope, NULL, NULL, mish_backward_jvp, false},
    {"squareplus", {{"b", 4}},
     squareplus_value, squareplus_slope, NULL, NULL, squareplus_backward_jvp, false},
    {"softplus", {{NULL, 0}},
     softplus_value, softplus_slope, NULL, NULL, softplus_backward_jvp, false},
    {"softsign", {{NULL, 0}},
     softsign_value, softsign_slope, NULL, NULL, softsign_backward_jvp, false},
    {"exponential", {{NULL, 0}},
     exponential_value, exponential_slope, NULL, NULL, exponential_backward_jvp, false},
    {"sigmoid", {{NULL, 0}},
     sigmoid_value, sigmoid_slope, NULL, NULL, sigmoid_backward_jvp, false},
    {"log_sigmoid", {{NULL, 0}},
     log_sigmoid_value, log_sigmoid_slope, NULL, NULL, log_sigmoid_backward_jvp, false},
    {"tanh", {{NULL, 0}},
     tanh_value, tanh_slope, NULL, NULL, tanh_backward_jvp, false},
    {"tanh_shrink", {{NULL, 0}},
     tanh_shrink_value, tanh_shrink_slope, NULL, NULL, tanh_shrink_backward_jvp, false},
    {"hard_sigmoid", {{NULL, 0}},
     hard_sigmoid_value, hard_sigmoid_slope, NULL, NULL, hard_sigmoid_backward_jvp, false},
    {"hard_silu", {{NULL, 0}},
     hard_silu_value, hard_silu_slope, NULL, NULL, hard_silu_backward_jvp, false},
    {"hard_tanh", {{NULL, 0}},
     hard_tanh_value, hard_tanh_slope, NULL, NULL, hard_tanh_backward_jvp, false},
    {"hard_shrink", {{"threshold", 0.5}},
     hard_shrink_value, shrink_slope, NULL, NULL, shrink_backward_jvp, false},
    {"soft_shrink", {{"threshold", 0.5}},
     soft_shrink_value, shrink_slope, NULL, NULL, shrink_backward_jvp, false},
    {"sparse_plus", {{NULL, 0}},
     sparse_plus_value, sparse_plus_slope, NULL, NULL, sparse_plus_backward_jvp, false},
    {"sparse_sigmoid", {{NULL, 0}},
     sparse_sigmoid_value, sparse_sigmoid_slope, NULL, NULL, sparse_sigmoid_backward_jvp, false},
    {"softmax", {{"axis", -1}},
     softmax_value, NULL, softmax_jacobian, softmax_jacobian, softmax_backward_jvp, false},
    {"log_softmax", {{"axis", -1}},
     log_softmax_value, NULL, log_softmax_backward, log_softmax_jvp, log_softmax_backward_jvp,
     false},
    {"sparsemax", {{"axis", -1}},
     sparsemax_value, NULL, sparsemax_jacobian, sparsemax_jacobian, sparsemax_backward_jvp, false},
    {"glu", {{"axis", -1}},
     glu_value, NULL, glu_backward, glu_jvp, glu_backward_jvp, true},
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
