# Distributions of initializers against Keras. The generators differ, so moments and range
# are compared, within 5 standard errors of both samples.

# As many draws as give some hundred numbers at least, each with a seed of its own.
draws_of <- function(case) {
  n <- if (prod(case$shape) < 1000) 400 else 10
  lapply(seq_len(n), function(seed) seeded(case, seed)(case$shape))
}

seeded <- function(case, seed) {
  takes_seed <- "seed" %in% names(formals(golden_function("initializer", case$fn)))
  do.call(golden_object, c(list("initializer", case), if (takes_seed) list(seed = seed)))
}

expect_within <- function(actual, golden, tolerance, case, what) {
  expect(abs(actual - golden) <= tolerance, sprintf("%s: %s is %g, Keras has %g, +- %g.",
    case$id, what, actual, golden, tolerance))
}

# Standard errors of mean and sd over samples of n numbers: sd / sqrt(n) and
# sd * sqrt((kurtosis - 1) / 4 / n).
expect_moments <- function(x, case) {
  one_over_n <- 1 / length(x) + 1 / case$draws
  kurtosis <- mean((x - mean(x))^4) / mean((x - mean(x))^2)^2
  off_mean <- case$sd * sqrt(one_over_n)
  off_sd <- case$sd * sqrt((kurtosis - 1) / 4 * one_over_n)
  expect_within(mean(x), case$mean, 5 * off_mean, case, "mean")
  expect_within(stats::sd(x), case$sd, 5 * off_sd, case, "sd")
}

# Ends of a bounded range are met to a few times the distance between neighbours there;
# those of a normal distribution vary by about a standard deviation.
expect_range <- function(x, case) {
  n <- min(length(x), case$draws)
  normal <- max(abs(c(case$min, case$max) - case$mean)) > 2.5 * case$sd
  tolerance <- if (normal) 1.5 * case$sd else (case$max - case$min) * min(0.5, 80 / n)
  expect_within(min(x), case$min, tolerance, case, "min")
  expect_within(max(x), case$max, tolerance, case, "max")
}

# Products of the shorter of rows and columns: gain^2 on the diagonal, 0 elsewhere.
gram_error <- function(w, gain) {
  gram <- if (nrow(w) < ncol(w)) tcrossprod(w) else crossprod(w)
  max(abs(gram - gain^2 * diag(nrow(gram))))
}

test_golden("initializers", function(case) {
  draws <- draws_of(case)
  shapes <- unique(lapply(draws, dim))
  expect_identical(shapes, list(as.integer(case$shape)), label = case$id)
  x <- unlist(draws)
  if (case$fn %in% c("Zeros", "Ones", "Constant", "Identity")) {
    found <- c(mean(x), sqrt(mean((x - mean(x))^2)), range(x))
    expect_golden(found, unlist(case[c("mean", "sd", "min", "max")]), case, "mean, sd, min, max")
  } else {
    expect_moments(x, case)
    expect_range(x, case)
    expect_gt(length(unique(x)), 0.99 * length(x), label = case$id)
  }
  if (!is.null(case$gram_error)) {
    gain <- if (is.null(case$args$gain)) 1 else case$args$gain
    worst <- max(vapply(draws, gram_error, 0, gain))
    expect_lt(worst, 1e-13 * gain^2 + 10 * case$gram_error, label = case$id)
  }
})
