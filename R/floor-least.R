# The least value that a loss has for any outputs in a range, -Inf where it has none.

least_value <- function(problem, range) {
  t <- range(problem$t)
  inside <- function(x, low, high) x[1] >= low && x[2] <= high
  shares <- range$low >= 0 && range$high <= 1
  targets <- inside(t, 0, 1)
  never_below_0 <- switch(problem$loss$record,
    mean_squared_error = , mean_absolute_error = , mean_absolute_percentage_error = ,
    mean_squared_logarithmic_error = , huber = , log_cosh = , hinge = , squared_hinge = ,
    categorical_hinge = , sparse_categorical_crossentropy = TRUE,
    binary_crossentropy = , categorical_focal_crossentropy = targets,
    categorical_crossentropy = t[1] >= 0,
    binary_focal_crossentropy = targets && (problem$logits || shares),
    dice = , tversky = targets && shares,
    categorical_generalized_cross_entropy = range$high <= 1,
    FALSE
  )
  if (never_below_0) return(0)
  if (problem$loss$record == "cosine_similarity") -1 - 4 * .Machine$double.eps else -Inf
}
