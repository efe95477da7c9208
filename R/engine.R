# The one door to C: a wrapper for each entry, of the entry's name without `ffi_`. Arguments
# have been checked; numbers arrive as doubles, counts as integers.

registry_read <- function(table) .Call(ffi_registry, table)

# What the engine can be told to run with here, the fastest first.
engine_kernels <- function() .Call(ffi_kernels)

# Processors that threads may run on, whether there is OpenMP, whether this process was forked, and
# how many processors others that compute now leave (a huge number where none does).
engine_threads <- function() {
  x <- .Call(ffi_threads)
  list(processors = x[1], openmp = x[2] > 0, forked = x[3] > 0, free = x[4])
}

# Threads that the options ask for, of the limits `most` and `default`; 0 where they need a look.
threads_asked <- function(limits) .Call(ffi_threads_asked, limits$default, limits$most)

# Columns of a matrix of numbers as R makes it, without a class; 0 of all else. finite: 0, too,
# where numbers are missing or infinite.
plain_width <- function(x, finite = FALSE) .Call(ffi_plain_width, x, finite)

# c(NA, NaN, infinite, first position) among n numbers from 0-based position `from`.
count_missing <- function(x, from = 0, n = length(x)) {
  .Call(ffi_count_missing, x, as.double(from), as.double(n))
}

# Codes 0 .. bins - 1 of strings; key: NULL, or two whole numbers from 0 on.
engine_hash <- function(x, bins, key = NULL) .Call(ffi_hash, enc2utf8(x), as.double(bins), key)

# 0 .. n - 1 from R's generator, as sample.int() draws it.
random_index <- function(n) .Call(ffi_random_index, n)

engine_activation <- function(choice, x, k, inner = 1L) {
  .Call(ffi_activation, choice, as.double(x), k, inner)
}

engine_activation_backward <- function(choice, x, y, dy, k, inner = 1L) {
  .Call(ffi_activation_backward, choice, as.double(x), as.double(y), as.double(dy), k, inner)
}

engine_loss_value <- function(choice, t, y, k, kt) {
  .Call(ffi_loss_value, choice, as.double(t), as.double(y), k, kt)
}

engine_loss_grad <- function(choice, t, y, s, k, kt) {
  .Call(ffi_loss_grad, choice, as.double(t), as.double(y), as.double(s), k, kt)
}

engine_loss_scales <- function(choice, t, y, weight, reduction, k, kt) {
  .Call(ffi_loss_scales, choice, as.double(t), as.double(y), weight, reduction, k, kt)
}

engine_metric_value <- function(choice, t, y, k, kt) {
  .Call(ffi_metric_value, choice, as.double(t), as.double(y), k, kt)
}

engine_metric_update <- function(choice, t, y, weight, k, kt, state = NULL) {
  .Call(ffi_metric_update, choice, as.double(t), as.double(y), weight, k, kt, state)
}

# One number or several, of columns of k predictions; state NULL: before the first update.
engine_metric_result <- function(choice, state, k = 1L) {
  .Call(ffi_metric_result, choice, as.integer(k), state)
}

engine_initializer <- function(choice, dims, seed, stream = 0L) {
  .Call(ffi_initializer, choice, as.integer(dims), as.double(seed), as.integer(stream))
}

engine_penalty <- function(choice, w) {
  .Call(ffi_penalty, choice, as.double(w), tensor_dims(w))
}

engine_penalty_grad <- function(choice, w) {
  g <- .Call(ffi_penalty_grad, choice, as.double(w), tensor_dims(w))
  dim(g) <- dim(w)
  g
}

engine_constraint <- function(choice, axes, w) {
  result <- .Call(ffi_constraint, choice, as.integer(axes), as.double(w), tensor_dims(w))
  dim(result) <- dim(w)
  result
}

tensor_dims <- function(w) as.integer(if (is.null(dim(w))) length(w) else dim(w))

engine_schedule <- function(choice, step) .Call(ffi_schedule, choice, as.double(step))

# Tensors laid end to end, of these dims.
engine_optimizer_step <- function(spec, dims, w, g, state = NULL) {
  new <- .Call(ffi_optimizer_step, spec, lapply(dims, as.integer), as.double(w), as.double(g),
    state)
  list(w = new$w, state = new[state_fields])
}

network_info <- function(spec) .Call(ffi_network_info, spec)

