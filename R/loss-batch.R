# Losses that are R functions, in training and evaluation. The engine stops between the forward pass
# of a batch and the rest, hands over targets and predictions, and gets values and gradients.

# list(output, fn, label, dims, mask) for each, output from 0. dims, masks: by output.
outside_losses <- function(losses, dims, masks) {
  lapply(which(vapply(losses, is_custom_loss, NA)), function(o) {
    loss <- fields(losses[[o]])
    list(output = o - 1L, fn = masked(loss$fn), label = loss$label, dims = dims[[o]],
      mask = masks[o])
  })
}

# Of the batch that is open; `gradient`: whether it is trained.
give_losses <- function(trainer, losses, gradient, call) {
  for (loss in losses) {
    batch <- batch_arrays(trainer, loss$dims, loss$output + 1L, loss$mask)
    given <- custom_loss_gradient(loss$fn, loss$label, batch, gradient, call)
    trainer_give(trainer, loss$output, given$value, given$slope)
  }
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
