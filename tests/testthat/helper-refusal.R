# What every refusal owes: the class, the argument, what was given, one hint at most, and
# that nothing has changed.
#
# The catalogue of bad inputs by number, and the files that test it; test-refusals-silly.R does so
# with every argument of every function, test-refusals-rest.R with what is not in the others:
#
# making models      1 to 15      test-refusals-model.R
# layers             16 to 50     test-refusals-model.R; 39, 40, 42: -functions.R; 43: -rest.R; 48: -data.R
# compile()          51 to 74     test-refusals-compile.R; 66: -functions.R
# x and y of fit()   75 to 122    test-refusals-fit.R; 84, 105, 107, 108, 122: -data.R; 104:
#                                 test-features.R; 106: -rest.R
# settings of fit()  123 to 160   test-refusals-fit.R; 152: -data.R; 158: test-run.R; 160: -rest.R
# callbacks          161 to 174   test-refusals-callbacks.R; 170: -rest.R; 172:
#                                 test-callback-early-stopping.R
# functions          175 to 194   test-refusals-functions.R; 175, 192, 194: -rest.R
# predict()          195 to 208   test-refusals-use.R; 201, 204: -rest.R
# weights            209 to 218   test-refusals-use.R; 211, 216: -rest.R; 218: test-intact.R

small_model <- function(inputs = 4, units = 1, activation = NULL, compiled = TRUE,
                        loss = "mse", ...) {
  model <- keras_model_sequential()
  model %>%
    layer_dense(3, activation = "tanh", input_shape = inputs) %>%
    layer_dense(units, activation = activation)
  if (compiled) model %>% compile(loss = loss, optimizer = "sgd", ...)
  model
}

# Another one with the same weights, as small_model() compiles them.
small_twin <- function(model) {
  twin <- clone_model(model)
  compile(twin, loss = "mse", optimizer = "sgd")
  set_weights(twin, get_weights(model))
}

# What was frozen since counts from then on.
compile_again <- function(model) compile(model, optimizer = model$optimizer, loss = model$loss)

small_x <- function(n = 6, p = 4) matrix(sin(seq_len(n * p)), n, p)
small_y <- function(n = 6, k = 1) matrix(cos(seq_len(n * k)), n, k)

model_snapshot <- function(model) {
  state <- environment(model)
  list(
    weights = get_weights(model), optimizer = state$optimizer_state, history = state$history,
    layers = vapply(state$layers, function(l) l$name, ""), built = state$built,
    compiled = is.null(state$compiled), input = state$input
  )
}

# `code` must throw a kestrel_error_<kind> for `argument` and leave the model as it was.
expect_refused <- function(code, kind = "argument", argument = NULL, model = NULL, names = NULL) {
  code <- rlang::enquo(code)
  set.seed(1)
  seed <- .Random.seed
  before <- if (!is.null(model)) model_snapshot(model)
  connections <- getAllConnections()
  error <- tryCatch({ rlang::eval_tidy(code); NULL }, error = identity)
  label <- rlang::as_label(code)
  expect(!is.null(error), sprintf("%s was not refused.", label))
  if (is.null(error)) return(invisible())
  message <- conditionMessage(error)
  expect(inherits(error, paste0("kestrel_error_", kind)), sprintf(
    "%s: expected kestrel_error_%s, got %s: %s", label, kind, toString(class(error)), message
  ))
  expect(inherits(error, "kestrel_error"), sprintf("%s: not a kestrel_error", label))
  if (!is.null(argument)) {
    named <- grepl(paste0("`", argument), message, fixed = TRUE)
    expect(named || identical(error$argument, argument),
      sprintf("%s: the message does not name `%s`: %s", label, argument, message))
  }
  for (word in names) {
    expect(grepl(word, message, fixed = TRUE),
      sprintf("%s: no \"%s\" in: %s", label, word, message))
  }
  before_training <- !kind %in% c("callback", "loss", "metric", "layer", "file")
  expect(!before_training || identical(.Random.seed, seed),
    sprintf("%s: the random numbers moved on", label))
  left_open <- setdiff(getAllConnections(), connections)
  expect(!length(left_open), sprintf("%s: a connection is open", label))
  if (!is.null(model)) {
    expect(identical(model_snapshot(model), before), sprintf("%s: the model changed", label))
  }
  invisible(error)
}

# A row of the catalogue: what is done, in words, and how it is refused.
refused <- function(what, run, kind = "argument", argument = NULL, names = NULL, model = NULL) {
  list(what = what, run = run, kind = kind, argument = argument, names = names, model = model)
}

expect_rows_refused <- function(...) {
  for (row in list(...)) {
    run <- row$run
    tryCatch(expect_refused(run(), row$kind, row$argument, row$model, row$names),
      expectation_failure = function(e) fail(paste0(row$what, ": ", conditionMessage(e))))
  }
}