# A list of arrays by output; NULL where `finite` and any of x is missing or infinite.
engine_predict <- function(spec, w, x, batch_size, training = FALSE, seed = 0, threads = 1L,
                           finite = FALSE) {
  if (!is.null(spec$outside)) {
    return(predict_outside(spec, w, x, batch_size, training, seed, threads, finite))
  }
  .Call(ffi_predict, spec, w, x, batch_size, training, seed, threads, finite)
}

engine_gradient <- function(spec, w, x, v, training = FALSE, seed = 0) {
  .Call(ffi_gradient, spec, w, x, v, training, seed)
}

engine_jvp <- function(spec, w, x, xdot, wdot, training = FALSE, seed = 0) {
  .Call(ffi_jvp, spec, w, x, xdot, wdot, training, seed)
}

# The weights of layers in one vector. states: the layers'; is_state: by array, or NULL.
pack_states <- function(states, is_state) .Call(ffi_pack, states, is_state)

# Puts the packed weights into the layers; returns a list of arrays for each, named by its slots.
unpack_states <- function(states, slots, w) .Call(ffi_unpack, states, slots, w)

# Whether layers have these flags `trainable`; whether they hold these very lists of weights.
same_flags <- function(states, flags) .Call(ffi_flags_are, states, flags)

holds_weights <- function(states, weights) .Call(ffi_holds, states, weights)

# c(norm of weights, norm of the way to others), lists of the same arrays.
weights_way <- function(from, to) .Call(ffi_weights_way, from, to)

# Refused where it would take more memory than there is.
trainer_new <- function(spec, train, data, validation, w, call = caller_env(), what = "Training",
                        hint = NULL) {
  trainer <- .Call(ffi_trainer_new, spec, train, data, validation, w, small_memory)
  if (!is.double(trainer)) return(trainer)
  check_memory(trainer, what, call, hint)
  .Call(ffi_trainer_new, spec, train, data, validation, w, Inf)
}

# Another batch of as many samples, and a new seed, for a trainer as it was when it was new.
trainer_refill <- function(trainer, data, seed) .Call(ffi_trainer_refill, trainer, data, seed)

# The next batch of the epoch, or batch `at` of an evaluation; FALSE: it does not fit in.
trainer_feed <- function(trainer, data, at = -1L) .Call(ffi_trainer_feed, trainer, data, at)

# Counts and running values of a trainer of the same model, for one that takes its place.
trainer_follow <- function(trainer, before) .Call(ffi_trainer_follow, trainer, before)

# Throws when Ctrl-C was pressed or a time limit is over.
check_interrupt <- function() allowInterrupts(.Call(ffi_interrupt))

# Seconds on a clock finer than that of proc.time(), which is too coarse for batches.
seconds_now <- function() .Call(ffi_seconds)

# Seconds between two looks at Ctrl-C. R looks at time limits at every fifth of them only.
slice_seconds <- 0.02

# The logs alone of one step: an epoch of a single batch.
trainer_step <- function(trainer) .Call(ffi_trainer_step, trainer)

# Until `epoch` epochs and `batch` batches of the next are done, or about `budget` seconds.
trainer_run <- function(trainer, epoch, batch = 0L, budget = slice_seconds) {
  result <- .Call(ffi_trainer_run, trainer, epoch, batch, budget)
  list(logs = result$logs, norms = result$norms, progress = progress_fields(result$progress))
}

trainer_progress <- function(trainer) progress_fields(.Call(ffi_trainer_progress, trainer))

progress_fields <- function(x) {
  names(x) <- c(
    "epoch", "batch", "batches", "iterations", "lr",
    "nonfinite", "nonfinite_epoch", "nonfinite_batch", "stop"
  )
  as.list(x)
}

trainer_evaluate <- function(trainer, steps = 0L, at = 0L, budget = slice_seconds) {
  .Call(ffi_trainer_evaluate, trainer, steps, at, budget)
}

# What an output (from 0) of the last batch was: list(n, t, y, weight), the arrays plain
# vectors with samples running fastest; weight NULL: none.
trainer_batch <- function(trainer, output = 0L) {
  x <- .Call(ffi_trainer_batch, trainer, output)
  n <- x[1]
  part <- function(from, by) x[4 + n * from + seq_len(n * by)]
  list(n = n, t = part(0, x[2]), y = part(x[2], x[3]),
    weight = if (x[4] > 0) part(x[2] + x[3], 1))
}

# Adds sum(w v) and sum(w) to metric number `metric` (from 0), which is the record "mean".
trainer_add <- function(trainer, metric, total, count) {
  invisible(.Call(ffi_trainer_add, trainer, metric, total, count))
}

