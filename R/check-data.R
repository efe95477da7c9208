# D: what the data say before any training. Facts of columns and rows, and the floor that equal
# rows with different targets set for every function of the inputs.

data_checks <- function() {
  list(
    new_check("D3", "missing, infinite or refused data", "given", find_refused),
    new_check("D8", "coding of labels", "data", find_labels),
    new_check("D5", "constant targets", "data", find_constant_target),
    new_check("D2", "values lost in single precision", "data", find_precision),
    new_check("D1", "equal rows with different targets", "forward", find_duplicates),
    new_check("D4", "constant or collinear inputs", "data", find_collinear),
    new_check("D6", "scale of inputs", "data", find_input_scale),
    new_check("D11", "sorted rows", "data", find_sorted)
  )
}

find_refused <- function(case) {
  e <- case$refusal
  if (is.null(e) || is_told_by_trap(case)) return(NULL)
  message <- conditionMessage(e)
  lines <- strsplit(message, "\n")[[1]]
  found(
    "Data that fit() refuses", "PROVEN", sub("^. ", "", lines[1]),
    remedy = e$hint %||% "see the help page of fit().", explains = 1,
    certificate = certificate("fact", quote(refused))
  )
}

is_told_by_trap <- function(case) {
  !is.null(find_text_columns(case)) || !is.null(find_codes_from_one(case)) ||
    !is.null(find_undefined(case))
}

find_labels <- function(case) {
  y <- case$y
  if (case$codes) return(NULL)
  name <- case$criterion$record
  if (name %in% one_hot_losses && case$units > 1) return(find_indicator_columns(case))
  if (name %in% c("hinge", "squared_hinge") && any(!y %in% c(-1, 0, 1))) {
    return(found(
      "Labels that a hinge does not know", "PROVEN",
      "Hinge losses take labels -1 and 1 (or 0 and 1).",
      sprintf("y goes from %s to %s.", digits(min(y)), digits(max(y))),
      "code the classes as -1 and 1.",
      certificate = certificate("fact", quote(any(!y %in% c(-1, 0, 1))))
    ))
  }
  NULL
}

find_indicator_columns <- function(case) {
  y <- case$targets
  empty <- which(colSums(y != 0) == 0)
  sums <- rowSums(y)
  list_of <- list(
    if (length(empty) && all(y %in% 0:1)) {
      found(
        "A class that never occurs", "PROVEN",
        sprintf("Column%s %s of y %s zero in every row.", if (length(empty) > 1) "s" else "",
          toString(empty), if (length(empty) > 1) "are" else "is"),
        if (1 %in% empty) {
          "Codes that count from 1 leave the first column of to_categorical() empty."
        },
        "to_categorical(y - 1), or a factor.", severity = "note", explains = 0,
        certificate = certificate("fact", quote(all(y[, empty] == 0)), list(empty = empty))
      )
    },
    if (any(abs(sums - 1) > 1e-6)) {
      found(
        "Rows of y are no distributions", "PROVEN",
        "Categorical cross-entropy expects rows of y that sum to 1.",
        sprintf("%s of %d rows do not; sums go from %s to %s.",
          format(sum(abs(sums - 1) > 1e-6), big.mark = ","), length(sums), digits(min(sums)),
          digits(max(sums))),
        if (max(sums) > 1) {
          "sigmoid units with loss = \"binary_crossentropy\" for several labels a row."
        } else {
          "to_categorical(), or a factor for y."
        },
        certificate = certificate("fact", quote(any(abs(rowSums(y) - 1) > 1e-6))),
        fix = list(what = "binary_labels")
      )
    }
  )
  Filter(Negate(is.null), list_of)
}

find_constant_target <- function(case) {
  if (case$rows < 2) return(NULL)
  labels <- case$targets
  if (is.null(labels)) return(NULL)
  if (any(apply(labels, 2, function(v) min(v) != max(v)))) return(NULL)
  found(
    "Only one target value", "PROVEN",
    if (case$classifies) "All rows have the same label, so any accuracy means nothing." else {
      "All rows have the same target: there is nothing to tell them apart by."
    },
    remedy = "look at how y was made, and at the split of the rows.", explains = 1,
    certificate = certificate("fact",
      quote(all(apply(as.matrix(y), 2, function(v) min(v) == max(v)))))
  )
}

