#' Random tensors
#'
#' Arrays of random numbers, drawn from R's own generator, so that [set.seed()] makes them
#' repeatable: in the functions of losses and layers, new ones at each batch. They are constants to
#' differentiation, which goes on to `mean` and `stddev`, as a variational autoencoder needs it.
#'
#' * `normal`: density `exp(-((x - mean) / stddev)^2 / 2)`; `truncated_normal` keeps to two `stddev`
#' * `uniform`: from `minval` to `maxval`; `integer`: whole numbers from `minval` below `maxval`
#' * `bernoulli` and R keras' `binomial`: 1 with probability `p`, else 0; keras3's
#'   `random_binomial()` the number of successes among `counts`
#' * `gamma` with shape `alpha` and rate 1; `beta` with `alpha` and `beta`
#' * `categorical`: places of classes by the logits of each row, from 1
#' * `shuffle`: the array in another order along an axis
#' * `dropout`: zero with probability `rate` (`level`), the others divided by `1 - rate`
#'
#' @param shape dims of the array, a vector or list.
#' @param mean,stddev,minval,maxval,p,counts,probabilities,alpha,beta see above.
#' @param dtype accepted, without effect.
#' @param seed for `random_*`: a number, which gives the same numbers each time, or what
#'   `random_seed_generator()` returned, which gives new ones each time. Without effect for `k_*`.
#' @param logits,num_samples log-probabilities, a row for each distribution, and how many to draw.
#' @param zero_indexed whether places count from 0.
#' @param x,inputs an array.
#' @param axis the axis to shuffle along.
#' @param rate,level a probability.
#' @param noise_shape dims of the zeros: 1 where an axis is dropped as a whole.
#' @return an array.
#' @section Errors: `kestrel_error_argument` for dims and parameters that there are not.
#' @source Keras: `keras.random`, `keras.backend`.
#' @family training
#' @name backend-random
#' @examples
#' set.seed(1)
#' k_random_normal(c(2, 3))
#' random_uniform(4, seed = 7)
#' random_uniform(4, seed = 7)
NULL

#' @rdname backend-random
#' @export
k_random_normal <- operation(function(shape, mean = 0, stddev = 1, dtype = NULL, seed = NULL) {
  scaled_noise(drawn(shape, NULL, stats::rnorm), mean, stddev)
})

#' @rdname backend-random
#' @export
random_normal <- operation(function(shape, mean = 0, stddev = 1, dtype = NULL, seed = NULL) {
  scaled_noise(drawn(shape, seed, stats::rnorm), mean, stddev)
})

#' @rdname backend-random
#' @export
k_truncated_normal <- operation(function(shape, mean = 0, stddev = 1, dtype = NULL, seed = NULL) {
  scaled_noise(drawn(shape, NULL, middle_normal), mean, stddev)
})

#' @rdname backend-random
#' @export
random_truncated_normal <- operation(function(shape, mean = 0, stddev = 1, dtype = NULL,
  seed = NULL) {
  scaled_noise(drawn(shape, seed, middle_normal), mean, stddev)
})

# Mean and deviation may be arrays, and are differentiated.
scaled_noise <- function(noise, mean, stddev, call = caller_env()) {
  s <- plain(stddev)
  if (!is.numeric(s) || is.object(s) || !length(s) || anyNA(s) || any(s < 0)) {
    stop_argument("stddev", "numbers from 0 on", s, call = call)
  }
  operate("+", list(mean, operate("*", list(stddev, noise))))
}

middle_normal <- function(n) stats::qnorm(stats::runif(n, stats::pnorm(-2), stats::pnorm(2)))

#' @rdname backend-random
#' @export
k_random_uniform <- operation(function(shape, minval = 0, maxval = 1, dtype = NULL, seed = NULL) {
  drawn(shape, NULL, function(n) uniform_between(n, minval, maxval))
})

#' @rdname backend-random
#' @export
random_uniform <- operation(function(shape, minval = 0, maxval = 1, dtype = NULL, seed = NULL) {
  drawn(shape, seed, function(n) uniform_between(n, minval, maxval))
})

#' @rdname backend-random
#' @export
random_integer <- operation(function(shape, minval, maxval, dtype = NULL, seed = NULL) {
  drawn(shape, seed, function(n) floor(uniform_between(n, minval, maxval)))
})

uniform_between <- function(n, minval, maxval) {
  check_number(minval)
  minval + (check_number(maxval, min = minval) - minval) * stats::runif(n)
}

#' @rdname backend-random
#' @export
k_random_bernoulli <- operation(function(shape, p = 0, dtype = NULL, seed = NULL) {
  drawn(shape, NULL, function(n) as.double(stats::runif(n) < check_number(p, 0, 1)))
})

