# Models whose state was changed by hand.

expect_intact <- function(object, label) {
  fault <- state_fault(object)
  expect(is.null(fault), sprintf("%s: %s.", label, fault))
}

test_that("nothing is wrong with models that nobody forged", {
  for (name in names(gradient_layers)) {
    case <- gradient_layers[[name]]
    layer <- case$make()
    expect_intact(layer, name)
    inputs <- lapply(seq_len(1 + is_merging(layer)), function(i) layer_input(shape = case$dims))
    model <- keras_model(inputs, layer(if (is_merging(layer)) inputs else inputs[[1]]))
    expect_intact(model, name)
    compile(model, loss = "mse", metrics = list("mae", metric_auc()))
    predict(model, lapply(inputs, function(input) array(1, c(2, case$dims))))
    expect_intact(model, name)
    expect_intact(unserialize(serialize(model, NULL)), name)
  }
  for (name in names(forged_models)) {
    model <- forged_models[[name]]()
    expect_intact(model, name)
    freeze_weights(model, to = 1)
    expect_intact(model, name)
    expect_intact(keras_model_sequential(list(model, layer_dense(units = 2, activation = function(x) x^2))), name)
    expect_intact(clone_model(model), name)
  }
  expect_intact(keras_model_sequential(), "empty")
  expect_intact(keras_model_sequential(list(layer_dense(units = 2))), "not built")
})

test_that("what was forged is named", {
  forged <- function(edit, what, use = "fit", model = forged_models$stack()) {
    state <- environment(model)
    edit(state, environment(state$layers[[1]]))
    error <- forged_error(model, use)
    expect_s3_class(error, "kestrel_error_state")
    expect_match(conditionMessage(error), what, fixed = TRUE)
    expect_match(conditionMessage(error), "changed by hand")
  }
  forged(function(s, l) s$layers[[1]] <- "a", "its layer 1 is \"a\"", "format")
  forged(function(s, l) s$name <- quote(x), "its `name` is an object of type symbol", "format")
  forged(function(s, l) s$built <- "yes", "its `built` is \"yes\"")
  forged(function(s, l) s$precision <- c("a", "b"), "its `precision` is a character vector of length 2", "format")
  forged(function(s, l) s$optimizer_state <- list(moments = "a", scalars = 1, iterations = 1),
    "its `optimizer_state` is a list of length 3", "train")
  forged(function(s, l) s$compiled$losses <- list("mse"), "its `compiled` is not what compile() makes")
  forged(function(s, l) s$plan$nodes[[1]] <- NULL, "its `plan` is not that of its layers", "predict")
  forged(function(s, l) s$layout$states <- list(), "its `layout` is not that of its layers", "predict")
  forged(function(s, l) l$weights[[1]] <- matrix(0, 2, 2), "in layer 1, its `weights`", "predict")
  forged(function(s, l) l$weights[[1]] <- ffi_predict$address,
    "in layer 1, its `weights`", "predict")
  forged(function(s, l) l$weights <- lapply(l$weights, as.character), "its `weights`", "predict")
  forged(function(s, l) l$slots <- list(1), "in layer 1, its `slots` is not what its `config` says", "get_weights")
  forged(function(s, l) s$graph$calls[[3]]$call <- 7L, "its `graph` does not connect its layers", "clone",
    forged_models$graph())
  forged(function(s, l) s$layers[[1]] <- l$home, "in itself", "format")
})

test_that("a model that was forged prints what is wrong with it", {
  model <- forged_models$stack()
  environment(model)$layers[[1]] <- "a"
  for (show in list(print, summary)) {
    expect_output(show(model), "<The model is not intact: its layer 1 is \"a\".>", fixed = TRUE)
  }
})

test_that("fields of any size are looked at without being copied", {
  model <- forged_models$stack()
  environment(model)$name <- 1:1e9
  expect_refused(plot(model), "state", names = "its `name` is an integer vector of length 1000000000")
})

test_that("a layer that was forged is blamed, too", {
  layer <- layer_dense(units = 2)
  layer(small_x())
  environment(layer)$config$units <- list(1)
  expect_refused(layer(small_x()), "state", names = c("The layer is not intact", "`config`"))
})

test_that("other errors go their way, without a look at numbers", {
  model <- forged_models$stack()
  expect_error(fit(model, stop("mine"), small_y()), "^mine$", class = "simpleError")
  expect_error(predict(model, log("a")), "non-numeric", class = "simpleError")
  expect_refused(predict(model, "a"), "argument", "x", model)
})

test_that("no forged value brings an error in R's own words", {
  set.seed(11)
  values <- forged_values()
  for (i in seq_len(if (nzchar(Sys.getenv("KESTREL_ALL_SILLY"))) 3000 else 150)) {
    model <- forged_models[[1 + i %% 2]]()
    what <- forge(environment(model), values)
    use <- names(model_uses)[i %% length(model_uses) + 1]
    error <- with_own_seed(forged_error(model, use))
    expect(is.null(error) || inherits(error, "kestrel_error"),
      sprintf("%d: %s with %s: %s", i, use, what, if (!is.null(error)) conditionMessage(error)))
  }
})
