#include "ffi.h"
#include "r-threads.h"

#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

#define ENTRY(name, n) {#name, (DL_FUNC) (void (*)(void)) & name, n}

static const R_CallMethodDef entries[] = {
    ENTRY(ffi_kernels, 0),           ENTRY(ffi_threads, 0),            ENTRY(ffi_random_index, 1),
    ENTRY(ffi_registry, 1),          ENTRY(ffi_count_missing, 3),    ENTRY(ffi_plain_width, 2),
    ENTRY(ffi_activation, 4),        ENTRY(ffi_activation_backward, 6),
    ENTRY(ffi_loss_value, 5),        ENTRY(ffi_loss_grad, 6),
    ENTRY(ffi_loss_scales, 7),       ENTRY(ffi_metric_value, 5),      ENTRY(ffi_metric_update, 7),
    ENTRY(ffi_metric_result, 3),     ENTRY(ffi_initializer, 4),
    ENTRY(ffi_penalty, 3),           ENTRY(ffi_penalty_grad, 3),
    ENTRY(ffi_constraint, 4),        ENTRY(ffi_schedule, 2),
    ENTRY(ffi_optimizer_step, 5),    ENTRY(ffi_network_info, 1),
    ENTRY(ffi_predict, 8),           ENTRY(ffi_gradient, 6),
    ENTRY(ffi_jvp, 7),
    ENTRY(ffi_trainer_new, 6),       ENTRY(ffi_trainer_run, 4),
    ENTRY(ffi_trainer_evaluate, 4),  ENTRY(ffi_trainer_progress, 1),
    ENTRY(ffi_trainer_batch, 2),     ENTRY(ffi_trainer_add, 4),        ENTRY(ffi_trainer_logs, 1),      ENTRY(ffi_trainer_get, 1),
    ENTRY(ffi_trainer_set, 5),       ENTRY(ffi_trainer_set_rate, 2),
    ENTRY(ffi_trainer_start_epoch, 2), ENTRY(ffi_trainer_finalize, 1),
    ENTRY(ffi_trainer_open, 2),      ENTRY(ffi_trainer_give, 4),
    ENTRY(ffi_trainer_apply, 2),     ENTRY(ffi_trainer_next, 1),       ENTRY(ffi_trainer_look, 3),
    ENTRY(ffi_trainer_put, 4),       ENTRY(ffi_trainer_read, 4),       ENTRY(ffi_trainer_write, 4),
    ENTRY(ffi_trainer_charge, 2),    ENTRY(ffi_trainer_mark, 1),       ENTRY(ffi_trainer_goto, 2),
    ENTRY(ffi_interrupt, 0),         ENTRY(ffi_seconds, 0),           ENTRY(ffi_trainer_step, 1),
    ENTRY(ffi_trainer_refill, 3),
    ENTRY(ffi_trainer_feed, 3),      ENTRY(ffi_trainer_follow, 2),
    ENTRY(ffi_unpack, 3),            ENTRY(ffi_pack, 2),
    ENTRY(ffi_flags_are, 2),         ENTRY(ffi_holds, 2),             ENTRY(ffi_threads_asked, 2),
    ENTRY(ffi_weights_way, 2),       ENTRY(ffi_hash, 3),
    ENTRY(ffi_objective_bytes, 3),   ENTRY(ffi_objective_new, 6),
    ENTRY(ffi_objective_get, 1),     ENTRY(ffi_objective_set, 2),
    ENTRY(ffi_objective_value, 1),   ENTRY(ffi_objective_gradient, 1),
    ENTRY(ffi_objective_product, 3), ENTRY(ffi_objective_rows, 1),
    ENTRY(ffi_objective_jacobian, 4),
    {NULL, NULL, 0},
};

void attribute_visible R_init_kestrel(DllInfo* dll) {
  threads_watch_forks();
  R_registerRoutines(dll, NULL, entries, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
