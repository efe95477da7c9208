# Weights: a list of arrays, layer by layer, as Keras orders them; as C has them: packed-weights.R.

#' Weights of a model or a layer
#'
#' `get_weights()` gives a list of arrays, layer by layer: the kernel of a dense layer as a
#' matrix of inputs x units, its bias as a 1-d array; of a batch normalization gamma, beta,
#' moving mean and moving variance. `set_weights()` takes such a list; all of it is checked
#' before any weight is changed. `count_params()` counts the numbers.
#'
#' Copies go in and out: changing what `get_weights()` returned does not change the model,
#' and later training does not change a list that was given to `set_weights()`.
#'
#' `model$weights`, `model$trainable_weights` and `model$non_trainable_weights`, of a layer too, are
#' lists of these arrays with fields of their own, as is `layer$kernel`: `w$name`
#' (`"dense/kernel:0"`), `w$path`, `w$shape`, `w$trainable` and `w$numpy()`, the plain array;
#' whatever is computed of them is plain.
#'
#' @param object a model or a layer. A model must have been built: its input shape is known.
#' @param trainable `TRUE` or `FALSE` keeps only the weights that are, or are not, trained.
#' @param weights a list of numeric arrays of the same shapes in the same order; plain
#'   vectors are taken for 1-d arrays.
#' @return `get_weights()` a list of arrays; `set_weights()` the object, invisibly;
#'   `count_params()` a number.
#' @section Errors: `kestrel_error_argument` for what is no model, layer or list;
#'   `kestrel_error_shape` for another number of arrays or other shapes; `kestrel_error_data`
#'   for numbers that are missing or infinite; `kestrel_error_state` when the model has no layers,
#'   is not built or is being fitted.
#' @source Keras: `Model.get_weights()`, `Model.set_weights()`, `Model.count_params()`.
#' @family weights
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' set_weights(model, list(matrix(c(1, -1), 2, 1), 0.5))
#' predict(model, rbind(c(3, 1)))
#' count_params(model)
#' @export
get_weights <- function(object, trainable = NA) {
  layers <- with_weights(layers_of(object, environment()))
  if (!identical(trainable, NA)) trainable <- check_flag(trainable)
  weights <- lapply(layers, function(layer) {
    state <- layer_state(layer)
    trained <- vapply(state$slots, function(s) !s$is_state && state$trainable, NA)
    unname(if (is.na(trainable)) state$weights else state$weights[trained == trainable])
  })
  unlist(weights, recursive = FALSE) %||% list()
}

#' @rdname get_weights
#' @export
set_weights <- function(object, weights) {
  layers <- with_weights(layers_of(object, environment(), built = TRUE))
  if (missing(weights)) stop_missing("weights")
  if (!is.list(weights) || is.object(weights)) {
    stop_argument("weights", "a list of arrays", weights, kind = "shape")
  }
  slots <- unlist(lapply(layers, function(l) layer_state(l)$slots), recursive = FALSE)
  owner <- rep(vapply(layers, function(l) l$name, ""),
    vapply(layers, function(l) length(layer_state(l)$slots), 0L))
  new <- match_weights(weights, slots, owner, environment())
  put_weights(layers, new)
  if (is_model(object)) mark_dirty(object)
  invisible(object)
}

with_weights <- function(layers) Filter(function(layer) !hides_weights(layer), layers)

# Weights that were set while fit() runs go to the engine before the next batch.
mark_dirty <- function(model) {
  state <- model_state(model)
  state$dirty <- TRUE
}

#' @rdname get_weights
#' @export
count_params <- function(object) {
  layers <- layers_of(object, environment(), built = TRUE)
  sum(vapply(layers, layer_params, 0))
}

layer_params <- function(layer) {
  if (hides_weights(layer)) return(0)
  sum(vapply(layer_state(layer)$slots, function(s) prod(as.double(s$dims)), 0))
}

layers_of <- function(object, call, built = FALSE) {
  if (missing(object)) stop_missing("object", call)
  if (is_layer(object)) {
    check_intact(object, call)
    if (built && !layer_state(object)$built) {
      stop_kestrel("state",
        sprintf("Layer \"%s\" is not built: the shape of its input is unknown.", object$name),
        hint = "Add it to a model with an input_shape.", call = call)
    }
    return(list(object))
  }
  check_model(object, arg = "object", call = call)
  # A graph has its weights before the length of its inputs is known.
  if (built && is.null(model_state(object)$graph)) check_built(object, call)
  leaf_layers(object)
}

# Each array against its slot; a named list of doubles with the slots' dims.
match_weights <- function(weights, slots, owner, call) {
  owner <- rep_len(owner, max(length(slots), 1L))
  if (length(weights) != length(slots)) {
    stop_kestrel("shape",
      sprintf("`weights` must be a list of %d arrays, not of %d.", length(slots), length(weights)),
      hint = if (length(slots)) paste("Expected:", slots_text(slots, owner)),
      argument = "weights", value = length(weights), expected = length(slots), call = call)
  }
  new <- lapply(seq_along(slots),
    function(i) match_weight(weights[[i]], slots[[i]], owner[i], i, call))
  names(new) <- vapply(slots, `[[`, "", "name")
  new
}

slots_text <- function(slots, owner) {
  text <- vapply(slots, function(s) sprintf("%s %s", s$name, shape_list(s$dims)), "")
  if (length(text) > 6) text <- c(text[1:6], "...")
  paste(text, collapse = ", ")
}

match_weight <- function(x, slot, owner, i, call) {
  x <- plain_weight(x)
  arg <- sprintf("weights[[%d]]", i)
  label <- sprintf("%s of layer \"%s\"", slot$name, owner)
  if (!(is.numeric(x) || is.logical(x)) || is.object(x)) {
    stop_argument(arg, sprintf("a numeric array, the %s", label), x, call = call)
  }
  check_length(x, arg, call)
  dims <- if (is.null(dim(x))) length(x) else dim(x)
  flat <- length(slot$dims) == 1 && length(x) == slot$dims && sum(dims != 1) <= 1
  if (!flat && !identical(as.integer(dims), as.integer(slot$dims))) {
    stop_kestrel("shape",
      sprintf("`%s` must have dims %s, the %s, not %s.", arg, shape_list(slot$dims), label,
        shape_list(dims)),
      hint = if (identical(rev(as.integer(dims)),
        as.integer(slot$dims))) "It looks transposed: t() turns it.",
      argument = "weights", value = dims, expected = slot$dims, where = i, call = call)
  }
  array(as.double(check_finite(x, arg, call, rows = FALSE)), slot$dims)
}

put_weights <- function(layers, new) {
  at <- 0L
  for (layer in layers) {
    state <- environment(layer)
    n <- length(state$slots)
    if (n) state$weights <- new[at + seq_len(n)]
    at <- at + n
    if (!is.null(state$instance)) settle_inner(state)
    if (!is.null(state$owner)) tell_outer(state)
  }
}
