# y and sample weights as the loss wants them.

# Whether the loss takes class codes 0 .. k - 1 instead of a column per class.
takes_codes <- function(loss) {
  rows <- registry("losses")
  isTRUE(rows$flags[match(fields(loss)$record, rows$name)] %% 2L > 0)
}

# Losses that take y of the output's shape whatever its numbers are, by name.
takes_any_number <- function(loss) {
  if (is.null(the$any_number)) {
    rows <- registry("losses")
    assign("any_number", setdiff(rows$name[rows$flags %% 2L == 0], warned_losses), envir = the)
  }
  inherits(loss, "kestrel_loss") &&
    match(attr(loss, "fields", exact = TRUE)$record, the$any_number, 0L) > 0L
}

# list(values, classes) for each output that has a loss.
target_arrays <- function(model, y, args, call) {
  compiled <- model_state(model)$compiled
  outputs <- model_outputs(model)[compiled$trained]
  lapply(seq_along(y), function(o) {
    known <- known_levels(y[[o]], known_classes(model, o), args[o], call)
    target_array(known, outputs[[o]], compiled$losses[[o]], args[o], call)
  })
}

# Levels that the model was fitted with, of its o-th output that has a loss; or NULL.
known_classes <- function(model, o) {
  classes <- model_state(model)$classes
  if (is.list(classes)) {
    classes[[output_names(model)[model_state(model)$compiled$trained[o]]]]
  } else {
    classes
  }
}

# A factor with the levels of the first fit, in their order: levels are matched by name.
known_levels <- function(y, classes, arg, call) {
  if (!is.factor(y) || is.null(classes) || identical(levels(y), classes)) return(y)
  other <- setdiff(levels(y), classes)
  if (!length(other)) return(factor(as.character(y), levels = classes))
  stop_kestrel("data",
    sprintf("`%s` must have levels that the model was fitted with (%s), not \"%s\".",
    arg, toString(dQuote(utils::head(classes, 6), FALSE)), other[1]),
    hint = "clone_model() gives a model that has seen no levels yet.",
    argument = arg, value = other[1], expected = classes, call = call)
}

# y against an output of these dims.
target_array <- function(y, output, loss, arg, call = caller_env()) {
  if (is.factor(y)) return(factor_target(y, output, loss, arg, call))
  y <- check_data(y, arg, call)
  check_finite(y, arg, call)
  values <- if (takes_codes(loss)) {
    code_target(y, output, fields(loss)$config$ignore_class, arg, call)
  } else {
    value_target(y, output, loss, arg, call)
  }
  warn_target(values, loss, output, arg, call)
  list(values = values, classes = NULL)
}

# Levels of a factor y; of several outputs a list by their names.
target_classes <- function(model, targets) {
  classes <- lapply(targets, `[[`, "classes")
  if (length(classes) == 1) return(classes[[1]])
  names(classes) <- output_names(model)[model_state(model)$compiled$trained]
  classes <- Filter(length, classes)
  if (length(classes)) classes
}

# Levels become codes, indicator columns, or 0 and 1 for a single unit.
factor_target <- function(y, output, loss, arg, call) {
  if (prod(dim(y)[-1]) > 1) {
    stop_kestrel("shape", sprintf("`%s` must be one factor, not a matrix of them of %s.", arg,
      paste(dim(y), collapse = " x ")), argument = arg, call = call)
  }
  if (anyNA(y)) {
    stop_kestrel("data", sprintf("`%s` has %d missing class%s, the first at position %d.", arg,
      sum(is.na(y)), if (sum(is.na(y)) == 1) "" else "es", which(is.na(y))[1]),
      argument = arg, where = which(is.na(y))[1], call = call)
  }
  k <- nlevels(y)
  units <- output[length(output)]
  codes <- as.double(y) - 1
  needed <- if (units == 1 && !takes_codes(loss)) 2L else units
  if (length(output) > 1 || k > needed || (units > 1 && k != units)) {
    stop_kestrel("shape",
      sprintf("`%s` has %d classes, but the model has output %s.", arg, k, shape_text(output)),
      hint = sprintf("Give the last layer units = %d.", if (k == 2 && units == 1) 1L else k),
      argument = arg, value = k, expected = needed, call = call)
  }
  values <- if (units == 1 || takes_codes(loss)) matrix(codes, ncol = 1) else indicators(codes, k)
  list(values = values, classes = levels(y))
}

indicators <- function(codes, k) {
  values <- matrix(0, length(codes), k)
  values[cbind(seq_along(codes), codes + 1)] <- 1
  values
}

