# What all losses share: the object, its values, the way to one number, how it is looked up.
#
# name, record  the engine's record; `loss$record` is the label
# label      the user's name
# config     the loss' own arguments, checked
# choice     what the engine is told
# axis       the one that is summed over
# reduction  "sum_over_batch_size", "sum", "mean_with_sample_weight" or "none"

# The end of each constructor: the values for y_true and y_pred or, without them, the object.
# What all constructors take is read from the frame.
make_loss <- function(record, config = named_list(), frame = caller_env()) {
  force(config)
  known <- names(formals(sys.function(sys.parent())))
  check_dots(eval(quote(list(...)), frame), known, call = frame)
  check_dtype_ignored(get("dtype", frame), frame)
  loss <- new_loss(record, config, get("reduction", frame), get("name", frame), frame)
  given <- given_data(frame, paste0("loss_", record))
  if (!given) return(loss)
  y <- list(get("y_true", frame), get("y_pred", frame))
  if (has_tensors(y)) return(tensor_operation(plain_loss(loss), y, paste0("loss_", record), frame))
  loss_values(loss, y[[1]], y[[2]], frame)
}

# Its values, where the targets may be traced: their gradient is not asked for.
plain_loss <- function(loss) {
  force(loss)
  function(y_true, y_pred) loss_values(loss, plain(y_true), y_pred, NULL)
}

# Whether there are y_true and y_pred, of which one alone is a mistake.
given_data <- function(frame, name) {
  lacks <- c(
    y_true = eval(quote(missing(y_true)), frame), y_pred = eval(quote(missing(y_pred)), frame)
  )
  if (!any(lacks)) return(TRUE)
  if (all(lacks)) return(FALSE)
  stop_kestrel("argument", sprintf("`%s` is missing.", names(lacks)[lacks]),
    hint = sprintf("Name the settings to make an object: %s(setting = value).", name),
    argument = names(lacks)[lacks], call = frame)
}

# Everything is computed in double; a dtype changes nothing.
check_dtype_ignored <- function(dtype, call) check_dtype(dtype, arg = "dtype", call = call)

new_loss <- function(record, config, reduction = "sum_over_batch_size", name = NULL, call) {
  values <- config[setdiff(names(config), "axis")]
  fields <- list(
    name = record,
    record = record,
    label = check_name(name, arg = "name", call = call) %||% record,
    config = config,
    choice = choice("losses", record, values),
    axis = config$axis %||% -1L,
    reduction = check_reduction(reduction, call = call)
  )
  new_object(function(y_true, y_pred, sample_weight = NULL) {
    self <- fields_of_self()
    reduced_loss(self, y_true, y_pred, sample_weight, sys.call())
  }, fields, "kestrel_loss")
}

#' @export
`$.kestrel_loss` <- function(x, name) fields(x)[[if (name == "name") "label" else name]]

#' @export
`[[.kestrel_loss` <- function(x, i) if (is_string(i)) `$.kestrel_loss`(x, i) else fields(x)[[i]]

# "auto" and "mean" are other names of the default, as is NULL of "none".
check_reduction <- function(x, arg = "reduction", call = caller_env()) {
  if (is.null(x)) return("none")
  known <- c("sum_over_batch_size", "sum", "mean_with_sample_weight", "none", "mean", "auto")
  x <- check_choice(x, known, "a reduction", arg = arg, call = call)
  if (x %in% c("mean", "auto")) "sum_over_batch_size" else x
}

loss_columns <- function(loss, y_true, y_pred, call) {
  compare_columns(registry_row("losses", loss$record), y_true, y_pred, loss$axis,
    loss$config$ignore_class, call)
}

is_whole_loss <- function(loss) bitwAnd(registry_row("losses", loss$record)$flags, 2L) > 0

