# Refusing what will not fit, before it is asked for.

# Bytes that may be had: what Linux says is free; elsewhere 64 GB, so that only absurd
# sizes are refused.
memory_available <- function() {
  info <- tryCatch(readLines("/proc/meminfo", warn = FALSE), error = function(e) character())
  line <- grep("^MemAvailable:", info, value = TRUE)
  if (!length(line)) return(64 * 2^30)
  1024 * as.double(gsub("[^0-9]", "", line[1]))
}

# Bytes that are not worth a look at the system.
small_memory <- 2^28

check_memory <- function(bytes, what, call = caller_env(), hint = NULL) {
  if (bytes <= small_memory) return(invisible(bytes))
  available <- memory_available()
  if (bytes <= available) return(invisible(bytes))
  stop_kestrel(
    "memory", sprintf("%s would take %.3g GB of memory; %.3g GB can be had.",
      what, bytes / 2^30, available / 2^30),
    hint = hint, value = bytes, expected = available, call = call
  )
}

# options(kestrel.import): "auto" when there is none.
check_import <- function(import, call = caller_env()) {
  if (is.null(import)) return("auto")
  check_choice(import, c("auto", "copy", "gather"), "a way to read x",
    arg = "options(kestrel.import)", call = call)
}

# Whether inputs are read from R's arrays batch by batch, not copied first.
gathers <- function(import, sets, precision) {
  if (import != "auto") return(import == "gather")
  numbers <- 0
  for (set in sets) for (x in set$x) numbers <- numbers + prod(x$n, x$dims)
  bytes <- numbers * if (precision == "float32") 4 else 8
  bytes >= 2^28 && bytes > memory_available() / 2
}
