# Batch normalization of samples of which some steps are masked, which R computes:
#
#   mean = sum(m x) / (sum(m) + 1e-7),   variance = sum(m (x - mean)^2) / (sum(m) + 1e-7)
#
# in training, over all axes but the last, where the mask m is 1 for steps that count, else 0.
# keras.layers.BatchNormalization's way.

# From the engine's one node: one for each of its weights, then that of R. `from`: the input, and
# its mask.
masked_batch_norm <- function(layer, nodes) {
  state <- layer_state(layer)
  config <- layer_config(layer)
  if (!layer_trainable(layer)) return(nodes)
  if (!config$axis %in% c(-1, length(state$input))) stop_masked(layer)
  weights <- lapply(seq_along(state$slots), function(i) {
    slot <- state$slots[[i]]
    chained(weight_node(slot$dims, slot$is_state), nodes[[1]], nodes[[1]]$rules[i])
  })
  own <- outside_node(state$input, batch_norm_run(layer), sprintf("layer \"%s\"", layer$name),
    weights = length(weights), from = c(-1L, -2L))
  c(weights, list(chained(own, nodes[[length(nodes)]], list())))
}

# A node in the place of another one in the layer's chain.
chained <- function(node, like, rules) {
  like[c("layer", "rules")] <- list(node$layer, rules)
  like["from"] <- list(node$from)
  like["outside"] <- list(node$outside)
  like
}

batch_norm_run <- function(layer) {
  config <- layer_config(layer)
  names <- vapply(layer_state(layer)$slots, `[[`, "", "name")
  function(x, w, training, call) {
    names(w) <- names
    wide <- function(v) k_reshape(v, c(rep(1L, length(dim(x[[1]])) - 1L), length(v)))
    now <- if (training) masked_moments(x[[1]], plain(x[[2]])) else {
      list(mean = wide(plain(w$moving_mean)), variance = wide(plain(w$moving_variance)))
    }
    y <- (x[[1]] - now$mean) / sqrt(now$variance + config$epsilon)
    if (config$scale) y <- y * wide(w$gamma)
    if (config$center) y <- y + wide(w$beta)
    list(y = y, states = if (training) moved(w, now, config$momentum))
  }
}

masked_moments <- function(x, mask) {
  over <- seq_len(length(dim(x)) - 1L)
  count <- sum(mask) + 1e-7
  mean <- k_sum(x * mask, axis = over, keepdims = TRUE) / count
  list(mean = mean,
    variance = k_sum(mask * (x * mask - mean)^2, axis = over, keepdims = TRUE) / count)
}

# The statistics after a batch, by weight; NULL for what is no statistic.
moved <- function(w, now, momentum) {
  new <- stats::setNames(vector("list", length(w)), names(w))
  step <- function(old, value) {
    momentum * as.vector(plain(old)) + (1 - momentum) * as.vector(plain(value))
  }
  new$moving_mean <- step(w$moving_mean, now$mean)
  new$moving_variance <- step(w$moving_variance, now$variance)
  new
}