# One value for each column, or one for all.
loss_values <- function(loss, y_true, y_pred, call) {
  if (is_traced(y_pred)) return(traced_loss(loss, y_true, y_pred, call))
  c <- loss_columns(loss, y_true, y_pred, call)
  v <- engine_loss_value(loss$choice, c$t, c$y, c$k, c$kt)
  if (is_whole_loss(loss)) v[1] else from_columns(v, c$dims)
}

reduced_loss <- function(loss, y_true, y_pred, sample_weight, call = NULL) {
  if (missing(y_true)) stop_missing("y_true", call)
  if (missing(y_pred)) stop_missing("y_pred", call)
  if (is_traced(y_pred)) return(traced_reduced_loss(loss, y_true, y_pred, sample_weight, call))
  if (is_custom_loss(loss)) return(custom_loss_value(loss, y_true, y_pred, sample_weight, call))
  if (!is.null(sample_weight)) {
    y_pred <- as_samples(y_pred)
    y_true <- as_samples(y_true)
  }
  c <- loss_columns(loss, y_true, y_pred, call)
  w <- column_weights(sample_weight, c$dims, call)
  v <- engine_loss_value(loss$choice, c$t, c$y, c$k, c$kt)
  if (loss$reduction == "none" && is_whole_loss(loss)) return(v[1] * (w %||% 1))
  s <- engine_loss_scales(loss$choice, c$t, c$y, w, loss$reduction, c$k, c$kt)
  if (loss$reduction == "none") from_columns(s * v, c$dims) else sum(s * v)
}

# For compile(): a name, a function loss_*, or an object.
as_loss <- function(x, arg = caller_arg(x), call = caller_env()) {
  must <- "the name of a loss, a function of y_true and y_pred, or an object made by loss_*()"
  if (is.null(x)) stop_argument(arg, must, x, call = call)
  makers <- loss_makers()
  if (is_shape_name(x)) return(loss_by_shape(x))
  if (is_function_metric(x)) return(new_custom_loss(metric_state(x)$fn, x$name))
  if (is_own_function(x, makers)) return(function_loss(x, arg, call))
  if (is_string(x)) x <- check_known(x, makers, "a loss", arg, call)
  loss <- as_made(x, "kestrel_loss", makers, "a loss", arg, call)
  if (loss$axis == -1) return(loss)
  stop_kestrel("argument", sprintf(
    "`%s` has axis %d: a model's loss works along the last axis, -1.", arg, loss$axis
  ), argument = arg, value = loss$axis, call = call)
}

# By name in Keras: the engine's own, those of the classes, short and old ones.
loss_makers <- function() {
  names <- registry("losses")$name
  makers <- lapply(names, function(name) get(paste0("loss_", name), topenv()))
  makers <- stats::setNames(makers, names)
  c(makers, stats::setNames(makers, class_names(names)), makers_by_alias(makers))
}

# One of the names, in any case; a message lists those in small letters.
check_known <- function(x, makers, what, arg, call) {
  if (x %in% names(makers)) return(x)
  at <- match(small_letters(x), small_letters(names(makers)))
  if (!is.na(at)) return(names(makers)[at])
  stop_unknown(arg, what, x, grep("^[a-z]", names(makers), value = TRUE), call = call)
}

# mean_squared_error: MeanSquaredError
class_names <- function(names) {
  camel <- gsub("(^|_)([a-z])", "\\U\\2", names, perl = TRUE)
  sub("^KlDivergence$", "KLDivergence", camel)
}

# Other names of losses, and of the metrics that are means of them.
short_names <- c(
  mse = "mean_squared_error", mae = "mean_absolute_error",
  mape = "mean_absolute_percentage_error", msle = "mean_squared_logarithmic_error",
  bce = "binary_crossentropy", kld = "kl_divergence"
)

old_names <- c(
  logcosh = "log_cosh", kullback_leibler_divergence = "kl_divergence",
  cosine_proximity = "cosine_similarity", huber_loss = "huber"
)

makers_by_alias <- function(makers) {
  all <- c(short_names, stats::setNames(short_names, toupper(names(short_names))), old_names)
  stats::setNames(makers[all], names(all))
}
