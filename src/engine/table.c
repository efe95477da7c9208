#include "functions.h"
#include "inference.h"
#include "objective.h"
#include "parallel.h"
#include "trainer.h"

/* The one symbol that an instance shows. */

#ifndef NN_ENGINE_NAME
#define NN_ENGINE_NAME nn_engine_alone
#endif

extern const nn_engine NN_ENGINE_NAME;

static void network_sizes(const network* net, size_t* n_w, size_t* n_state) {
  *n_w = net->n_w;
  *n_state = net->n_state;
}

static void node_describe(const node* from, nn_node_info* to) {
  const layer* l = &from->layer;
  *to = (nn_node_info){.output = l->output,
                       .n_slots = l->n_slots,
                       .owner = from->owner,
                       .at_w = from->at_w,
                       .n_w = l->n_w,
                       .at_state = from->at_state,
                       .n_state = l->n_state};
  for (int k = 0; k < l->n_slots; ++k) {
    const slot* s = l->slots + k;
    nn_slot_info* info = to->slots + k;
    *info = (nn_slot_info){.name = s->name, .rank = s->rank, .at = s->at, .is_state = s->is_state};
    memcpy(info->dims, s->dims, sizeof(info->dims));
  }
}

static void network_info(const network* net, nn_node_info* info) {
  for (int i = 0; i < net->n_nodes; ++i) node_describe(net->nodes + i, info + i);
}

const nn_engine NN_ENGINE_NAME = {
    .real_size = sizeof(real),
    .network_bytes = network_bytes,
    .network_new = network_new,
    .network_info = network_info,
    .network_sizes = network_sizes,
    .predict_bytes = predict_bytes,
    .predict = predict,
    .derivatives_bytes = derivatives_bytes,
    .gradient = gradient,
    .jvp = jvp,
    .trainer_bytes = trainer_bytes,
    .trainer_new = trainer_new,
    .trainer_refill = trainer_refill,
    .trainer_feed = trainer_feed,
    .trainer_follow = trainer_follow,
    .trainer_run = trainer_run,
    .trainer_progress = trainer_progress,
    .trainer_batch = trainer_batch,
    .trainer_add = trainer_add,
    .trainer_open = trainer_open,
    .trainer_next = trainer_next,
    .trainer_look = trainer_look,
    .trainer_put = trainer_put,
    .trainer_read = trainer_read,
    .trainer_write = trainer_write,
    .trainer_charge = trainer_charge,
    .trainer_give = trainer_give,
    .trainer_apply = trainer_apply,
    .trainer_logs = trainer_logs,
    .trainer_evaluate = trainer_evaluate,
    .trainer_set_rate = trainer_set_rate,
    .trainer_start_epoch = trainer_start_epoch,
    .trainer_set_threads = trainer_set_threads,
    .trainer_moments = trainer_moments,
    .trainer_get = trainer_get,
    .trainer_set = trainer_set,
    .trainer_mark = trainer_mark,
    .trainer_goto = trainer_goto,
    .trainer_finalize = trainer_finalize,
    .objective_bytes = objective_bytes,
    .objective_new = objective_new,
    .objective_size = objective_size,
    .objective_get = objective_get,
    .objective_set = objective_set,
    .objective_value = objective_value,
    .objective_gradient = objective_gradient,
    .objective_hessian = objective_hessian,
    .objective_gauss_newton = objective_gauss_newton,
    .objective_rows = objective_rows,
    .objective_output_size = objective_output_size,
    .objective_jvp = objective_jvp,
    .objective_jacobian = objective_jacobian,
    .activation = function_activation,
    .activation_backward = function_activation_backward,
    .loss_value = function_loss_value,
    .loss_grad = function_loss_grad,
    .loss_scales = function_loss_scales,
    .metric_states = function_metric_states,
    .metric_results = function_metric_results,
    .metric_update = function_metric_update,
    .metric_result = function_metric_result,
    .initializer_draw = function_initializer_draw,
    .penalty_value = function_penalty_value,
    .penalty_grad = function_penalty_grad,
    .constraint_apply = function_constraint_apply,
    .schedule_value = function_schedule_value,
    .optimizer_moments = function_optimizer_moments,
    .optimizer_work = function_optimizer_work,
    .optimizer_start = function_optimizer_start,
    .optimizer_step = function_optimizer_step,
    .processors = parallel_processors,
    .has_openmp = parallel_has_openmp,
    .registry = registry_entry,
};
