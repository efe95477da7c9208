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
