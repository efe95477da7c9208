# Weights: a list of arrays, layer by layer, as Keras orders them. In C they are one block:
# all parameters, then all running statistics.

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
#' lists of these arrays with fields of their own: `w$name` (`"dense/kernel:0"`), `w$path`, `w$shape`,
#' `w$trainable` and `w$numpy()`, the plain array; whatever is computed of them is plain.
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
  owner <- rep(vapply(layers, function(l) l$name, ""), vapply(layers, function(l) length(layer_state(l)$slots), 0L))
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
      stop_kestrel("state", sprintf("Layer \"%s\" is not built: the shape of its input is unknown.", object$name),
        hint = "Add it to a model with an input_shape.", call = call)
    }
    return(list(object))
  }
  check_model(object, arg = "object", call = call)
  if (built) check_built(object, call)
  leaf_layers(object)
}

# Each array against its slot; a named list of doubles with the slots' dims.
match_weights <- function(weights, slots, owner, call) {
  owner <- rep_len(owner, max(length(slots), 1L))
  if (length(weights) != length(slots)) {
    stop_kestrel("shape", sprintf("`weights` must be a list of %d arrays, not of %d.", length(slots), length(weights)),
      hint = if (length(slots)) paste("Expected:", slots_text(slots, owner)),
      argument = "weights", value = length(weights), expected = length(slots), call = call)
  }
  new <- lapply(seq_along(slots), function(i) match_weight(weights[[i]], slots[[i]], owner[i], i, call))
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
    stop_kestrel("shape", sprintf("`%s` must have dims %s, the %s, not %s.", arg, shape_list(slot$dims), label, shape_list(dims)),
      hint = if (identical(rev(as.integer(dims)), as.integer(slot$dims))) "It looks transposed: t() turns it.",
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
  }
}

# Where the weights of layers are: the layers' states, their slots by layer, and which of all
# slots are statistics (NULL: none). `codes`: whether any layer reads codes.
layout_of <- function(layers) {
  states <- lapply(layers, environment)
  is_state <- unlist(lapply(states, `[[`, "is_state"))
  slots <- lapply(states, function(state) state$slots %||% list())
  list(states = states, slots = slots, is_state = if (any(is_state)) is_state,
    codes = !all(vapply(layers, function(layer) is.null(code_limit(layer)), NA)))
}

# One vector of doubles: parameters of all layers, then statistics of all layers.
pack_weights <- function(layers) pack_layout(layout_of(layers))

pack_layout <- function(layout) {
  states <- layout$states
  weights <- vector("list", length(states))
  for (i in seq_along(states)) weights[[i]] <- states[[i]]$weights
  is_state <- layout$is_state
  if (!is.null(is_state)) {
    weights <- unlist(weights, recursive = FALSE, use.names = FALSE)
    weights <- c(weights[!is_state], weights[is_state])
  }
  w <- unlist(weights, use.names = FALSE)
  if (is.double(w)) return(w)
  if (is.null(w)) numeric() else stop("Internal error: weights that are no doubles.")
}

# As they are, shared with the layers: a list of arrays for each.
held_weights <- function(layout) lapply(layout$states, `[[`, "weights")

unpack_weights <- function(layers, w) unpack_layout(layout_of(layers), w)

# Returns what it has put there, a list for each layer.
unpack_layout <- function(layout, w) {
  new <- unpack_slots(layout$slots, w)
  states <- layout$states
  for (i in seq_along(new)) {
    state <- states[[i]]
    if (length(new[[i]])) state$weights <- new[[i]]
  }
  new
}

# Takes statistics and other weights that are no parameters over from packed weights.
keep_states <- function(layout, after) {
  if (is.null(after) || is.null(layout$is_state)) return(invisible())
  w <- pack_layout(layout)
  sizes <- unlist(lapply(layout$slots, vapply, function(slot) prod(slot$dims), 0))
  states <- length(w) + 1 - rev(seq_len(sum(sizes[layout$is_state])))
  if (identical(w[states], after[states])) return(invisible())
  w[states] <- after[states]
  unpack_layout(layout, w)
}

