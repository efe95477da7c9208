# The README from its template: tables in Markdown.

fill_template <- function(path, values) {
  text <- paste(readLines(path), collapse = "\n")
  for (name in names(values)) {
    text <- gsub(paste0("{{", name, "}}"), paste(values[[name]], collapse = "\n"), text, fixed = TRUE)
  }
  text
}

markdown <- function(table) {
  line <- function(cells) paste0("| ", paste(cells, collapse = " | "), " |")
  rows <- apply(format_cells(table), 1, line)
  c(line(names(table)), line(rep("---", ncol(table))), rows)
}

format_cells <- function(table) as.matrix(as.data.frame(lapply(table, as.character)))

time_text <- function(s) {
  ifelse(is.na(s), "-", ifelse(s < 1e-3, sprintf("%.3g us", 1e6 * s),
    ifelse(s < 1, sprintf("%.3g ms", 1e3 * s), sprintf("%.3g s", s))))
}
percent_text <- function(x) ifelse(is.na(x), "-", sprintf("%.0f %%", 100 * x))

processor_text <- function() {
  info <- readLines("/proc/cpuinfo")
  sprintf("%s (%s), %d cores", sub(".*: ", "", grep("^model name", info, value = TRUE)[1]),
          sub(".*: ", "family ", grep("^cpu family", info, value = TRUE)[1]),
          parallel::detectCores())
}

versions_text <- function(has_torch, build) {
  of <- function(name) {
    if (requireNamespace(name, quietly = TRUE)) paste(name, utils::packageVersion(name))
  }
  torch <- if (has_torch) {
    paste("PyTorch", system2(python, c("-c", shQuote("import torch; print(torch.__version__)")),
                             stdout = TRUE))
  }
  blas <- if (!is.null(openblas_folder(build))) "OpenBLAS as in Debian for PyTorch and scikit-learn"
  paste(c(R.version.string, of("kestrel"), torch, blas, unlist(lapply(names(r_peers), of))),
        collapse = ", ")
}

peaks_table <- function(peaks) {
  markdown(data.frame(vectors = peaks$kernel, precision = peaks$precision,
                      `GFLOP/s` = sprintf("%.1f", peaks$gflops), check.names = FALSE))
}

one_epoch_text <- function(main) {
  own <- main[!is.na(main$one_epoch), ]
  paste(sprintf("%s for %s (%s)", time_text(own$one_epoch), own$id, own$precision), collapse = ", ")
}

# Peers that compute less than what is meant (one iteration of another method is an epoch) have
# no share of the peak.
workloads_table <- function(main) {
  networks <- !main$id %in% c("W1", "founding")
  of_peak <- ifelse(networks & main$peer %in% c("kestrel", "PyTorch", "scikit-learn"),
                    main$of_peak, NA)
  first <- !duplicated(paste(main$id, main$precision))
  markdown(data.frame(
    ` ` = ifelse(first, main$id, ""), work = ifelse(first, main$what, ""),
    precision = ifelse(first, main$precision, ""), by = main$peer, time = time_text(main$seconds),
    `x kestrel` = sprintf("%.3g", main$ratio), `of peak` = percent_text(of_peak),
    goal = ifelse(first, main$goal, ""), check.names = FALSE
  ))
}

# GFLOP/s of each product (rows) by each kernel and library, the kernel in use first.
product_speeds <- function(gemm) {
  shape <- with(gemm, sprintf("%s %d x %d x %d", product, m, n, k))
  speed <- 2e-9 * gemm$m * gemm$n * gemm$k / gemm$seconds
  tapply(speed, list(factor(shape, unique(shape)), factor(gemm$peer, unique(gemm$peer))), median)
}

beside_libraries <- function(cells) {
  theirs <- cells[, !startsWith(colnames(cells), "kestrel"), drop = FALSE]
  if (ncol(theirs)) cells[, 1] / apply(theirs, 1, max) else rep(NA_real_, nrow(cells))
}

