# What compile() keeps: list(optimizer, trained, losses, loss_weights, metrics, loss_labels,
# metric_labels). `trained`: numbers of the outputs that have a loss; losses and weights go by
# them, as does the field `output` of each metric. Losses and metrics are objects; metrics that
# depend on shapes ("accuracy") are settled by fit(). Labels are the names in logs.

#' Choose loss, optimizer and metrics
#'
#' Compiling never changes the weights; it resets the optimizer's state (moments and step
#' count), which otherwise goes on from one [fit()][fit.kestrel_model] to the next.
#'
#' A loss takes over the activation before it where that is exact: softmax with the
#' categorical cross-entropies, sigmoid with the binary ones are computed from the logits, so
#' that no probability is clipped and no logarithm of zero is met.
#'
#' @param object a model.
#' @param optimizer a name such as `"adam"`, or an object made by `optimizer_*()`.
#' @param loss a name such as `"mse"` (in any case), a function `loss_*`, an object made by
#'   one, or any R function of `y_true` and `y_pred`, see [autodiff]. It may be left out where
#'   layers charge, see [add_loss]. `"crossentropy"` or `"ce"` is the binary, categorical or sparse
#'   categorical cross-entropy by the shapes of output and y. Of several outputs: a list of these by
#'   position, or a named list by the names of the outputs, which may leave outputs out (they
#'   are not trained and get no y); a single loss is that of each output.
#' @param metrics names, functions `metric_*`, objects made by them, or a list of these; a
#'   metric that has a name in the list is logged under it.
#'   `"accuracy"` is binary, categorical or sparse categorical accuracy by the shapes of
#'   output and y. Of several outputs: a list of lists by position, or a named list by the
#'   names of the outputs; metrics in a flat list are those of each output. They are logged as
#'   `<output>_<metric>`.
#' @param loss_weights a number that multiplies the loss; of several outputs a vector or a
#'   (named) list of them, 1 where it says nothing. The loss is the weighted sum.
#' @param weighted_metrics like `metrics`; these use sample and class weights.
#' @param ... accepted from R keras scripts, without effect: `run_eagerly`,
#'   `steps_per_execution`, `jit_compile`, `auto_scale_loss`, `sample_weight_mode`,
#'   `target_tensors`.
#' @return the model, invisibly.
#' @section Errors: `kestrel_error_argument` for unknown names (with the nearest one) and bad
#'   values; `kestrel_error_state` while the model is being fitted.
#' @source Keras: `Model.compile()`.
#' @aliases compile
#' @family training
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01), metrics = "mae")
#' @export
compile.kestrel_model <- function(object, optimizer = "rmsprop", loss = NULL, metrics = NULL,
                                  loss_weights = NULL, weighted_metrics = NULL, ...) {
  check_model(object)
  check_not_fitting(object)
  dots <- list(...)
  check_dots(dots[setdiff(names2(dots), compile_ignored)],
    c("optimizer", "loss", "metrics", "loss_weights", "weighted_metrics", compile_ignored))
  call <- environment()
  words <- list(metric_words(substitute(metrics)), metric_words(substitute(weighted_metrics)))
  args <- list(loss = loss, metrics = metrics, weighted_metrics = weighted_metrics,
    loss_weights = loss_weights, words = words,
    optimizer = as_optimizer(optimizer, "optimizer", call = call))
  if (is_open_class(object)) compile_open(object, args, call) else compile_model(object, args, call)
}

# `words`: how the user wrote the metrics and the weighted ones.
compile_model <- function(object, args, call) {
  settled <- vapply(leaf_layers(object), settle_inner_flags, NA, call)
  if (any(settled)) model_changed(object)
  names <- output_names(object)
  metrics <- c(metrics_by_output(args$metrics, "metrics", FALSE, names, call, args$words[[1]]),
    metrics_by_output(args$weighted_metrics, "weighted_metrics", TRUE, names, call,
      args$words[[2]]),
    model_state(object)$own_metrics)
  loss <- args$loss
  if (is.null(loss) && may_charge(object)) loss <- no_loss()
  losses <- losses_by_output(loss, names, call)
  weights <- weights_by_output(args$loss_weights, names, call)
  trained <- which(lengths(losses) > 0)
  compiled <- list(
    optimizer = args$optimizer, trained = trained,
    losses = Map(guess_loss, losses[trained], model_outputs(object)[trained]),
    loss_weights = weights[trained], metrics = trained_metrics(metrics, trained, names, call),
    loss_labels = if (length(trained) > 1) paste0(names[trained], "_loss"),
    metric_labels = unique_labels(metrics), flags = compiled_flags(object)
  )
  warn_at_compile(object, compiled, call)
  state <- model_state(object)
  state$compiled <- settle_metrics(compiled, output_units(object, trained))
  state$optimizer_state <- state$told <- NULL
  invisible(object)
}

compile_ignored <- c("run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss",
  "sample_weight_mode", "target_tensors")

check_loss_given <- function(loss, call) {
  if (!is.null(loss)) return(invisible(loss))
  stop_kestrel("argument", "`loss` is missing.", argument = "loss",
    hint = paste("Known losses:", quote_names(registry("losses")$name)), call = call)
}