# Of the data as given, in double.
find_precision <- function(case) {
  if (model_state(case$model)$precision != "float32") return(NULL)
  given <- given_inputs(case)
  lost <- which(vapply(seq_len(ncol(given)), function(j) {
    v <- given[, j]
    sqrt(mean((v - as.vector(as_single(matrix(v))))^2)) > 0.01 * stats::sd(v) && max(v) > min(v)
  }, NA))
  if (!length(lost)) return(NULL)
  column <- given[, lost[1]]
  bad <- is_trained(case) && (!case$computable || isTRUE(case$loss > 0.5 * case$constant_loss))
  found(
    "Values lost in single precision", "PROVEN",
    sprintf(paste("Column%s %s of x: what rows differ by is lost when numbers are",
      "rounded to single precision."),
      if (length(lost) > 1) "s" else "", toString(utils::head(lost, 10))),
    sprintf("Column %d: %d different values become %d, between %s and %s.", lost[1],
      length(unique(column)),
      length(unique(as.vector(as_single(matrix(column))))), digits(min(column)),
      digits(max(column))),
    "scale() x first, or dtype = \"float64\" in the model.", explains = if (bad) 1 else NA,
    certificate = certificate("fact", quote({
      v <- given[, column]
      sqrt(mean((v - single(v))^2)) > 0.01 * sd(v)
    }), list(column = lost[1])),
    fix = list(what = "scale_x")
  )
}

plain_data <- function(x) check_data(only_element(x), "x")

# The inputs side by side, in double.
given_inputs <- function(case) {
  flat <- lapply(raw_inputs(case), function(x) matrix(as_doubles(plain_data(x)), case$rows))
  do.call(cbind, flat)
}

# What was given for each input.
raw_inputs <- function(case) {
  x <- case$raw$x
  if (input_count(case$model) == 1) return(list(only_element(x)))
  arrange_inputs(case$model, x, "x", NULL)
}

# Measured again and again at the same few values is no fault; rows that came to be copies may be.
find_duplicates <- function(case) {
  groups <- max(case$groups)
  if (groups == case$rows || !is.finite(case$data_floor)) return(NULL)
  floor <- case$data_floor
  own <- case$target_floor
  if (!isTRUE(floor - own > 1e-9 * max(abs(case$loss), 1e-300))) return(NULL)
  share <- (floor - own) / max(case$loss - own, floor - own)
  copied <- !repeats_by_chance(case$inputs)
  found(
    "Equal inputs, different targets", "PROVEN",
    "Rows of x that are equal have different targets; no function of x can meet them all.",
    c(sprintf("%s rows, %s different ones", format(case$rows, big.mark = ","),
      format(groups, big.mark = ",")),
      sprintf("Lowest loss that any network reaches on these inputs: %s (now %s)", digits(floor),
        digits(case$loss))),
    if (copied) {
      "look how rows came to be repeated (a join, rounding, a column lost); else this is noise."
    } else {
      "inputs that tell these rows apart; otherwise this part of the loss is noise."
    },
    explains = share, severity = if (copied && isTRUE(share >= 0.5)) "fault" else "note",
    certificate = certificate("floor", quote(
      all(equal_inputs(groups)) && floor_holds(proof) && floor <= loss + 1e-10 * abs(loss) + 1e-14
    ), list(groups = case$groups, floor = floor, proof = case$data_best$certificate))
  )
}

