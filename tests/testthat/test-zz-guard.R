# Which functions look for a fault in the state of a model when they fail.

test_that("every function of a model is guarded", {
  takes_model <- function(f) is.function(f) && any(c("object", "model") %in% names(formals(f)))
  exported <- Filter(takes_model, sapply(getNamespaceExports("kestrel"), getExportedValue, ns = "kestrel"))
  # Those that make layers take anything there is, those of texts no model.
  others <- "^(layer_|create_layer|time_distributed|fit_text_tokenizer|save_text_tokenizer|unserialize_model|register_keras)"
  exported <- exported[!grepl(others, names(exported))]
  # summary() prints what format() says.
  methods <- Filter(takes_model, sapply(setdiff(names(silly_methods), "summary"), utils::getS3method, class = "kestrel_model",
    optional = TRUE, envir = asNamespace("kestrel")))
  for (name in names(c(exported, methods))) {
    f <- c(methods, exported)[[name]]
    guarded <- any(c("blame_state", "UseMethod") %in% all.names(body(f)))
    expect(guarded, sprintf("%s() is not guarded.", name))
  }
})