# `ignore`: a code that is no class, or NULL.
code_target <- function(y, output, ignore, arg, call) {
  k <- output[length(output)]
  dims <- sample_dims(y)
  positions <- output[-length(output)]
  if (length(positions) == 0) positions <- 1L
  flat <- identical(as.integer(dims), as.integer(positions)) ||
    identical(as.integer(dims), c(as.integer(positions), 1L))
  if (!flat) {
    one_hot <- identical(as.integer(dims), as.integer(output))
    stop_kestrel("shape", sprintf("`%s` must have shape %s, class codes, not %s.", arg,
      shape_text(positions), shape_text(dims)),
      hint = if (one_hot) "For one column per class use loss = \"categorical_crossentropy\".",
      argument = arg, value = dims, expected = positions, call = call)
  }
  bad <- which((y != trunc(y) | y < 0 | y >= k) & !y %in% ignore)
  if (length(bad)) stop_codes(y, bad[1], k, arg, call)
  y
}

stop_codes <- function(y, at, k, arg, call) {
  one_based <- all(y == trunc(y)) && min(y) >= 1 && max(y) == k
  stop_kestrel("data", sprintf("`%s` must hold class codes from 0 to %d, not %s (row %d).", arg,
    k - 1L, format(y[at]), arrayInd(at, dim(y))[1]),
    hint = if (one_based) "Codes count from 0: use y - 1, or a factor." else
    "A factor needs no coding: factor(y).",
    argument = arg, value = y[at], where = at, call = call)
}

# Same shape as the output; one column broadcasts, as in Keras 3.
value_target <- function(y, output, loss, arg, call) {
  dims <- as.integer(sample_dims(y))
  output <- as.integer(output)
  if (identical(dims, output)) return(y)
  if (prod(dims) == prod(output) && identical(dims[dims != 1], output[output != 1])) {
    dim(y) <- c(sample_count(y), output)
    return(y)
  }
  if (is_custom_loss(loss) && is_one_column(dims, output)) {
    return(array(y, c(sample_count(y), output[-length(output)], 1L)))
  }
  if (prod(dims) == 1 && !is_class_loss(loss)) return(broadcast_target(y, output, arg, call))
  stop_kestrel("shape", sprintf("`%s` must have shape %s, the output of the model, not %s.", arg,
    shape_text(output), shape_text(dims)),
    hint = target_hint(y, dims, output, loss), argument = arg, value = dims, expected = output,
    call = call)
}

# One target, such as a class code, where the output has several numbers.
is_one_column <- function(dims, output) {
  positions <- output[-length(output)]
  identical(dims, positions) || identical(dims, c(positions, 1L))
}

is_class_loss <- function(loss) grepl("cross", loss$record)

target_hint <- function(y, dims, output, loss) {
  if (prod(dims) == 1 && grepl("categorical", loss$record)) {
    return("For class codes use loss = \"sparse_categorical_crossentropy\", to_categorical(y), or a factor.")
  }
  k <- dims[length(dims)]
  sprintf("Give the last layer units = %d.", k)
}

broadcast_target <- function(y, output, arg, call) {
  warn_kestrel("broadcast",
    sprintf("`%s` has one column, the output %d: each output is compared with the same column.",
      arg, prod(output)),
    hint = "Give the last layer units = 1.", call = call)
  array(rep(as.vector(y), prod(output)), c(sample_count(y), output))
}

binary_losses <- c("binary_crossentropy", "binary_focal_crossentropy")
one_hot_losses <- c("categorical_crossentropy", "categorical_focal_crossentropy")
warned_losses <- c(binary_losses, one_hot_losses, "poisson")

# What Keras runs without a word and is certain to be a mistake.
warn_target <- function(y, loss, output, arg, call) {
  name <- fields(loss)$record
  if (!name %in% warned_losses) return(invisible())
  if (name %in% binary_losses && (min(y) < 0 || max(y) > 1)) {
    warn_kestrel("target_range",
      sprintf("`%s` has values outside 0 to 1 (%s to %s): the loss has no lower bound.", arg,
        format(min(y)), format(max(y))),
      hint = "Code the two classes as 0 and 1.", call = call)
  }
  if (name == "poisson" && min(y) < 0) {
    warn_kestrel("target_range",
      sprintf("`%s` has negative values: the Poisson loss has no lower bound.", arg), call = call)
  }
  if (name %in% one_hot_losses && length(output) == 1 && output > 1) {
    sums <- rowSums(y)
    off <- which(abs(sums - 1) > 1e-6)
    if (length(off)) {
      rows <- if (length(off) == 1) "1 row of `%s` does" else paste(length(off), "rows of `%s` do")
      warn_kestrel("one_hot", sprintf(paste(rows, "not sum to 1, the first is row %d (%s)."), arg,
        off[1], format(sums[off[1]])), call = call)
    }
  }
}

