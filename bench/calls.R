# Median CPU seconds of single calls, in a process of its own, whose heap holds nothing else; each
# round begins with a garbage collection, as that of system.time() does.
# Usage: Rscript bench/calls.R
suppressMessages(library(kestrel))
for (file in c("timing", "workloads", "kestrel")) source(file.path("bench", paste0(file, ".R")))

seconds_of_call <- function(call, times = 500, rounds = 5) {
  call()
  median(replicate(rounds, {
    gc()
    timed(for (i in seq_len(times)) call())[["cpu"]]
  })) / times
}

model <- kestrel_network(founding)
x <- founding$data$x
y <- founding$data$y
cat(seconds_of_call(function() predict(model, 0.5)),
  seconds_of_call(function() fit(model, x, y, epochs = 1, verbose = 0)),
  seconds_of_call(function() train_on_batch(model, x, y)))
