test_that("freezing selects by name, number, range, flags and function", {
  frozen <- function(...) {
    model <- model_with_norm()
    expect_invisible(freeze_weights(model, ...))
    vapply(model$layers, function(l) !l$trainable, NA)
  }
  expect_identical(frozen(), c(TRUE, TRUE, TRUE, TRUE))
  expect_identical(frozen(to = "n"), c(TRUE, TRUE, FALSE, FALSE))
  expect_identical(frozen(from = "n"), c(FALSE, TRUE, TRUE, TRUE))
  expect_identical(frozen(from = 2, to = -2), c(FALSE, TRUE, TRUE, FALSE))
  expect_identical(frozen(which = c("a", "z")), c(TRUE, FALSE, FALSE, TRUE))
  expect_identical(frozen(which = c(1, -1)), c(TRUE, FALSE, FALSE, TRUE))
  expect_identical(frozen(which = c(TRUE, FALSE, FALSE, TRUE)), c(TRUE, FALSE, FALSE, TRUE))
  expect_identical(frozen(which = function(l) l$name == "n"), c(FALSE, TRUE, FALSE, FALSE))
})

test_that("with a selection the other layers get the opposite state", {
  model <- model_with_norm()
  freeze_weights(model)
  unfreeze_weights(model, from = "z")
  expect_identical(vapply(model$layers, function(l) l$trainable, NA), c(FALSE, FALSE, FALSE, TRUE))
  freeze_weights(model, which = "a")
  expect_identical(vapply(model$layers, function(l) l$trainable, NA), c(FALSE, TRUE, TRUE, TRUE))
  model$trainable <- FALSE
  expect_false(model$trainable)
})

test_that("selections that name nothing are refused", {
  model <- model_with_norm()
  for (bad in list("q", 9, 0, 1.5, NA, TRUE)) {
    expect_refused(freeze_weights(model, from = bad), "argument", "from", model)
  }
  expect_refused(freeze_weights(model, which = c(TRUE, FALSE)), "argument", "which", model)
  expect_refused(freeze_weights(model, which = "b"), "argument", "which", model)
  expect_refused(freeze_weights(1), "argument", "object")
})

test_that("a selection of layers that makes no sense is refused", {
  model <- small_model()
  s4 <- methods::getClass("numeric")
  for (bad in list(optimizer_adam(), s4, new.env(), function(l) "a", function(l) NA, NA)) {
    expect_refused(freeze_weights(model, which = bad), "argument", "which", model)
    expect_refused(unfreeze_weights(model, which = bad), "argument", "which", model)
  }
  expect_refused(freeze_weights(model, from = 2, to = 1), "argument", "from", model)
  expect_true(model$layers[[1]]$trainable)
  freeze_weights(model, which = model$layers[[1]])
  expect_identical(vapply(model$layers, function(l) l$trainable, NA), c(FALSE, TRUE))
  one <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  expect_snapshot(error = TRUE, {
    freeze_weights(model, which = function(l) "a")
    freeze_weights(model, from = 2, to = 1)
    freeze_weights(one, to = 3)
    get_layer(model, index = 9)
    count_params(keras_model_sequential())
  })
})
