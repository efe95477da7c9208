# The samples that fit() and evaluate() hand to the engine: list(n, x, y, weight), and what
# they tell of the classes. Splits are ranges of rows of the same arrays: nothing is copied.

# x, y and weight are lists of arrays, by input and by output.
new_samples <- function(x, y, weight, from = 0L, n = sample_count(x[[1]])) {
  for (o in seq_along(weight)) {
    if (!is.null(weight[[o]])) weight[[o]] <- data_array(weight[[o]], 1L, from, n)
  }
  list(n = as.integer(n), x = data_arrays(x, from, n), y = data_arrays(y, from, n), weight = weight)
}

# The same of a matrix x and a matrix y that are as they must be, else NULL; each batch comes here.
plain_samples <- function(model, x, y) {
  x <- plain_column(x)
  y <- plain_column(y)
  if (!is_plain_pair(model, x, y)) return(NULL)
  n <- dim(x)[1]
  list(n = n, x = list(list(values = x, dims = dim(x)[2], from = 0L, n = n)),
    y = list(list(values = y, dims = dim(y)[2], from = 0L, n = n)), weight = list(NULL))
}

# Checks x and y against the model (building it when it is not) and each other. Lists of arrays
# x, y, weight and own_weight (without weights by class), and the classes of y.
check_samples <- function(model, x, y, sample_weight, class_weight = NULL, call,
                          names = c("x", "y", "sample_weight")) {
  x <- plain_column(x)
  y <- plain_column(y)
  if (is_plain_pair(model, x, y) && is.null(sample_weight) && is.null(class_weight)) {
    return(list(x = list(x), y = list(y), classes = NULL, weight = list(NULL),
      own_weight = list(NULL)))
  }
  check_given(only_element(x), names[1], call)
  check_not_generator(x, names[1], call)
  warn_features(model, x, names[1], call)
  x <- input_arrays(model, x, names[1], call)
  blank <- is.null(y) && needs_no_targets(model)
  if (!blank) check_given(only_element(y), names[2], call)
  n <- sample_count(x[[1]])
  if (n < 1) {
    stop_kestrel("data", sprintf("`%s` must have at least one row, not none.", names[1]),
      argument = names[1], call = call)
  }
  if (!blank) y <- output_list(model, y, names[2], call)
  args <- if (length(y) < 2) names[2] else element_args(names[2], y)
  for (o in seq_along(y)) check_same_count(n, y[[o]], c(names[1], args[o]), call)
  for (i in seq_along(x)) check_finite(x[[i]],
    if (length(x) == 1) names[1] else sprintf("%s[[%d]]", names[1], i), call)
  x <- check_fits_input(model, x, names[1], call)
  if (blank) y <- output_list(model, blank_targets(model, n), names[2], call)
  if (names[1] == "x") settle_losses(model, y)
  targets <- target_arrays(model, y, args, call)
  own <- weight_list(model, sample_weight, n, names[3], call)
  list(x = x, y = lapply(targets, `[[`, "values"), classes = target_classes(model, targets),
    weight = weights_with_classes(model, own, class_weight, targets, call), own_weight = own)
}

# Nearly always both are matrices that fit as they are. TRUE when no check below would find
# anything to change, to warn of or to refuse.
is_plain_pair <- function(model, x, y) {
  state <- environment(model)
  layout <- state$layout
  !is.null(layout) && !layout$codes && is.null(state$features) &&
    takes_any_number(state$compiled$losses[[1]]) &&
      identical(plain_width(x, TRUE), layout$columns) &&
    identical(plain_width(y, TRUE), layout$units) && dim(y)[1] == dim(x)[1]
}

check_given <- function(x, arg, call) {
  if (is.null(x)) stop_argument(arg, "given", x, hint = "fit() and evaluate() take x and y.",
    call = call)
}

# What other fit()s take in the place of x and y.
check_not_generator <- function(x, arg, call) {
  if (is.atomic(x)) return(invisible(x))
  hint <- if (inherits(x, "formula")) {
    "Formulas are not supported: take x from model.matrix(), and y as a vector."
  } else if (is_generator(x)) {
    "fit(), evaluate() and predict() take generators, functions that return a batch."
  } else if (is.environment(x)) {
    "Data sets are given as arrays, or as a function that returns the next batch."
  }
  if (is.null(hint)) return(invisible(x))
  stop_argument(arg, "a numeric vector, matrix, array or data frame", x, hint = hint, call = call)
}

# Of a data frame of one column that column, which may be a factor.
only_column <- function(y) {
  if (is.data.frame(y) && length(y) == 1 && is.null(dim(y[[1]]))) y[[1]] else y
}

check_same_count <- function(n, y, names, call) {
  count <- given_count(y, names[2], call)
  if (count != n) stop_count(names, c(n, count), call)
}

# No method of the user's class runs.
given_count <- function(y, arg, call) {
  if (is_plain_matrix(y)) return(dim(y)[1])
  if (is.data.frame(y)) return(nrow(y))
  if (!is.atomic(y) && (!is.list(y) || is.object(y))) stop_data_class(y, arg, call)
  y <- unclass(y)
  if (is.null(dim(y))) length(y) else dim(y)[1]
}

# list(train, validation): validation_data wins over validation_split.
training_samples <- function(model, data, validation_split, validation_data, call) {
  n <- sample_count(data$x[[1]])
  if (!is.null(validation_data)) {
    return(c(list(train = new_samples(data$x, data$y, data$weight)),
      validation_part(model, validation_data, call)))
  }
  if (validation_split == 0) return(list(train = new_samples(data$x, data$y, data$weight)))
  split <- floor(n * (1 - validation_split))
  if (split < 1 || split >= n) stop_split(validation_split, split, n, call)
  # Weights by class hold for training only; a sample's own weight for both.
  list(
    train = new_samples(data$x, data$y, data$weight, 0L, split),
    validation = new_samples(data$x, data$y, data$own_weight, split, n - split)
  )
}

stop_split <- function(share, split, n, call) {
  stop_kestrel("data", sprintf("`validation_split` = %s leaves %d of %d rows for training and %d for validation.",
    format(share), as.integer(split), n, as.integer(n - split)),
    hint = "Both need at least one row.", argument = "validation_split", value = share, call = call)
}

validation_samples <- function(model, validation_data, call) {
  parts <- c("validation_data[[1]] (x)", "validation_data[[2]] (y)",
    "validation_data[[3]] (weights)")
  good <- is.list(validation_data) && !is.data.frame(validation_data) &&
    length(validation_data) %in% 2:3
  if (!good) {
    stop_argument("validation_data", "list(x, y) or list(x, y, sample_weight)", validation_data,
      call = call)
  }
  weight <- if (length(validation_data) == 3) validation_data[[3]]
  data <- check_samples(model, validation_data[[1]], validation_data[[2]], weight, call = call,
    names = parts)
  new_samples(data$x, data$y, data$weight)
}
