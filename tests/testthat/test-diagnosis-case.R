test_that("evidence is computed once, when asked for", {
  case <- new_case(net(2, 1, "linear"), plane$x, plane$curved, NULL, NULL, NULL, 5, environment())
  expect_identical(ls(case$memory), character())
  first <- case$prediction
  expect_true(all(c("ends", "prediction", "plan") %in% ls(case$memory)))
  expect_identical(case$prediction, first)
  expect_null(case$nonsense)
})

test_that("numbers are rounded to single precision", {
  expect_identical(as_single(matrix(c(0.1, 1, 16777217))), matrix(c(0.100000001490116119384765625, 1, 16777216)))
})

test_that("a model that is not built stays so", {
  m <- keras_model_sequential() %>% layer_dense(1)
  m %>% compile(loss = "mse")
  expect_s3_class(diagnose(m, plane$x, plane$curved), "nn_diagnosis")
  expect_false(m$built)
  expect_error(diagnose(m), class = "kestrel_error_state")
})

test_that("evidence is found once, also where it is NULL", {
  case <- bare_case(NULL, net(2, 1, "linear"))
  calls <- 0
  local_function("evidence_witness", function(case) {
    calls <<- calls + 1
    NULL
  })
  expect_null(case$witness)
  expect_null(case$witness)
  expect_identical(calls, 1)
  expect_null(case$nothing_of_that_name)
  case$witness <- 3
  expect_identical(case$witness, 3)
})
