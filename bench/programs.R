# The C programs: the processor's peak (peak.c) and the engine's products (gemm.c).

compile_program <- function(source, program, flags) {
  compiler <- Find(function(name) nzchar(Sys.which(name)), c("gcc", "clang"))
  status <- system2(compiler, c("-O2", "-w", flags, source, "-o", program, "-lm", "-ldl"))
  if (status != 0) stop("Could not compile ", source, call. = FALSE)
  program
}

real_of <- c(float32 = "float", float64 = "double")

# GFLOP/s of one core for the vectors that each kernel has; 0 for what does not run here.
measure_peaks <- function(kernels, build) {
  flags <- list(avx512 = c("-mavx512f", "-DVECTOR_BYTES=64"),
                avx2 = c("-mavx2", "-mfma", "-DVECTOR_BYTES=32"),
                plain = c("-DVECTOR_BYTES=16"))
  rows <- expand.grid(kernel = kernels, precision = names(real_of), stringsAsFactors = FALSE)
  rows$gflops <- mapply(function(kernel, precision) {
    own <- c(flags[[kernel]], "-ffp-contract=fast", paste0("-Dreal=", real_of[[precision]]))
    program <- file.path(build, paste("peak", kernel, precision, sep = "-"))
    compile_program("bench/peak.c", program, own)
    as.numeric(system2(program, stdout = TRUE))
  }, rows$kernel, rows$precision)
  rows
}

peak_of <- function(peaks, precision) max(peaks$gflops[peaks$precision == precision])

gemm_program <- function(kernel, precision, build) {
  processor <- sprintf("-DPROCESSOR='\"engine-%s.h\"'", kernel)
  program <- file.path(build, paste("gemm", kernel, precision, sep = "-"))
  compile_program("bench/gemm.c", program, c("-Isrc", processor, paste0("-Dreal=", real_of[[precision]])))
}

# The libraries run beside the first kernel only, the fastest; the others need fewer rounds.
run_gemm <- function(kernels, precisions, rounds, build) {
  blas <- openblas_folder(build)
  libraries <- c(if (is.null(blas)) "" else file.path(blas, "libopenblas.so.0"), "libdnnl.so.2")
  one <- function(kernel, precision) {
    program <- gemm_program(kernel, precision, build)
    beside <- if (kernel == kernels[1]) libraries else c("", "")
    turns <- if (kernel == kernels[1]) rounds else 1
    lines <- system2(program, c(turns, shQuote(beside)), stdout = TRUE,
                     env = c("OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"))
    table <- read.table(text = lines, quote = "",
                        col.names = c("product", "m", "n", "k", "round", "peer", "seconds"))
    own <- table$peer == "kestrel"
    table$peer[own] <- paste("kestrel", kernel)
    cbind(precision = precision, table)
  }
  pairs <- expand.grid(kernel = kernels, precision = precisions, stringsAsFactors = FALSE)
  do.call(rbind, Map(one, pairs$kernel, pairs$precision))
}
