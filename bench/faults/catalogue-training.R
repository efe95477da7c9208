# Faults of units, optimizer, penalties and evaluation: see catalogue.R.

adam <- function() optimizer_adam(0.01)

entries <- c(entries, list(
  U1 = entry(function(r) {
    r <- change_hidden(r, bias_initializer = initializer_constant(-pick(8, 15, 30)))
    with_part(r, blind = runif(1) < 0.25)
  },
    activation = function() "relu", depth = function() sample(2, 1)),
  U2 = entry(function(r) change_hidden(r, kernel_initializer = initializer_random_normal(stddev = pick(30, 100, 300))),
    activation = function() pick("tanh", "sigmoid"), depth = function() 1),
  U3 = entry(function(r) entries[[pick("S5", "O10", "U1", "P1")]]$spoil(r), c(regression, two), kind = "fact",
    activation = function() "relu", depth = function() 1),
  U4 = entry(function(r) {
    r$layers[[1]]$units <- 32
    value <- pick(0.1, 0.3)
    r <- change_hidden(r, kernel_initializer = initializer_random_uniform(value, value * 1.01))
    r <- change_last(r, kernel_initializer = initializer_random_uniform(value, value * 1.01))
    with_part(r, epochs = 5L)
  }, regression, kind = "fact", depth = function() 1, activation = function() pick("tanh", "softplus")),
  O0 = entry(function(r) with_part(r, optimizer = optimizer_sgd(pick(5, 20, 100), momentum = pick(0, 0.9))),
    accept = "O3", regression),
  O1 = entry(function(r) with_part(r, epochs = sample(2:3, 1), optimizer = optimizer_adam(0.001)),
    regression, accept = "O4"),
  O2 = entry(function(r) {
    r <- take_rows(r, seq_len(12))
    with_part(r, layers = list(dense(3), dense(1)))
  }, regression, kind = "fact", bites = "always"),
  O3 = entry(function(r) {
    fast <- list(optimizer_sgd(pick(1, 2)), optimizer_adam(pick(1, 3)), optimizer_rmsprop(pick(1, 3)))
    with_part(r, optimizer = pick_from(fast))
  }, regression, accept = "O0"),
  O4 = entry(function(r) {
    slow <- list(optimizer_adam(1e-6), optimizer_sgd(1e-6), optimizer_rmsprop(1e-6), optimizer_adam(1e-5))
    with_part(r, optimizer = pick_from(slow), epochs = 30L)
  }, accept = "O1"),
  O5 = entry(function(r) {
    with_part(r, optimizer = optimizer_adam(0.01, epsilon = pick(10, 100, 1000)), epochs = 50L)
  }, regression),
  O6 = entry(function(r) {
    r$layers <- c(rep(list(dense(8, "sigmoid")), sample(7:12, 1)), r$layers[length(r$layers)])
    with_part(r, optimizer = optimizer_sgd(0.05), epochs = 30L)
  }, accept = "S6"),
  O7 = entry(function(r) {
    with_part(r, optimizer = optimizer_sgd(pick(0.1, 0.2)), batch_size = 1L, epochs = 100L)
  }, regression, accept = c("O3", "O0"), activation = function() "tanh", noise = function() 0.5),
  O8 = entry(function(r) {
    r$layers <- append(r$layers, list(list(type = "batch_normalization")), 1)
    with_part(r, batch_size = 1L, epochs = 5L)
  }, bites = "always"),
  O9 = entry(function(r) {
    r <- change_hidden(r, bias_initializer = "ones", last = TRUE)
    with_part(r, dtype = "float32", optimizer = optimizer_sgd(10^-runif(1, 12, 14)), epochs = 5L)
  }, accept = "O4"),
  O10 = entry(function(r) with_part(r, frozen = TRUE, epochs = 10L)),
  K1a = entry(function(r) {
    with_part(r, layers = list(dense(1)), epochs = 400L, batch_size = 512L, optimizer = optimizer_sgd(0.2))
  }, regression, kind = "fact", bites = "always"),
  K1b = entry(function(r) {
    r <- change_hidden(r, kernel_initializer = "zeros", last = TRUE)
    with_part(r, epochs = 400L, batch_size = 512L, optimizer = optimizer_sgd(0.2))
  }, accept = "S5", activation = function() pick("tanh", "relu", "elu")),
  K2 = entry(function(r) {
    r$layers <- c(rep(list(dense(8, "sigmoid")), sample(3:4, 1)), r$layers[length(r$layers)])
    with_part(r, optimizer = optimizer_sgd(0.05), epochs = 60L, batch_size = 512L)
  }, accept = c("O6", "S6", "O4", "O1"), regression),
  P1 = entry(function(r) change_hidden(r, kernel_regularizer = regularizer_l1(pick(0.3, 1, 3)))),
  P2 = entry(function(r) {
    at <- length(r$layers) - 1
    with_part(r, layers = append(r$layers, list(list(type = "dropout", rate = pick(0.9, 0.95, 0.98))), at))
  }),
  P3 = entry(function(r) change_hidden(r, kernel_regularizer = regularizer_l2(pick(0.3, 1, 3)))),
  P4 = entry(function(r) change_hidden(r, kernel_constraint = constraint_maxnorm(pick(1e-3, 1e-2))), regression),
  I1 = entry(function(r) {
    order <- order(r$x[, 1] + 0.7 * rnorm(nrow(r$x)))
    y <- replace(numeric(nrow(r$x)), utils::tail(order, round(pick(0.03, 0.05) * nrow(r$x))), 1)
    with_part(new_targets(r, y), epochs = sample(10:20, 1))
  }, two, bites = function(model, r) all(predict(model, r$x) < 0.5)),
  G1 = entry(function(r) {
    f <- r$truth[, 1] + pick(0.7, 1) * rnorm(nrow(r$x))
    r <- take_rows(new_targets(r, f), seq_len(100))
    r$layers <- list(dense(96, "relu"), dense(96, "relu"), dense(1))
    with_part(r, epochs = 400L, fit = list(validation_split = 0.3), held = TRUE)
  }, regression, bites = "always", optimizer = adam),
  G2 = entry(function(r) {
    f <- r$x[, 1]^2 + r$x[, 2]^2
    y <- (f - mean(f)) / sd(f) + 0.1 * rnorm(nrow(r$x))
    with_part(new_targets(r, y), layers = list(dense(1)), epochs = 300L)
  }, regression, kind = "fact", bites = "always", optimizer = adam),
  G3 = entry(function(r) {
    i <- sample(nrow(r$x), round(pick(0.1, 0.3) * nrow(r$x)))
    with_part(r, validation_data = list(r$x[i, , drop = FALSE], if (is.matrix(r$y)) r$y[i, ] else r$y[i]))
  }, bites = "always")
))
