#' Leave out steps
#'
#' A step of a sample (steps x features) all of whose features are `mask_value` is masked: it
#' becomes 0, and what follows leaves it out. So samples of unlike lengths can be padded to one
#' length, see [pad_sequences()]. `layer_embedding(mask_zero = TRUE)` masks the steps of code 0.
#'
#' The mask goes along with the numbers:
#'
#' * through dense layers, activations, dropout and its relatives, normalizations and
#'   [layer_time_distributed()], which keep the steps;
#' * through merging layers: a step counts where it does in any of the inputs, if all of them have
#'   masks; [layer_concatenate()] takes an input without one to count everywhere;
#' * into [layer_global_average_pooling_1d()], which averages the steps that count (none: NaN), and
#'   [layer_batch_normalization()], whose statistics are of these in training (computed in R, so not
#'   for what needs second derivatives);
#' * into layers of one's own whose `call` has an argument `mask`, and through those that set
#'   `self$supports_masking` or have a method `compute_mask`, see [Layer()];
#' * into the loss and those metrics that are means (every loss, the accuracies): steps that are
#'   masked weigh 0. A loss that divides by the number of steps divides by the number `v` of those
#'   that count, `sum(m w l) / (v + 1e-7)`. Counting metrics (AUC, precision and the like) see all
#'   steps, as in Keras.
#'
#' Other layers (flatten, reshape, permute, the other poolings) hand no mask on, as in Keras, and
#' [compile()][compile.kestrel_model] warns; [layer_activation_softmax()] cannot be computed with
#' one. A matrix of samples x features has one step a sample.
#'
#' @inheritParams layer_dense
#' @param mask_value the number that all features of a masked step are.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` where `mask_value` is no number;
#'   `kestrel_error_shape` from the model where a layer cannot take a mask.
#' @section Warnings: `kestrel_warning_mask` from `compile()` where a layer loses the mask.
#' @source Keras: `keras.layers.Masking`.
#' @family layers
#' @examples
#' x <- array(c(1, 5, 0, 2, 6, 0), c(1, 3, 2))
#' model <- keras_model_sequential(input_shape = c(3, 2)) %>%
#'   layer_masking(mask_value = 0) %>%
#'   layer_global_average_pooling_1d()
#' predict(model, x)
#' @export
layer_masking <- function(object, mask_value = 0, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  if (!is_number(mask_value)) stop_argument("mask_value", "a number", mask_value)
  compose_layer(object, "masking", list(mask_value = as.double(mask_value)), options)
}

#' @export
layer_nodes.kestrel_layer_masking <- function(layer, input) {
  list(mask_node(layer_config(layer)$mask_value), new_node("multiply", from = c(-1L, 1L)))
}
