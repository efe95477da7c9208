# Models whose state somebody has put a hand into: one value in it, at any depth, is another.

forged_values <- function() {
  list(NULL, NA, NA_real_, NaN, Inf, -1, 0, 0.5, 1e10, 3L, "", "a", character(), c("a", "b"), numeric(),
    TRUE, FALSE, list(), list(list(1, "a")), list(units = "a", x = NULL), function(...) stop("it ran"), sum,
    data.frame(a = 1:2), new.env(), quote(x), y ~ x, as.raw(1:2), 1i, factor("a"), matrix(0, 0, 3),
    matrix(list(1, "a"), 2), array(0, c(2, 2, 2)), layer_dense(units = 1), small_model(), "\xff\xfe",
    ffi_predict$address, 1:1e5, -5L, matrix(1:12 / 12, 4), "float32", 100L)
}

# Changes one value in an environment of a model's state, and says which.
forge <- function(state, values, root = state) {
  field <- sample(ls(state, all.names = TRUE), 1)
  if (runif(1) < 0.03) {
    rm(list = field, envir = state)
    return(paste(field, "removed"))
  }
  forged <- forged_value(state[[field]], field, values, root)
  assign(field, forged$value, envir = state)
  forged$what
}

forged_value <- function(x, what, values, root) {
  inside <- inherits(x, c("kestrel_model", "kestrel_layer")) && !identical(environment(x), root)
  if (inside && runif(1) < 0.9) {
    return(list(value = x, what = paste0(what, "$", forge(environment(x), values, root))))
  }
  if (is.list(x) && !is.object(x) && length(x) && runif(1) < 0.85) {
    i <- sample(length(x), 1)
    forged <- forged_value(x[[i]], sprintf("%s[[%s]]", what, c(names(x)[i], i)[1]), values, root)
    x[i] <- list(forged$value)
    return(list(value = x, what = forged$what))
  }
  i <- sample(length(values), 1)
  list(value = values[[i]], what = sprintf("%s <- value %d", what, i))
}

forged_models <- list(
  stack = function() {
    model <- small_model(metrics = "mae")
    fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
    model
  },
  graph = function() {
    input <- layer_input(shape = 4)
    sum <- layer_add(list(layer_dense(input, 3), layer_dense(input, 3)))
    model <- keras_model(input, layer_dense(layer_batch_normalization(sum), 1))
    compile(model, loss = "mse", optimizer = "adam")
    fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
    model
  }
)

model_uses <- list(
  predict = function(m) predict(m, small_x()), call = function(m) m(small_x()[1, , drop = FALSE]),
  fit = function(m) fit(m, small_x(), small_y(), epochs = 1, verbose = 0),
  evaluate = function(m) evaluate(m, small_x(), small_y(), verbose = 0),
  compile = function(m) compile(m, loss = "mae", metrics = "mse"), summary = summary, print = print,
  format = format, str = utils::str, get_weights = get_weights, count = count_params,
  set_weights = function(m) set_weights(m, lapply(get_weights(m), `*`, 2)), clone = clone_model,
  config = get_config, train = function(m) train_on_batch(m, small_x(), small_y()),
  test = function(m) test_on_batch(m, small_x(), small_y()),
  predict_batch = function(m) predict_on_batch(m, small_x()), add = function(m) layer_dense(m, 2),
  pop = pop_layer, freeze = freeze_weights, get_layer = function(m) get_layer(m, index = 1),
  gradient = function(m) with_gradient(m, small_x(), small_y()),
  fields = function(m) for (name in names(m)) m[[name]], set = function(m) m$trainable <- FALSE,
  floor = function(m) loss_floor(m, small_x(), small_y()), reset = reset_states,
  diagnose = function(m) diagnose(m, small_x(), small_y(), level = "quick"),
  nest = function(m) keras_model_sequential(list(m)), tensor = function(m) m(layer_input(shape = 4)),
  layer = function(m) {
    layer <- m$layers[[length(m$layers)]]
    list(layer(small_x(6, 3)), get_weights(layer), format(layer), get_config(layer), layer$output)
  }
)

# The error of a use of a forged model, or NULL; printed text goes nowhere.
forged_error <- function(model, use) {
  utils::capture.output(error <- tryCatch({
    suppressWarnings(suppressMessages(model_uses[[use]](model)))
    NULL
  }, error = identity))
  error
}