find_collinear <- function(case) {
  x <- case$inputs
  if (case$rows < 2) return(NULL)
  constant <- which(case$input_sds == 0)
  rest <- setdiff(seq_len(ncol(x)), constant)
  rank <- if (length(rest) && ncol(x) <= 500) columns_rank(x, rest) else length(rest)
  notes <- list(
    if (length(constant)) {
      found("Constant inputs", "PROVEN", sprintf("Column%s %s of x %s in no row.",
        if (length(constant) > 1) "s" else "", toString(utils::head(constant, 10)),
        if (length(constant) > 1) "differ" else "differs"),
        remedy = "leave them out.", severity = "note",
        certificate = certificate("fact", quote(all(apply(inputs[, constant, drop = FALSE], 2,
          function(v) min(v) == max(v)))), list(constant = constant)))
    },
    if (rank < length(rest) && case$rows > length(rest)) {
      found("Collinear inputs", "PROVEN", "Some columns of x are sums of multiples of others.",
        sprintf("%d columns, %d of them independent", length(rest), rank),
        "leave out what follows from the others.", severity = "note",
        certificate = certificate("fact",
          quote(qr(scale(inputs[, rest, drop = FALSE]))$rank < length(rest)),
          list(rest = rest)))
    }
  )
  Filter(Negate(is.null), notes)
}

# Columns that are independent in some rows are so in all of them.
columns_rank <- function(x, columns) {
  rank <- function(x) {
    x <- scale(x[, columns, drop = FALSE])
    if (all(is.finite(x))) qr(x)$rank else -Inf
  }
  few <- rank(some_rows(x, 100 + 4 * length(columns)))
  if (few == length(columns)) few else rank(x)
}

# Scales are no fault by themselves: only where the model is worse than a straight line.
find_input_scale <- function(case) {
  off <- off_scale_columns(case)
  if (!length(off)) return(NULL)
  worst <- case$inputs[, off[1]]
  worse <- fails(case)
  found(
    "Inputs far from unit scale", if (worse) "STRONG" else "LIKELY",
    paste("Weights start as if inputs had means near 0 and deviations near 1; others",
      "train slowly or not."),
    sprintf("Column %d of x: mean %s, standard deviation %s%s", off[1], digits(mean(worst), 3),
      digits(stats::sd(worst), 3),
      if (length(off) > 1) sprintf("; %d more such columns", length(off) - 1L) else ""),
    "x <- scale(x), with the same centre and scale for new data.",
    explains = if (worse) share_of_failure(case) else 0,
    severity = if (worse) "fault" else "note", fix = list(what = "scale_x")
  )
}

off_scale_columns <- function(case) {
  if (case$rows < 3) return(integer())
  sd <- case$input_sds
  which(sd > 0 & (sd < 1e-2 | sd > 1e2 | abs(colMeans(case$inputs)) > 10 * sd))
}

# validation_split takes the last rows, before any shuffling.
find_sorted <- function(case) {
  fit <- case$fit
  y <- case$labels
  if (is.null(y) || length(y) != case$rows || case$rows < 10) return(NULL)
  if (!is.null(case$held_after) && case$classifies) return(find_split_classes(y, case$held_after))
  if (!isFALSE(fit$shuffle) || isTRUE(fit$batch_size >= length(y)) || !is_ordered(y)) return(NULL)
  found(
    "Sorted rows, no shuffling", "STRONG",
    paste("Rows that follow each other have similar targets, and shuffle = FALSE trains",
      "on them in that order."),
    sprintf("Correlation of targets with those of the next row: %.2f", lag_correlation(y)),
    "shuffle = TRUE.", severity = if (does_badly(case)) "fault" else "note",
    fix = list(what = "shuffle")
  )
}

find_split_classes <- function(y, n) {
  train <- y[seq_len(n)]
  tail <- y[-seq_len(n)]
  missing <- setdiff(unique(tail), unique(train))
  if (!length(missing)) return(NULL)
  found(
    "A class only in the validation rows", "PROVEN",
    "validation_split takes the last rows, and these hold classes that are never trained on.",
    sprintf("Classes that are in the last %d rows only: %s", length(tail),
      toString(utils::head(sort(missing), 10))),
    "shuffle the rows before fit(): i <- sample(nrow(x)); x[i, ], y[i].",
    certificate = certificate("fact",
      quote(length(setdiff(labels[-seq_len(n)], labels[seq_len(n)])) > 0),
      list(n = n)),
    fix = list(what = "shuffle_rows")
  )
}

lag_correlation <- function(y) suppressWarnings(stats::cor(y[-1], y[-length(y)]))

is_ordered <- function(y) isTRUE(abs(lag_correlation(y)) > 0.9)
