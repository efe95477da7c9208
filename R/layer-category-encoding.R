#' Codes as indicators
#'
#' Codes are whole numbers from 0 to `num_tokens - 1`; k of them make a sample.
#'
#' * `"one_hot"`: each code becomes a row of `num_tokens` numbers, of which one is 1:
#'   (n, k) becomes (n, k, num_tokens), and (n, 1) becomes (n, num_tokens);
#' * `"multi_hot"`: the codes of a sample together become one row, 1 where a code is among
#'   them: (n, num_tokens);
#' * `"count"`: how often each is among them; called with `count_weights`, as many numbers as codes,
#'   the sum of the weights of each, `layer(x, count_weights = w)`.
#'
#' @inheritParams layer_dense
#' @param num_tokens how many codes there are.
#' @param output_mode what to make of them.
#' @param sparse accepted, without effect: indicators are the same numbers, in an ordinary array.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad settings; `kestrel_error_data` for codes
#'   that are not whole numbers from 0 to `num_tokens - 1`; `kestrel_error_shape` for
#'   `count_weights` that are not as many as the codes.
#' @source Keras: `keras.layers.CategoryEncoding`.
#' @family preprocessing layers
#' @examples
#' count <- layer_category_encoding(num_tokens = 4, output_mode = "count")
#' count(rbind(c(0, 1), c(3, 3)))
#' count(rbind(c(0, 1), c(3, 3)), count_weights = rbind(c(0.5, 2), c(1, 4)))
#' @export
layer_category_encoding <- function(object, num_tokens, output_mode = "multi_hot",
                                    sparse = FALSE, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  check_flag(sparse)
  config <- list(num_tokens = check_count(num_tokens), output_mode = check_encoding(output_mode))
  compose_layer(object, "category_encoding", config, options)
}

encodings <- c("one_hot", "multi_hot", "count")

# Two modes have names of old.
check_encoding <- function(x, others = NULL, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  old <- c(binary = "multi_hot", `tf-idf` = "tf_idf")
  if (is_string(x) && x %in% names(old)) x <- old[[x]]
  check_choice(x, c(others, encodings), "an output mode", arg = arg, call = call)
}

#' @export
call_layer.kestrel_layer_category_encoding <- function(layer, x, count_weights = NULL, ...,
                                                       call = caller_env()) {
  if (is.null(count_weights)) return(call_layer.default(layer, x, ..., call = call))
  mode <- layer_config(layer)$output_mode
  if (mode != "count") {
    stop_kestrel("argument",
      sprintf("`count_weights` goes with output_mode \"count\", not \"%s\".", mode),
      argument = "count_weights", call = call)
  }
  if (is_symbolic(x) ||
    is_inner_input(x)) return(call_layer.default(layer, list(x, count_weights), ..., call = call))
  count_weights <- check_data(count_weights, "count_weights", call)
  call_layer.default(layer, list(x, count_weights), ..., call = call)
}

# With weights: sum_k w_k 1(code k is the token).
#' @export
layer_nodes.kestrel_layer_category_encoding <- function(layer, input) {
  config <- layer_config(layer)
  if (!is.list(input)) return(list(encoding_node(config$num_tokens, config$output_mode)))
  list(encoding_node(config$num_tokens, "one_hot", -1L),
    if (input[[1]] == 1) new_node("multiply", from = c(1L, -2L)) else {
    new_node("dot", list(axis_1 = 0, axis_2 = 0), from = c(1L, -2L))
  })
}

#' @export
check_fits.kestrel_layer_category_encoding <- function(layer, input, call) {
  if (!is.list(input) || length(input) == 2 && length(input[[1]]) == 1 &&
    identical(input[[1]], input[[2]])) {
    return(invisible(layer))
  }
  stop_kestrel("shape", sprintf("`count_weights` must be as many as the codes, %s, not %s.",
    shape_text(input[[1]]), shape_text(input[[2]])), argument = "count_weights", value = input[[2]],
    expected = input[[1]], call = call)
}

encoding_node <- function(tokens, mode, from = NULL) {
  new_node("category_encoding", list(tokens = tokens, mode = match(mode, encodings) - 1),
    from = from)
}

#' @export
code_limit.kestrel_layer_category_encoding <- function(layer) unlist(layer_config(layer)["num_tokens"])
