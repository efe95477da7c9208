# Every function of the package with arguments that are valid, so that one at a time can be
# replaced by something silly.

silly_values <- function() {
  methods::setClass("SillyPoint", representation(x = "numeric"), where = environment())
  list(
    null = NULL, na = NA, na_number = NA_real_, na_text = NA_character_, nan = NaN, infinite = Inf,
    minus = -1, zero = 0, half = 0.5, huge = 1e10, overflow = 1e308, whole = 3L, empty_text = "",
    text = "a", no_text = character(), texts = c("a", "b"), no_numbers = numeric(),
    numbers = c(3, -2, 1e9), "true" = TRUE, list = list(), nested = list(list(1, "a")),
    named = list(units = "a", x = NULL), "function" = function(...) stop("it ran"),
    primitive = sum, data = data.frame(a = letters[1:2]), no_data = data.frame(),
    environment = new.env(), formula = y ~ x, symbol = quote(x), call = quote(stop("it ran")),
    raw = as.raw(1:2), complex = 1i, factor = factor(c("a", "b")), date = as.Date("2024-01-01"),
    no_rows = matrix(0, 0, 3), no_columns = matrix(0, 3, 0), list_matrix = matrix(list(1, "a"), 2),
    cube = array(0, c(2, 2, 2)), s4 = methods::new("SillyPoint", x = 1), model = small_model(),
    unbuilt = keras_model_sequential(), layer = layer_dense(units = 1),
    tensor = layer_input(shape = 2), loss = loss_mean_squared_error(), not_utf8 = "\xff\xfe"
  )
}

silly_methods <- c(fit = "kestrel_model", evaluate = "kestrel_model", predict = "kestrel_model",
  compile = "kestrel_model", diagnose = "kestrel_model", summary = "kestrel_model",
  format = "kestrel_model", plot = "kestrel_history")

# The same function under several names is there once.
exported_functions <- function() {
  names <- setdiff(sort(getNamespaceExports("kestrel")), c("%>%", "%<>%", "%<-%", "k_clear_session",
    "clear_session"))
  functions <- stats::setNames(lapply(names, getExportedValue, ns = "kestrel"), names)
  for (generic in names(silly_methods)) {
    functions[[generic]] <- utils::getS3method(generic, silly_methods[[generic]], envir = asNamespace("kestrel"))
  }
  functions <- Filter(is.function, functions)
  functions[!duplicated(functions)]
}

# What is required of an argument's name, evaluated anew for each call.
valid_by_name <- alist(
  x = matrix(c(0.2, 0.8, 0.6, 0.4), 2), y = matrix(c(0, 1, 1, 0), 2), x1 = diag(2), x2 = diag(2),
  y_true = diag(2), y_pred = diag(2) / 2 + 0.1, target = diag(2), output = diag(2) / 2 + 0.1,
  value = diag(2), data = matrix(1:6 / 6, 6, 4), condition = diag(2) > 0, then_expression = diag(2),
  else_expression = -diag(2), indices = c(0, 1), object = small_model(), model = small_model(),
  inputs = list(layer_input(shape = 3), layer_input(shape = 3)), tensors = list(diag(2), diag(2)),
  xs = list(diag(2), diag(2)), axes = 1, dim = c(1, 4), shape = c(1, 4), dims = c(2, 1),
  pattern = c(2, 1), x_min = 0, x_max = 1, a = 2, dtype = "float32", num_classes = 3, units = 2,
  activation = "tanh", rate = 0.5, stddev = 0.1, scale = 2, n = 2, num_tokens = 3,
  target_shape = c(2, 2), input_dim = 3, output_dim = 2, layer = layer_dense(units = 2),
  f = function(x) x * 2, initial_learning_rate = 0.1, decay_steps = 5, first_decay_steps = 5,
  decay_rate = 0.5, boundaries = c(2, 4), values = c(0.1, 0.2, 0.3), target_class_ids = 0,
  fn = function(y_true, y_pred) k_mean(y_true - y_pred), metric_fn = function(y_true, y_pred) 1,
  recall = 0.5, precision = 0.5, sensitivity = 0.5, specificity = 0.5, classname = "Silly",
  filename = tempfile(), filepath = tempfile(), name = "silly", seed = 3,
  sequences = list(1:2, 1:3), sequence_length = 2, length = 2, targets = 1:6,
  layer_class = Layer("Silly", call = function(self, x) x), floatx = "float32",
  node_index = 1, generator = function() list(small_x(), small_y()), vocabulary = c("a", "b"),
  config = get_config(layer_dense(units = 2)), weights = get_weights(small_model()),
  d = diagnose(small_model(), small_x(), small_y()), i = 1, left = quote(u),
  gradients = with_gradient(small_model(), small_x(), small_y())$gradients,
  
)

