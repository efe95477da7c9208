#include "r-plan.h"

static void data_check(const nn_network_spec* network, const nn_data* data) {
  for (int k = 0; data->n > 0 && k < network->n_inputs; ++k) {
    const nn_array* a = data->x + k;
    bool fits = a->values && a->shape.rank == network->inputs[k].rank;
    for (int i = 0; fits && i < a->shape.rank; ++i) fits = a->shape.dims[i] == network->inputs[k].dims[i];
    if (!fits) Rf_error("Internal error: input %d does not fit the network.", k + 1);
  }
  for (int o = 0; data->n > 0 && o < network->n_outputs; ++o) {
    if (!data->y[o].values) Rf_error("Internal error: no targets for output %d.", o + 1);
  }
}

plan plan_read(SEXP spec, SEXP train, SEXP data, SEXP validation) {
  plan p = {.engine = spec_engine(spec_field(spec, "precision")),
            .network = spec_network(spec),
            .train = spec_train(train)};
  if (Rf_length(spec_field(train, "outputs")) != p.network.n_outputs) {
    Rf_error("Internal error: not one loss for each output.");
  }
  p.data = spec_data(data, &p.network);
  p.validation = spec_data(validation, &p.network);
  if (p.data.n + (double) p.validation.n < 1) Rf_error("Internal error: no samples.");
  data_check(&p.network, &p.data);
  data_check(&p.network, &p.validation);
  return p;
}
