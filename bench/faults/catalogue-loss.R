# Faults of loss, output and structure: see catalogue.R.

entries <- c(entries, list(
  L1 = entry(function(r) {
    end <- pick("sigmoid", "tanh", "relu")
    if (end != "relu") r <- new_targets(r, r$y * pick(2, 5, 30) + pick(0, 3))
    change_last(r, activation = end)
  }, regression),
  L2 = entry(function(r) change_last(with_part(r, loss = pick("mse", "binary_crossentropy")), activation = "softmax"),
    two),
  L3 = entry(function(r) {
    y <- cbind(r$y, -r$y + 0.3 * r$x[, 1], r$y * r$x[, 1])[, seq_len(pick(2, 3))] * pick(1, 5)
    change_last(new_targets(r, y), units = ncol(y), activation = "softmax")
  }, regression),
  L4 = entry(function(r) {
    r <- change_last(if (r$task == many) as_one_hot(r) else r, activation = pick("linear", "relu"))
    with_part(r, optimizer = pick_from(list(optimizer_sgd(0.01), optimizer_adam(0.01))))
  }, c(two, many), bites = "always"),
  L5 = entry(function(r) {
    loss <- if (r$task == two) loss_binary_crossentropy(from_logits = TRUE) else {
      loss_categorical_crossentropy(from_logits = TRUE)
    }
    with_part(if (r$task == many) as_one_hot(r) else r, loss = loss)
  }, c(two, many), bites = "always"),
  L6 = entry(function(r) with_part(r, y = r$y * pick(1, 2) + 1), two),
  L7 = entry(function(r) with_part(r, loss = "categorical_crossentropy"), two),
  L8 = entry(function(r) change_last(as_one_hot(r), activation = "sigmoid"), many, kind = "fact", bites = "always"),
  L9 = entry(function(r) change_last(with_part(r, y = cbind(r$y, r$y)), units = 2, activation = "softmax"), two),
  L10 = entry(function(r) with_part(r, compile = list(metrics = "accuracy")), regression, kind = "fact", bites = "always"),
  L11 = entry(function(r) {
    smooth <- pick(0.05, 0.1, 0.2)
    if (r$task == two) return(with_part(r, loss = loss_binary_crossentropy(label_smoothing = smooth)))
    with_part(as_one_hot(r), loss = loss_categorical_crossentropy(label_smoothing = smooth))
  }, c(two, many), kind = "fact", bites = "always"),
  S1 = entry(function(r) {
    layers <- c(rep(list(dense(sample(4:24, 1))), sample(3, 1)), r$layers[length(r$layers)])
    with_part(r, layers = layers)
  }),
  S2 = entry(function(r) {
    d <- ncol(r$x)
    y <- r$x %*% matrix(rnorm(d * 4), d) + 0.05 * rnorm(4 * nrow(r$x))
    y <- scale(y)[, ]
    with_part(new_targets(r, y), layers = list(dense(1), dense(4)), twin = list(dense(4), dense(4)))
  }, regression, d = function() sample(4:6, 1)),
  S3 = entry(function(r) {
    at <- length(hidden_of(r))
    with_part(r, layers = append(r$layers, list(dense(sample(6:20, 1))), at))
  }, kind = "fact", bites = "always"),
  S5 = entry(function(r) change_hidden(r, kernel_initializer = pick("zeros", "ones"), last = TRUE)),
  S4 = entry(function(r) {
    small <- initializer_random_normal(stddev = 1e-4)
    r <- change_hidden(r, kernel_initializer = small, last = TRUE)
    with_part(r, epochs = sample(3:6, 1), optimizer = optimizer_sgd(0.01))
  }, regression, accept = c("O4", "O1", "S6"), activation = function() pick("tanh", "elu")),
  S6 = entry(function(r) {
    r$layers <- c(rep(r$layers[1], sample(6:10, 1)), r$layers[length(r$layers)])
    r <- change_hidden(r, kernel_initializer = initializer_random_uniform(-0.02, 0.02), last = TRUE)
    with_part(r, epochs = 20L)
  }, accept = "O6", activation = function() pick("tanh", "relu")),
  C1 = entry(function(r) {
    y <- sin(pick(8, 10, 12) * r$x[, 1] / max(abs(r$x))) + 0.05 * rnorm(nrow(r$x))
    r <- new_targets(r, y)
    r$layers <- list(dense(pick(1, 2), "relu"), dense(1))
    r$twin <- list(dense(48, "relu"), dense(48, "relu"), dense(1))
    with_part(r, epochs = 600L)
  }, regression, d = function() 1, activation = function() "relu", optimizer = function() optimizer_adam(0.01)),
  C2 = entry(function(r) {
    r$layers[[1]]$units <- 64
    with_part(r, epochs = 3L)
  }, regression, kind = "fact", bites = "always")
))
