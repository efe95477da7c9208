# The engine's losses and activations on traced values.

engine_operations <- function() {
  list(
    loss = list(value = function(y, loss, y_true, call = NULL) loss_values(loss, y_true, y, call),
      vjp = loss_vjp),
    mutual_loss = list(value = function(y, t, loss, call = NULL) loss_values(loss, t, y, call),
      vjp = function(dy, v, y, t, loss, call = NULL) {
        c(loss_vjp(dy, v, y, loss, t, call), loss_vjp(dy, v, t, loss, y, call))
      }),
    activation = list(value = function(x, activation, call = NULL) activation_values(activation, x,
      call),
      vjp = activation_vjp)
  )
}

# Those that are the same when targets and predictions change places.
mutual_losses <- c("mean_squared_error", "mean_absolute_error", "huber", "log_cosh",
  "cosine_similarity")

# dy: a number for each column, or one of a loss of the whole batch.
loss_vjp <- function(dy, v, y, loss, y_true, call = NULL) {
  c <- loss_columns(loss, y_true, y, call)
  s <- if (is_whole_loss(loss)) rep(dy, prod(c$dims)) else to_columns(array(dy, c(c$dims, 1L)))
  g <- engine_loss_grad(loss$choice, c$t, c$y, s, c$k, c$kt)
  a <- array_axis(loss$axis, length(c$dims) + 1L, call)
  dims <- append(c$dims, c$k, a - 1L)
  order <- c(a, rev(seq_along(dims)[-a]))
  g <- aperm(array(g, dims[order]), order(order))
  list(fold_to(g, y, g))
}

activation_vjp <- function(dy, y, x, activation, call = NULL) {
  k <- inner <- 1L
  if (is_axis_activation(activation$name)) {
    dims <- tensor_dims(x)
    a <- array_axis(activation$config$axis, length(dims), call)
    k <- dims[a]
    inner <- numbers_before(dims, a)
  }
  list(shape_like(engine_activation_backward(activation$choice, x, y, dy, k, inner), x))
}

traced_loss <- function(loss, y_true, y_pred, call) {
  if (is_traced(y_true) && loss$record %in% mutual_losses && identical(dim(y_true), dim(y_pred))) {
    return(operate("mutual_loss", list(y_pred, y_true), list(loss = loss, call = call)))
  }
  operate("loss", list(y_pred), list(loss = loss, y_true = plain(y_true), call = call))
}

# One number. The scales of columns depend on targets and weights alone.
traced_reduced_loss <- function(loss, y_true, y_pred, sample_weight, call) {
  c <- loss_columns(loss, plain(y_true), plain(y_pred), call)
  w <- column_weights(sample_weight, c$dims, call)
  v <- traced_loss(loss, y_true, y_pred, call)
  if (loss$reduction == "none") return(v * by_row(sample_weight %||% 1))
  s <- engine_loss_scales(loss$choice, c$t, c$y, w, loss$reduction, c$k, c$kt)
  sum(v * if (is_whole_loss(loss)) s[1] else from_columns(s, c$dims))
}
