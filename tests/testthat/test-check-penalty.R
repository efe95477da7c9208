test_that("faults of this group are found", {
  expect_checks(penalty_checks())
})

test_that("the same nets without penalty or dropout are healthy", {
  d <- diagnosed(function() fitted_net(c(8, 1), c("tanh", "linear"), plane$curved, epochs = 300,
    layer = list(kernel_regularizer = regularizer_l2(1e-5))))
  expect_false(any(c("P1", "P3") %in% d$id))
})

test_that("a constraint that binds is named, and nothing else is promised", {
  for (layer in 1:2) {
    make <- function() {
      rule <- function(i) if (i == layer) constraint_maxnorm(0.003)
      m <- keras_model_sequential(input_shape = 2) %>% layer_dense(8, "tanh", kernel_constraint = rule(1)) %>%
        layer_dense(1, kernel_constraint = rule(2))
      m %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
      m %>% fit(plane$x, 5 * plane$curved, epochs = 200, verbose = 0)
      case_of(m, plane$x, 5 * plane$curved)
    }
    d <- diagnosed(make, verify = TRUE)
    expect_identical(d$id[1], "P4")
    expect_match(d$evidence[1], sprintf("layer \"%s\"", attr(d, "case")$dense[[layer]]$name))
    expect_false(any(c("O1", "O4", "C2") %in% d$id))
  }
})

test_that("one that gives way is not", {
  expect_false("P4" %in% diagnosed(function() fitted_net(c(16, 1), c("tanh", "linear"), plane$curved, epochs = 400,
    layer = list(kernel_constraint = constraint_maxnorm(10))))$id)
})

test_that("slopes whose squares are nothing in double precision are no failure", {
  m <- net(1, c(1, 1), c("linear", "linear"), layer = list(kernel_constraint = constraint_maxnorm(1), use_bias = FALSE))
  set_weights(m, list(matrix(1), matrix(1e-200)))
  case <- new_case(m, c(-1, 1), c(0, 1), NULL, NULL, NULL, 5, environment())
  expect_true(all(vapply(case$held, function(h) is.finite(h$share), NA)))
})

test_that("dropout is not blamed while the loss is still falling", {
  withr::local_seed(1)
  x <- matrix(stats::rnorm(200), 100)
  fit_for <- function(epochs) {
    m <- keras_model_sequential(input_shape = 2) %>% layer_dense(8, "relu") %>% layer_dropout(0.6) %>% layer_dense(1)
    m %>% compile(loss = "mse", optimizer = optimizer_adam(0.005))
    m %>% fit(x, x[, 1] - 2 * x[, 2], epochs = epochs, verbose = 0)
    diagnose(m, x, x[, 1] - 2 * x[, 2])$id
  }
  expect_false("P2" %in% fit_for(30))
})

test_that("nine of ten units dropped are blamed where they cost more than a fifth of the loss", {
  d <- withr::with_seed(1, {
    m <- keras_model_sequential(input_shape = 2) %>% layer_dense(8, "tanh") %>% layer_dropout(0.9) %>% layer_dense(1, "sigmoid")
    m %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(0.01))
    x <- matrix(stats::rnorm(600), 300)
    y <- as.double(x[, 1] + 0.5 * x[, 2]^2 > 0.3)
    m %>% fit(x, y, epochs = 150, verbose = 0)
    diagnose(m, x, y)
  })
  # No linear model does better.
  expect_identical(unfinished_room(attr(d, "case")), NA_real_)
  expect_identical(d$id[d$severity == "fault"], "P2")
})
