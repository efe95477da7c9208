# The plain list that C reads about training: losses, metrics, optimizer, batches.

train_spec <- function(model, samples, settings, seed, training = TRUE, call = caller_env()) {
  compiled <- model_state(model)$compiled
  list(
    outputs = training_parts(model)$outputs,
    metrics = metric_specs(compiled$metrics, lapply(samples$y, `[[`, "dims"),
      model_outputs(model)[compiled$trained], call),
    optimizer = if (training) optimizer_spec(compiled$optimizer, call,
      model_layout(model_state(model))),
    batch_size = settings$batch_size,
    validation_batch_size = settings$validation_batch_size,
    shuffle = isTRUE(settings$shuffle),
    shuffle_batches = isTRUE(settings$shuffle_batches),
    steps_per_epoch = settings$steps_per_epoch %||% 0L,
    threads = settings$threads %||% 1L,
    gather = isTRUE(settings$gather),
    seed = seed
  )
}

# What training needs of a network and of what it was compiled with, made once for both:
# list(network, compiled, plan, outputs, custom, outside, labels).
training_parts <- function(model) {
  network <- model_plan(model)
  state <- environment(model)
  parts <- state$training
  if (identical(parts$network, network) && identical(parts$compiled, state$compiled)) return(parts)
  state$training <- new_training_parts(model, network, state$compiled)
  state$training
}

new_training_parts <- function(model, network, compiled) {
  read <- tensors_read(model, compiled)
  own <- if (any(vapply(read, reads_some, NA))) network_spec(model, read = read) else network
  plan <- trained_plan(own, compiled$trained)
  read <- own$read %||% read
  plan$read <- NULL
  dims <- model_outputs(model)[compiled$trained]
  of_loss <- seq_along(compiled$losses)
  list(network = network, compiled = compiled, plan = plan, outputs = output_specs(plan, compiled),
    custom = custom_metrics(compiled$metrics, dims, plan$masks, read[-of_loss]),
    outside = outside_parts(plan, outside_losses(compiled, dims, plan$masks, read[of_loss])),
    labels = log_labels(compiled))
}

# The network as training sees it: outputs without a loss are none.
training_plan <- function(model) training_parts(model)$plan

trained_plan <- function(plan, trained) {
  plan$outputs <- plan$outputs[trained]
  plan$masks <- plan$masks[trained]
  plan
}

output_specs <- function(plan, compiled) {
  lapply(seq_along(compiled$losses), function(o) {
    loss <- compiled$losses[[o]]
    fused <- loss_is_fused(plan$nodes, plan$outputs[o], loss)
    list(loss = if (fused) fused_choice(loss) else fields(loss)$choice,
      reduction = fields(loss)$reduction %||% "none", loss_weight = compiled$loss_weights[o],
      fused = fused,
      mask = if (is.na(plan$masks[o])) 0L else plan$masks[o] + 1L)
  })
}

# Softmax over the last axis, or a sigmoid, right before its own cross-entropy.
loss_is_fused <- function(nodes, place, loss) {
  last <- nodes[[place + 1L]]
  if (is.null(last$activation) || last$inputs[1] < 0L) return(FALSE)
  identical(loss_absorbs(loss), last$activation) &&
    all(is.nan(last$layer$h) | last$layer$h == -1) && !isTRUE(loss$config$from_logits)
}

fused_choice <- function(loss) {
  h <- registry_row("losses", loss$record)$hparams
  at <- match("from_logits", names(h))
  choice <- loss$choice
  choice$h[at] <- 1
  choice
}

# y, outputs: dims by the outputs that have a loss.
metric_specs <- function(metrics, y, outputs, call) {
  lapply(metrics, function(m) {
    metric <- metric_for(m$metric, y[[m$output]], outputs[[m$output]], call)
    list(output = m$output - 1L, metric = metric$choice, weighted = m$weighted,
      result = m$result %||% 0L)
  })
}

metric_for <- function(metric, y, output, call) {
  columns <- y[length(y)]
  units <- output[length(output)]
  codes <- length(y) < length(output) || (columns == 1 && units > 1)
  if (codes) columns <- 1L
  metric <- resolve_metric(metric, columns, units)
  check_metric_columns(metric, columns, units, call)
  metric
}

check_metric_columns <- function(metric, columns, units, call) {
  if (!is.null(metric$fn)) return(invisible())
  codes <- metric_takes_codes(metric)
  if (is.na(codes)) return(invisible())
  check_metric_units(metric, units, call)
  if (codes && columns == 1L || !codes && columns == units) return(invisible())
  must <- if (codes) "class codes in one column" else sprintf("%d columns", units)
  stop_kestrel("shape",
    sprintf("Metric \"%s\" needs y with %s, not %d.", metric$label, must, columns),
    hint = "metrics = \"accuracy\" takes the right accuracy by itself.", argument = "metrics",
    call = call)
}

# NA: codes or scores on either side. An IoU compares codes with the place of the largest score
# where it is told so.
metric_takes_codes <- function(metric) {
  state <- metric_state(metric)
  if (!grepl("iou$", state$name)) return(bitwAnd(registry_row("metrics", state$name)$flags, 1L) > 0)
  is <- iou_settings(state)
  if (is$codes_true == is$codes_said) FALSE else if (is$codes_true) TRUE else NA
}