valid_by_name <- c(valid_by_name, alist(
  start = 3, ops = list(k_variable(1)), bias = c(1, 2), level = 0.5, size = 2, N = 2,
  reference = diag(2), predictions = diag(2) / 2 + 0.1, k = 1, alt = -diag(2), elems = diag(2),
  elements = diag(2), rep = 2, axis = 1, new_x = c(1, 2), increment = 1, decrement = 1,
  subscripts = "ij->ji", fill_value = 2, source = 1, destination = 2, repeats = 2, shift = 1,
  indices_or_sections = 2, axis1 = 1, axis2 = 2, alpha = 1, beta = 1, counts = 3, probabilities = 0.5,
  logits = diag(2), num_samples = 2, minval = 0, maxval = 5
))

valid_by_name <- c(valid_by_name, alist(
  indices = matrix(1:2), updates = diag(2), segment_ids = c(1, 2), bins = c(0, 1), key = 1, e = 1e-7, initializer = c(1, 2)
))

valid_by_name <- c(valid_by_name, alist(
  q = 0.5, pad_width = 1, start_indices = c(1, 1), threshold = 0.5, default_value = 0, pred = TRUE,
  true_fn = function() 1, false_fn = function() 2, lower = 1, upper = 3, body_fun = function(i, x) x + i,
  init_val = 0, cond = function(x) x < 3, body = function(x) list(x + 1), loop_vars = list(1), mean = 0.5,
  var = 2, low = 0, high = 1, stop = 2
))

