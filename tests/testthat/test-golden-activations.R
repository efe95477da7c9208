# Values and gradients of activations against Keras.

# A vector is a column of single units; a matrix has samples as rows.
units <- function(x) if (is.matrix(x)) ncol(x) else 1L
columns <- function(x) as.vector(t(x))
from_columns <- function(values, x) {
  if (is.matrix(x)) t(matrix(values, ncol(x))) else values
}

activation_gradient <- function(case, v) {
  f <- golden_function("activation", case$fn)
  if (length(case$args)) f <- do.call(f, case$args)
  choice <- kestrel:::as_activation(f)$choice
  dx <- kestrel:::engine_activation_backward(choice, columns(case$x), columns(case$y),
    columns(v), units(case$x))
  from_columns(dx, case$x)
}

test_golden("activations", function(case) {
  y <- do.call(golden_function("activation", case$fn), c(list(case$x), case$args))
  expect_golden(y, case$y, case, "y")
  if (is.null(case$v)) {
    expect_golden(activation_gradient(case, 1 + 0 * case$x), case$dydx, case, "dydx")
  } else {
    expect_golden(activation_gradient(case, case$v), case$vjp, case, "vjp")
  }
})
