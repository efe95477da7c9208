#' Freeze and unfreeze layers
#'
#' A frozen layer keeps its weights in training; a frozen batch normalization also uses its
#' moving statistics. Without a selection all layers are meant. With one, the layers that
#' are **not** selected get the opposite state, as in R keras 2.x: `freeze_weights(model,
#' to = "dense_1")` freezes the layers up to `dense_1` and unfreezes those after it.
#'
#' It takes effect with the next [compile()][compile.kestrel_model], as in Keras. So a model that
#' was compiled before it was frozen goes on to be trained by itself, but not as a part of a model
#' that is compiled later: the discriminator of a generative adversarial network. [with_gradient()]
#' and [apply_gradients()] take the layers as they are.
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

# With all that is in models and in custom layers. `above`: states of those that these are in.
set_trainable <- function(layers, value, above = list()) {
  for (layer in layers) {
    state <- layer_state(layer)
    if (any(vapply(above, identical, NA, state))) next
    state$trainable <- value
    inner <- if (is_model(layer)) leaf_layers(layer) else if (!is.null(state$instance)) parts_in_self(state$instance)
    set_trainable(inner, value, c(above, list(state)))
  }
}

selected_layers <- function(layers, from, to, which, call) {
  n <- length(layers)
  if (is.function(which) && !is.object(which)) {
    return(vapply(layers,
      function(l) check_chosen(own_call(which, list(l), "function `which`", "callback", call, NULL),
        call), NA))
  }
  if (is.logical(which)) {
    if (length(which) != n || anyNA(which)) {
      stop_argument("which", sprintf("one TRUE or FALSE for each of the %d layers", n), which,
        call = call)
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
  if (is_flag(value)) return(value)
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
