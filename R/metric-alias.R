# Names of the same metric: what compile() was given decides the name in logs, "mae", but scripts
# may ask for "mean_absolute_error".

# The one of the names that is meant, else `name`.
name_or_alias <- function(name, known) {
  if (name %in% known) return(name)
  same <- unique(known[main_name(known) == main_name(name)])
  if (length(same) == 1) same else name
}

# "val_mae" and "val_MeanAbsoluteError": "val_mean_absolute_error".
main_name <- function(names) {
  names <- small_letters(gsub("([a-z0-9])([A-Z])", "\\1_\\2", names, perl = TRUE))
  others <- c(short_names, old_names, acc = "accuracy", ce = "crossentropy")
  for (other in names(others)) {
    names <- sub(paste0("(^|_)", other, "$"), paste0("\\1", others[[other]]), names)
  }
  names
}
