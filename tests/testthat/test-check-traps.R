test_that("traps of R are found", {
  expect_checks(trap_checks())
})

test_that("a target among the inputs is left out, not coded", {
  m <- net(5, c(4, 3), c("tanh", "softmax"), "sparse_categorical_crossentropy")
  d <- diagnose(m, iris, iris$Species, verify = TRUE)
  expect_identical(d$remedy[d$id == "R1"], "leave Species out, which is y.")
  expect_true(d$verified[d$id == "R1"])
  other <- net(3, c(4, 1), c("tanh", "linear"))
  expect_match(diagnose(other, warpbreaks, warpbreaks$breaks)$remedy[1], "leave breaks out, which is y")
  expect_match(diagnose(other, warpbreaks, sqrt(warpbreaks$breaks))$remedy[1], "only inputs and not the target")
})