products_table <- function(gemm, peaks) {
  tables <- lapply(unique(gemm$precision), function(precision) {
    cells <- product_speeds(gemm[gemm$precision == precision, ])
    c(paste0("\n", precision, ":\n"), markdown(data.frame(
      product = rownames(cells), round(cells, 1),
      `of peak` = percent_text(cells[, 1] / peak_of(peaks, precision)),
      `x best library` = sprintf("%.2f", beside_libraries(cells)), check.names = FALSE
    )))
  })
  unlist(tables)
}

# How far the goals of the products are reached.
products_goal <- function(gemm, peaks) {
  told <- lapply(unique(gemm$precision), function(precision) {
    cells <- product_speeds(gemm[gemm$precision == precision, ])
    large <- grepl("^AB (256|512|1024|2048) x \\1 x \\1$", rownames(cells))
    shares <- cells[large, 1] / peak_of(peaks, precision)
    beside <- beside_libraries(cells)
    sprintf("%s: %d of %d squares from 256 up at 90 %% of the peak or more (the lowest at %s); level or ahead (0.98 and more) in %d of %d products, the lowest %.2f (%s).",
      precision, sum(shares >= 0.895), length(shares), percent_text(min(shares)),
      sum(beside >= 0.98, na.rm = TRUE), length(beside), min(beside), rownames(cells)[which.min(beside)])
  })
  paste(unlist(told), collapse = " ")
}

threads_table <- function(threads) {
  sped <- ave(threads$seconds, threads$precision, sub(",.*", "", threads$peer),
              FUN = function(s) s[1] / s)
  markdown(data.frame(precision = threads$precision, `by, threads` = threads$peer,
                      time = time_text(threads$seconds), `x kestrel, 1` = sprintf("%.3g", threads$ratio),
                      `x own single` = sprintf("%.2f", sped), check.names = FALSE))
}

plot_threads <- function(threads, folder) {
  png(file.path(folder, "threads.png"), 640, 480, res = 96)
  on.exit(dev.off())
  own <- threads[threads$precision == "float32", ]
  barplot(own$seconds, names.arg = own$peer, ylab = "seconds an epoch, W5, float32", col = "grey80")
}

iris_text <- function(flowers) {
  first <- flowers[!duplicated(flowers$seed), ]
  rows <- lapply(split(flowers, factor(flowers$optimizer, unique(flowers$optimizer))), function(own) {
    reached <- own[!is.na(own$epochs), ]
    data.frame(by = own$optimizer[1], starts = sprintf("%d of %d", nrow(reached), nrow(own)),
               epochs = median(reached$epochs), time = time_text(median(reached$seconds)),
               nnet = sprintf("%.2g", median(reached$seconds / reached$nnet)))
  })
  table <- setNames(do.call(rbind, rows), c("kestrel's", "as low as nnet from", "epochs", "time", "x nnet"))
  c(sprintf("nnet's 200 iterations take %s (median of %d starts). To the loss that each of them ends with:",
            time_text(median(first$nnet)), nrow(first)), "", markdown(table))
}

figures_table <- function(calls, loading, installing) {
  what <- c("`predict()` of one row", "`fit()` of one epoch on three rows", "`train_on_batch()`",
            "`library(kestrel)`")
  reached <- time_text(c(calls, loading))
  goal <- c("30 us", "300 us", "50 us", "0.3 s")
  if (!is.null(installing)) {
    what <- c(what, "installing the tarball on one core", "size of the tarball")
    reached <- c(reached, time_text(installing[["cpu"]]), sprintf("%.2f MB", installing[["megabytes"]]))
    goal <- c(goal, "90 s", "2 MB")
  }
  markdown(data.frame(what = what, reached = reached, goal = goal))
}

memory_table <- function(memory) {
  markdown(data.frame(
    ` ` = memory$id, work = memory$what, precision = memory$precision,
    `R's matrix` = sprintf("%.0f MB", memory$matrix), `engine's copy` = sprintf("%.0f MB", memory$copy),
    `taken in all` = sprintf("%.0f MB", memory$taken),
    `beyond the copy` = sprintf("%.0f MB", memory$taken - memory$copy),
    `taken by PyTorch` = ifelse(is.na(memory$torch), "-", sprintf("%.0f MB", memory$torch)),
    check.names = FALSE
  ))
}
