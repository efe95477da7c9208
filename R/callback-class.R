#' Callbacks as classes, without R6
#'
#' `Callback()` (R package 'keras3') and `new_callback_class()` ('keras' from 2.9 on) make a
#' class of callbacks: a function that makes a callback when called. Hooks of `Callback()`
#' count epochs and batches **from 1**, those of `new_callback_class()` **from 0**; apart
#' from that they are as in [callback_lambda()].
#'
#' In all functions of the class `self` is the callback, with `self$model`, `self$params` (see
#' [KerasCallback]) and whatever was assigned; `super` has the functions of the class that it
#' inherits from; `private` is an environment for values of its own.
#'
#' @inheritParams callback_lambda
#' @param classname name of the class.
#' @param ... other functions, such as `initialize`, which gets the arguments that the
#'   callback is made with, and other values: fields of each callback.
#' @param public,private named lists of more functions and fields, `private` ones seen only as
#'   `private$name`.
#' @param inherit a class made by one of these functions, or `NULL`.
#' @param parent_env not used: functions find their variables where they were written.
#' @return a function that makes callbacks: `Mine(...)`, or `Mine$new(...)`.
#' @section Errors: `kestrel_error_argument` for hooks that are no functions of their
#'   arguments.
#' @source R packages 'keras' and 'keras3'.
#' @family callbacks
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", optimizer = "sgd")
#' StopAt <- Callback("StopAt",
#'   initialize = function(last) self$last <- last,
#'   on_epoch_end = function(epoch, logs = NULL) {
#'     if (epoch == self$last) self$model$stop_training <- TRUE
#'   }
#' )
#' history <- model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 9, verbose = 0,
#'   callbacks = StopAt(last = 3))
#' length(history$metrics$loss)
#' @export
Callback <- function(classname, on_epoch_begin = NULL, on_epoch_end = NULL,
                     on_train_begin = NULL, on_train_end = NULL, on_train_batch_begin = NULL,
                     on_train_batch_end = NULL, on_test_begin = NULL, on_test_end = NULL,
                     on_test_batch_begin = NULL, on_test_batch_end = NULL,
                     on_predict_begin = NULL, on_predict_end = NULL,
                     on_predict_batch_begin = NULL, on_predict_batch_end = NULL, ...,
                     public = list(), private = list(), inherit = NULL,
                     parent_env = parent.frame()) {
  if (missing(classname)) classname <- NULL
  hooks <- mget(setdiff(names(hook_arguments), c("on_batch_begin", "on_batch_end")))
  new_class(classname, c(hooks, list(...)), public, private, inherit, "kestrel_callback_from_1")
}

#' @rdname Callback
#' @export
new_callback_class <- function(classname, ..., on_epoch_begin = NULL, on_epoch_end = NULL,
                               on_batch_begin = NULL, on_batch_end = NULL,
                               on_train_batch_begin = NULL, on_train_batch_end = NULL,
                               on_train_begin = NULL, on_train_end = NULL,
                               on_predict_batch_begin = NULL, on_predict_batch_end = NULL,
                               on_predict_begin = NULL, on_predict_end = NULL,
                               on_test_batch_begin = NULL, on_test_batch_end = NULL,
                               on_test_begin = NULL, on_test_end = NULL, public = list(),
                               private = list(), inherit = NULL) {
  if (missing(classname)) classname <- NULL
  hooks <- mget(names(hook_arguments))
  new_class(classname, c(hooks, list(...)), public, private, inherit, NULL)
}

# `counting`: the S3 class that says where counting begins.
new_class <- function(classname, members, public, private, inherit, counting,
                      call = caller_env()) {
  classname <- check_name(classname, null = FALSE, call = call)
  members <- initialize_by_name(c(members, check_members(public, "public", call)))
  members <- check_members(Filter(Negate(is.null), members), "...", call)
  class <- list(
    classname = classname, members = members, private = check_members(private, "private", call),
    inherit = check_inherit(inherit, call), counting = counting
  )
  structure(function(...) new_instance(class, ...), class_record = class,
    class = "kestrel_callback_class")
}

# Python's name of initialize().
initialize_by_name <- function(members) {
  names(members)[names2(members) == "__init__"] <- "initialize"
  members
}

check_members <- function(x, arg, call) {
  if (!is.list(x) || any(!nzchar(names2(x)))) {
    stop_argument(arg, "a list of functions and fields, all named", x, call = call)
  }
  for (name in intersect(names(x), names(hook_arguments))) check_hook(x[[name]], name, "", call)
  stray <- setdiff(names(x)[startsWith(names2(x), "on_")], names(hook_arguments))
  if (length(stray)) stop_unknown(arg, "hooks", stray[1], names(hook_arguments), call = call)
  x
}

check_inherit <- function(x, call) {
  if (is.null(x) || inherits(x, "kestrel_callback_class")) return(attr(x, "class_record"))
  stop_argument("inherit", "NULL or a class made by Callback() or new_callback_class()", x,
    call = call)
}

new_instance <- function(class, ...) {
  self <- new.env(parent = emptyenv())
  private <- new.env(parent = emptyenv())
  members <- bind_class(class, self, private)
  list2env(c(as.list(members), list(name = class$classname, settings = character())), envir = self)
  class(self) <- c(lineage(class), class$counting, "kestrel_callback")
  if (is.function(self$initialize)) self$initialize(...)
  self
}

# The members of a class with those it inherits, functions bound to one `self`.
bind_class <- function(class, self, private) {
  parent <- class$inherit
  super <- if (is.null(parent)) base_members(self) else bind_class(parent, self, private)
  names <- list(self = self, private = private, super = super)
  bind <- function(members) lapply(members, bind_member, names)
  list2env(bind(class$private), envir = private)
  own <- bind(class$members)
  list2env(own, envir = list2env(as.list(super), parent = emptyenv()))
}

bind_member <- function(x, names) {
  if (is.function(x) && !is.primitive(x)) environment(x) <- list2env(names, parent = environment(x))
  x
}

# What `super` has at the root: hooks without effect, and an initialize() that keeps what it
# is given as fields.
base_members <- function(self) {
  list2env(c(empty_hooks(), list(
    initialize = function(...) keep_fields(self, list(...)), model = NULL, params = NULL
  )), parent = emptyenv())
}

keep_fields <- function(self, fields) {
  if (any(!nzchar(names2(fields)))) {
    stop_kestrel("argument", "A class without initialize() takes only named arguments.",
      hint = "They become fields of the callback.", call = NULL)
  }
  if (length(fields)) list2env(fields, envir = self)
  invisible(self)
}

lineage <- function(class) c(class$classname, if (!is.null(class$inherit)) lineage(class$inherit))

#' @export
`$.kestrel_callback_class` <- function(x, name) {
  switch(name, new = unclass(x), classname = attr(x, "class_record")$classname)
}

#' @export
print.kestrel_callback_class <- function(x, ...) {
  cat(sprintf("<kestrel_callback_class %s>\n", x$classname))
  invisible(x)
}
