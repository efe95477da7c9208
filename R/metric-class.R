#' Metrics as classes
#'
#' `Metric()` (keras3; `new_metric_class()` in R keras 2.9 and later) defines a class of metrics
#' that gather something over batches: `initialize` makes variables by `self$add_variable(shape =,
#' initializer =, name =)` (or `self$add_weight()`), `update_state(y_true, y_pred, sample_weight)`
#' changes them after each batch by `self$v$assign()` and `self$v$assign_add()`, and `result()` is
#' the metric's value. At the beginning of an epoch or evaluation `reset_state()` is called, which
#' by default sets all variables to 0. They see `self`, `super` and `private`, as functions of
#' [Layer()] do.
#'
#' @inheritParams Layer
#' @param initialize,update_state,result,reset_state,reset_states functions, see the details.
#' @return a function that makes metrics, from the arguments of `initialize` and a `name`. A metric
#'   has `metric$update_state()`, `metric$result()` and `metric$reset_state()`, as others do, see
#'   [metrics].
#' @section Errors: `kestrel_error_argument` for what is no name or function, and a class without
#'   `update_state` or `result`; `kestrel_error_metric` where a function of it fails in training.
#' @source Keras: `keras.metrics.Metric`; R packages 'keras' and 'keras3'.
#' @family metrics
#' @examples
#' metric_largest <- Metric("Largest",
#'   initialize = function(name = "largest", ...) {
#'     super$initialize(name = name, ...)
#'     self$most <- self$add_variable(shape = shape(), name = "most", initializer = "zeros")
#'   },
#'   update_state = function(y_true, y_pred, sample_weight = NULL) {
#'     self$most$assign(op_maximum(self$most, max(abs(y_true - y_pred))))
#'   },
#'   result = function() self$most
#' )
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", metrics = metric_largest())
#' evaluate(model, cars$speed, cars$dist, verbose = 0)
#' @export
Metric <- function(classname, initialize = NULL, update_state = NULL, result = NULL,
                   reset_state = NULL, ..., public = list(), private = list(), inherit = NULL,
                   parent_env = NULL) {
  methods <- list(initialize = initialize, update_state = update_state, result = result,
    reset_state = reset_state)
  metric_class(classname, methods, c(list(...), public), private, inherit)
}

#' @rdname Metric
#' @export
new_metric_class <- function(classname, ..., initialize = NULL, update_state = NULL, result = NULL,
                             reset_states = NULL) {
  methods <- list(initialize = initialize, update_state = update_state, result = result,
    reset_state = reset_states)
  metric_class(classname, methods, list(...), list(), NULL)
}

metric_class <- function(classname, methods, more, private, inherit, call = caller_env()) {
  record <- new_layer_record(classname, methods, more, private, inherit, call)
  for (name in c("update_state", "result")) {
    if (is.null(class_method(record, name))) stop_missing(name, call)
  }
  if (is.null(inherit)) record$inherit <- metric_base
  record$new <- function(...) new_layer_object(record, list(...))
  takes <- names(formals(record$initialize))
  make <- function(...) {
    args <- list(...)
    check_name(args$name, arg = "name")
    if (!any(c("name", "...") %in% takes)) args$name <- NULL
    self <- do.call(record$new, args, quote = TRUE)
    name <- list(...)$name %||% self$name %||% snake_case(record$classname)
    new_custom_metric(structure(function(y_true, y_pred) NULL,
      stateful = list2env(list(self = self, last = 0))), name)
  }
  structure(make, class_of_layers = record, class = "kestrel_class")
}

metric_base <- list(classname = "Metric", private = list(), members = list(
  initialize = function(..., name = NULL) keep_name(self, name),
  add_variable = function(shape = NULL, initializer = "zeros", dtype = NULL, ...,
    name = "variable") {
    add_metric_variable(self, shape, initializer, name)
  },
  add_weight = function(shape = NULL, initializer = "zeros", dtype = NULL, ..., name = "variable") {
    add_metric_variable(self, shape, initializer, name)
  },
  reset_state = function() for (v in self$.variables) v$assign(0)
))

add_metric_variable <- function(self, shape, initializer, name) {
  dims <- as.integer(unlist(shape))
  if (!length(dims)) dims <- 1L
  v <- new_variable(dims, name)
  v$assign(as_initializer(initializer)(dims))
  self$.variables <- c(self$.variables, list(v))
  v
}

# An environment of `self` and of the last result, or NULL.
stateful <- function(fn) attr(fn, "stateful", exact = TRUE)

own_metric <- function(metric) {
  fn <- metric_state(metric)$fn
  if (!is.null(fn)) stateful(fn)$self
}

own_result <- function(self) {
  value <- self$result()
  if (is.function(value)) value <- value()
  as.double(plain(value))
}

# What is to be added to the engine's sum and count, so that their quotient is the result now.
stateful_sums <- function(own, label, batch, first, call) {
  self <- own$self
  tryCatch({
    if (first) self$reset_state()
    args <- list(batch$y_true, batch$y_pred, sample_weight = batch$weight)
    takes <- names(formals(self$update_state))
    if (!any(c("sample_weight", "...") %in% takes)) args$sample_weight <- NULL
    allowInterrupts(do.call(self$update_state, args, quote = TRUE))
    value <- check_metric_values(own_result(self), label, 1, call)[1]
  }, error = function(e) {
    if (inherits(e, "kestrel_error_metric")) stop(e)
    stop_kestrel("metric", sprintf("The metric \"%s\" failed: %s", label, conditionMessage(e)),
      argument = label, parent = e, call = call)
  })
  before <- if (first) 0 else own$last
  own$last <- value
  c(value - before, first)
}
