# Groups of samples with different classes: the entropy of their shares.

class_problem <- function(y, loss = "sparse_categorical_crossentropy", activation = "softmax") {
  model <- floor_model(1, 3, activation, loss = loss)
  n <- if (is.matrix(y)) nrow(y) else length(y)
  floor_problem(model, seq_len(n), y)
}

entropy <- function(m) -sum((m / sum(m) * log(m / sum(m)))[m > 0])

test_that("codes and indicators of a group leave their entropy", {
  y <- c(0, 1, 1, 2, 2, 2)
  group <- c(1, 1, 1, 1, 2, 2)
  want <- 4 / 6 * entropy(c(1, 2, 1))
  found <- class_minimum(class_problem(y), group, everything())
  expect_near(found$value, want, 1e-12)
  expect_true(found$open)
  indicators <- class_problem(to_categorical(y), "categorical_crossentropy")
  expect_near(class_minimum(indicators, group, everything())$value, want, 1e-12)
  expect_identical(class_targets(class_problem(y)), to_categorical(y))
})

test_that("no shares go below it", {
  set.seed(5)
  m <- matrix(c(3, 1, 0, 2, 2, 5), 2)
  least <- mass_entropy(m)
  expect_near(least, apply(m, 1, function(row) sum(row) * entropy(row)), 1e-12)
  for (i in 1:50) {
    q <- matrix(rexp(6), 2)
    q <- q / rowSums(q)
    expect_true(all(-rowSums(m * log(q)) >= least - 1e-12))
  }
})

test_that("logits in a range cannot be surer than it allows", {
  set.seed(6)
  range <- list(low = -1, high = 2)
  bounds <- logit_bounds(range, 3)
  z <- matrix(runif(3000, -1, 2), ncol = 3)
  z <- rbind(z, c(2, -1, -1), c(-1, 2, 2))
  loss <- -log(exp(z) / rowSums(exp(z)))
  expect_near(c(min(loss), max(loss)), c(bounds$least, bounds$most), 1e-12)
})
