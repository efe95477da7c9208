# By differences of the loss, one output after the other.
numeric_slopes <- function(case, h = 1e-7) {
  p <- case$prediction
  vapply(seq_along(p), function(i) {
    moved <- function(by) score_prediction(case, replace(p, i, p[i] + by))
    (moved(h) - moved(-h)) / (2 * h)
  }, 0)
}

test_that("outputs without a slope are counted, not rows that have one of them", {
  x <- plane$x
  y <- to_categorical(as.integer(plane$three) - 1)
  for (loss in c("binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy")) {
    m <- seeded(function() net(2, c(4, 3), c("tanh", "linear"), loss))
    d <- diagnose(m, x, y, checks = "L4", verify = TRUE)
    case <- attr(d, "case")
    expect_identical(d$id, "L4")
    clipped <- clipped_outputs(case)
    slopes <- numeric_slopes(case)
    expect_true(all(slopes[clipped] == 0))
    if (any(clipped)) expect_true(d$verified)
    if (loss == "binary_crossentropy") {
      expect_identical(which(clipped), which(slopes == 0))
      expect_match(d$evidence, sprintf("%d of 180 outputs", sum(slopes == 0)))
      expect_lt(sum(rowSums(clipped) == 3), sum(rowSums(clipped) > 0))
    }
  }
})
