# The catalogue of bad inputs: every function of the package with something silly in each of its
# arguments, the others being valid.

# A value for each argument, so that all arguments of all functions get their turn and all values
# theirs; `all`: each with each, which takes half an hour.
silly_turns <- function(names, turn, all) if (all) names else names[(turn * 7) %% length(names) + 1]

# What a method is chosen by is another method's matter.
silly_arguments <- function(name, f) {
  arguments <- setdiff(names(formals(f)), "...")
  if (name %in% names(silly_methods)) arguments[-1] else arguments
}

# Generators without end are asked for without an end.
is_endless <- function(name, argument, value) {
  grepl("_generator$", name) && argument %in% c("steps", "steps_per_epoch") && value %in% c("null", "huge", "numbers")
}

expect_sensible <- function(pattern, all = nzchar(Sys.getenv("KESTREL_ALL_SILLY"))) {
  skip_on_cran()
  functions <- exported_functions()
  turn <- 0
  null <- file(nullfile(), "w")
  sink(null)
  on.exit({ sink(); close(null) })
  values <- silly_values()
  for (name in grep(pattern, names(functions), value = TRUE, perl = TRUE)) {
    for (argument in silly_arguments(name, functions[[name]])) {
      turn <- turn + 1
      for (value in silly_turns(names(values), turn, all)) {
        if (is_endless(name, argument, value)) next
        wrong <- silly_answer(name, functions[[name]], argument, values[[value]])
        expect(is.null(wrong), sprintf("%s(%s = %s): %s", name, argument, value, wrong))
      }
    }
  }
}

test_that("what the calls start from is valid", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  functions <- exported_functions()
  # Data sets are files that users have, or have not.
  away <- c("try_fix", "install_keras", grep("^dataset_", names(functions), value = TRUE))
  for (name in setdiff(names(functions), away)) {
    f <- functions[[name]]
    args <- lapply(valid_arguments(name, f), eval, envir = environment(valid_arguments))
    if (!all(needed_arguments(f) %in% names(args))) next
    call <- function() suppressMessages(suppressWarnings(do.call(f, args, quote = TRUE)))
    utils::capture.output(error <- tryCatch({ call(); NULL }, error = identity))
    expect(is.null(error), sprintf("%s(): %s", name, if (!is.null(error)) conditionMessage(error)))
  }
  config_set_floatx("float64")
})

test_that("activations, losses and metrics", {
  expect_sensible("^(activation|loss|metric|custom_metric)")
})

test_that("operations and data", {
  expect_sensible("^(k_|op_|normalize|array|pad|to_cat|timeseries|shape)")
})

test_that("layers", {
  expect_sensible("^(layer|Layer|new_layer|create_layer|time_distributed|adapt|.*vocabulary)")
})

test_that("optimizers, schedules, initializers, regularizers, constraints, callbacks", {
  expect_sensible("^(optimizer|learning|initializer|regularizer|constraint|callback|Callback|new_callback)")
})

test_that("everything else", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_sensible(paste0("^(?!activation|loss|metric|custom_metric|k_|op_|normalize|array|pad|to_cat|timeseries|",
    "shape|layer|Layer|new_|create_layer|time_distributed|adapt|.*vocabulary|optimizer|learning|init|regul|",
    "constraint|callback|Callback)"))
})
