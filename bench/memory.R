# Memory that one epoch takes beyond what stood before, by the peak of resident memory in a
# process of its own. Linux only. Usage: Rscript bench/memory.R W4 float32
suppressMessages(library(kestrel))
source("bench/timing.R")
source("bench/workloads.R")
source("bench/kestrel.R")

resident <- function(field) {
  line <- grep(paste0("^", field, ":"), readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

wanted <- commandArgs(TRUE)
w <- Find(function(w) w$id == wanted[1], all_workloads())
w$precision <- wanted[2]
data <- workload_data(w)
if (w$task == "fit") {
  little <- list(x = matrix(0, 64, ncol(data$x)), y = data$y[1:64])
  invisible(kestrel_job(w, little)(1))
}
job <- kestrel_job(w, data)
invisible(gc())
# Makes the peak begin anew; where this is refused it began with the process.
try(writeLines("5", "/proc/self/clear_refs"), silent = TRUE)
before <- resident("VmRSS")
invisible(job(1))
cat(resident("VmHWM") - before, "\n")
