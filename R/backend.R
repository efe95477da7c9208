#' Operations on tensors
#'
#' The operations of R keras 2.x (`k_*`) and of keras3 (`op_*`), for losses, metrics, activations
#' and layers that are R functions. They take arrays, of which the first axis is that of the
#' samples, and can be differentiated where their result depends on numbers, see [autodiff]; R's own
#' operators do as well. Arrays of different shapes line up at their last axes and are repeated
#' along axes of size 1; a vector is an array of one axis: `op_add(matrix(0, 2, 3), 1:3)` adds to
#' each row. A vector of as many numbers as there are rows goes down them where it does not fit the
#' last axis. Axes count from 1, the samples' axis, or with negative numbers from the last; `NULL`
#' is all of them.
#'
#' * sums and the like: `sum`, `mean`, `prod`, `max`, `min`, `std` and `var` (by the count),
#'   `logsumexp` is `log(sum(exp(x)))`, `any`, `all`, `count_nonzero`, `average` (with weights)
#' * along one axis: `cumsum`, `cumprod`
#' * `norm` is `sum(abs(x)^ord)^(1 / ord)`, `normalize` divides by it, `l2_normalize` is
#'   `x / sqrt(max(sum(x^2), 1e-12))`
#' * number by number: `abs`, `square`, `sqrt`, `exp`, `log`, `sin`, `cos`, `erf`, `sign`, `round`,
#'   `floor`, `pow` (`power`), `maximum`, `minimum`, `clip`, comparisons, and the activations
#'   `relu`, `sigmoid`, `tanh`, `softplus`, `softsign`, `elu`, `softmax`
#' * `switch` (`where`): the second where the first is true, else the third
#' * `dot` and `matmul`: products over the last axis of `x` and the first of `y`, or of samples of
#'   both where `y` has three axes; `batch_dot` those of samples, over the axes named, by default
#'   the last of `x` and the last but one of `y`; `bias_add` adds a number for each place of the
#'   last axis
#' * `einsum` with a letter for each axis, `"bij,bjk->bik"`: the products of the numbers with the
#'   same letters, summed over letters that are not in the result (without `->` those that stand
#'   once, by the alphabet). A letter twice in one array is its diagonal; `...` are axes without
#'   letters, which go together from the last, an axis of 1 with any: `"...ij,jk->...ik"`
#' * shapes: `reshape` (by rows, as Keras; `-1` is what is left), `transpose`,
#'   `permute_dimensions`, `expand_dims`, `squeeze`, `flatten`, `batch_flatten`, `concatenate`,
#'   `stack`, `shape`, `ndim`, `cast`; as in R keras `k_shape(x)[1]` is the first axis' size,
#'   `k_shape(x)[[1]]` the second's
#' * `argmax` and `argmin`: places, which `k_` counts from 0 and `op_` from 1, as R keras and keras3
#'   do; `one_hot` of codes from 0
#' * `k_variable` (and `keras_variable`, of an initializer and a shape, too) makes a number or an
#'   array that changes wherever it is used, by `k_set_value()` or `variable$assign()`: the weight
#'   of a term of the loss, say, which a callback changes
#' * `k_constant`, `zeros`, `ones`, `zeros_like`, `ones_like`,
#'   `arange` (from `start`, by default 0, to before `stop`), `eye` and `full`; `k_get_value()`,
#'   `k_eval()` and `op_convert_to_numpy()` give the numbers; `k_set_value(model$optimizer$lr,
#'   0.01)` sets
#' * `map_fn` calls a function of one sample, `update`, `update_add` and `update_sub` change a
#'   weight of a layer that is not trained; `in_train_phase` is `x` in training, else `alt`
#'
#' @param x,y,a,x1,x2 arrays, or numbers.
#' @param axis axes, see above.
#' @param keepdims whether these axes stay, with size 1.
#' @param alpha,max_value,threshold,negative_slope `relu` is `min(x, max_value)` from the threshold
#'   on, and `alpha` (`negative_slope`) times `x - threshold` below; `elu` is `alpha * (exp(x) - 1)`
#'   below 0.
#' @param min_value,x_min,x_max bounds.
#' @param dtype a type: `"bool"`, or one of whole numbers, or of others.
#' @param shape dims of an array, `-1` where they follow.
#' @param pattern the axes in their new order.
#' @param tensors,xs a list of arrays.
#' @param condition logical.
#' @param then_expression,else_expression arrays, or functions that return them.
#' @param indices,num_classes codes from 0 and how many there are.
#' @param axes the axes in their new order; for `batch_dot` one axis of `x` and one of `y`.
#' @param ord,order,epsilon `Inf` is the largest number; the least norm to divide by.
#' @param weights a number for each place, or for each place of the axis.
#' @param bias a vector.
#' @param subscripts,... see `einsum` above; arrays.
#' @param approximate see [activation_gelu()].
#' @param N,M,k,size rows and columns, and the diagonal that is 1.
#' @param start,stop,step the first number, the end and the distance.
#' @param fill_value a number.
#' @param new_x,increment,decrement,ops a weight's new numbers, changes, and a list of weights.
#' @param fn,f,elems,elements a function of an array without the samples' axis, and an array.
#' @param alt,training what to take out of training, and whether it is training, by default as in
#'   the pass that goes on.
#' @param value a number or array.
#' @param name accepted, without effect.
#' @param target,output,from_logits targets, predictions (or with `from_logits` what goes into the
#'   softmax or sigmoid). The cross-entropies give a number for each sample, the binary one for each
#'   number.
#' @param zero_indexed whether places count from 0; codes of `op_one_hot()` do by default.
#' @param decimals how many digits behind the point are kept.
#' @param initializer,trainable,autocast,aggregation an array, or a function of dims that gives one;
#'   the others have no effect.
#' @param sparse accepted, without effect.
#' @return an array, or in the function of a loss, activation or layer something like one.
#' @section Errors: `kestrel_error_argument` for axes that there are not; `kestrel_error_shape` for
#'   shapes that do not go together.
#' @source Keras: `keras.ops`, `keras.backend`; R packages 'keras' and 'keras3'.
#' @family training
#' @name backend-operations
#' @rdname backend
#' @examples
#' x <- matrix(1:6, 2)
#' k_mean(x, axis = 2)
#' k_sum(k_square(x), axis = 1, keepdims = TRUE)
#' op_softmax(x)
#' bce <- function(y_true, y_pred) {
#'   p <- k_clip(y_pred, k_epsilon(), 1 - k_epsilon())
#'   -k_mean(y_true * k_log(p) + (1 - y_true) * k_log(1 - p), axis = -1)
#' }
#' bce(matrix(c(0, 1)), matrix(c(0.2, 0.7)))
NULL
