# The samples that fit() and evaluate() hand to the engine: list(n, x, y, weight), and what
# they tell of the classes. Splits are ranges of rows of the same arrays: nothing is copied.

new_samples <- function(x, y, weight, from = 0L, n = sample_count(x)) {
  list(
    n = as.integer(n),
    x = list(data_array(x, sample_dims(x), from, n)),
    y = list(data_array(y, sample_dims(y), from, n)),
    weight = list(if (!is.null(weight)) data_array(weight, 1L, from, n))
  )
}

# Checks x and y against the model (building it when it is not) and each other.
check_samples <- function(model, x, y, sample_weight, class_weight = NULL, call,
                          names = c("x", "y", "sample_weight")) {
  x <- plain_column(x)
  y <- plain_column(y)
  if (is_plain_pair(model, x, y) && is.null(sample_weight) && is.null(class_weight)) {
    return(list(x = x, y = y, weight = NULL, classes = NULL))
  }
  x <- only_element(x)
  y <- only_column(only_element(y))
  check_given(x, names[1], call)
  check_not_generator(x, names[1], call)
  check_given(y, names[2], call)
  warn_features(model, x, names[1], call)
  x <- check_data(x, names[1], call)
  if (sample_count(x) < 1) {
    stop_kestrel("data", sprintf("`%s` must have at least one row, not none.", names[1]), argument = names[1], call = call)
  }
  check_same_count(x, y, names, call)
  check_finite(x, names[1], call)
  check_fits_input(model, x, names[1], call)
  if (names[1] == "x") settle_loss(model, y)
  target <- target_array(model, y, names[2], call)
  weight <- weight_array(sample_weight, sample_count(x), names[3], call)
  by_class <- if (!is.null(class_weight)) {
    class_weights(class_weight, target$values, target$classes, class_codes(target$values, model), call)
  }
  both <- if (is.null(weight) || is.null(by_class)) weight %||% by_class else weight * by_class
  list(x = x, y = target$values, weight = both, classes = target$classes)
}

# Nearly always both are matrices that fit as they are. TRUE when no check below would find
# anything to change, to warn of or to refuse.
is_plain_pair <- function(model, x, y) {
  state <- environment(model)
  is_plain_input(model, x) && is.null(state$features) && is_plain_matrix(y) &&
    dim(y)[1] == dim(x)[1] && identical(dim(y)[-1], output_dims(model)) &&
    takes_any_number(state$compiled$loss) && count_missing(x)[4] == 0 && count_missing(y)[4] == 0
}

check_given <- function(x, arg, call) {
  if (is.null(x)) stop_argument(arg, "given", x, hint = "fit() and evaluate() take x and y.", call = call)
}

# What other fit()s take in the place of x and y.
check_not_generator <- function(x, arg, call) {
  if (is.atomic(x)) return(invisible(x))
  hint <- if (inherits(x, "formula")) {
    "Formulas are not supported: take x from model.matrix(), and y as a vector."
  } else if (is.function(x) || is.environment(x)) {
    "Generators and data sets are not supported: give x and y as arrays."
  }
  if (is.null(hint)) return(invisible(x))
  stop_argument(arg, "a numeric vector, matrix, array or data frame", x, hint = hint, call = call)
}

# Of a data frame of one column that column, which may be a factor.
only_column <- function(y) {
  if (is.data.frame(y) && length(y) == 1 && is.null(dim(y[[1]]))) y[[1]] else y
}

check_same_count <- function(x, y, names, call) {
  count <- given_count(y, names[2], call)
  if (count == sample_count(x)) return(invisible())
  stop_kestrel(
    "shape", sprintf("`%s` and `%s` must have as many samples: `%s` has %d, `%s` has %d.",
      names[1], names[2], names[1], sample_count(x), names[2], count),
    argument = names[2], value = count, expected = sample_count(x), call = call
  )
}

# No method of the user's class runs.
given_count <- function(y, arg, call) {
  if (is_plain_matrix(y)) return(dim(y)[1])
  if (is.data.frame(y)) return(nrow(y))
  if (!is.atomic(y) && !is.list(y)) stop_data_class(y, arg, call)
  y <- unclass(y)
  if (is.null(dim(y))) length(y) else dim(y)[1]
}

# list(train, validation): validation_data wins over validation_split.
training_samples <- function(model, data, validation_split, validation_data, call) {
  n <- sample_count(data$x)
  if (!is.null(validation_data)) {
    return(list(
      train = new_samples(data$x, data$y, data$weight),
      validation = validation_samples(model, validation_data, call)
    ))
  }
  if (validation_split == 0) return(list(train = new_samples(data$x, data$y, data$weight)))
  split <- floor(n * (1 - validation_split))
  if (split < 1 || split >= n) {
    stop_kestrel("data", sprintf("`validation_split` = %s leaves %d of %d rows for training and %d for validation.",
      format(validation_split), as.integer(split), n, as.integer(n - split)),
      hint = "Both need at least one row.", argument = "validation_split", value = validation_split, call = call)
  }
  # Weights by class hold for training only; a sample's own weight for both.
  list(
    train = new_samples(data$x, data$y, data$weight, 0L, split),
    validation = new_samples(data$x, data$y, data$own_weight, split, n - split)
  )
}

validation_samples <- function(model, validation_data, call) {
  parts <- c("validation_data[[1]] (x)", "validation_data[[2]] (y)", "validation_data[[3]] (weights)")
  good <- is.list(validation_data) && !is.data.frame(validation_data) && length(validation_data) %in% 2:3
  if (!good) {
    stop_argument("validation_data", "list(x, y) or list(x, y, sample_weight)", validation_data, call = call)
  }
  weight <- if (length(validation_data) == 3) validation_data[[3]]
  data <- check_samples(model, validation_data[[1]], validation_data[[2]], weight, call = call, names = parts)
  new_samples(data$x, data$y, data$weight)
}
