# Gradients for each layer with each activation and each loss, as tests/testthat/test-gradients.R
# checks them for every row of each table: Rscript tools/gradients.R [first:last layer]
# Prints for each layer how many networks there were and the largest errors, and ends with an
# error when one is above its limit. It takes about ten minutes.

library(testthat)
library(kestrel)

here <- new.env(parent = asNamespace("kestrel"))
for (part in c("reference", "objective", "gradients")) {
  sys.source(file.path("tests", "testthat", sprintf("helper-%s.R", part)), here)
}

limits <- c(value = 1e-13, difference = 1e-9, complex = 1e-13)

# Losses by their head share a network.
layer_errors <- function(layer, head_for = head_of) {
  errors <- list()
  losses <- split(names(gradient_losses), vapply(names(gradient_losses), head_for, ""))
  for (activation in names(gradient_activations)) for (head in names(losses)) {
    network <- gradient_network(layer, activation, head)
    for (loss in losses[[head]]) {
      errors[[paste(activation, loss)]] <- gradient_errors(network, loss)
    }
  }
  do.call(rbind, errors)
}
environment(layer_errors) <- here

report <- function(name, errors) {
  worst <- apply(errors, 2, max)
  cat(sprintf("%-24s %5d networks  value %.1e  differences %.1e  complex steps %.1e\n", name,
    nrow(errors), worst[1], worst[2], worst[3]))
  bad <- rownames(errors)[!apply(t(errors) < limits, 2, all)]
  if (length(bad)) cat("  above the limits:", paste(head(bad, 5), collapse = ", "), "\n")
  length(bad)
}

set.seed(33)
range <- commandArgs(TRUE)
layers <- here$gradient_layers
if (length(range)) layers <- layers[eval(str2lang(range[1]))]
bad <- 0
for (name in names(layers)) bad <- bad + report(name, layer_errors(layers[[name]]))
# Losses of the activations themselves.
direct <- layer_errors(here$gradient_layers$dense, function(loss) "none")
bad <- bad + report("before the loss", direct)
if (bad > 0) stop(sprintf("%d networks have gradients above the limits.", bad), call. = FALSE)
