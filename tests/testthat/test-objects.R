test_that("an object is a function with readable fields", {
  penalty <- regularizer_l2(0.5)
  expect_true(is.function(penalty))
  expect_identical(penalty(c(1, 2)), 0.5 * 5)
  expect_identical(penalty$name, "l2")
  expect_identical(penalty[["name"]], "l2")
  expect_identical(penalty$config, list(l2 = 0.5))
  expect_null(penalty$nothing)
  expect_true(all(c("name", "config") %in% names(penalty)))
})

test_that("each object keeps its own settings", {
  a <- regularizer_l2(1)
  b <- regularizer_l2(2)
  expect_identical(c(a(3), b(3)), c(9, 18))
  expect_identical(vapply(list(a, b), function(f) f(3), 0), c(9, 18))
  expect_identical(do.call(a, list(3)), 9)
})

test_that("saveRDS() stores settings and nothing else", {
  objects <- list(
    regularizer_l2(0.5), constraint_maxnorm(2), activation_relu(max_value = 6),
    learning_rate_schedule_exponential_decay(0.1, 10, 0.5), loss_huber(delta = 2),
    initializer_he_normal(seed = 1)
  )
  for (object in objects) {
    bytes <- serialize(object, NULL)
    expect_lt(length(bytes), 20000)
    again <- unserialize(bytes)
    expect_identical(fields(again), fields(object))
    expect_identical(environment(again), environment(object))
    expect_identical(format(again), format(object))
  }
  expect_identical(unserialize(serialize(objects[[1]], NULL))(3), 4.5)
})

test_that("objects print themselves as calls", {
  expect_snapshot({
    regularizer_l1_l2(0.01, 0.02)
    regularizer_orthogonal()
    constraint_minmaxnorm()
    constraint_nonneg()
    activation_gelu(approximate = TRUE)
    activation_softmax()
    initializer_random_normal(0, 0.05)
    loss_huber(delta = 2)
    learning_rate_schedule_exponential_decay(0.1, 10, 0.5)
    learning_rate_schedule_piecewise_constant_decay(c(5, 10), c(0.1, 0.05, 0.01))
  })
})