# One weight per sample, or NULL.
weight_array <- function(sample_weight, n, arg, call = caller_env()) {
  if (is.null(sample_weight)) return(NULL)
  if (is.list(sample_weight) && length(sample_weight) == 1) sample_weight <- sample_weight[[1]]
  good <- (is.numeric(sample_weight) || is.logical(sample_weight)) && !is.object(sample_weight)
  if (!good) stop_argument(arg, "one number for each sample", sample_weight, call = call)
  if (length(sample_weight) != n) {
    stop_kestrel("shape", sprintf("`%s` must have one number for each of the %d samples, not %d.",
      arg, n, length(sample_weight)),
      argument = arg, value = length(sample_weight), expected = n, call = call)
  }
  check_finite(sample_weight, arg, call, rows = FALSE)
  if (any(sample_weight < 0)) {
    at <- which(sample_weight < 0)[1]
    stop_kestrel("data", sprintf("`%s` must not be negative, as at position %d.", arg, at),
      argument = arg, where = at, call = call)
  }
  if (!any(sample_weight > 0)) {
    stop_kestrel("data", sprintf("`%s` must not be zero for all samples.", arg), argument = arg,
      call = call)
  }
  matrix(as.double(sample_weight), ncol = 1)
}

# Weights by class, which multiply those of the samples, are for models with one output.
weights_with_classes <- function(model, own, class_weight, targets, call) {
  if (is.null(class_weight)) return(own)
  if (length(own) > 1) {
    stop_kestrel("argument", "`class_weight` is for models with one output.",
      argument = "class_weight",
      hint = "Give sample_weight as a list, by output.", call = call)
  }
  output <- model_outputs(model)[[model_state(model)$compiled$trained]]
  loss <- model_state(model)$compiled$losses[[1]]
  y <- targets[[1]]$values
  by_class <- class_weights(class_weight, y, targets[[1]]$classes, class_codes(y, output, loss),
    call)
  list(if (is.null(own[[1]])) by_class else own[[1]] * by_class)
}

# class_weight = list("0" = 1, "1" = 5): a weight per sample, by its class. `known`: codes.
class_weights <- function(class_weight, y, classes, known, call = caller_env()) {
  weights <- check_class_weight(class_weight, call)
  single <- prod(sample_dims(y)) == 1
  codes <- if (single) as.vector(y) else max.col(flat_rows(y), ties.method = "first") - 1
  known <- as.character(known)
  names <- names(weights)
  if (!is.null(classes)) names[names %in% classes] <- match(names[names %in% classes], classes) - 1L
  unknown <- which(!names %in% known)
  if (length(unknown)) stop_class(names(weights)[unknown[1]], classes %||% known, call)
  found <- match(as.character(codes), names)
  matrix(ifelse(is.na(found), 1, weights[found]), ncol = 1)
}

stop_class <- function(name, classes, call) {
  many <- length(classes) > 10
  shown <- paste(c(utils::head(classes, 10), if (many) "..."), collapse = ", ")
  numbers <- suppressWarnings(as.double(classes))
  if (any(numbers != trunc(numbers), na.rm = TRUE)) {
    stop_kestrel("argument",
      sprintf("`class_weight` is for classes, but `y` has numbers such as %s.",
      format(numbers[numbers != trunc(numbers)][1], digits = 4)), argument = "class_weight",
      hint = "Give sample_weight, one number for each sample.", value = name, call = call)
  }
  stop_argument("class_weight", sprintf("a weight for classes of y (%s)", shown), name, call = call)
}

# The classes of the model's output; where y are no classes, the values that occur.
class_codes <- function(y, output, loss) {
  if (takes_codes(loss)) return(seq_len(output[length(output)]) - 1)
  if (prod(sample_dims(y)) > 1) return(seq_len(prod(sample_dims(y))) - 1)
  values <- sort(unique(as.vector(y)))
  if (is_class_loss(loss) || all(values %in% 0:1)) union(0:1, values) else values
}

flat_rows <- function(y) matrix(y, nrow = sample_count(y))

check_class_weight <- function(x, call) {
  hint <- "For example class_weight = list(\"0\" = 1, \"1\" = 5)."
  if (!is.list(x) && !is.numeric(x) || is.null(names(x)) || !length(x)) {
    stop_argument("class_weight", "a named list of numbers", x, hint = hint, call = call)
  }
  good <- vapply(x, function(w) is_number(w) && w >= 0, NA)
  if (!all(good)) {
    first <- which(!good)[1]
    stop_argument(sprintf("class_weight[[\"%s\"]]", names(x)[first]), "a number of at least 0",
      x[[first]], call = call)
  }
  unlist(x)
}
