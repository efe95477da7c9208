case_for <- function(args) {
  new_case(args$object, args$x, args$y, args$sample_weight, NULL, NULL, 5, environment())
}

test_that("the loss is that of evaluate(), without penalties", {
  for (make in c(healthy, faulty[c("L3", "L4", "L5", "L11")])) {
    args <- seeded(make)
    case <- suppressWarnings(case_for(args))
    score <- suppressWarnings(evaluate(args$object, args$x, args$y, verbose = 0))
    expect_equal(case$loss + case$penalty, score[["loss"]], tolerance = 1e-9)
  }
  m <- net(2, c(3, 1), c("tanh", "linear"), layer = list(kernel_regularizer = "l2", bias_regularizer = "l1"))
  case <- case_for(list(object = m, x = plane$x, y = plane$curved))
  expect_equal(case$loss + case$penalty, evaluate(m, plane$x, plane$curved, verbose = 0)[["loss"]])
  w <- seq_len(60) / 60
  case <- case_for(list(object = m, x = plane$x, y = plane$curved, sample_weight = w))
  expect_equal(case$loss + case$penalty, evaluate(m, plane$x, plane$curved, sample_weight = w, verbose = 0)[["loss"]])
})

test_that("the best constant and the best line are those of R", {
  m <- net(2, 1, "linear")
  case <- case_for(list(object = m, x = plane$x, y = plane$curved))
  expect_equal(case$constant_loss, mean((plane$curved - mean(plane$curved))^2))
  expect_equal(case$affine_loss, mean(residuals(lm(plane$curved ~ plane$x))^2))
  w <- seq_len(60) / 30
  case <- case_for(list(object = m, x = plane$x, y = plane$curved, sample_weight = w))
  expect_equal(case$affine_loss, sum(w * residuals(lm(plane$curved ~ plane$x, weights = w))^2) / 60)
  m <- net(2, 1, "linear", "mae")
  case <- case_for(list(object = m, x = plane$x, y = plane$curved))
  expect_equal(case$constant_loss, mean(abs(plane$curved - median(plane$curved))))
  m <- net(2, 1, "sigmoid", "binary_crossentropy")
  case <- case_for(list(object = m, x = plane$x, y = plane$class))
  p <- mean(plane$class)
  expect_equal(case$constant_loss, -p * log(p) - (1 - p) * log(1 - p))
})

test_that("a quick look sees what a longer one does, of all rows", {
  withr::local_seed(4)
  x <- matrix(stats::rnorm(4000), 2000)
  classes <- to_categorical(as.integer(x[, 1] > 0), 2)
  m <- net(2, c(5, 2), c("relu", "softmax"), "categorical_crossentropy")
  looks <- lapply(c("quick", "standard"), function(level) {
    case <- case_for(list(object = m, x = x, y = classes))
    case$level <- level
    list(case$loss, case$prediction, case$dead)
  })
  expect_identical(looks[[1]], looks[[2]])
  expect_equal(looks[[1]][[2]], predict(m, x), tolerance = 1e-6)
})