# Arguments of single functions: `of_model` and such give x and y of the model's shapes.
of_model <- alist(object = small_model(), x = small_x(), y = small_y())
the_model <- alist(model = small_model(), x = small_x(), y = small_y())
sequences <- alist(object = keras_model_sequential(input_shape = c(4, 2)))
used_layer <- alist(object = local({ l <- layer_dense(units = 2); l(layer_input(shape = 3)); l }), node_index = 1)
a_tokenizer <- function() fit_text_tokenizer(text_tokenizer(), "a b")
a_weight <- function(more) c(alist(x = new_variable(2, "w")), more)
coded <- alist(y_true = c(0, 1), y_pred = diag(2) / 2 + 0.1)
valid_by_function <- list(
  fit = c(of_model, alist(epochs = 1, verbose = 0)), evaluate = c(of_model, verbose = 0), predict = of_model[1:2],
  compile = alist(object = small_model(), loss = "mse"), diagnose = c(of_model, level = "quick"),
  summary = alist(object = small_model()), format = alist(x = small_model()),
  plot = alist(x = fit(small_model(), small_x(), small_y(), epochs = 2, verbose = 0), method = "base"),
  predict_classes = of_model[1:2], predict_proba = of_model[1:2], predict_on_batch = of_model[1:2],
  train_on_batch = of_model, test_on_batch = of_model, with_gradient = the_model,
  loss_floor = the_model, loss_ladder = the_model, check_curvature = the_model, check_floor = the_model,
  check_gradients = the_model, check_inputs = the_model, check_labels = the_model, check_step_size = the_model,
  check_targets = the_model, check_units = the_model,
  fit_generator = alist(object = small_model(), generator = function() list(small_x(), small_y()),
    steps_per_epoch = 1, epochs = 1, verbose = 0),
  evaluate_generator = alist(object = small_model(), generator = function() list(small_x(), small_y()), steps = 1),
  predict_generator = alist(object = small_model(), generator = function() small_x(), steps = 1),
  adapt = alist(object = layer_normalization(), data = small_x()),
  get_vocabulary = alist(object = layer_string_lookup(vocabulary = c("a", "b"))),
  set_vocabulary = alist(object = layer_string_lookup(), vocabulary = c("a", "b")),
  get_config = alist(object = layer_dense(units = 2)),
  k_update = a_weight(alist(new_x = c(1, 2))), k_update_add = a_weight(list(increment = 1)),
  k_update_sub = a_weight(list(decrement = 1)), op_map = alist(xs = diag(2), f = function(x) x * 2),
  k_map_fn = alist(fn = function(x) x * 2, elems = diag(2)), op_einsum = alist(subscripts = "ij->ji", diag(2)),
  op_broadcast_to = alist(x = diag(2), shape = c(3, 2, 2)), random_dropout = alist(inputs = diag(2), rate = 0.5),
  op_take = alist(x = diag(2), indices = c(1, 2)), op_take_along_axis = alist(x = diag(2), indices = matrix(1, 2, 2), axis = 1),
  k_gather = alist(reference = diag(2), indices = c(1, 2)),
  k_in_top_k = alist(predictions = diag(2), targets = c(0, 1), k = 1),
  op_in_top_k = alist(targets = c(0, 1), predictions = diag(2), k = 1),
  layer_string_lookup = alist(vocabulary = c("a", "b")), layer_text_vectorization = alist(vocabulary = c("a", "b"), output_sequence_length = 3),
  layer_integer_lookup = alist(vocabulary = c(1, 2)), layer_upsampling_1d = sequences,
  layer_einsum_dense = alist(object = keras_model_sequential(input_shape = 4), equation = "ab,bc->ac", output_shape = 2),
  unserialize_model = alist(model = serialize_model(small_model())),
  callback_backup_and_restore = alist(backup_dir = tempfile()),
  k_equal = alist(x = diag(2), y = diag(2)), k_set_value = alist(x = new_variable(2, "w"), value = c(1, 2)),
  k_get_value = alist(x = k_variable(1)), k_transpose = alist(x = diag(2)),
  k_expand_dims = alist(x = diag(2)), op_reshape = alist(x = diag(2), shape = c(1, 4)),
  k_cast = alist(x = diag(2), dtype = "int32"), op_one_hot = alist(x = c(0, 1), num_classes = 2),
  k_stack = alist(x = list(diag(2), diag(2))), keras_input = alist(shape = 2), layer_input = alist(shape = 2),
  k_placeholder = alist(shape = c(NA, 2)), k_temporal_padding = alist(x = array(1, c(2, 3, 2))),
  op_bincount = alist(x = c(0, 1)), op_cross = alist(x1 = 1:3, x2 = 1:3), config_set_epsilon = alist(value = 1e-7),
  op_scatter_update = alist(inputs = diag(2), indices = matrix(1:2), updates = diag(2)),
  op_slice_update = alist(inputs = diag(2), start_indices = c(1, 1), updates = diag(2)),
  op_segment_sum = alist(data = diag(2), segment_ids = c(1, 2)), op_segment_max = alist(data = diag(2), segment_ids = c(1, 2)),
  op_scatter = alist(indices = matrix(1:2), values = diag(2), shape = c(2, 2)), op_solve = alist(a = diag(2), b = diag(2)),
  op_diff = alist(a = c(1, 4, 9)), op_slice = alist(x = diag(2), start_indices = c(1, 1), shape = c(1, 2)), op_outer = alist(x1 = 1:2, x2 = 1:3),
  k_foldl = alist(fn = function(a, b) op_add(a, b), elems = diag(2)), op_glu = alist(x = diag(2)),
  k_foldr = alist(fn = function(a, b) op_add(a, b), elems = diag(2)), op_multi_hot = alist(inputs = c(0, 1), num_classes = 2),
  k_batch_set_value = alist(tuples = list(list(new_variable(2, "w"), c(1, 2)))),
  k_moving_average_update = a_weight(alist(value = c(1, 2), momentum = 0.5)),
  k_print_tensor = alist(x = diag(2)), k_random_normal_variable = alist(shape = 2, mean = 0, scale = 1),
  k_sparse_categorical_crossentropy = alist(target = c(0, 1), output = diag(2) / 2 + 0.1),
  op_sparse_categorical_crossentropy = alist(target = c(0, 1), output = diag(2) / 2 + 0.1),
  layer_dot = alist(inputs = list(layer_input(shape = 3), layer_input(shape = 3)), axes = 1),
  layer_permute = c(sequences, alist(dims = c(2, 1))), layer_average_pooling_1d = sequences,
  layer_max_pooling_1d = sequences, layer_global_average_pooling_1d = sequences,
  layer_global_max_pooling_1d = sequences, layer_cropping_1d = sequences, layer_zero_padding_1d = sequences,
  layer_spatial_dropout_1d = c(sequences, rate = 0.5), layer_time_distributed = c(sequences, alist(layer = layer_dense(units = 2))),
  time_distributed = c(sequences, alist(layer = layer_dense(units = 2))),
  layer_group_normalization = alist(object = keras_model_sequential(input_shape = 4), groups = 2),
  layer_reshape = alist(object = keras_model_sequential(input_shape = 4), target_shape = c(2, 2)),
  metric_iou = alist(num_classes = 2, target_class_ids = 0), metric_binary_iou = list(),
  regularizer_l1 = list(l = 0.1), config_set_floatx = list(value = "float32"), to_categorical = list(x = c(0, 1, 2)),
  optimizer_adamw = list(), Layer = alist(classname = "Silly", call = function(self, x) x),
  new_layer_class = alist(classname = "Silly", call = function(self, x) x),
  timeseries_dataset_from_array = alist(data = matrix(1:12, 6), targets = NULL, sequence_length = 2),
  timeseries_generator = alist(data = matrix(1:12, 6), targets = 1:6, length = 2),
 
  callback_learning_rate_scheduler = alist(schedule = function(epoch) 0.1),
  get_input_at = used_layer, get_output_at = used_layer, get_input_shape_at = used_layer, get_output_shape_at = used_layer,
  get_layer = alist(object = small_model(), index = 1),
  k_batch_dot = alist(x = array(1, c(2, 1, 3)), y = array(1, c(2, 3, 1))),
  keras_model = alist(inputs = (t <- layer_input(shape = 2)), outputs = layer_dense(t, 1)),
  layer_discretization = alist(object = keras_model_sequential(input_shape = 4), bin_boundaries = c(0, 1)),
  loss_categorical_generalized_cross_entropy = coded, loss_sparse_categorical_crossentropy = coded,
  metric_categorical_generalized_cross_entropy = coded, metric_sparse_categorical_accuracy = coded,
  metric_sparse_categorical_crossentropy = coded, metric_sparse_top_k_categorical_accuracy = coded,
  shape = list(2, 3),
  fit_text_tokenizer = alist(object = text_tokenizer(), x = "a b"),
  texts_to_sequences = alist(tokenizer = a_tokenizer(), texts = "a b"),
  texts_to_matrix = alist(tokenizer = a_tokenizer(), texts = "a b"),
  sequences_to_texts = alist(tokenizer = a_tokenizer(), sequences = list(1)),
  sequences_to_matrix = alist(tokenizer = a_tokenizer(), sequences = list(1)),
  text_to_word_sequence = alist(text = "a b"), text_one_hot = alist(input_text = "a b", n = 5),
  text_hashing_trick = alist(text = "a b", n = 5), skipgrams = alist(sequence = 1:4, vocabulary_size = 6),
  texts_to_sequences_generator = alist(tokenizer = a_tokenizer(), texts = "a b"),
  save_text_tokenizer = alist(object = a_tokenizer(), filename = tempfile()),
  load_text_tokenizer = alist(filename = local({ f <- tempfile(); save_text_tokenizer(a_tokenizer(), f); f })),
  flag_numeric = alist(name = "a", default = 1), flag_integer = alist(name = "a", default = 1),
  flag_boolean = alist(name = "a", default = TRUE), flag_string = alist(name = "a", default = "b"),
  Loss = alist(classname = "Silly", call = function(y_true, y_pred) y_pred),
  new_loss_class = alist(classname = "Silly", call = function(y_true, y_pred) y_pred),
  LearningRateSchedule = alist(classname = "Silly", call = function(step) 1),
  new_learning_rate_schedule_class = alist(classname = "Silly", call = function(step) 1),
  Metric = alist(classname = "Silly", update_state = function(y_true, y_pred, ...) 1, result = function() 1),
  new_metric_class = alist(classname = "Silly", update_state = function(y_true, y_pred, ...) 1, result = function() 1),
  Regularizer = alist(classname = "Silly", call = function(x) 1), Constraint = alist(classname = "Silly", call = function(w) w),
  Initializer = alist(classname = "Silly", call = function(shape) array(0, shape)),
  keras_model_custom = alist(model_fn = function(self) function(inputs) inputs),
  generator_next = alist(generator = function() 1), iter_next = alist(it = function() 1), as_iterator = alist(x = function() 1),
  create_layer = alist(layer_class = KerasLayer, object = NULL), create_layer_wrapper = alist(layer_class = KerasLayer),
  try_fix = alist(d = diagnose(small_model(), small_x(), small_y()), i = 1, seconds = 0.01)
)

