# Each operation against plain R, and its gradient against differences, for an array as it is and traced.
m <- matrix(c(0.3, -0.7, 1.1, 0.4, -0.2, 0.9), 2)
q <- matrix(c(1.2, 0.8, 0.5, -0.6, 0.7, 1.9), 2)
p <- abs(m) / 2 + 0.1
a3 <- array(sin(1:24), c(2, 3, 4))

expect_operation <- function(f, x, value, slope = TRUE) {
  label <- paste(deparse(substitute(f)), collapse = " ")
  expect_equal(kestrel:::plain(f(x)), value, tolerance = 1e-13, label = label)
  traced <- f(kestrel:::trace_value(x, kestrel:::new_tape()))
  expect_equal(kestrel:::plain(traced), value, tolerance = 1e-13, label = label)
  if (!slope) return(invisible())
  weights <- cos(seq_along(value))
  total <- function(x) sum(kestrel:::plain(f(x)) * weights)
  given <- kestrel:::differentiate(function(x) sum(c(f(x)) * weights), list(x))$gradients[[1]]
  by_steps <- vapply(seq_along(x), function(i) {
    h <- replace(0 * x, i, 1e-6)
    (total(x + h) - total(x - h)) / 2e-6
  }, 0)
  expect_equal(as.vector(given), by_steps, tolerance = 1e-7, label = label)
}
