# L4: probabilities that the loss clips.

# Keras clips probabilities to [1e-7, 1 - 1e-7]: beyond, the loss has no slope. Of several classes
# it is the outputs' shares of their sum that are clipped, and that of the row's own class counts.
find_clipped <- function(case) {
  if (!expects_probabilities(case)) return(NULL)
  clipped <- if (case$computable) clipped_outputs(case)
  text <- sprintf("%s is a loss of probabilities; the last layer ends in %s.",
    case$criterion$record,
    if (case$last == "linear") "no activation" else case$last)
  if (!any(clipped)) {
    return(found("Loss expects probabilities", "STRONG", text,
      if (case$computable) "The loss still has a slope at all outputs.",
      better_end(case), explains = if (case$computable) NA else 1,
      fix = list(what = "last_activation", to = right_end(case))))
  }
  found(
    "Loss expects probabilities", "PROVEN", text,
    clipped_numbers(case, clipped),
    better_end(case), explains = clipped_share(case, clipped),
    certificate = certificate("zero gradient", quote(
      any(clipped) && all(slope[clipped] == 0)
    ), list(clipped = clipped)),
    fix = list(what = "last_activation", to = right_end(case))
  )
}

# rows x outputs. Factors of a loss that are not clipped, as focal ones have, leave a slope.
clipped_outputs <- function(case) {
  p <- matrix(case$prediction, ncol = case$units)
  flat <- output_slopes(case) == 0
  if (case$criterion$record %in% binary_losses) return(flat & (p <= 0 | p >= 1))
  t <- case$targets
  if (is.null(t) || !identical(dim(t), dim(p))) return(p & FALSE)
  own <- rowSums((t > 0) * p) / rowSums(p)
  flat & rowSums(t > 0) == 1 & is.finite(own) & own <= 0
}

output_slopes <- function(case) {
  c <- loss_columns(case$criterion, case$y, case$prediction, NULL)
  grad <- engine_loss_grad(case$criterion$choice, c$t, c$y, rep(1, length(c$y) / c$k), c$k, c$kt)
  matrix(grad, ncol = c$k, byrow = TRUE)
}

clipped_numbers <- function(case, clipped) {
  if (ncol(clipped) > 1 && case$criterion$record %in% binary_losses) {
    return(sprintf(paste("%s of %s outputs lie outside (0, 1), where the loss is clipped and has no",
      "slope: no gradient comes back from them. That is so for all outputs of %s."),
    format(sum(clipped), big.mark = ","), format(length(clipped), big.mark = ","),
    count_of(sum(rowSums(!clipped) == 0), "row")))
  }
  sprintf(paste("%s of %s have %s, where the loss is clipped and has no slope: no gradient comes back",
    "from them."),
  format(sum(rowSums(!clipped) == 0), big.mark = ","), count_of(nrow(clipped), "row"),
  if (ncol(clipped) > 1) "a share of 0 or less for their class" else "an output outside (0, 1)")
}

expects_probabilities <- function(case) {
  is_crossentropy(case) && !isTRUE(case$criterion$config$from_logits) &&
    case$last %in% c("linear", "relu", "tanh", "leaky_relu", "elu", "selu", "softplus")
}

right_end <- function(case) if (case$criterion$record %in% binary_losses) "sigmoid" else "softmax"

better_end <- function(case) {
  sprintf("activation = \"%s\" in the last layer, or from_logits = TRUE in the loss.",
    right_end(case))
}

# The part of the loss that comes from rows whose outputs are clipped.
clipped_share <- function(case, clipped) {
  values <- as.vector(output_losses(case, case$prediction))
  share <- rowMeans(clipped)
  if (length(values) != length(share) || anyNA(values) || sum(values) <= 0) return(mean(share))
  max(sum(values * share) / sum(values), 0.5)
}

# The loss of each row (sample, or place of one), before weights and reduction.
output_losses <- function(case, prediction) {
  loss_values(case$criterion, case$y, as_shape(prediction, case), NULL)
}
