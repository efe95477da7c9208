test_that("faults of this group are found", {
  expect_checks(optimizer_checks())
})

test_that("a loss that was infinite may come back", {
  m <- keras_model_sequential(input_shape = 1) %>% layer_dense(1, use_bias = FALSE)
  m %>% compile(loss = "mse", optimizer = optimizer_sgd(0.5))
  set_weights(m, list(matrix(1e160)))
  suppressWarnings(m %>% fit(c(1, 1), c(0, 0), epochs = 3, verbose = 0))
  d <- diagnose(m, c(1, 1), c(0, 0), verify = TRUE)
  expect_identical(evaluate(m, c(1, 1), c(0, 0), verbose = 0)[["loss"]], 0)
  expect_identical(d$severity[d$id == "O0"], "note")
  expect_true(d$verified[d$id == "O0"])
  expect_no_match(d$evidence[d$id == "O0"], "no later step")
  d <- diagnosed(function() fitted_net(c(8, 8, 1), c("relu", "relu", "linear"), plane$curved, epochs = 90, optimizer = optimizer_sgd(1e3)))
  expect_identical(d$severity[d$id == "O0"], "fault")
  expect_match(d$evidence[d$id == "O0"], "no later step")
})
