# Losses that are R functions, in training and evaluation. The engine stops between the forward pass
# of a batch and the rest, hands over targets and predictions, and gets values and gradients.

# list(output, label, dims, mask, weight, read) for each, output from 0. dims, masks: by output;
# `read`: the function and what it reads, see loss-tensors.R.
outside_losses <- function(compiled, dims, masks, read) {
  lapply(which(vapply(compiled$losses, is_custom_loss, NA)), function(o) {
    list(output = o - 1L, label = fields(compiled$losses[[o]])$label, dims = dims[[o]],
      mask = masks[o], weight = compiled$loss_weights[o], read = read[[o]])
  })
}

# Of the batch that is open; `gradient`: whether it is trained. The records of the forward pass,
# those of taps with the gradients by what the loss has read.
give_losses <- function(trainer, losses, records, gradient, call) {
  for (loss in losses) {
    batch <- batch_arrays(trainer, loss$dims, loss$output + 1L, loss$mask)
    tap <- loss$read$tap
    given <- custom_loss_gradient(loss$read, loss$label, batch, gradient, call,
      if (!is.null(tap)) records[[tap]]$from)
    trainer_give(trainer, loss$output, given$value, given$slope)
    if (!is.null(tap)) records[[tap]]$slopes <- lapply(given$slopes, `*`, loss$weight)
  }
  records
}

# For what needs second derivatives, or many passes at once.
check_no_custom <- function(model, what, call) {
  losses <- model_state(model)$compiled$losses
  plan <- model_plan(model)
  if (!is.null(plan$outside) || !is.null(plan$own_rules)) {
    stop_kestrel("state", sprintf("%s needs layers of the package's own.", what),
      hint = "This model has R functions in its layers, see ?autodiff.", call = call)
  }
  if (!any(vapply(losses, is_custom_loss, NA))) return(invisible(model))
  stop_kestrel("state", sprintf("%s needs one of the package's own losses.", what),
    hint = "Compile the model with a loss_*().", argument = "loss", call = call)
}
