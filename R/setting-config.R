# The config of an object that a constructor made, and the way back. Its attribute `origin` is
# the object's class and name, which find the constructor.

setting_makers <- function(class) {
  switch(class,
    kestrel_optimizer = c(optimizer_makers(), solver_makers()),
    kestrel_schedule = schedule_makers(),
    kestrel_loss = loss_makers(),
    kestrel_metric = metric_makers(),
    kestrel_activation = activation_makers(),
    kestrel_initializer = initializer_makers(),
    kestrel_regularizer = regularizer_makers(),
    kestrel_constraint = constraint_makers()
  )
}

is_setting <- function(x) inherits(x, c("kestrel_object", "kestrel_optimizer", "kestrel_metric"))

setting_config <- function(object) {
  name <- if (inherits(object, "kestrel_optimizer")) {
    optimizer_field(object, "record")
  } else {
    object$record %||% object$name
  }
  structure(constructor_values(object), origin = c(class(object)[1], name))
}

# Losses and metrics keep what all of their kind have beside their config.
constructor_values <- function(object) {
  own <- as.list(object$config)
  if (inherits(object, "kestrel_loss")) {
    return(c(list(name = object$label, reduction = object$reduction), own))
  }
  if (inherits(object, "kestrel_metric")) return(c(list(name = object$label), own))
  own
}

setting_from_config <- function(config, origin, call = caller_env()) {
  make <- setting_makers(origin[1])[[origin[2]]]
  if (is.null(make)) {
    stop_kestrel("argument", sprintf(
      "`config` is that of a %s \"%s\", which no function of this package makes.",
      sub("^kestrel_", "", origin[1]), origin[2]
    ), argument = "config", call = call)
  }
  attr(config, "origin") <- NULL
  if (is.list(config$learning_rate)) config$learning_rate <- from_config(config$learning_rate)
  do.call(make, config)
}
