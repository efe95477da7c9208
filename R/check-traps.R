# R: traps of R itself, in what the user gave as x and y.

trap_checks <- function() {
  list(
    new_check("R1", "factor or text columns", "given", find_text_columns),
    new_check("R2", "class codes that count from 1", "given", find_codes_from_one),
    new_check("R4", "validation rows unlike the others", "data", find_tail),
    new_check("R6", "one column of y for several outputs", "data", find_broadcast),
    new_check("R5", "row numbers as a column", "data", find_row_numbers),
    new_check("R7", "scaled x, attributes lost", "given", find_scaled),
    new_check("R8", "integer overflow", "given", find_overflow),
    new_check("R9", "logarithms and ratios that are NaN", "given", find_undefined)
  )
}

refused_for <- function(case, pattern) {
  !is.null(case$refusal) && grepl(pattern, conditionMessage(case$refusal))
}

raw_columns <- function(x) {
  x <- only_element(x)
  if (is.list(x) && !is.object(x)) return(unlist(lapply(x, raw_columns), recursive = FALSE))
  if (is.data.frame(x)) as.list(x) else list(x)
}

find_text_columns <- function(case) {
  bad <- vapply(raw_columns(case$raw$x), function(v) is.factor(v) || is.character(v), NA)
  if (!any(bad)) return(NULL)
  found(
    "Factors or text in x", "PROVEN", "Columns of x hold classes or text, which are no numbers.",
    sprintf("Columns: %s", toString(names(bad)[bad])), text_remedy(case, names(bad)[bad]),
    explains = 1,
    certificate = certificate("fact", quote(any(vapply(columns(raw_x), function(v) {
      is.factor(v) || is.character(v)
    }, NA))))
  )
}

# Columns that are the targets themselves are to be left out, not to be coded.
text_remedy <- function(case, names) {
  targets <- as.character(unlist(case$raw$y))
  same <- vapply(raw_columns(case$raw$x), function(v) identical(as.character(v), targets), NA)
  code <- "x <- model.matrix(~ . - 1, x)"
  if (!any(same)) return(sprintf("%s, where x has only inputs and not the target.", code))
  leave <- sprintf("leave %s out, which is y", toString(names(same)[same]))
  if (all(names %in% names(same)[same])) return(paste0(leave, "."))
  sprintf("%s, then %s.", leave, code)
}

find_codes_from_one <- function(case) {
  y <- case$raw$y
  codes <- is.numeric(y) && length(y) > 1 && all(is.finite(y)) && all(y == trunc(y))
  if (!codes || !refused_for(case, "class codes")) return(NULL)
  k <- case$units
  if (min(y) < 1 || max(y) > k) return(NULL)
  found(
    "Class codes count from 1", "PROVEN",
    sprintf("y goes from %d to %d, as as.integer() of a factor does; the loss takes 0 to %d.",
      as.integer(min(y)), as.integer(max(y)), k - 1L),
    remedy = "y - 1, or the factor itself.", explains = 1,
    certificate = certificate("fact", quote(min(raw_y) >= 1 && max(raw_y) == units)),
    fix = list(what = "codes_from_zero")
  )
}

# validation_split takes the last rows; where rows are in order these are others.
find_tail <- function(case) {
  y <- case$labels
  n <- case$held_after
  if (is.null(n) || is.null(y) || case$rows < 20 || length(y) != case$rows) return(NULL)
  apart <- abs(mean(y[seq_len(n)]) - mean(y[-seq_len(n)])) / stats::sd(y)
  if (!isTRUE(apart > 1)) return(NULL)
  found(
    "Validation rows unlike the others", "PROVEN",
    "validation_split takes the last rows, and their targets are others than those trained on.",
    sprintf("Means differ by %.1f standard deviations.", apart),
    "shuffle the rows before fit(): i <- sample(nrow(x)); x[i, ], y[i].", explains = 0,
    severity = "note",
    certificate = certificate("fact", quote(
      abs(mean(labels[seq_len(n)]) - mean(labels[-seq_len(n)])) > sd(labels)
    ), list(n = n)), fix = list(what = "shuffle_rows")
  )
}

find_broadcast <- function(case) {
  given <- only_column(only_element(case$raw$y))
  if (is.factor(given)) return(NULL)
  given <- plain_data(given)
  if (case$codes || length(given) != case$rows || length(case$y) == case$rows) return(NULL)
  found(
    "One column of y for several outputs", "PROVEN",
    sprintf("y has one column, the model %d outputs: each is compared with the same numbers.",
      as.integer(case$units)),
    remedy = "units = 1 in the last layer.",
    certificate = certificate("fact", quote(units > 1 && length(raw_y) == nrow(inputs))),
    fix = list(what = "one_unit")
  )
}

find_row_numbers <- function(case) {
  if (case$rows < 10) return(NULL)
  begins <- which(case$inputs[1, ] == 1 & case$inputs[2, ] == 2)
  numbers <- Filter(function(j) all(case$inputs[, j] == seq_len(case$rows)), begins)
  if (!length(numbers)) return(NULL)
  found(
    "Row numbers in x", "PROVEN", sprintf("Column %d of x is 1, 2, 3, ...", numbers[1]),
    remedy = "leave it out, unless it stands for time.", severity = "note",
    certificate = certificate("fact", quote(all(inputs[, column] == seq_len(nrow(inputs)))),
      list(column = numbers[1]))
  )
}

find_scaled <- function(case) {
  x <- case$raw$x
  if (is.null(attr(x, "scaled:center")) && is.null(attr(x, "scaled:scale"))) return(NULL)
  found(
    "x comes from scale()", "LIKELY",
    "New data must be scaled by the same centre and scale, which predict() does not know.",
    remedy = "keep attr(x, \"scaled:center\") and attr(x, \"scaled:scale\").", severity = "note"
  )
}

find_overflow <- function(case) {
  over <- vapply(raw_columns(case$raw$x), function(v) is.integer(v) && anyNA(v), NA)
  if (!any(over) || is.null(case$refusal)) return(NULL)
  found(
    "NA in integers", "LIKELY", "Sums and products of integers beyond 2147483647 become NA in R.",
    remedy = "as.numeric() before computing.", severity = "note"
  )
}

find_undefined <- function(case) {
  nan <- function(v) is.double(v) && !is.finite(sum(v)) && any(is.nan(v) | is.infinite(v))
  bad <- vapply(c(raw_columns(case$raw$x), raw_columns(case$raw$y)), nan, NA)
  if (!any(bad)) return(NULL)
  found(
    "NaN or infinite numbers", "PROVEN",
    paste("x or y holds NaN or infinite numbers, as log() of 0 or less, 0 / 0 and",
      "scale() of a constant give."),
    remedy = "look for constant columns and for zeros under a logarithm.", explains = 1,
    certificate = certificate("fact",
      quote(any(!is.finite(unlist(raw_x)) & !is.na(unlist(raw_x))) ||
      any(is.nan(unlist(raw_x))) || any(!is.finite(unlist(raw_y)))))
  )
}
