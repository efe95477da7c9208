#' Data sets of Keras that are on the disk
#'
#' They read the files that Keras leaves in `~/.keras/datasets` (`KERAS_HOME` is asked first), or
#' one that you name, and return what R keras does: the same rows in the same order. Nothing is
#' downloaded; where the file is absent the error says where it can be had.
#'
#' * `dataset_mnist()`: digits, 60000 and 10000 images of 28 x 28 whole numbers to 255, codes 0 to 9
#' * `dataset_fashion_mnist()`: clothes, as these, from four files in the folder `fashion-mnist`
#' * `dataset_boston_housing()`: 506 towns, 13 numbers each, prices in 1000 dollars; shuffled as
#'   Keras does with `seed`, and the last `test_split` of them for testing
#'
#' @param path name of the file in `~/.keras/datasets`, or a path; of `dataset_fashion_mnist()` of
#'   the folder.
#' @param test_split share of the rows that are for testing.
#' @param seed of the order, as of NumPy's `RandomState`.
#' @return a list of `train` and `test`, each a list of `x` and `y`, arrays with samples first.
#' @section Errors: `kestrel_error_file` where the file is absent or not what it should be;
#'   `kestrel_error_argument` for a split or seed that cannot be meant.
#' @source Keras: `keras.datasets`; 'NPY' format, version 1.0 to 3.0.
#' @family data
#' @examples
#' \dontrun{
#' mnist <- dataset_mnist()
#' x <- array_reshape(mnist$train$x / 255, c(60000, 784))
#' c(c(train_data, train_targets), c(test_data, test_targets)) %<-% dataset_boston_housing()
#' }
#' @export
dataset_mnist <- function(path = "mnist.npz") {
  file <- dataset_file(path, paste0(dataset_home, "mnist.npz"))
  part <- function(name) {
    list(x = read_npz(file, paste0("x_", name)), y = read_npz(file, paste0("y_", name)))
  }
  list(train = part("train"), test = part("test"))
}

#' @rdname dataset_mnist
#' @export
dataset_fashion_mnist <- function(path = "fashion-mnist") {
  part <- function(name) {
    list(x = fashion_part(path, name, "images-idx3"), y = fashion_part(path, name, "labels-idx1"))
  }
  list(train = part("train"), test = part("t10k"))
}

fashion_part <- function(path, name, what, call = caller_env(2)) {
  check_string(path, call = call)
  file <- sprintf("%s-%s-ubyte.gz", name, what)
  read_idx(dataset_file(file.path(path, file), paste0(dataset_home, file), call), call)
}

#' @rdname dataset_mnist
#' @export
dataset_boston_housing <- function(path = "boston_housing.npz", test_split = 0.2, seed = 113L) {
  test_split <- check_number(test_split, 0, 1, open = "max")
  seed <- check_count(seed, min = 0L)
  file <- dataset_file(path, paste0(dataset_home, "boston_housing.npz"))
  x <- read_npz(file, "x")
  order <- numpy_orders(nrow(x), seed)[[1]]
  parted(x[order, , drop = FALSE], read_npz(file, "y")[order], test_split)
}

dataset_home <- "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

parted <- function(x, y, test_split) {
  n <- trunc(nrow(x) * (1 - test_split))
  rows <- function(i) list(x = x[i, , drop = FALSE], y = array(y[i]))
  list(train = rows(seq_len(n)), test = rows(n + seq_len(nrow(x) - n)))
}

# The file as it is named, or where Keras keeps it.
dataset_file <- function(path, source, call = caller_env()) {
  check_string(path, call = call)
  if (!validEnc(path)) stop_argument("path", "valid text", path, call = call)
  kept <- file.path(Sys.getenv("KERAS_HOME", "~/.keras"), "datasets", path)
  found <- Filter(function(file) file.exists(file) && !dir.exists(file), c(path, kept))
  if (length(found)) return(path.expand(found[1]))
  stop_kestrel("file", sprintf("There is no file %s, nor %s.", path, kept),
    hint = sprintf("Nothing is downloaded here. It can be had from %s", source), argument = "path",
    value = path, call = call)
}

# The orders in which NumPy's RandomState(seed).shuffle() puts n rows, for one n after the other:
# the Mersenne Twister's 32 bits, masked, until they are not above what is left.
numpy_orders <- function(n, seed) {
  before <- globalenv()$.Random.seed
  kind <- RNGkind()
  on.exit({
    RNGkind(kind[1])
    restore_seed(before)
  })
  RNGkind("Mersenne-Twister")
  assign(".Random.seed", c(globalenv()$.Random.seed[1], 624L, twister_state(seed)),
    envir = globalenv())
  lapply(n, shuffled_places)
}

shuffled_places <- function(n) {
  order <- seq_len(n)
  for (i in rev(seq_len(n - 1))) {
    j <- masked_draw(i) + 1
    order[c(i + 1, j)] <- order[c(j, i + 1)]
  }
  order
}

# A whole number from 0 to most.
masked_draw <- function(most) {
  mask <- 2^ceiling(log2(most + 1))
  repeat {
    draw <- round(stats::runif(1) * 2^32) %% mask
    if (draw <= most) return(draw)
  }
}

# Knuth's generator, s' = 1812433253 (s xor s / 2^30) + i, modulo 2^32, as R's integers have it.
twister_state <- function(seed) {
  state <- numeric(624)
  state[1] <- seed
  for (i in 1:623) {
    high <- state[i] %/% 2^30
    mixed <- state[i] - state[i] %% 4 + bitwXor(state[i] %% 4, high)
    state[i + 1] <- (times_modulo(1812433253, mixed) + i) %% 2^32
  }
  as.integer(ifelse(state >= 2^31, state - 2^32, state))
}

# a b modulo 2^32 in doubles, 16 bits of b at a time.
times_modulo <- function(a, b) {
  ((a * (b %/% 2^16)) %% 2^32 * 2^16 + a * (b %% 2^16)) %% 2^32
}