#' @rdname backend-random
#' @export
k_random_binomial <- k_random_bernoulli

#' @rdname backend-random
#' @export
random_binomial <- operation(function(shape, counts, probabilities, dtype = NULL, seed = NULL) {
  size <- check_count(counts, min = 0L)
  drawn(shape, seed,
    function(n) as.double(stats::rbinom(n, size, check_number(probabilities, 0, 1))))
})

#' @rdname backend-random
#' @export
random_gamma <- operation(function(shape, alpha, dtype = NULL, seed = NULL) {
  drawn(shape, seed, function(n) stats::rgamma(n, check_number(alpha, min = 0)))
})

#' @rdname backend-random
#' @export
random_beta <- operation(function(shape, alpha, beta, dtype = NULL, seed = NULL) {
  drawn(shape, seed,
    function(n) stats::rbeta(n, check_number(alpha, min = 0), check_number(beta, min = 0)))
})

# The largest of logits plus Gumbel noise falls on a class with its probability.
#' @rdname backend-random
#' @export
random_categorical <- operation(function(logits, num_samples, dtype = "int32", seed = NULL,
                                         zero_indexed = FALSE) {
  logits <- plain(logits)
  noise <- drawn(c(dim(logits), check_count(num_samples)), seed,
    function(n) -log(-log(stats::runif(n))))
  extreme_places(plain_operator("+", expand_tensor(logits), noise), 2, which.max) - zero_indexed
})

#' @rdname backend-random
#' @export
random_shuffle <- operation(function(x, axis = 1, seed = NULL) {
  n <- tensor_dims(plain(x))[one_axis(x, axis)]
  pick_along(x, order(drawn(n, seed, stats::runif)), axis)
})

#' @rdname backend-random
#' @export
random_dropout <- operation(function(inputs, rate, noise_shape = NULL, seed = NULL) {
  check_number(rate, 0, 1, open = "max")
  drop_out(inputs, rate, noise_shape, seed)
})

#' @rdname backend-random
#' @export
k_dropout <- operation(function(x, level, noise_shape = NULL, seed = NULL) {
  check_number(level, 0, 1, open = "max")
  drop_out(x, level, noise_shape, NULL)
})

drop_out <- function(x, rate, noise_shape, seed, call = caller_env()) {
  dims <- tensor_dims(plain(x))
  kept <- drawn(check_noise_dims(noise_shape, dims, call), seed, stats::runif) >= rate
  operate("*", list(with_dims(x, dims), kept / (1 - rate)))
}

# NULL and NA are the dims of x.
check_noise_dims <- function(shape, dims, call) {
  noise <- if (is.null(shape)) dims else unlist(lapply(shape, function(d) d %||% NA))
  fits <- (is.numeric(noise) || is.logical(noise)) && length(noise) == length(dims)
  noise <- if (fits) ifelse(is.na(noise), dims, noise)
  if (fits && all(noise == 1 | noise == dims)) return(noise)
  stop_argument("noise_shape", sprintf("%d numbers, each 1 or the array's dim: %s", length(dims),
    shape_list(dims)), shape, kind = "shape", call = call)
}

#' @rdname backend-random
#' @export
random_seed_generator <- operation(function(seed = NULL) {
  seed <- if (is.null(seed)) draw_seed() %% .Machine$integer.max else check_count(seed, min = 0L)
  structure(list2env(list(seed = seed, count = 0L), parent = emptyenv()),
    class = "kestrel_seed_generator")
})

# draw(n) as an array; with a seed of its own R's generator stays as it is.
drawn <- function(shape, seed, draw) {
  dims <- check_tensor_dims(shape)
  if (is.null(seed)) return(array(draw(prod(dims)), dims))
  before <- globalenv()$.Random.seed
  on.exit(restore_seed(before))
  set.seed(next_seed(seed))
  array(draw(prod(dims)), dims)
}

next_seed <- function(seed, call = caller_env()) {
  if (!inherits(seed, "kestrel_seed_generator")) {
    return(check_count(seed, min = 0L, arg = "seed", call = call))
  }
  seed$count <- seed$count + 1L
  (seed$seed + 7919 * seed$count) %% .Machine$integer.max
}

# 0 samples are allowed.
check_tensor_dims <- function(shape, call = caller_env()) {
  dims <- unlist(lapply(as.list(shape), plain))
  good <- is.numeric(dims) && length(dims) > 0 && all(is.finite(dims)) &&
    all(dims == trunc(dims) & dims >= 0)
  if (good) return(as.integer(dims))
  stop_argument("shape", "whole numbers, the dims of an array", shape,
    hint = "k_shape(x) gives those of an array, its samples included.", call = call)
}
