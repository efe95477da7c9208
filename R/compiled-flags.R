# Which layers are trained is settled by compile(), as in Keras: a flag that changes later waits for
# the next. So a model can be trained that is frozen in another one, as a discriminator in a GAN.

compiled_flags <- function(model) vapply(leaf_layers(model), layer_trainable, NA)

# Until the function that calls it ends, layers have the flags of compile(). TRUE where these differ
# from those that they have.
local_compiled_flags <- function(model, frame = caller_env()) {
  state <- environment(model)
  settled <- state$compiled$flags
  layout <- state$layout
  if (state$built && !is.null(layout) && same_flags(layout$states, settled)) return(FALSE)
  states <- if (state$built) model_layout(state)$states else lapply(leaves_of(state), environment)
  if (same_flags(states, settled) || length(settled) != length(states)) return(FALSE)
  now <- vapply(states, `[[`, NA, "trainable")
  put_flags(states, settled)
  back <- bquote(.(put_flags_back)(.(states), .(now), .(settled)))
  do.call(on.exit, list(back, add = TRUE), envir = frame)
  TRUE
}

put_flags <- function(states, flags) {
  for (i in seq_along(states)) assign("trainable", flags[i], envir = states[[i]])
}

# Those that were changed in the meantime stay.
put_flags_back <- function(states, flags, settled) {
  for (i in seq_along(states)) {
    if (states[[i]]$trainable == settled[i]) assign("trainable", flags[i], envir = states[[i]])
  }
}

warn_flags <- function(call = caller_env()) {
  warn_kestrel("trainable",
    "Layers were frozen or unfrozen since compile(): the model trains those that it did then.",
    hint = "They count as they are now once compile() is called again.", call = call)
}