compile_loss <- function(loss, call) {
  check_loss_given(loss, call)
  one <- is.list(loss) && !is.object(loss) && length(loss) == 1
  if (one) loss <- loss[[1]]
  if ((is.character(loss) || is.list(loss)) && length(loss) != 1) {
    stop_argument("loss", "one loss, as the model has one output", loss, call = call)
  }
  as_loss(loss, "loss", call)
}

check_loss_weights <- function(x, arg = "loss_weights", call = caller_env()) {
  if (is.null(x)) return(1)
  if (is.list(x) && length(x) == 1) x <- x[[1]]
  x <- unname(x)
  check_number(x, min = 0, open = "min", arg = arg, call = call)
}

# Each as a metric object, with the place named in errors.
compile_metrics <- function(x, arg, weighted, call, output = NULL, words = NULL) {
  if (is.null(x)) return(list())
  if (is.function(x) || (is.environment(x))) x <- list(x)
  if (is.character(x)) x <- as.list(x)
  if (!is.list(x)) stop_argument(arg, "names of metrics, or a list of them", x, call = call)
  if (length(x) == 1 && is.list(x[[1]]) && !is.object(x[[1]])) x <- x[[1]]
  lapply(seq_along(x), function(i) {
    place <- if (length(x) > 1) sprintf("%s[[%d]]", arg, i) else arg
    label <- setdiff(names2(x)[i], c("", output))
    word <- if (length(words) == length(x)) words[[i]]
    metric <- as_metric(x[[i]], place, call, if (length(label)) label else word)
    list(metric = labelled_metric(metric, label), weighted = weighted, output = 1L)
  })
}

# Under another name in the logs; the user's own object stays as it is.
labelled_metric <- function(metric, label) {
  if (length(label)) copy_metric(metric, label) else metric
}

# The names of functions in `list(f, g)`, `c(f)` or `f`; NULL where there is no name.
metric_words <- function(expression) {
  many <- is.call(expression) && as.character(expression[[1]])[1] %in% c("list", "c")
  parts <- if (many) as.list(expression)[-1] else list(expression)
  lapply(unname(parts), function(part) if (is.symbol(part)) as.character(part))
}

# Numbers in a row of each output that has a loss; NULL while the model is not built.
# After the layers changed: numbers of results follow the number of outputs.
settle_again <- function(model) {
  state <- model_state(model)
  if (is.null(state$compiled)) return(invisible(model))
  compiled <- state$compiled
  compiled$metrics <- whole_metrics(compiled$metrics)
  compiled$metric_labels <- unique_labels(compiled$metrics)
  state$compiled <- settle_metrics(compiled, output_units(model, compiled$trained))
  invisible(model)
}

output_units <- function(model, trained) {
  if (!model_state(model)$built) return(NULL)
  vapply(model_outputs(model)[trained], function(dims) as.integer(c(1L, dims)[length(dims) + 1]),
    0L)
}

# Names in logs: a second metric of the same name gets a suffix, or `weighted_`.
unique_labels <- function(metrics) {
  labels <- vapply(metrics, function(m) paste0(m$prefix, m$metric$label), "")
  weighted <- vapply(metrics, `[[`, NA, "weighted")
  twice <- weighted & labels %in% c("loss", labels[!weighted])
  labels[twice] <- paste0("weighted_", labels[twice])
  make.unique(c("loss", labels), sep = "_")[-1]
}

# Names of what the engine logs, in its order.
log_labels <- function(compiled) c("loss", compiled$loss_labels, compiled$metric_labels)

# What is run, as Keras runs it, though it is certain to be a mistake.
warn_at_compile <- function(model, compiled, call = caller_env()) {
  warn_zero_rate(compiled$optimizer, call)
  warn_unmasked(model, call)
  last <- last_activations(model)[compiled$trained]
  dims <- model_outputs(model)[compiled$trained]
  for (o in seq_along(last)) warn_output(last[[o]], dims[[o]], compiled$losses[[o]], call)
}

warn_output <- function(last, dims, loss, call) {
  absorbs <- loss_absorbs(loss)
  if (!is.na(absorbs) && isTRUE(loss$config$from_logits) && last %in% c("softmax", "sigmoid")) {
    warn_kestrel("from_logits",
      sprintf("`from_logits = TRUE`, but the last layer ends in %s: its output is no logit.", last),
      hint = "Drop the activation, or from_logits.", call = call)
  }
  if (!identical(dims[length(dims)], 1L)) return(invisible())
  if (last == "softmax") {
    warn_kestrel("softmax", "The last layer is a softmax of one unit: its output is always 1.",
      hint = "Use activation = \"sigmoid\" with loss = \"binary_crossentropy\".", call = call)
  }
  if (loss$record == "categorical_crossentropy" && last != "softmax") {
    warn_kestrel("one_class", "`categorical_crossentropy` of one unit is the same for any output.",
      hint = "Use loss = \"binary_crossentropy\" with a sigmoid.", call = call)
  }
}

loss_absorbs <- function(loss) registry_row("losses", loss$record)$text

# Name of the activation that each output ends in, "linear" when it ends in none; none of a model
# that is not built.
last_activations <- function(model) {
  if (!length(model_state(model)$layers) || !model_state(model)$built) return(NULL)
  plan <- model_plan(model)
  vapply(plan$nodes[plan$outputs + 1L], function(node) node$activation %||% "linear", "")
}