# Arguments by name, unevaluated: those without a default.
valid_arguments <- function(name, f) {
  own <- valid_by_function[[name]]
  if (!is.null(own)) return(own)
  needed <- needed_arguments(f)
  args <- valid_by_name[intersect(needed, names(valid_by_name))]
  if (startsWith(name, "layer_") && "object" %in% needed) {
    args$object <- quote(keras_model_sequential(input_shape = 4))
  }
  args
}

needed_arguments <- function(f) {
  formal <- as.list(formals(f))
  setdiff(names(formal)[vapply(formal, identical, NA, quote(expr = ))], "...")
}

# What is wrong with the answer to a silly value in one argument, or NULL: it must be a result, or
# an error of the package after which the model is as it was.
silly_answer <- function(name, f, argument, value) {
  args <- lapply(valid_arguments(name, f), eval, envir = environment(valid_arguments))
  args[argument] <- list(value)
  model <- Filter(function(x) inherits(x, "kestrel_model"),
    args[setdiff(names(args), argument)])
  before <- lapply(model, model_snapshot)
  odd <- NULL
  answer <- tryCatch(withCallingHandlers(do.call(f, args, quote = TRUE),
    warning = function(w) {
      if (!is_fair_warning(w)) odd <<- conditionMessage(w)
      invokeRestart("muffleWarning")
    }, message = function(m) invokeRestart("muffleMessage")), error = identity)
  config_set_floatx("float64")
  if (!is.null(odd)) return(paste("warning:", odd))
  if (!inherits(answer, "error")) return(NULL)
  if (!inherits(answer, "kestrel_error") && !is_of_a_generic(answer)) return(conditionMessage(answer))
  if (!identical(lapply(model, model_snapshot), before)) "the model changed"
}

# R's own for logarithms and roots of negative numbers and for extremes of nothing.
is_fair_warning <- function(w) {
  inherits(w, c("kestrel_warning", "deprecatedWarning")) ||
    grepl("NaNs produced|no non-missing arguments|imaginary parts", conditionMessage(w))
}

# Other packages' objects get the generics' own error.
is_of_a_generic <- function(e) startsWith(conditionMessage(e), "no applicable method for")
