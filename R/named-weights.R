# What `model$weights` and `layer$weights` hold: arrays that know their names, as Keras' do. All
# that is computed of them is plain.

# Of the weights of layers; `trainable`: only those that are, or are not, trained.
named_weights <- function(layers, trainable = NA) {
  views <- lapply(with_weights(layers), function(layer) {
    state <- layer_state(layer)
    trained <- vapply(state$slots, function(s) !s$is_state && state$trainable, NA)
    names <- vapply(state$slots, `[[`, "", "name")
    all <- Map(weight_view, state$weights, layer$name, names, trained)
    unname(if (is.na(trainable)) all else all[trained == trainable])
  })
  unlist(views, recursive = FALSE) %||% list()
}

# One of a layer's weights by name.
layer_weight <- function(layer, name) {
  state <- layer_state(layer)
  slot <- state$slots[[match(name, names(state$weights))]]
  weight_view(state$weights[[name]], layer$name, name, !slot$is_state && state$trainable)
}

weight_view <- function(values, layer, name, trainable) {
  structure(values, class = "kestrel_weight",
    of = list(layer = layer, name = name, trainable = trainable))
}

plain_weight <- function(x) {
  if (!inherits(x, "kestrel_weight")) return(x)
  attr(x, "of") <- NULL
  unclass(x)
}

#' @export
`$.kestrel_weight` <- function(x, name) {
  of <- attr(x, "of")
  known <- c("name", "path", "shape", "dtype", "trainable", "numpy", "value", "assign")
  switch(name,
    name = sprintf("%s/%s:0", of$layer, of$name),
    path = sprintf("%s/%s", of$layer, of$name),
    shape = dim(x),
    dtype = floatx(),
    trainable = of$trainable,
    numpy = , value = function() plain_weight(x),
    assign = function(value) stop_kestrel("state", "This is a copy of the weight's numbers.",
      hint = "set_weights() changes the weights of a model or layer.", call = NULL),
    stop_unknown_field("weight", name, known, "weight")
  )
}

#' @export
Ops.kestrel_weight <- function(e1, e2) {
  if (missing(e2)) return(get(.Generic)(plain_weight(e1)))
  get(.Generic)(plain_weight(e1), plain_weight(e2))
}

#' @export
Math.kestrel_weight <- function(x, ...) get(.Generic)(plain_weight(x), ...)

#' @export
as.array.kestrel_weight <- function(x, ...) plain_weight(x)

#' @export
as.matrix.kestrel_weight <- function(x, ...) as.matrix(plain_weight(x), ...)

#' @export
as.data.frame.kestrel_weight <- function(x, ...) as.data.frame(plain_weight(x), ...)

#' @export
t.kestrel_weight <- function(x) t(plain_weight(x))

#' @export
print.kestrel_weight <- function(x, ...) {
  cat(sprintf("<weight \"%s\" %s>\n", x$path, shape_list(dim(x))))
  print(plain_weight(x), ...)
  invisible(x)
}

# Penalties of the weights of layers as they are, and what custom layers added in their last pass.
layer_losses <- function(layers) {
  unlist(lapply(layers, function(layer) {
    state <- layer_state(layer)
    penalties <- lapply(names(state$weights), function(slot) {
      penalty <- slot_setting(layer, slot, "regularizer")
      if (!is.null(penalty)) penalty(state$weights[[slot]])
    })
    added <- if (state$type == "custom" && state$built) lapply(layer_instance(layer)$.losses, plain)
    c(Filter(Negate(is.null), penalties), added)
  }), recursive = FALSE) %||% list()
}
