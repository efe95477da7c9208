#' Codes as indicators
#'
#' Codes are whole numbers from 0 to `num_tokens - 1`; k of them make a sample.
#'
#' * `"one_hot"`: each code becomes a row of `num_tokens` numbers, of which one is 1:
#'   (n, k) becomes (n, k, num_tokens), and (n, 1) becomes (n, num_tokens);
#' * `"multi_hot"`: the codes of a sample together become one row, 1 where a code is among
#'   them: (n, num_tokens);
#' * `"count"`: how often each is among them.
#'
#' @inheritParams layer_dense
#' @param num_tokens how many codes there are.
#' @param output_mode what to make of them.
#' @param sparse accepted, without effect: indicators are the same numbers, in an ordinary array.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for bad settings; `kestrel_error_data` for codes
#'   that are not whole numbers from 0 to `num_tokens - 1`.
#' @source Keras: `keras.layers.CategoryEncoding`.
#' @family preprocessing layers
#' @examples
#' layer_category_encoding(num_tokens = 4, output_mode = "count")(rbind(c(0, 1), c(3, 3)))
#' @export
layer_category_encoding <- function(object, num_tokens, output_mode = "multi_hot",
                                    sparse = FALSE, input_shape = NULL, name = NULL, ...) {
  options <- layer_options(list(...), input_shape, name)
  check_flag(sparse)
  config <- list(num_tokens = check_count(num_tokens), output_mode = check_encoding(output_mode))
  compose_layer(object, "category_encoding", config, options)
}

encodings <- c("one_hot", "multi_hot", "count")

check_encoding <- function(x, others = NULL, arg = caller_arg(x), call = caller_env()) {
  check_choice(x, c(others, encodings), "an output mode", arg = arg, call = call)
}

#' @export
layer_nodes.kestrel_layer_category_encoding <- function(layer, input) {
  config <- layer_config(layer)
  list(encoding_node(config$num_tokens, config$output_mode))
}

encoding_node <- function(tokens, mode) {
  new_node("category_encoding", list(tokens = tokens, mode = match(mode, encodings) - 1))
}

#' @export
code_limit.kestrel_layer_category_encoding <- function(layer) unlist(layer_config(layer)["num_tokens"])
