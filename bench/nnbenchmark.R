# Small regressions by solvers: kestrel's beside those of R packages, one hidden layer, ten starts
# of at most 200 iterations each. Usage: Rscript bench/nnbenchmark.R
# Needs NISTnls for three of the sets; peers that are not installed are left out. Writes
# bench/results/nnbenchmark.csv and bench/nnbenchmark.md.
suppressMessages(library(kestrel))
for (file in c("timing", "report", "nnbenchmark-data", "nnbenchmark-peers", "nnbenchmark-report")) {
  source(file.path("bench", paste0(file, ".R")))
}
options(kestrel.threads = 1)
k_set_floatx("float64")
starts <- 10

kestrel_solver <- function(optimizer, restarts) {
  function(x, y, hidden) {
    set.seed(1)
    model <- keras_model_sequential() %>%
      layer_dense(hidden, activation = "tanh", input_shape = ncol(x)) %>%
      layer_dense(1)
    model %>% compile(loss = "mse", optimizer = optimizer)
    model %>% fit(x, y, epochs = 200, restarts = restarts, verbose = 0)
    sqrt(model$history$params$restarts)
  }
}

peer_solver <- function(peer) {
  one <- function(x, y, hidden, seed) {
    fitted <- suppressWarnings(suppressMessages(nn_peers[[peer]](x, y, hidden, seed)))
    sqrt(mean((fitted - y)^2))
  }
  function(x, y, hidden) {
    sink(nullfile())
    on.exit(sink())
    vapply(seq_len(starts), function(seed) tryCatch(one(x, y, hidden, seed), error = function(e) NA_real_), 0)
  }
}

# RMSE on y's scale, of the best and the median start; CPU seconds of all starts.
measure_solver <- function(name, solver, set, data) {
  x <- scale(data$x)
  y <- as.vector(scale(data$y))
  time <- timed(rmse <- solver(x, y, data$hidden) * sd(data$y))[["cpu"]]
  cat(sprintf("%-12s %-20s %.7g  %.3f s\n", set, name, min(rmse, na.rm = TRUE), time), file = stderr())
  data.frame(set = set, solver = name, best = min(rmse, na.rm = TRUE),
             median = median(rmse, na.rm = TRUE), failed = sum(!is.finite(rmse)), seconds = time)
}

here <- Filter(function(peer) requireNamespace(package_of(peer), quietly = TRUE), names(nn_peers))
solvers <- c(
  list(`kestrel, LM` = kestrel_solver("levenberg_marquardt", starts),
       `kestrel, LM, 100 starts` = kestrel_solver("levenberg_marquardt", 10 * starts),
       `kestrel, L-BFGS` = kestrel_solver("lbfgs", starts)),
  sapply(here, peer_solver, simplify = FALSE)
)
sets <- nn_sets()

# The first call of each function compiles it.
easy <- sets[["uDreyfus2*"]]
for (solver in solvers) for (again in 1:2) solver(scale(easy$x), as.vector(scale(easy$y)), 1)

table <- do.call(rbind, lapply(names(sets), function(set) {
  do.call(rbind, Map(measure_solver, names(solvers), solvers, set, list(sets[[set]])))
}))
write.csv(table, "bench/results/nnbenchmark.csv", row.names = FALSE)
writeLines(solver_page(table, here), "bench/nnbenchmark.md")
