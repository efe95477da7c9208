# Targets, predictions and weights of three samples, and Keras' values for them.

yt <- rbind(c(0, 1), c(1, 0), c(1, 1))
yp <- rbind(c(.1, .8), c(.6, .3), c(1, 0))
weight <- c(1, 2, 0)

# Keras' values for yt and yp: of each sample, their mean, and with `weight`. Its numbers are
# of single precision, which shows where 1 - 1e-7 is 0.99999988.
expect_keras <- function(loss, values, mean = NULL, weighted = NULL, y = yt, ...) {
  expect_equal(loss(y, yp, ...), values, tolerance = 2e-6)
  if (!is.null(mean)) expect_equal(loss(...)(y, yp), mean, tolerance = 2e-6)
  if (!is.null(weighted)) expect_equal(loss(...)(y, yp, weight), weighted, tolerance = 2e-6)
}
