test_that("faults of loss and output are found", {
  expect_checks(contract_checks())
})

test_that("floors are those of the closed forms", {
  floor_of <- function(id) found_in(faulty[[id]], id)$certificate$values$floor
  expect_equal(floor_of("L1"), mean((10 * plane$curved - pmin(pmax(10 * plane$curved, 0), 1))^2))
  # A sigmoid output taken for a logit lies in [0, 1]: log(1 + exp(-1)) and log(2) at best.
  share <- mean(plane$class)
  expect_equal(floor_of("L5"), share * log1p(exp(-1)) + (1 - share) * log(2))
})

test_that("floors of probabilities taken for logits are claimed of one class a row, and of labels that are not smoothed", {
  x <- plane$x
  three <- diag(3)[plane$three, ]
  floor_of <- function(loss, last, y) {
    d <- diagnose(net(2, c(2, NCOL(y)), c("tanh", last), loss), x, y, checks = "L5", verify = TRUE)
    expect_true(d$verified)
    attr(d, "findings")[[1]]$certificate$values$floor
  }
  categorical <- function(...) loss_categorical_crossentropy(from_logits = TRUE, ...)
  expect_equal(floor_of(categorical(), "softmax", three), log(1 + 2 * exp(-1)))
  expect_identical(floor_of(categorical(label_smoothing = 0.9), "softmax", three), NA_real_)
  # Of two classes a row, outputs of a half each are better than any corner.
  two <- 1 - three
  expect_lt(loss_categorical_crossentropy(from_logits = TRUE)(two, two / 2), categorical()(two, diag(3)[max.col(two), ]))
  expect_identical(floor_of(categorical(), "softmax", two), NA_real_)
  binary <- function(...) loss_binary_crossentropy(from_logits = TRUE, ...)
  expect_identical(floor_of(binary(label_smoothing = 0.8), "sigmoid", plane$class), NA_real_)
  # Without data, and with data that are refused, the model alone says it.
  m <- net(2, c(2, 1), c("tanh", "sigmoid"), binary())
  expect_true(diagnose(m, checks = "L5", verify = TRUE)$verified)
  expect_true(diagnose(m, replace(x, 1, NA), plane$class, checks = "L5", verify = TRUE)$verified)
})

test_that("softmax of one unit is known without data", {
  m <- net(2, c(2, 1), c("tanh", "softmax"), "mse")
  expect_true(diagnose(m, checks = "L2", verify = TRUE)$verified)
  m <- net(2, c(2, 1), c("tanh", "softmax"), "categorical_crossentropy")
  expect_true(diagnose(m, checks = "L7", verify = TRUE)$verified)
})

test_that("the lowest loss of twin targets is that of halves, in the units of the loss", {
  x <- plane$x
  y <- cbind(plane$class, plane$class)
  found <- function(loss, ...) {
    m <- net(2, c(4, 2), c("tanh", "softmax"), loss, ...)
    d <- diagnose(m, x, y, checks = "L9", verify = TRUE)
    list(d$confidence, d$verified, attr(d, "findings")[[1]]$certificate$values$floor)
  }
  expect_equal(found("binary_crossentropy"), list("PROVEN", TRUE, log(2)))
  expect_equal(found(loss_binary_crossentropy(reduction = "sum"), compile = list(loss_weights = 0.1)),
    list("PROVEN", TRUE, 0.1 * 60 * log(2)))
  # (1 - p)^2 times that; of (1 - p)^0.1 it is not known to be convex.
  expect_equal(found(loss_binary_focal_crossentropy()), list("PROVEN", TRUE, log(2) / 4))
  expect_equal(found(loss_binary_focal_crossentropy(gamma = 0.1)), list("STRONG", NA, NULL))
})

test_that("of places there is no check of rows of targets", {
  m <- net(c(3, 2), c(2, 2), c("tanh", "softmax"))
  y <- array(0, c(5, 3, 2))
  d <- diagnose(m, array(seq(-1, 1, length.out = 30), c(5, 3, 2)), y, verify = TRUE)
  expect_false("L3" %in% d$id)
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
})

test_that("the nearest probabilities are found", {
  expect_equal(nearest_probabilities(rbind(c(0.2, 0.8), c(2, 0), c(1, 1))), rbind(c(0.2, 0.8), c(1, 0), c(0.5, 0.5)))
  withr::with_seed(1, y <- matrix(stats::rnorm(30), 10))
  p <- nearest_probabilities(y)
  expect_equal(rowSums(p), rep(1, 10))
  # No other point of a fine grid of probabilities is nearer.
  grid <- expand.grid(a = seq(0, 1, 0.02), b = seq(0, 1, 0.02))
  grid <- as.matrix(cbind(grid, 1 - grid$a - grid$b)[grid$a + grid$b <= 1, ])
  for (i in 1:10) {
    expect_lte(sum((y[i, ] - p[i, ])^2), min(rowSums((grid - rep(y[i, ], each = nrow(grid)))^2)) + 1e-12)
  }
})

test_that("a loss is called unbounded only where it is", {
  x <- plane$x
  y <- 3 * plane$curved
  found <- function(last, loss) {
    d <- diagnose(seeded(function() net(2, c(4, 1), c("tanh", last), loss)), x, y, checks = "L6", verify = TRUE)
    expect_true(d$verified)
    list(text = d$evidence, floor = as.vector(attr(d, "case")$floor))
  }
  endless <- found("sigmoid", "binary_crossentropy")
  expect_identical(endless$floor, -Inf)
  expect_match(endless$text, "no lower bound")
  clipped <- found("linear", "binary_crossentropy")
  expect_true(is.finite(clipped$floor))
  expect_no_match(clipped$text, "no lower bound")
  expect_match(clipped$text, digits(clipped$floor), fixed = TRUE)
})
