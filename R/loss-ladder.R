#' The loss between what is proven and what is trivial
#'
#' `loss_ladder()` places the present loss of a model between floors below, which are proven,
#' and simple predictors above.
#'
#' | rung | meaning |
#' |---|---|
#' | `data` | no network at all can be lower: equal rows with different targets, smoothed labels |
#' | `architecture` | no weights of this model can be lower: [loss_floor()] |
#' | `cell` | nor can weights with the same units off; only where rows are collapsed by units that are off |
#' | `current` | the loss of the model as it is, in double precision, without penalties |
#' | `affine` | the best linear predictor, where it is known |
#' | `constant` | the best constant |
#'
#' A row collapses in a layer when all its units are on a constant piece of their activation,
#' as a relu's left side. All rows that collapse to the same values get the same output,
#' whatever the weights behind that layer, and no gradient moves the weights before it. A model
#' at its cell's floor is stuck there.
#'
#' @inheritParams loss_floor
#' @return an object of class `kestrel_ladder`; `as.data.frame()` gives a row for each rung with
#'   columns `rung`, `loss`, `type` (see [loss_floor()]), `attained` and `proven`.
#' @section Errors: as for [loss_floor()].
#' @family diagnosis
#' @source Floors as for [loss_floor()].
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential(input_shape = 1) %>%
#'   layer_dense(10) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse")
#' loss_ladder(model, x, y)
#' @export
loss_ladder <- function(model, x, y, sample_weight = NULL, class_weight = NULL, ...) {
  check_dots(list(...), names(formals(loss_ladder)))
  check_model(model)
  problem <- floor_problem(model, x, y, sample_weight, class_weight)
  new_ladder(ladder_rungs(model, problem), problem)
}

all_rungs <- c("data", "architecture", "cell", "current", "affine", "constant")

# A list of candidates by rung, of those in `names`; without those that are not known. Rungs of
# several outputs add up.
ladder_rungs <- function(model, problem, names = all_rungs) {
  parts <- lapply(problem_parts(problem), function(part) part_rungs(model, part, names))
  if (is.null(problem$parts)) parts[[1]] else joined_rungs(parts, problem$parts)
}

joined_rungs <- function(parts, problems) {
  known <- table(factor(unlist(lapply(parts, names)), all_rungs))
  names <- all_rungs[known == length(parts) | all_rungs == "cell" & known > 0]
  rungs <- lapply(stats::setNames(names, names), function(name) {
    joint_floor(lapply(parts, function(part) part[[name]] %||% part$architecture), problems)
  })
  for (name in setdiff(names, c("data", "architecture", "cell"))) rungs[[name]]$type <- ""
  rungs
}

part_rungs <- function(model, problem, names) {
  if (is_bare(problem)) names <- intersect(names, c("data", "architecture"))
  rung <- function(name) switch(name,
    data = best_floor(any_network_floors(problem)),
    architecture = best_floor(architecture_floors(problem)),
    cell = cell_floor(model, problem),
    current = new_candidate(current_loss(model, problem), "", NA, NULL),
    affine = affine_predictor(problem), constant = constant_predictor(problem)
  )
  rungs <- Filter(Negate(is.null), sapply(names, rung, simplify = FALSE))
  cell <- rungs$cell
  known <- !is.null(cell) && cell$value > -Inf
  rungs$cell <- if (known) best_floor(c(rungs["architecture"], list(cell)))
  rungs
}

any_network_floors <- function(problem) {
  problem$network$range <- everything()
  if (is_bare(problem)) return(list(least_floor(problem)))
  c(list(least_floor(problem)), data_floors(problem))
}

current_loss <- function(model, problem) {
  plan <- training_plan(model)
  place <- plan$outputs[problem$output]
  if (problem$fused) place <- plan$nodes[[place + 1L]]$inputs
  outputs <- place_values(model, problem$x, place)
  if (is_custom_loss(problem$loss)) {
    return(problem$loss_weight * reduced_loss(problem$loss, problem$y, outputs, problem$weight))
  }
  outputs <- matrix(to_columns(outputs), ncol = problem$k, byrow = TRUE)
  values <- row_values(problem, outputs)
  if (is_whole_loss(problem$loss)) return(problem$s[1] * values[1])
  sum(problem$s * ifelse(problem$s > 0, values, 0))
}

# The same outputs for all rows; for shares of classes these are shares.
constant_predictor <- function(problem) {
  shares <- list(low = 0, high = 1, simplex = TRUE)
  of_shares <- grepl("categorical_crossentropy$|kl_div", problem$loss$record) && !problem$logits
  range <- if (of_shares) shares else everything()
  least <- data_minimum(problem, rep(1, length(problem$s)), range)
  if (is.finite(least$value)) new_candidate(least$value, "", NA, NULL)
}

# What the best outputs x B + b reach, before the last activation where the loss takes it.
affine_predictor <- function(problem) {
  if (!is_even(problem)) return(NULL)
  high <- if (problem$loss$record == "mean_squared_error") {
    rows <- target_rows(problem)
    root <- sqrt(rows$s / problem$k)
    sum(least_squares(root * line_design(problem$inputs), root * rows$t)$residuals^2)
  } else {
    best <- convex_affine(problem, intercept = TRUE)
    if (is.null(best$ray)) best$high else 0
  }
  if (!is.null(high) && is.finite(high)) new_candidate(high, "", NA, NULL)
}

new_ladder <- function(rungs, problem) {
  parts <- problem_parts(problem)
  losses <- vapply(parts, function(part) part$loss$label %||% part$loss$record, "")
  structure(list(rungs = rungs, rows = length(parts[[1]]$s), loss = toString(unique(losses)),
    notes = c(as.character(problem$notes), rounding_note(rungs$architecture))),
    class = "kestrel_ladder")
}

#' @export
as.data.frame.kestrel_ladder <- function(x, row.names = NULL, optional = FALSE, ...) {
  rungs <- x$rungs
  data.frame(
    rung = names(rungs), loss = vapply(rungs, `[[`, 0, "value"),
    type = vapply(rungs, `[[`, "", "type"), attained = vapply(rungs, `[[`, NA, "attained"),
    proven = names(rungs) %in% c("data", "architecture", "cell"), row.names = row.names
  )
}

#' @export
print.kestrel_ladder <- function(x, digits = 7, ...) {
  cat(sprintf("Loss ladder, %s of %d row%s\n", x$loss, x$rows, if (x$rows == 1) "" else "s"))
  rungs <- as.data.frame(x)
  values <- sprintf("%.*g", digits, rungs$loss)
  cat(trimws(paste0("  ", formatC(rungs$rung, width = -13), formatC(values, width = -digits - 6),
    vapply(seq_len(nrow(rungs)), function(i) rung_text(rungs[i, ]), "")), "right"), sep = "\n")
  if (length(x$notes)) cat(x$notes, sep = "\n")
  invisible(x)
}

rung_text <- function(rung) {
  meaning <- c(
    data = "no network is lower", architecture = "no weights of this model are lower",
    cell = "nor any with the same units off", current = "this model",
    affine = "best linear predictor", constant = "best constant"
  )[[rung$rung]]
  if (rung$loss == -Inf) return("no floor is known")
  if (!rung$proven || rung$type == "none") return(meaning)
  sprintf("%s (%s%s)", meaning, rung$type, attained_text(rung$attained))
}
