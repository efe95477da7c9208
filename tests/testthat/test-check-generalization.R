test_that("faults of this group are found", {
  expect_checks(generalization_checks())
})

test_that("held-out rows are those of the tail", {
  m <- net(2, c(4, 1), c("tanh", "linear"), epochs = 1, x = plane$x, y = plane$curved, validation_split = 0.25)
  case <- new_case(m, plane$x, plane$curved, NULL, NULL, m$history, 5, environment())
  rows <- split_rows(case)
  expect_equal(rows$held, cbind(plane$x, plane$curved)[46:60, ], ignore_attr = TRUE)
})

test_that("people who share class, sex and age are no copies of each other", {
  skip_if_not_installed("withr")
  withr::local_seed(1)
  people <- as.data.frame(Titanic)
  people <- people[sample(rep(seq_len(nrow(people)), people$Freq)), ]
  x <- stats::model.matrix(~ Class + Sex + Age, people)[, -1]
  y <- as.numeric(people$Survived == "Yes")
  m <- net(5, c(4, 1), c("relu", "sigmoid"), "binary_crossentropy", 5, x, y, validation_split = 0.2)
  d <- diagnose(m, x, y, checks = "G3", verify = TRUE)
  expect_identical(d$severity, "note")
  expect_true(d$verified)
  expect_true(is.na(d$remedy))
})

test_that("underfitting is told of bends that a linear model misses, not of noise or equal rows", {
  skip_if_not_installed("withr")
  withr::local_seed(1)
  x <- matrix(stats::rnorm(400), 200)
  causes <- function(y, x = matrix(stats::rnorm(400), 200)) {
    m <- net(2, 1, "linear", epochs = 200, x = x, y = y, optimizer = optimizer_sgd(0.2), batch_size = 200)
    diagnose(m, x, y, checks = "G2")$cause
  }
  expect_identical(causes(x[, 1]^2, x), "Underfitting")
  expect_identical(causes(stats::rnorm(200)), "Inputs that say little")
  expect_identical(causes(stats::rnorm(200), cbind(rep(0:1, 100), 1)), character())
})