# A batch step by step: the forward pass of the next batch, of training or, from batch 0 on, of
# evaluation (-2: of training without dropout). Both return the node that R is to compute before the
# next step, -1 at the end of a pass; after a forward pass of training comes the way back, then the
# next run.
trainer_open <- function(trainer, at = -1L) .Call(ffi_trainer_open, trainer, at)

trainer_next <- function(trainer) .Call(ffi_trainer_next, trainer)

# Output of a node (from 0), input k of the network as -k, or the gradient by it, samples fastest.
trainer_look <- function(trainer, node, gradient = FALSE) {
  .Call(ffi_trainer_look, trainer, node, gradient)
}

# The output of the node, or the gradient by its input (from 0).
trainer_put <- function(trainer, node, values, input = -1L) {
  invisible(.Call(ffi_trainer_put, trainer, node, input, as.double(values)))
}

# n packed weights from place `at` (from 0), or gradients by them, which are added to the batch's.
trainer_read <- function(trainer, at, n, gradient = FALSE) {
  .Call(ffi_trainer_read, trainer, as.double(at), as.double(n), gradient)
}

trainer_write <- function(trainer, at, values, gradient = FALSE) {
  invisible(.Call(ffi_trainer_write, trainer, as.double(at), gradient, as.double(values)))
}

# Adds to the loss of the open batch.
trainer_charge <- function(trainer, value) {
  invisible(.Call(ffi_trainer_charge, trainer, as.double(value)))
}

# Loss of an output (from 0) for this batch, and its gradient by the predictions or NULL.
trainer_give <- function(trainer, output, value, slope = NULL) {
  invisible(.Call(ffi_trainer_give, trainer, output, value, if (!is.null(slope)) as.double(slope)))
}

# A step of the optimizer by a gradient of all parameters, those of frozen layers included.
trainer_apply <- function(trainer, g) invisible(.Call(ffi_trainer_apply, trainer, as.double(g)))

trainer_logs <- function(trainer) .Call(ffi_trainer_logs, trainer)

trainer_get <- function(trainer) .Call(ffi_trainer_get, trainer)

trainer_set <- function(trainer, w = NULL, state = NULL) {
  .Call(ffi_trainer_set, trainer, w, state$moments, state$scalars, state$iterations)
}

# Of what trainer_get() returns all but the weights, the state of the optimizer, which hears how
# many steps it has made.
optimizer_part <- function(now, optimizer) {
  assign("iterations", now$iterations, envir = optimizer)
  now[-1L]
}

state_fields <- c("moments", "scalars", "iterations")

# Where a fit stands beside weights and optimizer state, in numbers; and from there on for a trainer
# of the same spec and data. FALSE: there is no such place.
trainer_mark <- function(trainer) .Call(ffi_trainer_mark, trainer)

trainer_goto <- function(trainer, mark) .Call(ffi_trainer_goto, trainer, mark)

trainer_set_rate <- function(trainer, lr) .Call(ffi_trainer_set_rate, trainer, lr)

trainer_start_epoch <- function(trainer, epoch) .Call(ffi_trainer_start_epoch, trainer, epoch)

trainer_finalize <- function(trainer) .Call(ffi_trainer_finalize, trainer)

# The training loss of all samples as a function of the trainable parameters, laid end to end.
# It lives in a block of its own, which the pointer keeps.
engine_objective <- function(spec, train, data, training, w, call) {
  bytes <- .Call(ffi_objective_bytes, spec, train, data)
  check_memory(bytes, "Derivatives of the loss", call)
  .Call(ffi_objective_new, spec, train, data, training, w, raw(bytes))
}

engine_objective_get <- function(f) .Call(ffi_objective_get, f)

engine_objective_set <- function(f, w) .Call(ffi_objective_set, f, as.double(w))

engine_objective_value <- function(f) .Call(ffi_objective_value, f)

engine_objective_gradient <- function(f) .Call(ffi_objective_gradient, f)

engine_objective_product <- function(f, v, gauss_newton = FALSE) {
  .Call(ffi_objective_product, f, as.double(v), gauss_newton)
}

engine_objective_rows <- function(f) .Call(ffi_objective_rows, f)

# Of output o, from 0: the Jacobian, or its product with v.
engine_objective_jacobian <- function(f, o, logits, v = NULL) {
  .Call(ffi_objective_jacobian, f, o, logits, if (!is.null(v)) as.double(v))
}
