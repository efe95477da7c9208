# Early stopping and the reduction of the learning rate on scripted values against Keras.
#
# The model is k1 * x1 + k2 * x2. Training sees x = 0, which leaves both weights alone; a
# first callback sets them to the value and the number of the epoch (from 0). Validation is
# on x = (1, 0), y = 0: its mean absolute error is the scripted value, and k2 tells of which
# epoch the weights are.

scripted_fit <- function(values, callbacks, optimizer = "sgd", metrics = NULL) {
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(1, use_bias = FALSE)
  model %>% compile(loss = "mae", optimizer = optimizer, metrics = metrics)
  script <- callback_lambda(on_epoch_begin = function(epoch, logs) {
    set_weights(model, list(matrix(c(values[epoch + 1], epoch))))
  })
  history <- fit(model, matrix(0, 1, 2), 0, epochs = length(values), verbose = 0,
    callbacks = c(list(script), callbacks),
    validation_data = list(matrix(c(1, 0), 1), 0))
  list(model = model, epochs = length(history$metrics$val_loss))
}

# val_acc is to be maximized: the mirrored values, from the same model.
mirrored <- function(case) identical(case$args$monitor, "val_acc")

check_early_stopping <- function(case) {
  callback <- do.call(callback_early_stopping, case$args)
  values <- if (mirrored(case)) 2 - case$monitored else case$monitored
  metrics <- if (mirrored(case)) list(metric_mean_absolute_error(name = "acc"))
  run <- scripted_fit(values, list(callback), metrics = metrics)
  found <- c(run$epochs, callback$stopped_epoch, callback$best_epoch,
    get_weights(run$model)[[1]][2])
  expected <- c(case$epochs_run, case$stopped_epoch, case$best_epoch, case$final_bias)
  expect_golden(as.double(found), as.double(expected), case,
    "(epochs run, stopped epoch, best epoch, epoch of the weights)")
}

check_reduce_lr <- function(case) {
  callback <- do.call(callback_reduce_lr_on_plateau, case$args)
  rates <- numeric()
  optimizer <- optimizer_sgd(case$start_lr)
  listen <- callback_lambda(on_epoch_end = function(epoch, logs) {
    rates <<- c(rates, optimizer$learning_rate)
  })
  scripted_fit(case$monitored, list(callback, listen), optimizer)
  expect_golden(rates, case$lr, case, "lr")
}

test_golden("callbacks", function(case) {
  switch(case$fn,
    callback_early_stopping = check_early_stopping(case),
    callback_reduce_lr_on_plateau = check_reduce_lr(case)
  )
})
