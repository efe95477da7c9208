founding_model <- function(epochs = 600, optimizer = optimizer_adam(0.01)) {
  withr::local_seed(1)
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(10) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer)
  model %>% fit(founding$x, founding$y, epochs = epochs, verbose = 0)
  model
}

without_numbers <- function(lines) gsub("gap [0-9.e-]+|reaches [0-9.e-]+ after [0-9,]+|[0-9]+ checks, [0-9.]+ s", "...", lines)

test_that("the founding question is answered, with a proof", {
  d <- diagnose(founding_model(100, optimizer_lbfgs()), founding$x, founding$y, verify = TRUE)
  expect_identical(d$id[d$severity == "fault"], "S1")
  expect_identical(d$confidence[1], "PROVEN")
  expect_equal(d$explains[1], 1, tolerance = 1e-9)
  expect_true(all(d$verified))
  # What no line can follow: (1, -2, 1).
  blind <- attr(d, "findings")[[match("O2", d$id)]]$certificate$values$blind
  expect_equal(abs(as.vector(crossprod(blind, c(1, -2, 1)))), sqrt(6), tolerance = 1e-6)
  expect_true(has_problem(d, "proven"))
  floor <- attr(d, "findings")[[1]]$certificate$values$floor
  expect_equal(as.double(floor), 2554176116041 / 450000000000000, tolerance = 1e-12)
  local_reproducible_output(width = 80)
  expect_snapshot(print(d), transform = without_numbers)
})

test_that("there is a faulty model for each check, and its id is its own", {
  ids <- diagnosis_catalogue()$id
  expect_identical(anyDuplicated(ids), 0L)
  expect_setequal(names(faulty), ids)
})

test_that("healthy models have no fault", {
  skip_if_not_installed("withr")
  for (name in names(healthy)) {
    d <- diagnosed(healthy[[name]])
    expect_false(has_problem(d, "strong"), label = paste(name, toString(d$id[d$severity == "fault"])))
    expect_identical(attr(d, "failed"), character(), label = name)
  }
})

test_that("model, data and random numbers are as before", {
  model <- founding_model(5)
  before <- list(get_weights(model), as.list(model_state(model), all.names = TRUE)[c("optimizer_state", "compiled")])
  set.seed(3)
  seed <- .Random.seed
  diagnose(model, founding$x, founding$y)
  expect_identical(.Random.seed, seed)
  expect_identical(list(get_weights(model), as.list(model_state(model), all.names = TRUE)[c("optimizer_state", "compiled")]), before)
})

test_that("without data the model alone is looked at", {
  d <- diagnose(founding_model(2))
  expect_identical(d$id, "S1")
  expect_identical(d$explains, NA_real_)
  d <- diagnose(founding_model(2)$history)
  expect_s3_class(d, "nn_diagnosis")
})

test_that("a healthy model is told what was ruled out", {
  skip_if_not_installed("withr")
  d <- diagnosed(healthy$regression)
  local_reproducible_output(width = 80)
  expect_match(paste(format(d), collapse = "\n"), "No problem found; here is what was ruled out")
})

test_that("arguments are checked", {
  model <- founding_model(1)
  expect_refused(diagnose(model, founding$x), "argument", "y")
  expect_refused(diagnose(model, founding$x, founding$y, level = "deep"), "argument", "level")
  expect_refused(diagnose(model, founding$x, founding$y, checks = "S99"), "argument", "checks")
  expect_refused(diagnose(model, founding$x, founding$y, checks = 1), "argument", "checks")
  expect_refused(diagnose(model, founding$x, founding$y, budget = -1), "argument", "budget")
  expect_refused(diagnose(model, founding$x, founding$y, verify = NA), "argument", "verify")
  expect_refused(diagnose(model, founding$x, founding$y, history = 1), "argument", "history")
  expect_error(diagnose(model, cbind(1:3, 1:3), founding$y), class = "kestrel_error_shape")
  expect_error(diagnose(keras_model_sequential()), class = "kestrel_error_state")
  expect_refused(verify_finding(1, 1), "argument", "d")
  expect_refused(verify_finding(diagnose(model), 9), "argument", "i")
  expect_refused(has_problem(1), "argument", "d")
  expect_refused(has_problem(diagnose(model), "sure"), "argument", "confidence")
})

test_that("R goes on compiling functions afterwards", {
  before <- compiler::enableJIT(-1)
  diagnose(net(2, 1, "linear"), plane$x, plane$curved, level = "quick")
  expect_identical(compiler::enableJIT(-1), before)
})

test_that("other objects are refused in words", {
  expect_refused(diagnose(stats::lm(dist ~ speed, cars)), "argument", "object")
})

test_that("linear layers are verified without data, too", {
  expect_true(diagnose(founding_model(2), verify = TRUE)$verified)
})
