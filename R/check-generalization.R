# I and G: classes of unequal size, and how training and validation differ.

generalization_checks <- function() {
  list(
    new_check("I1", "one class predicted for all", "forward", find_imbalance),
    new_check("G1", "overfitting", "history", find_overfit),
    new_check("G2", "underfitting", "floor", find_underfit),
    new_check("G3", "validation rows that were trained on", "data", find_leak)
  )
}

# Class predicted for each row.
predicted_class <- function(case) {
  p <- matrix(case$prediction, case$rows)
  if (ncol(p) > 1) return(max.col(p, ties.method = "first") - 1)
  cut <- if (case$fused || case$last %in% c("sigmoid",
    "linear")) if (isTRUE(case$criterion$config$from_logits)) 0 else 0.5 else 0
  as.double(p > cut)
}

find_imbalance <- function(case) {
  y <- case$labels
  if (!case$classifies || !is_trained(case) || is.null(y) || length(y) != case$rows ||
    !all(y == trunc(y))) return(NULL)
  predicted <- predicted_class(case)
  share <- table(y) / length(y)
  if (length(share) < 2 || length(unique(predicted)) > 1 || max(share) < 0.75) return(NULL)
  found(
    "One class for every row", "LIKELY",
    sprintf("%s of the rows are of one class, and the model predicts it for all.",
      percent(max(share))),
    sprintf("Accuracy of doing so: %.3f; rows of the rarest class: %d", max(share), min(table(y))),
    "class_weight in fit() and a fit without it after that, more rows of the rare class, or look at recall instead of accuracy.",
    fix = list(what = "class_weight")
  )
}

find_overfit <- function(case) {
  val <- case$history$metrics$val_loss
  train <- case$series
  n <- length(val)
  if (n < 10 || n != length(train) || !all(is.finite(c(val, train))) ||
    isTRUE(case$fit$restored) || is_split_by_class(case)) return(NULL)
  best <- which.min(val)
  rises <- val[n] > 1.25 * val[best] && val[n] > 1.5 * train[n] && best <= 0.8 * n &&
    train[n] < train[best]
  learnt_by_heart <- train[n] < 0.1 * val[n] && val[n] > 0.3 * max(val[1], train[1])
  if (!rises && !learnt_by_heart) return(NULL)
  found(
    "Overfitting", "STRONG",
    if (rises) "The loss of validation rows rises while that of training rows falls." else {
      "The training rows are learnt by heart; validation rows fare hardly better than at the start."
    },
    c(sprintf("Validation: lowest %s in epoch %d, last %s", digits(val[best]), best,
      digits(val[n])),
      sprintf("Training: last %s", digits(train[n]))),
    "callback_early_stopping(restore_best_weights = TRUE), fewer units, dropout or a penalty.",
    explains = 0, fix = list(what = "early_stopping")
  )
}

# Classes that are never trained on are not overfitted.
is_split_by_class <- function(case) {
  has_data(case) && !is.null(case$held_after) && !is.null(find_sorted(case))
}

# At a floor of the architecture that is most of what a constant does, and not that of equal rows.
find_underfit <- function(case) {
  floor <- as.double(case$floor)
  if (!is_trained(case) || case$affine && length(case$dense) > 1) return(NULL)
  at <- isTRUE(case$loss - floor <= 0.1 * case$loss) && isTRUE(floor > 0.5 * case$constant_loss)
  if (!at || isTRUE(floor <= case$data_floor * (1 + 1e-6))) return(NULL)
  if (has_no_bend(case)) return(found(
    "Inputs that say little", "LIKELY",
    "The loss is near the lowest that a linear model reaches, and nothing speaks for a bend.",
    sprintf("Floor %s, best constant %s", digits(floor), digits(case$constant_loss)),
    "inputs that tell more; else this is noise.", severity = "note"
  ))
  found(
    "Underfitting", "LIKELY",
    "The loss is near the lowest this architecture reaches, and that is high.",
    sprintf("Floor %s, best constant %s", digits(floor), digits(case$constant_loss)),
    "hidden layers, more units, or inputs that tell more.", severity = "note",
    fix = list(what = "widen")
  )
}

find_leak <- function(case) {
  rows <- split_rows(case)
  if (is.null(rows) || ncol(rows$train) != ncol(rows$held)) return(NULL)
  groups <- row_groups(rbind(rows$train, rows$held))
  twice <- groups[-seq_len(nrow(rows$train))] %in% groups[seq_len(nrow(rows$train))]
  if (mean(twice) < 0.05) return(NULL)
  few <- repeats_by_chance(rbind(rows$train, rows$held))
  found(
    if (few) "Validation rows like training rows" else "Validation rows that were trained on",
    "PROVEN",
    if (few) {
      "Inputs and targets take so few values that other rows have the same; the split may be right."
    } else {
      "Rows of the validation data are in the training data, too: they tell nothing about new data."
    },
    sprintf("%d of %d validation rows, with the same inputs and targets", sum(twice),
      length(twice)),
    if (!few) "remove duplicated rows before splitting.", explains = 0,
    severity = if (!few && mean(twice) >= 0.2) "fault" else "note",
    certificate = certificate("fact", quote(all(rows_again(held_rows)))  ,
      list(held_rows = which(twice)))
  )
}
