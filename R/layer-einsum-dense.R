#' A dense layer by an Einstein sum
#'
#' `y = activation(einsum(equation, x, kernel) + bias)`: letters of the equation stand for axes, as
#' in [op_einsum()][backend-operations]. `"ab,bc->ac"` is [layer_dense()], `"abc,cd->abd"` the same
#' at each step, `"abc,cde->abde"` makes a matrix of each step; `"...x,xy->...y"` leaves the axes
#' before the last one as they are. Letters of the kernel have the size of that axis of the input,
#' or of the output.
#'
#' The weights are `kernel`, with an axis for each of its letters, and `bias`, with an axis for each
#' letter of the output from the first of `bias_axes` on, of size 1 for those that are not among
#' them. They are computed in R for each batch: [layer_dense()] is faster.
#'
#' @inheritParams layer_dense
#' @param equation letters of the input, the first of which is the samples', of the kernel and of
#'   the output.
#' @param output_shape dims of a sample of the output (those of `...` left out); `NA` or `NULL`
#'   where it is that of the input.
#' @param bias_axes letters of the output that the bias has an axis for; `NULL`: there is no bias.
#' @param kernel_regularizer,bias_regularizer penalties on the kernel and on the bias.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad values; `kestrel_error_shape` for equations
#'   that do not fit input and output.
#' @source Keras: `keras.layers.EinsumDense`.
#' @family layers
#' @examples
#' layer <- layer_einsum_dense(equation = "abc,cd->abd", output_shape = c(NA, 4), bias_axes = "d")
#' dim(layer(array(1, c(2, 5, 3))))
#' lapply(get_weights(layer), dim)
#' @export
layer_einsum_dense <- function(object, equation, output_shape, activation = NULL, bias_axes = NULL,
                               kernel_initializer = "glorot_uniform", bias_initializer = "zeros",
                               kernel_regularizer = NULL, bias_regularizer = NULL,
                               kernel_constraint = NULL, bias_constraint = NULL, ...,
                               input_shape = NULL, name = NULL) {
  options <- layer_options(list(...), input_shape, name)
  check_present("equation", "output_shape")
  config <- list(
    equation = check_equation(equation), output_shape = check_shape(output_shape, open = TRUE),
    activation = as_activation(activation),
    bias_axes = if (!is.null(bias_axes)) check_string(bias_axes),
    kernel_initializer = as_initializer(kernel_initializer),
    bias_initializer = as_initializer(bias_initializer),
    kernel_regularizer = as_regularizer(kernel_regularizer),
    bias_regularizer = as_regularizer(bias_regularizer),
    kernel_constraint = as_constraint(kernel_constraint),
    bias_constraint = as_constraint(bias_constraint)
  )
  compose_layer(object, "einsum_dense", config, options)
}

check_equation <- function(x, call = caller_env()) {
  text <- gsub(" ", "", check_string(x, arg = "equation", call = call), fixed = TRUE)
  if (grepl("^([A-Za-z]|[.]{3})+,[A-Za-z]+->([A-Za-z]|[.]{3})+$", text)) return(text)
  stop_argument("equation", "letters of input, kernel and output, as \"ab,bc->ac\"", x, call = call)
}

#' @export
check_fits.kestrel_layer_einsum_dense <- function(layer, input, call) {
  einsum_dims(layer, input, call)
  invisible(layer)
}

# list(kernel, bias, output): dims of the weights (bias: NULL for none) and of a sample of the
# output.
einsum_dims <- function(layer, input, call = NULL) {
  config <- layer_config(layer)
  kernel <- strsplit(sub("^.*,(.*)->.*$", "\\1", config$equation), "")[[1]]
  form <- tryCatch(read_subscripts(config$equation, list(c(1L, input), rep(1L, length(kernel))),
    call),
    kestrel_error = function(e) stop_einsum(layer, input, call))
  output <- form$output[-1]
  sizes <- stats::setNames(input, form$inputs[[1]][-1])
  told <- output[!startsWith(output, ".")]
  if (length(told) != length(config$output_shape) || form$output[1] != form$inputs[[1]][1]) {
    stop_einsum(layer, input, call)
  }
  given <- stats::setNames(config$output_shape, told)
  given <- given[!is.na(given)]
  known <- intersect(names(given), names(sizes))
  if (any(given[known] != sizes[known])) stop_einsum(layer, input, call)
  sizes <- c(sizes, given[setdiff(names(given), names(sizes))])
  if (!all(c(kernel, output) %in% names(sizes))) stop_einsum(layer, input, call)
  axes <- strsplit(config$bias_axes %||% "", "")[[1]]
  if (!all(axes %in% told)) stop_einsum(layer, input, call)
  from <- output[seq_along(output) >= min(match(axes, output), length(output) + 1L)]
  list(kernel = unname(sizes[kernel]), bias = unname(ifelse(from %in% axes, sizes[from], 1L)),
    output = unname(sizes[output]))
}

stop_einsum <- function(layer, input, call) {
  config <- layer_config(layer)
  stop_kestrel("shape",
    sprintf("`equation` \"%s\" with output %s%s does not fit samples of shape %s.", config$equation,
    shape_text(config$output_shape),
    if (!is.null(config$bias_axes)) sprintf(" and bias axes \"%s\"", config$bias_axes) else "",
    shape_text(input)), hint = "Its first letter, in input and output, is that of the samples.",
    argument = "equation", value = input, call = call)
}

#' @export
layer_nodes.kestrel_layer_einsum_dense <- function(layer, input) {
  equation <- layer_config(layer)$equation
  dims <- einsum_dims(layer, input)
  lead <- rep(1L, length(dims$output) - length(dims$bias) + 1L)
  run <- function(x, w, training, call) {
    y <- sum_by_letters(list(x[[1]], with_dims(w[[1]], dims$kernel)), equation)
    y <- with_dims(y, c(dim(plain(x[[1]]))[1], dims$output))
    list(y = if (length(w) > 1) op_add(y, with_dims(w[[2]], c(lead, dims$bias))) else y)
  }
  weights <- lapply(Filter(length, dims[c("kernel", "bias")]), weight_node, is_state = FALSE)
  label <- sprintf("layer \"%s\"", layer$name)
  c(function_nodes(unname(weights), run, dims$output, label, input),
    activation_nodes(layer_config(layer)$activation, dims$output, layer))
}

#' @export
slot_names.kestrel_layer_einsum_dense <- function(layer) {
  c("kernel", if (!is.null(layer_config(layer)$bias_axes)) "bias")
}
