# What a diagnosis costs: 10^4 rows, 10^4 weights. CPU seconds of this process, medians.

cost_case <- function(task) {
  set.seed(1)
  n <- 1e4
  x <- matrix(rnorm(n * 10), n)
  f <- draw_signal(10)(x)
  y <- switch(task, regression = f + 0.1 * rnorm(n), binary = (f > 0) + 0, classes = cut(f, c(-Inf, -0.5, 0.5, Inf)))
  end <- switch(task, regression = dense(1), binary = dense(1, "sigmoid"), classes = dense(3, "softmax"))
  loss <- switch(task, regression = "mse", binary = "binary_crossentropy", classes = "sparse_categorical_crossentropy")
  list(x = x, y = y, layers = list(dense(92, "relu"), dense(92, "relu"), end), loss = loss,
    optimizer = optimizer_adam(0.001), epochs = 3L, batch_size = 32L, compile = list(), fit = list())
}

cpu <- function(expr) sum(system.time(expr)[c("user.self", "sys.self")])

diagnosis_cost <- function(task, level, times = 5) {
  recipe <- cost_case(task)
  model <- build(recipe)
  run <- function() quietly(diagnose(model, recipe$x, recipe$y, level = level))
  run()
  data.frame(what = paste("diagnose()", level, task), weights = count_params(model),
    seconds = median(replicate(times, cpu(run()))))
}

# The share by which callback_diagnose() makes a fit longer, of a third of a second and of some; fits
# take turns.
callback_cost <- function(epochs, times = 5) {
  recipe <- cost_case("regression")
  train <- function(callbacks) {
    set.seed(2)
    model <- make_model(recipe)
    cpu(fit(model, recipe$x, recipe$y, epochs = epochs, callbacks = callbacks, verbose = 0))
  }
  none <- list(callback_lambda(on_epoch_end = function(epoch, logs) NULL))
  ratios <- replicate(times, {
    plain <- train(none)
    suppressMessages(train(list(callback_diagnose()))) / plain
  })
  data.frame(what = sprintf("callback_diagnose(), fit of %d epochs: share added", epochs),
    weights = count_params(make_model(recipe)), seconds = median(ratios) - 1)
}

measure_cost <- function() {
  tasks <- c("regression", "binary", "classes")
  do.call(rbind, c(
    lapply(tasks, diagnosis_cost, "quick"), lapply(tasks, diagnosis_cost, "standard", times = 3), lapply(c(20, 100), callback_cost)
  ))
}
