# Whole training runs against Keras, in float64 and without shuffling.

# Settings such as list(fn = "regularizer_l2", args = list(l = 0.01)) become objects.
made <- function(x) {
  if (!is.list(x)) return(x)
  if (!is.null(x$fn)) return(do.call(getExportedValue("kestrel", x$fn), lapply(x$args, made)))
  lapply(x, made)
}

golden_model <- function(case) {
  model <- keras_model_sequential(input_shape = case$input_shape, dtype = "float64")
  for (layer in case$layers) {
    do.call(getExportedValue("kestrel", layer$fn), c(list(model), lapply(layer$args, made)))
  }
  do.call(compile, c(list(model), lapply(case$compile, made)))
  set_weights(model, case$weights)
}

golden_fit <- function(model, case, ...) {
  do.call(fit, c(list(model, case$x, case$y, shuffle = FALSE, verbose = 0), case$fit, ...))
}

expect_same_history <- function(history, case) {
  expect(setequal(names(history$metrics), names(case$history)), sprintf(
    "%s: the history has %s.", case$id, toString(names(history$metrics))))
  for (name in names(case$history)) {
    expect_golden(history$metrics[[name]], case$history[[name]], case, name, 1e-9)
  }
}

expect_same_score <- function(score, case) {
  for (name in names(case$evaluate)) {
    expect_golden(score[[name]], case$evaluate[[name]], case, paste("evaluated", name), 1e-9)
  }
}

test_golden("models", function(case) {
  model <- golden_model(case)
  expect_golden(predict(model, case$x), case$predict_before, case, "predict_before")
  expect_same_history(golden_fit(model, case), case)
  expect_golden_list(get_weights(model), case$weights_after, case, "weights_after", 1e-9)
  expect_golden(predict(model, case$x), case$predict_after, case, "predict_after", 1e-9)
  expect_same_score(evaluate(model, case$x, case$y, verbose = 0), case)
})

# One epoch at a time must be the same as all at once: the optimizer's state goes on.
test_that("golden models are the same when fitted epoch by epoch", {
  for (case in golden_cases("models")) {
    if (case$fit$epochs > 10 || !is.null(case$fit$sample_weight)) next
    model <- golden_model(case)
    epochs <- case$fit$epochs
    for (epoch in seq_len(epochs)) {
      case$fit[c("epochs", "initial_epoch")] <- c(epoch, epoch - 1)
      golden_fit(model, case)
    }
    expect_golden_list(get_weights(model), case$weights_after, case, "weights_after", 1e-9)
  }
})
