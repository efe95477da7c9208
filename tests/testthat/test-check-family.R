test_that("families name checks of the catalogue, and each function makes its own", {
  expect_true(all(unlist(family_of_checks) %in% c(diagnosis_catalogue()$id, "O2", "O3", "O7", "K1b", "K2", "C1")))
  expect_setequal(diagnosis_catalogue()$id, intersect(c(unlist(family_of_checks), "S3", "S6", "P1", "P2", "P3", "P4", "G1"),
    diagnosis_catalogue()$id))
  model <- net(2, c(4, 1), c("tanh", "linear"))
  for (kind in names(family_of_checks)) {
    d <- get(paste0("check_", kind))(model, plane$x, plane$curved)
    expect_s3_class(d, "nn_diagnosis")
    made <- c(d$id, attr(d, "ruled_out"), attr(d, "left_out"), names(attr(d, "failed")))
    expect_setequal(made, intersect(family_of_checks[[kind]], diagnosis_catalogue()$id))
  }
})

test_that("arguments go on to diagnose()", {
  model <- net(2, c(4, 1), c("tanh", "linear"))
  expect_refused(check_units(model, plane$x, plane$curved, level = "deep"), "argument", "level")
  expect_refused(check_floor(1), "argument", "model")
})
