# The range of a network's outputs, from the activation it ends in.

output_range <- function(nodes) {
  kinds <- vapply(nodes, `[[`, "", "kind")
  types <- vapply(nodes, `[[`, "", "type")
  at <- max(0, which(kinds != "identity"))
  if (at == 0 || is.null(nodes[[at]]$activation)) return(everything())
  node <- nodes[[at]]
  range <- activation_range(node$activation, node$h)
  last_axis <- is.null(range$simplex) || node$h[["axis"]] %in% c(-1, length(node$output) - 1)
  reshaped <- any(types[seq_along(types) > at] %in% c("flatten", "reshape"))
  if (!last_axis || reshaped) range$simplex <- NULL
  range
}

everything <- function() list(low = -Inf, high = Inf)

# Bounds, rounded outwards where they are no simple numbers. `simplex`: at least 0, sum 1.
activation_range <- function(name, h = numeric()) {
  one <- function(low, high) list(low = low, high = high)
  switch(name,
    relu = relu_range(h),
    leaky_relu = one(if (h[["negative_slope"]] == 0) 0 else -Inf, Inf),
    relu6 = one(0, 6),
    thresholded_relu = one(min(0, h[["theta"]]), Inf),
    threshold = one(min(h), Inf),
    elu = , celu = one(min(0, -h[["alpha"]]), Inf),
    selu = one(-1.7580993408473769, Inf),
    gelu = one(-0.1701, Inf),
    silu = one(-0.2785, Inf),
    mish = one(-0.3089, Inf),
    hard_silu = one(-0.375, Inf),
    softplus = , squareplus = , exponential = , sparse_plus = one(0, Inf),
    sigmoid = , hard_sigmoid = , sparse_sigmoid = one(0, 1),
    tanh = , softsign = , hard_tanh = one(-1, 1),
    log_sigmoid = , log_softmax = one(-Inf, 0),
    softmax = , sparsemax = c(one(0, 1), simplex = TRUE),
    everything()
  )
}

# min(x, max) from the threshold on, below it a line to the left from 0, down or up.
relu_range <- function(h) {
  high <- if (is.nan(h[["max_value"]]) || h[["negative_slope"]] < 0) Inf else h[["max_value"]]
  low <- if (h[["negative_slope"]] > 0) -Inf else min(0, h[["threshold"]])
  list(low = low, high = max(high, 0))
}
