test_that("scales are those of evaluate()", {
  set.seed(2)
  x <- matrix(rnorm(30), 10)
  y <- matrix(rnorm(20), 10)
  w <- runif(10)
  for (reduction in c("sum_over_batch_size", "sum", "mean_with_sample_weight", "none")) {
    model <- floor_model(3, 2)
    compile(model, loss = loss_huber(reduction = reduction), loss_weights = 2)
    problem <- floor_problem(model, x, y, w)
    rows <- loss_huber(reduction = "none")(y, predict(model, x))
    expect_equal(sum(problem$s * rows), data_loss(model, x, y, sample_weight = w))
  }
})

test_that("places come as rows, codes as one column", {
  model <- floor_model(c(2, 3), 4, "softmax", "sparse_categorical_crossentropy")
  y <- rbind(c(0, 3), c(1, 2))
  problem <- floor_problem(model, array(1:12, c(2, 2, 3)), y)
  expect_equal(problem$t, cbind(c(0, 3, 1, 2)))
  expect_equal(problem$inputs[2, ], array(1:12, c(2, 2, 3))[1, 2, ])
  expect_equal(problem$s, rep(1 / 4, 4))
})
