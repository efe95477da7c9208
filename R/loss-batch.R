# Losses that are R functions, in training and evaluation. The engine stops between the forward pass
# of a batch and the rest, hands over targets and predictions, and gets values and gradients.

# list(output, fn, label, dims) for each, output from 0.
outside_losses <- function(model) {
  compiled <- model_state(model)$compiled
  own <- which(vapply(compiled$losses, is_custom_loss, NA))
  dims <- if (length(own)) model_outputs(model)[compiled$trained]
  lapply(own, function(o) {
    loss <- fields(compiled$losses[[o]])
    list(output = o - 1L, fn = masked(loss$fn), label = loss$label, dims = dims[[o]])
  })
}

# Opens the next batch of training, or batch `at` of evaluation, where there are such losses. The
# forward pass changes running statistics, which an error takes back.
give_losses <- function(trainer, losses, call, at = -1L) {
  if (!length(losses)) return(invisible())
  before <- trainer_get(trainer)$w
  done <- FALSE
  on.exit(if (!done) trainer_set(trainer, w = before))
  trainer_open(trainer, at)
  for (loss in losses) {
    batch <- batch_arrays(trainer, loss$dims, loss$output + 1L)
    given <- custom_loss_gradient(loss$fn, loss$label, batch, at < 0, call)
    trainer_give(trainer, loss$output, given$value, given$slope)
  }
  done <- TRUE
}

# For what needs second derivatives, or many passes at once.
check_no_custom_loss <- function(model, what, call) {
  losses <- model_state(model)$compiled$losses
  if (!any(vapply(losses, is_custom_loss, NA))) return(invisible(model))
  stop_kestrel("state", sprintf("%s needs one of the package's own losses.", what),
    hint = "Compile the model with a loss_*().", argument = "loss", call = call)
}
