test_that("a linear model has the Hessian of least squares", {
  case <- new_case(net(2, 1, "linear"), plane$x, plane$curved, NULL, NULL, NULL, 5, environment())
  design <- cbind(plane$x, 1)
  expect_equal(case$spectrum$values, rev(eigen(2 / 60 * crossprod(design))$values))
  expect_true(case$spectrum$exact)
  expect_null(case$escape)
})

test_that("Lanczos finds the ends of a spectrum", {
  withr::local_seed(1)
  values <- c(-3, seq(0, 1, length.out = 197), 5, 9)
  q <- qr.Q(qr(matrix(stats::rnorm(200^2), 200)))
  h <- q %*% (values * t(q))
  s <- lanczos_spectrum(function(v) as.vector(h %*% v), 200)
  expect_equal(range(s$values), c(-3, 9), tolerance = 1e-8)
  expect_equal(as.vector(h %*% s$lowest), -3 * s$lowest, tolerance = 1e-5)
  expect_equal(sum(s$highest^2), 1)
})

test_that("the founding net at its floor has two curved directions of 31", {
  withr::local_seed(1)
  m <- net(1, c(10, 1), c("linear", "linear"), epochs = 100, x = founding$x, y = founding$y,
    optimizer = optimizer_lbfgs())
  case <- new_case(m, founding$x, founding$y, NULL, NULL, NULL, 5, environment())
  expect_length(case$spectrum$values, 31)
  expect_identical(sum(abs(case$spectrum$values) > 1e-4), 2L)
})

test_that("trainable weights are put back in their places", {
  m <- keras_model_sequential(input_shape = 2) %>% layer_dense(3) %>% layer_batch_normalization() %>% layer_dense(1)
  m %>% compile(loss = "mse")
  case <- new_case(m, plane$x, plane$curved, NULL, NULL, NULL, 5, environment())
  expect_identical(packed_trainable(case, case$weights), pack_weights(m$layers))
})
