# Golden values into test fixtures: Rscript tools/fixtures.R <folder of the JSON files>
#
# Each <group>.json holds what Keras computed: {"cases": [...]}, arrays as {"dim", "data"} in
# row-major order, "NaN", "Inf" and "-Inf" as strings. A fixture is the list of those cases
# that this package can run, with arrays in R's order; 1-d arrays become plain vectors.

library(jsonlite)

fixture_folder <- file.path("tests", "testthat", "fixtures")

layers <- c(
  "layer_dense", "layer_activation", "layer_activation_relu", "layer_activation_leaky_relu",
  "layer_activation_elu", "layer_activation_selu", "layer_activation_softmax",
  "layer_activation_thresholded_relu", "layer_dropout", "layer_gaussian_noise",
  "layer_batch_normalization", "layer_layer_normalization", "layer_flatten", "layer_reshape",
  "layer_group_normalization", "layer_rms_normalization", "layer_unit_normalization",
  "layer_activation_parametric_relu", "layer_permute", "layer_repeat_vector", "layer_embedding",
  "layer_global_average_pooling_1d", "layer_category_encoding", "layer_add", "layer_subtract",
  "layer_multiply", "layer_average", "layer_maximum", "layer_minimum", "layer_concatenate",
  "layer_dot"
)

is_covered <- function(case, group) {
  switch(group,
    layers = case$fn %in% layers,
    models = all(vapply(case$layers, `[[`, "", "fn") %in% layers),
    TRUE
  )
}

write_fixture <- function(group, folder) {
  cases <- read_json(file.path(folder, paste0(group, ".json")))$cases
  covered <- Filter(function(case) is_covered(case, group), cases)
  path <- file.path(fixture_folder, sprintf("golden-%s.rds", group))
  saveRDS(lapply(covered, as_value), path, version = 2, compress = "xz")
  cat(sprintf("%-25s %3d of %3d cases, %7d bytes\n",
    group, length(covered), length(cases), file.size(path)))
}

# JSON as nested lists to R: arrays, vectors of numbers or strings, lists.
as_value <- function(x) {
  if (!is.list(x)) return(x)
  if (setequal(names(x), c("dim", "data"))) return(as_array(x))
  if (length(x) && is.null(names(x)) && all(vapply(x, is_scalar, NA))) return(as_vector(x))
  lapply(x, as_value)
}

is_scalar <- function(x) is.atomic(x) && length(x) == 1

as_vector <- function(x) {
  strings <- Filter(is.character, x)
  numbers <- all(unlist(strings) %in% c("NaN", "Inf", "-Inf"))
  if (numbers) vapply(x, as.double, 0) else unlist(x)
}

as_array <- function(x) {
  data <- vapply(x$data, as.double, 0)
  dims <- unlist(x$dim)
  if (length(dims) < 2) data else aperm(array(data, rev(dims)))
}

folder <- commandArgs(TRUE)
if (length(folder) != 1 || !dir.exists(folder)) {
  stop("usage: Rscript tools/fixtures.R <folder of the JSON files>", call. = FALSE)
}
dir.create(fixture_folder, showWarnings = FALSE)
for (path in Sys.glob(file.path(folder, "*.json"))) {
  write_fixture(sub("[.]json$", "", basename(path)), folder)
}
