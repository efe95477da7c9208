#' Repeat steps
#'
#' Each step of a sample is there `size` times, one after the other: (samples, steps, features)
#' becomes (samples, size * steps, features).
#'
#' @inheritParams layer_dense
#' @param size how often.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` unless `size` is a whole number from 1 on;
#'   `kestrel_error_shape` for samples that are no steps of features.
#' @source Keras: `keras.layers.UpSampling1D`.
#' @family layers
#' @examples
#' layer_upsampling_1d(size = 2)(array(1:6, c(1, 3, 2)))
#' @export
layer_upsampling_1d <- function(object, size = 2L, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  compose_layer(object, "up_sampling1d", list(size = check_count(size)), options)
}

#' @export
check_fits.kestrel_layer_up_sampling1d <- function(layer, input, call) {
  if (!is.list(input) && length(input) == 2) return(invisible(layer))
  stop_kestrel("shape",
    sprintf("Layer \"%s\" takes samples of shape (n, steps, features), not %s.", layer$name,
    shape_text(input)), value = input, call = call)
}

# Row s of the output is row floor((s - 1) / size) + 1 of the input.
#' @export
layer_nodes.kestrel_layer_up_sampling1d <- function(layer, input) {
  rows <- rep(seq_len(input[1]), each = layer_config(layer)$size)
  run <- function(x, w, training, call) list(y = x[[1]][, rows, , drop = FALSE])
  list(outside_node(c(length(rows), input[2]), run, sprintf("layer \"%s\"", layer$name),
    from = -1L))
}
