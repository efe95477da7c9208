# The path of the weights under 40 given gradients, with clipping, weight decay, averages and
# accumulation, against Keras.

# Weights after each step, and the state at the end.
walk <- function(case) {
  spec <- kestrel:::optimizer_spec(golden_object("optimizer", case))
  lengths <- lengths(case$start)
  now <- list(w = unlist(case$start), state = NULL)
  path <- lapply(case$grads, function(g) {
    now <<- kestrel:::engine_optimizer_step(spec, lengths, now$w, unlist(g), now$state)
    now$w
  })
  list(path = path, state = now$state)
}

like <- function(w, arrays) Map(array, split_by(w, lengths(arrays)), lapply(arrays, dims_of))
split_by <- function(w, n) unname(split(w, rep(seq_along(n), n)))

# What training ends with: the average, which is the last of the moments.
averaged <- function(state, n) utils::tail(state$moments, n)

test_golden("optimizers", function(case) {
  result <- walk(case)
  for (point in case$trajectory) {
    w <- like(result$path[[point$step]], case$start)
    expect_golden_list(w, point$w, case, sprintf("w after step %d", point$step))
  }
  if (!is.null(case$finalized)) {
    w <- like(averaged(result$state, length(unlist(case$start))), case$start)
    expect_golden_list(w, case$finalized, case, "finalized")
  }
})
