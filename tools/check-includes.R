# Arrows point down only: a file of the engine includes headers of its own noun and of lower
# rows; outside of the engine only engine.h is seen, and real.h and engine.inc by its
# instances. Compilers' headers of vector instructions are for simd.h alone.

rows <- list(
  "engine", "real", c("arena", "rng", "parallel", "simd"), c("factor", "gemm", "vector"),
  c("activation", "initializer", "schedule", "normalization"),
  c("loss", "optimizer", "penalty"), c("metric", "layer"), c("dataset", "network"),
  c("trainer", "inference"), "objective", "functions", c("registry", "table")
)
# Files whose header has another name than they have.
nouns <- c(activations = "activation", initializers = "initializer", schedules = "schedule",
           losses = "loss", optimizers = "optimizer", constraint = "penalty", metrics = "metric",
           layers = "layer", workspace = "network", solver = "trainer", solvers = "trainer")
standard <- c("float.h", "math.h", "stdbool.h", "stddef.h", "stdint.h", "string.h", "tgmath.h")
instructions <- c("immintrin.h", "arm_neon.h")

noun_of <- function(file) {
  noun <- sub("[-.].*", "", basename(file))
  ifelse(noun %in% names(nouns), nouns[noun], noun)
}

row_of <- function(noun) match(TRUE, vapply(rows, function(row) noun %in% row, NA))

includes_of <- function(file) {
  lines <- grep("^\\s*#\\s*include", readLines(file), value = TRUE)
  to <- sub('^[^"<]*["<]([^">]*).*', "\\1", lines)
  data.frame(from = rep(file, length(lines)), to = to, system = grepl("<", lines))
}

engine_fault <- function(from, to, system) {
  if (system) {
    known <- c(standard, switch(basename(from), simd.h = instructions, parallel.c = "omp.h"))
    return(if (!to %in% known) "not one of the standard headers that it may use")
  }
  own <- noun_of(from)
  other <- noun_of(to)
  if (is.na(row_of(own))) return("the file stands in no row")
  if (is.na(row_of(other))) return("the header stands in no row")
  if (own != other && row_of(other) >= row_of(own)) "points up or sideways"
}

glue_fault <- function(from, to, system) {
  if (system || !grepl("^engine/", to)) return(NULL)
  instance <- grepl("^engine-", basename(from))
  allowed <- if (instance) c("engine/real.h", "engine/engine.inc") else "engine/engine.h"
  if (!to %in% allowed) "looks into the engine"
}

faults_in <- function(files, fault) {
  all <- do.call(rbind, lapply(files, includes_of))
  found <- Map(fault, all$from, all$to, all$system)
  bad <- lengths(found) > 0
  list(n = nrow(all), text = sprintf("%s includes %s: %s", all$from, all$to, found)[bad])
}

engine <- faults_in(list.files("src/engine", "[.][ch]$", full.names = TRUE), engine_fault)
glue <- faults_in(list.files("src", "[.][ch]$", full.names = TRUE), glue_fault)
faults <- c(engine$text, glue$text)
if (length(faults)) writeLines(faults)
cat(sprintf("includes: %d looked at, %d point where they must not\n", engine$n + glue$n,
            length(faults)))
quit(status = length(faults) > 0)
