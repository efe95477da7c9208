#' How R functions are differentiated
#'
#' A loss may be an R function of `y_true` and `y_pred`: `compile(model, loss = function(y_true,
#' y_pred) rowMeans(abs(y_true - y_pred)^1.5))`. It is called once for each batch with arrays,
#' samples first (`y_true` has one column where targets are single numbers or class codes), and
#' returns a number for each sample, or for each place of `y_pred`, or one for the batch. Numbers
#' are multiplied by sample weights and averaged; one number for the batch is multiplied by the mean
#' weight.
#'
#' Its gradient is exact: while the function runs, the operations on `y_pred` are noted, and their
#' derivatives are multiplied from the last to the first. Functions of your own that it calls, loops
#' and conditions are as free as ever. It is slower than one of the package's losses, as R runs at
#' each batch.
#'
#' It may read symbolic tensors that it finds around it, such as the `z_mean` of a variational
#' autoencoder: in training and evaluation they stand for their numbers in the batch, and the
#' gradient goes back through the layers that they came from. They must come of the model's inputs
#' and layers. R functions that are metrics read them in the same way. [add_loss] is another way to
#' charge for them.
#'
#' Activations of layers may be R functions, too, as in `layer_dense(4, activation = function(x)
#' pmax(x, 0.1 * x))`, and [layer_lambda()] makes a layer of one. They get and give arrays, samples
#' first. The engine computes the layers before and after such a function.
#'
#' These can be differentiated:
#'
#' * `+ - * / ^`, `%*%`, `crossprod()`, `tcrossprod()`, `t()`, `aperm()`, `solve()`, `det()`,
#'   `atan2()`
#' * `abs()`, `sqrt()`, `exp()`, `expm1()`, `log()`, `log2()`, `log10()`, `log1p()`, the
#'   trigonometric and hyperbolic functions and their inverses, `gamma()`, `lgamma()`, `digamma()`,
#'   `plogis()`, `pnorm()`, `dnorm()`, `cumsum()`, `cumprod()`
#' * `sum()`, `mean()`, `prod()`, `max()`, `min()`, `rowSums()`, `rowMeans()`, `colSums()`,
#'   `colMeans()`, `var()` of a vector, `sd()`
#' * `[`, `[[`, `[<-`, `c()`, `cbind()`, `rbind()`, `rep()`, `rev()`, `sort()`, `matrix()`,
#'   `array()`, `dim<-`, `as.vector()`
#' * `sapply()`, `vapply()`, `lapply()`, and `apply()` over rows or columns; `diff()`, `scale()`,
#'   `cov()`, `cor()`
#' * `pmax()`, `pmin()`, `ifelse()` with any condition
#' * the losses `loss_*()` and activations `activation_*()` of this package, and metrics that are
#'   means of losses; by targets only the squared, absolute, Huber, log-cosh and cosine losses
#'
#' Comparisons, `sign()`, `floor()`, `round()` and their like are constants. Where two numbers are
#' equal, `max()` shares the slope between them and `pmax()` takes the first, as Keras does.
#'
#' @section Arrays of different shapes: They line up at their last dims and are repeated along dims
#'   of 1, as in Keras: an n x 1 array and an n x k one make an n x k one. A vector of k numbers is
#'   an array of one dim, which goes along the last dim of an n x k array, also where n is k:
#'   `y_true * c(1, 5, 10)` weighs three classes. So do results of `k_*` and `op_*` over an axis;
#'   those over the last one want `keepdims = TRUE` beside an n x k array, and are refused without,
#'   as in Keras.
#'
#'   What R's own functions make of rows has a number for each row and goes down the rows, as
#'   everywhere in R: `x / rowSums(x)`, and likewise `rowMeans()`, `apply(x, 1, f)`, `max.col()`,
#'   `x[, j]`, `x[cbind(i, j)]`, and what arithmetic, `as.numeric()`, `as.vector()` or `ifelse()`
#'   make of these. Columns of `t(x)` are the rows of x: `t(t(x) / w)` is `x / w` for w along the
#'   last dim.
#'
#'   Any other vector of n numbers goes down the rows of an n x k array, too, unless n is k: what
#'   `k_constant(w)`, `op_array(w)` and `as_tensor(w)` make never
#'   does. The rule is the same in losses, metrics, activations and layers, for traced and plain
#'   arrays, for symbolic tensors and for `op_*` and `k_*` of arrays. Outside of such functions, R's
#'   own operators on plain arrays are R's own.
#'
#' @section Errors: `kestrel_error_loss` where the function fails (the operation is named, and the
#'   error is the condition's `parent`), returns anything but numbers as above, returns what does
#'   not depend on `y_pred`, or NaN for finite predictions.
#' @source Griewank, A. and Walther, A. (2008) *Evaluating Derivatives*, 2nd ed., SIAM.
#' @family training
#' @examples
#' # A small code, charged for by a function that reads its tensor.
#' input <- layer_input(4)
#' code <- layer_dense(input, 2)
#' model <- keras_model(input, layer_dense(code, 4))
#' model %>% compile(optimizer = "adam", loss = function(y_true, y_pred) {
#'   rowMeans((y_true - y_pred)^2) + 0.01 * rowSums(abs(code))
#' })
#' x <- scale(as.matrix(iris[1:4]))
#' fit(model, x, x, epochs = 2, verbose = 0)
#'
#' pinball <- function(y_true, y_pred, tau = 0.9) {
#'   e <- y_true - y_pred
#'   rowMeans(pmax(tau * e, (tau - 1) * e))
#' }
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = pinball, optimizer = optimizer_adam(0.1))
#' fit(model, cars$speed / 25, cars$dist / 120, epochs = 5, verbose = 0)
#' @name autodiff
NULL
