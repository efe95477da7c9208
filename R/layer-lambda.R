#' A function as a layer
#'
#' The output is `f(x)`, where `x` is an array, samples first, and the result has the samples
#' first, too. Several inputs come as a list. The function has no weights of its own; [Layer()]
#' makes layers that have some.
#'
#' In training its gradient is exact where one is needed, see [autodiff]; a function of the data
#' alone (no weights before it) may use any of R's functions. It runs in R for each batch, so that a
#' layer of this package is faster where there is one. The layer is stored by [saveRDS()] with its
#' function and what that refers to.
#'
#' @inheritParams layer_dense
#' @param f a function of an array, or of a list of arrays; `function_` is its name in
#'   keras. Where it has an argument `training` or `mask`, it is told whether it is training, and
#'   which steps count, as `call` of [Layer()] is.
#' @param output_shape dims of a sample that comes out, or a function of the dims of the input that
#'   returns them; by default they are found by a trial.
#' @param mask accepted from R keras scripts, without effect.
#' @param arguments a named list of further arguments of `f`.
#' @inherit layer_dense return
#' @section Errors: `kestrel_error_argument` for what is no function; `kestrel_error_layer` where
#'   the function fails (the operation is named, and the error is the condition's `parent`), returns
#'   anything but numbers of the output's shape, or NaN for finite input.
#' @source Keras: `keras.layers.Lambda`.
#' @family layers
#' @examples
#' model <- keras_model_sequential(input_shape = 3) %>%
#'   layer_lambda(function(x) cbind(x, x^2)) %>%
#'   layer_dense(1)
#' model
#' @export
layer_lambda <- function(object, f, output_shape = NULL, mask = NULL, arguments = NULL,
                         input_shape = NULL, name = NULL, ...) {
  dots <- list(...)
  if (missing(f)) f <- dots[["function_"]] %||% dots[["function"]]
  options <- layer_options(dots[setdiff(names2(dots), c("function_", "function"))], input_shape,
    name)
  config <- list(f = check_node_function(f, "f", "a function of an array"),
    output_shape = check_output_shape(output_shape), arguments = check_arguments(arguments))
  compose_layer(object, "lambda", config, options)
}

check_node_function <- function(f, arg, must, call = caller_env()) {
  if (is.null(f)) stop_missing(arg, call)
  if (is.function(f) && (length(formals(args(f))) || is.primitive(f))) return(f)
  if (!is.function(f)) stop_argument(arg, must, f, call = call)
  stop_kestrel("argument", sprintf("`%s` must be %s, not of nothing.", arg, must), argument = arg,
    call = call)
}

check_output_shape <- function(x, call = caller_env()) {
  if (is.null(x) || is.function(x)) return(x)
  check_shape(sample_part(x), arg = "output_shape", call = call)
}

# Dims without those of the samples, which Keras writes as NULL or NA.
sample_part <- function(dims) {
  if (is.list(dims)) dims <- lapply(dims, function(d) d %||% NA)
  dims <- unlist(dims)
  if (is.atomic(dims) && length(dims) > 1 && is.na(dims[1])) dims[-1] else dims
}

check_arguments <- function(x, call = caller_env()) {
  if (is.null(x) || is.list(x) && !is.object(x) && all(nzchar(names2(x)))) return(x)
  stop_argument("arguments", "a named list", x, call = call)
}

#' @export
layer_nodes.kestrel_layer_lambda <- function(layer, input) {
  config <- layer_config(layer)
  label <- sprintf("function of layer \"%s\"", layer$name)
  if (!is.null(attr(config$f, "gradient_of", exact = TRUE))) return(gradient_nodes(config, label,
    input))
  run <- function_node(config$f, label, config$arguments)
  trial <- if (takes_mask(layer)) tried_with_masks(run) else run
  output <- told_shape(config$output_shape, input) %||% tried_shape(trial, label, dims_list(input))
  function_nodes(list(), run, output, label, input)
}

# What k_gradients() gives, see second-gradients.R. `of`: the layers whose weights it depends on.
gradient_nodes <- function(config, label, input) {
  nodes <- function_nodes(list(), gradient_run(config$f, label), config$output_shape, label, input)
  model <- attr(config$f, "gradient_of", exact = TRUE)
  nodes[[1]]$outside <- c(nodes[[1]]$outside,
    list(f = config$f, of = lapply(leaf_layers(model), environment),
    wanted = is_gradient_of_weights(config$f)))
  nodes
}

# What a node runs: f of its input, or of the list of several.
function_node <- function(f, label, arguments = list()) {
  fn <- masked(f)
  function(x, w, training, call, mask = NULL) {
    told <- told_arguments(fn, training, mask, names(arguments))
    args <- c(list(one_or_list(x)), arguments, told)
    list(y = in_phase(training, own_call(fn, args, label, "layer", call)))
  }
}

# What k_in_train_phase() asks.
in_phase <- function(training, code) {
  outer <- the$instance_training
  on.exit(assign("instance_training", outer, envir = the))
  assign("instance_training", training, envir = the)
  code
}

told_shape <- function(shape, input) {
  if (is.function(shape)) {
    shape <- sample_part(own_call(shape, list(c(NA, input)), "function `output_shape`", "layer",
      NULL, NULL))
  }
  if (!is.null(shape)) check_shape(shape, arg = "output_shape")
}

# Dims of what the function gives for two samples of small numbers; a list of them for several
# arrays.
tried_shape <- function(run, label, inputs, w = list(), call = NULL) {
  tape <- new_tape()
  traced <- function(arrays) lapply(arrays, trace_value, tape = tape)
  y <- first_that_runs(probes(inputs), function(x) {
    run_traced_or_plain(list(run = run, grows = FALSE), traced(x), traced(w), x, w, FALSE, call)$y
  })
  if (is_parts(y)) lapply(y, function(part) shape_of_two(plain(part), label, call))
  else shape_of_two(plain(y), label, call)
}

# Fractions, and codes for functions that take only these: ones, and zeros where there is one code.
probes <- function(inputs) {
  filled <- function(value) lapply(inputs, function(dims) array(value(2 * prod(dims)), c(2, dims)))
  list(filled(function(n) seq(0.1, 0.9, length.out = n)), filled(function(n) rep(1, n)),
    filled(function(n) rep(0, n)))
}

# The error is that of the first.
first_that_runs <- function(choices, fn) {
  tryCatch(fn(choices[[1]]), kestrel_error = function(e) {
    for (choice in choices[-1]) {
      made <- tryCatch(list(fn(choice)), kestrel_error = function(e) NULL)
      if (!is.null(made)) return(made[[1]])
    }
    stop(e)
  })
}

# Several arrays.
is_parts <- function(y) is.list(y) && !is.object(y) && length(y) > 0

shape_of_two <- function(y, label, call) {
  dims <- if (is.null(dim(y))) c(length(y), 1L) else if (length(dim(y)) == 1) c(dim(y),
    1L) else dim(y)
  good <- (is.numeric(y) || is.logical(y)) && !is.object(y) && dims[1] == 2 && length(dims) <= 5
  if (good) return(as.integer(dims[-1]))
  stop_kestrel("layer",
    sprintf("The %s must return numbers for each sample, not %s for two of them.",
    label, describe(y)), hint = "Samples are the first dimension: rowSums() rather than sum().",
    argument = label, value = shorten(y), call = call)
}
