test_that("an unknown certificate proves nothing", {
  problem <- floor_problem(floor_model(1, 1), 1:3, 1:3)
  expect_false(verify_certificate(list(kind = "because"), problem))
  expect_true(verify_certificate(list(kind = "least", value = 0), problem))
  expect_false(verify_certificate(list(kind = "least", value = 0.1), problem))
})
