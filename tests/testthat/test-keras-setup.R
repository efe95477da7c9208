test_that("what sets Keras up elsewhere changes nothing", {
  expect_true(is_keras_available())
  expect_true(is_keras_available(version = "2.0"))
  model <- small_model()
  before <- model_snapshot(model)
  for (code in expression(install_keras(), install_keras(tensorflow = "gpu"), use_backend("tensorflow"),
    use_implementation("tensorflow"), k_clear_session(), clear_session(), reset_states(model))) {
    expect_false(withVisible(eval(code))$visible)
  }
  expect_identical(model_snapshot(model), before)
  expect_refused(reset_states("a"), "argument", "object")
})

test_that("names are the same with and without a cleared session", {
  first <- small_model()
  k_clear_session()
  names <- function(model) vapply(model$layers, function(layer) layer$name, "")
  expect_identical(names(small_model()), names(first))
})
