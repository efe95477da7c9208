# loss = "crossentropy" (or "ce"): as for the metric of this name, the shapes of output and y
# decide which of the three it is. It is settled each time that fit() or evaluate() get x and y;
# until then it is what the number of units suggests.

is_shape_name <- function(x) is_string(x) && small_letters(x) %in% c("crossentropy", "ce")

loss_by_shape <- function(label, kind = "categorical") {
  make <- get(paste0("loss_", kind, "_crossentropy"), topenv())
  loss <- make(name = label)
  attr(loss, "fields")$by_shape <- TRUE
  loss
}

# Before there is a y. `output`: dims, NULL while they are unknown.
guess_loss <- function(loss, output) {
  if (is.null(loss$by_shape) || !identical(output[length(output)], 1L)) return(loss)
  loss_by_shape(loss$label, "binary")
}

# y: a list by the outputs that have a loss.
settle_losses <- function(model, y) {
  state <- model_state(model)
  open <- which(vapply(state$compiled$losses, function(loss) !is.null(fields(loss)$by_shape), NA))
  outputs <- if (length(open)) model_outputs(model)[state$compiled$trained]
  for (o in open) {
    state$compiled$losses[[o]] <- settled_loss(state$compiled$losses[[o]], outputs[[o]], y[[o]])
  }
}

settled_loss <- function(loss, output, y) {
  units <- output[length(output)]
  many <- if (is_codes(y, output)) "sparse_categorical" else "categorical"
  loss_by_shape(loss$label, if (units == 1) "binary" else many)
}

# A factor, or one column less than the output has.
is_codes <- function(y, output) {
  if (is.factor(y)) return(TRUE)
  dims <- if (is.data.frame(y)) length(y) else if (is.null(dim(y))) 1L else dim(y)[-1]
  length(dims) < length(output) || identical(as.integer(dims[length(dims)]), 1L)
}
