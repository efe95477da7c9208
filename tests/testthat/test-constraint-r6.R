test_that("an R6 constraint holds as its function does", {
  skip_if_not_installed("R6")
  NonNegative <- R6::R6Class("NonNegative", inherit = KerasConstraint, public = list(
    most = NULL,
    initialize = function(most = Inf) self$most <- most,
    call = function(w) k_minimum(w * k_cast(k_greater_equal(w, 0), k_floatx()), self$most)
  ))
  results <- lapply(list(NonNegative$new(0.2), function(w) pmin(pmax(w, 0), 0.2)), function(constraint) {
    set.seed(1)
    model <- keras_model_sequential(input_shape = 3) %>% layer_dense(2, kernel_constraint = constraint)
    model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
    fit(model, counted(10, 3), counted(10, 2), epochs = 2, shuffle = FALSE, verbose = 0)
    get_weights(model)
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-12)
  expect_true(all(results[[1]][[1]] >= 0 & results[[1]][[1]] <= 0.2))
  Plain <- R6::R6Class("Plain", public = list(call = function(w) w))
  expect_error(layer_dense(units = 1, kernel_constraint = Plain$new()), class = "kestrel_error_argument")
  Wrong <- R6::R6Class("Wrong", inherit = KerasConstraint, public = list(call = function(w) "a"))
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1, kernel_constraint = Wrong$new())
  model %>% compile(loss = "mse", optimizer = "sgd")
  expect_error(fit(model, 1:4, 1:4, epochs = 1, verbose = 0), class = "kestrel_error")
})

test_that("without R6 the class says so", {
  expect_error(kestrel:::new_keras_constraint_class(FALSE)$new(), "R6", class = "kestrel_error_state")
})
