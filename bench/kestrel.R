# kestrel's jobs: the model is made once, fit() and predict() are measured whole.

# What fit() does by default, in R keras, too.
default_epochs <- 10

kestrel_network <- function(w) {
  k_set_floatx(w$precision)
  set.seed(1)
  model <- keras_model_sequential()
  layers <- length(w$widths) - 1
  for (i in seq_len(layers)) {
    last <- if (w$classes) "softmax" else "linear"
    model %>% layer_dense(w$widths[i + 1], activation = if (i < layers) w$activation else last,
                          input_shape = if (i == 1) w$widths[1])
  }
  loss <- if (w$classes) "sparse_categorical_crossentropy" else "mse"
  model %>% compile(loss = loss, optimizer = optimizer_adam(0.001))
  model
}

kestrel_job <- function(w, data = workload_data(w), threads = 1, verbose = 0) {
  model <- kestrel_network(w)
  function(times) {
    options(kestrel.threads = threads)
    k_set_floatx(w$precision)
    if (w$task == "predict") return(timed(for (i in seq_len(times)) predict(model, data$x)))
    timed(fit(model, data$x, data$y, batch_size = w$batch, epochs = times, verbose = verbose))
  }
}

# The same with what is printed going to a file.
kestrel_printing_job <- function(w, data) {
  job <- kestrel_job(w, data, verbose = 2)
  function(times) {
    sink(tempfile())
    on.exit(sink())
    job(times)
  }
}