#' Freeze and unfreeze layers
#'
#' A frozen layer keeps its weights in training; a frozen batch normalization also uses its
#' moving statistics. Without a selection all layers are meant. With one, the layers that
#' are **not** selected get the opposite state, as in R keras 2.x: `freeze_weights(model,
#' to = "dense_1")` freezes the layers up to `dense_1` and unfreezes those after it.
#'
#' It takes effect with the next [compile()][compile.kestrel_model], as in Keras. So a model that was
#' compiled before it was frozen goes on to be trained by itself, but not as a part of a model that is
#' compiled later: the discriminator of a generative adversarial network. [with_gradient()] and
#' [apply_gradients()] take the layers as they are.
#'
#' @param object a model or a layer.
#' @param from,to names or numbers of the first and last layer; negative numbers count from
#'   the end.
#' @param which names, numbers, a logical vector with one value for each layer, or a function
#'   of a layer that returns `TRUE` or `FALSE`.
#' @return the object, invisibly.
#' @section Errors: `kestrel_error_argument` for what is no model or layer, for layers that do
#'   not exist, and for a function that returns anything but `TRUE` or `FALSE`;
#'   `kestrel_error_state` when the model has no layers or is being fitted.
#' @source R packages 'keras' and 'keras3'.
#' @family weights
#' @examples
#' model <- keras_model_sequential() %>%
#'   layer_dense(3, input_shape = 2, name = "a") %>%
#'   layer_dense(1, name = "b")
#' freeze_weights(model, to = "a")
#' model
#' @export
freeze_weights <- function(object, from = NULL, to = NULL, which = NULL) {
  set_frozen(object, from, to, which, TRUE, environment())
}

#' @rdname freeze_weights
#' @export
unfreeze_weights <- function(object, from = NULL, to = NULL, which = NULL) {
  set_frozen(object, from, to, which, FALSE, environment())
}

set_frozen <- function(object, from, to, which, frozen, call) {
  layers <- parts_of(object, call)
  selected <- selected_layers(layers, from, to, which, call)
  set_trainable(layers[selected], !frozen)
  set_trainable(layers[!selected], frozen)
  if (is_model(object)) drop_plan(object)
  invisible(object)
}

drop_plan <- function(model) {
  state <- model_state(model)
  state$plan <- NULL
}

# Layers and models as they stand in the model.
parts_of <- function(object, call) {
  leaves <- layers_of(object, call)
  if (is_model(object)) model_state(object)$layers else leaves
}

set_trainable <- function(layers, value) {
  for (layer in layers) {
    if (is_model(layer)) set_trainable(leaf_layers(layer), value)
    state <- layer_state(layer)
    state$trainable <- value
  }
}

selected_layers <- function(layers, from, to, which, call) {
  n <- length(layers)
  if (is.function(which) && !is.object(which)) {
    return(vapply(layers, function(l) check_chosen(own_call(which, list(l), "function `which`", "callback", call, NULL), call), NA))
  }
  if (is.logical(which)) {
    if (length(which) != n || anyNA(which)) {
      stop_argument("which", sprintf("one TRUE or FALSE for each of the %d layers", n), which, call = call)
    }
    return(which)
  }
  if (is_layer(which)) which <- list(which)
  if (!is.null(which)) {
    if (is.object(which) || !is.atomic(which) && !is.list(which)) stop_which(which, call)
    chosen <- vapply(as.list(which), function(w) layer_index(layers, w, "which", call), 0L)
    return(seq_len(n) %in% chosen)
  }
  first <- if (is.null(from)) 1L else layer_index(layers, from, "from", call)
  last <- if (is.null(to)) n else layer_index(layers, to, "to", call)
  if (first > last) {
    stop_kestrel("argument", sprintf("`from` must not come after `to`: they are layers %d and %d.",
      first, last), argument = "from", value = first, expected = last, call = call)
  }
  seq_len(n) >= first & seq_len(n) <= last
}

stop_which <- function(which, call) {
  stop_argument("which", "names or numbers of layers, one TRUE or FALSE for each, or a function",
    which, call = call)
}

check_chosen <- function(value, call) {
  if (is.logical(value) && length(value) == 1 && !is.na(value)) return(value)
  stop_argument("which", "a function of a layer that returns TRUE or FALSE", value, call = call)
}

layer_index <- function(layers, x, arg, call) {
  if (is_layer(x)) x <- x$name
  names <- vapply(layers, function(l) l$name, "")
  if (is_string(x)) {
    if (x %in% names) return(match(x, names))
    stop_unknown(arg, "a layer", x, names, call = call)
  }
  n <- length(layers)
  if (is_number(x) && x == trunc(x) && abs(x) >= 1 && abs(x) <= n) {
    return(as.integer(if (x < 0) n + 1 + x else x))
  }
  numbers <- if (n == 1) "1" else sprintf("1 to %d", n)
  stop_argument(arg, sprintf("the name of a layer or its number (%s)", numbers), x, call = call)
}
