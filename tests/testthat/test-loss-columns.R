test_that("more dimensions have a value for each place", {
  set.seed(1)
  t <- array(runif(24), c(2, 3, 4))
  y <- array(runif(24), c(2, 3, 4))
  v <- apply((t - y)^2, 1:2, mean)
  expect_equal(loss_mean_squared_error(t, y), v)
  expect_equal(loss_mean_squared_error()(t, y), mean(v))
  expect_equal(loss_mean_squared_error()(t, y, c(1, 3)), mean(v * c(1, 3)))
  w <- matrix(1:6, 2)
  expect_equal(loss_mean_squared_error()(t, y, w), mean(v * w))
  expect_equal(loss_mean_squared_error(reduction = "none")(t, y, w), v * w)
})

test_that("the axis of classes may be another one", {
  set.seed(1)
  p <- array(runif(24), c(2, 3, 4))
  t <- array(0, c(2, 3, 4))
  codes <- matrix(c(0, 1, 2, 2, 1, 0, 0, 1), 2)
  for (i in 1:2) for (j in 1:4) t[i, codes[i, j] + 1, j] <- 1
  expected <- -apply(t * log(sweep(p, c(1, 3), apply(p, c(1, 3), sum), "/")), c(1, 3), sum)
  expect_equal(loss_categorical_crossentropy(t, p, axis = 1), expected)
  expect_equal(loss_categorical_crossentropy(t, p, axis = -2), expected)
  expect_equal(loss_sparse_categorical_crossentropy(codes, p, axis = 1), expected)
  cosine <- -colSums(yt * yp) / sqrt(colSums(yt^2) * colSums(yp^2))
  expect_equal(loss_cosine_similarity(yt, yp, axis = 0), cosine)
})

test_that("shapes meet as in Keras", {
  column <- matrix(c(1, 3))
  expect_equal(loss_mean_squared_error(c(1, 2), column), c(0, 1))
  expect_equal(loss_mean_squared_error(column, c(1, 2)), c(0, 1))
  expect_equal(loss_mean_squared_error(c(1, 2), c(1, 4)), 2)
  expect_equal(loss_mean_squared_error()(c(1, 2), c(1, 4), c(1, 3)), 3 * 4 / 2)
  expect_equal(loss_mean_squared_error(column, rbind(1:2, 3:4)), c(.5, .5))
  expect_equal(loss_mean_squared_error(rbind(1:2, 3:4), column), c(.5, .5))
  expect_equal(loss_mean_squared_error(data.frame(a = 1:2), column), c(0, 1))
  expect_equal(loss_sparse_categorical_crossentropy(matrix(c(1, 0, 1)), yp),
    loss_sparse_categorical_crossentropy(c(1, 0, 1), yp))
  expect_equal(loss_sparse_categorical_crossentropy(1, c(.25, .75)), -log(.75))
  expect_identical(loss_mean_squared_error(yt == 1, yp), loss_mean_squared_error(yt, yp))
})

test_that("a sample's value does not depend on the others, nor its order", {
  set.seed(1)
  t <- matrix(runif(20), 5)
  y <- matrix(runif(20), 5)
  for (name in setdiff(registry("losses")$name, c("sparse_categorical_crossentropy",
    "categorical_generalized_cross_entropy", "dice", "tversky"))) {
    f <- get(paste0("loss_", name))
    expect_equal(f(t[5:1, ], y[5:1, ]), rev(f(t, y)), label = name)
    expect_equal(f(t[2, , drop = FALSE], y[2, , drop = FALSE]), f(t, y)[2], label = name)
  }
})
