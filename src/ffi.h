/* The entries that R may call, all of them; init.c registers them. */
#ifndef KESTREL_FFI_H
#define KESTREL_FFI_H

#define R_NO_REMAP
#include <Rinternals.h>

SEXP ffi_registry(SEXP table);
SEXP ffi_kernels(void);
SEXP ffi_threads(void);
SEXP ffi_threads_asked(SEXP standard, SEXP most);
SEXP ffi_random_index(SEXP n);
SEXP ffi_plain_width(SEXP x, SEXP finite);
SEXP ffi_count_missing(SEXP x, SEXP from, SEXP n);

SEXP ffi_activation(SEXP choice, SEXP x, SEXP k, SEXP inner);
SEXP ffi_activation_backward(SEXP choice, SEXP x, SEXP y, SEXP dy, SEXP k, SEXP inner);
SEXP ffi_loss_value(SEXP choice, SEXP t, SEXP y, SEXP k, SEXP kt);
SEXP ffi_loss_grad(SEXP choice, SEXP t, SEXP y, SEXP s, SEXP k, SEXP kt);
SEXP ffi_loss_scales(SEXP choice, SEXP t, SEXP y, SEXP weight, SEXP reduction, SEXP k, SEXP kt);
SEXP ffi_metric_value(SEXP choice, SEXP t, SEXP y, SEXP k, SEXP kt);
SEXP ffi_metric_update(SEXP choice, SEXP t, SEXP y, SEXP weight, SEXP k, SEXP kt, SEXP state);
SEXP ffi_metric_result(SEXP choice, SEXP k, SEXP state);
SEXP ffi_initializer(SEXP choice, SEXP dims, SEXP seed, SEXP stream);
SEXP ffi_penalty(SEXP choice, SEXP w, SEXP dims);
SEXP ffi_penalty_grad(SEXP choice, SEXP w, SEXP dims);
SEXP ffi_constraint(SEXP choice, SEXP axes, SEXP w, SEXP dims);
SEXP ffi_schedule(SEXP choice, SEXP steps);
SEXP ffi_optimizer_step(SEXP spec, SEXP dims, SEXP w, SEXP g, SEXP state);

SEXP ffi_network_info(SEXP spec);
SEXP ffi_predict(SEXP spec, SEXP w, SEXP x, SEXP batch_size, SEXP training, SEXP seed,
                 SEXP threads, SEXP only_finite);
SEXP ffi_gradient(SEXP spec, SEXP w, SEXP x, SEXP v, SEXP training, SEXP seed);
SEXP ffi_jvp(SEXP spec, SEXP w, SEXP x, SEXP xdot, SEXP wdot, SEXP training, SEXP seed);

SEXP ffi_hash(SEXP x, SEXP bins, SEXP key);
SEXP ffi_unpack(SEXP states, SEXP slots, SEXP w);
SEXP ffi_pack(SEXP states, SEXP is_state);
SEXP ffi_flags_are(SEXP states, SEXP flags);
SEXP ffi_holds(SEXP states, SEXP weights);
SEXP ffi_weights_way(SEXP from, SEXP to);

SEXP ffi_trainer_new(SEXP spec, SEXP train, SEXP data, SEXP validation, SEXP w, SEXP most);
SEXP ffi_trainer_refill(SEXP trainer, SEXP data, SEXP seed);
SEXP ffi_trainer_feed(SEXP trainer, SEXP data, SEXP at);
SEXP ffi_trainer_follow(SEXP trainer, SEXP before);
SEXP ffi_interrupt(void);
SEXP ffi_seconds(void);
SEXP ffi_trainer_run(SEXP trainer, SEXP epoch, SEXP batch, SEXP budget);
SEXP ffi_trainer_step(SEXP trainer);
SEXP ffi_trainer_evaluate(SEXP trainer, SEXP steps, SEXP at, SEXP budget);
SEXP ffi_trainer_progress(SEXP trainer);
SEXP ffi_trainer_batch(SEXP trainer, SEXP output);
SEXP ffi_trainer_add(SEXP trainer, SEXP metric, SEXP total, SEXP count);
SEXP ffi_trainer_open(SEXP trainer, SEXP at);
SEXP ffi_trainer_next(SEXP trainer);
SEXP ffi_trainer_look(SEXP trainer, SEXP node, SEXP gradient);
SEXP ffi_trainer_put(SEXP trainer, SEXP node, SEXP input, SEXP values);
SEXP ffi_trainer_read(SEXP trainer, SEXP at, SEXP n, SEXP gradient);
SEXP ffi_trainer_write(SEXP trainer, SEXP at, SEXP gradient, SEXP values);
SEXP ffi_trainer_charge(SEXP trainer, SEXP value);
SEXP ffi_trainer_give(SEXP trainer, SEXP output, SEXP value, SEXP slope);
SEXP ffi_trainer_apply(SEXP trainer, SEXP g);
SEXP ffi_trainer_logs(SEXP trainer);
SEXP ffi_trainer_get(SEXP trainer);
SEXP ffi_trainer_set(SEXP trainer, SEXP w, SEXP moments, SEXP scalars, SEXP iterations);
SEXP ffi_trainer_mark(SEXP trainer);
SEXP ffi_trainer_goto(SEXP trainer, SEXP mark);
SEXP ffi_trainer_set_rate(SEXP trainer, SEXP lr);
SEXP ffi_trainer_start_epoch(SEXP trainer, SEXP epoch);
SEXP ffi_trainer_finalize(SEXP trainer);

SEXP ffi_objective_bytes(SEXP spec, SEXP train, SEXP data);
SEXP ffi_objective_new(SEXP spec, SEXP train, SEXP data, SEXP training, SEXP w, SEXP block);
SEXP ffi_objective_get(SEXP objective);
SEXP ffi_objective_set(SEXP objective, SEXP w);
SEXP ffi_objective_value(SEXP objective);
SEXP ffi_objective_gradient(SEXP objective);
SEXP ffi_objective_product(SEXP objective, SEXP v, SEXP gauss_newton);
SEXP ffi_objective_rows(SEXP objective);
SEXP ffi_objective_jacobian(SEXP objective, SEXP output, SEXP logits, SEXP v);

#endif
