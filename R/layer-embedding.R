#' Embedding of codes
#'
#' Each code of a sample, a whole number from 0 to `input_dim - 1`, becomes the row of the
#' matrix `embeddings` (`input_dim` x `output_dim`) that belongs to it: (n, length) becomes
#' (n, length, output_dim). As in Keras codes count from 0. The codes themselves get no
#' gradient.
#'
#' @inheritParams layer_dense
#' @param input_dim how many codes there are.
#' @param output_dim numbers that stand for a code.
#' @param embeddings_initializer,embeddings_regularizer,embeddings_constraint first values of
#'   the matrix (`"uniform"`: from -0.05 to 0.05), penalty and condition on it.
#' @param mask_zero whether the steps of code 0 are masked: later layers and the loss leave them
#'   out, see [layer_masking()].
#' @param input_length number of codes in a sample, as in R keras 2.x; seldom needed.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for sizes below 1; `kestrel_error_data` for codes
#'   that are not whole numbers from 0 to `input_dim - 1`; `kestrel_error_shape` for samples of
#'   more than three dims.
#' @source Keras: `keras.layers.Embedding`.
#' @family layers
#' @examples
#' layer <- layer_embedding(input_dim = 5, output_dim = 2)
#' layer(rbind(c(0, 4, 4)))
#'
#' model <- keras_model_sequential() %>%
#'   layer_embedding(input_dim = 100, output_dim = 8, input_length = 6) %>%
#'   layer_flatten() %>%
#'   layer_dense(1, activation = "sigmoid")
#' @export
layer_embedding <- function(object, input_dim, output_dim, embeddings_initializer = "uniform",
                            embeddings_regularizer = NULL, embeddings_constraint = NULL,
                            mask_zero = FALSE, input_length = NULL, input_shape = NULL,
                            name = NULL, ...) {
  length_given <- check_count(input_length, null = TRUE)
  options <- layer_options(list(...), input_shape %||% length_given, name)
  config <- list(
    input_dim = check_count(input_dim), output_dim = check_count(output_dim),
    embeddings_initializer = as_initializer(embeddings_initializer),
    embeddings_regularizer = as_regularizer(embeddings_regularizer),
    embeddings_constraint = as_constraint(embeddings_constraint),
    mask_zero = check_flag(mask_zero)
  )
  compose_layer(object, "embedding", config, options)
}

#' @export
layer_nodes.kestrel_layer_embedding <- function(layer, input) {
  config <- layer_config(layer)
  c(if (config$mask_zero) list(mask_node(0, each = TRUE)),
    list(new_node("embedding", config[c("input_dim", "output_dim")], from = -1L)))
}

#' @export
code_limit.kestrel_layer_embedding <- function(layer) unlist(layer_config(layer)["input_dim"])
