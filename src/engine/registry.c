#include "functions.h"

/* The tables, listed for callers: their names, hyperparameters and what else is said of a
 * record in one text. */

typedef struct {
  const char* name;
  const nn_hparam* hparams;
  int flags;
  const char* text;
} entry;

#define ENTRY(kind, record, number, words)                                            \
  do {                                                                                \
    const kind* r = record;                                                           \
    if (r) *e = (entry){r->name, r->hparams, number, words};                          \
    return r != NULL;                                                                 \
  } while (0)

static bool entry_activation(int i, entry* e) {
  ENTRY(activation, activation_at(i), (r->backward ? 1 : 0) | (r->halves ? 2 : 0), NULL);
}
static bool entry_initializer(int i, entry* e) { ENTRY(initializer, initializer_at(i), 0, NULL); }
static bool entry_loss(int i, entry* e) { ENTRY(loss, loss_at(i), r->flags, r->absorbs); }
static bool entry_metric(int i, entry* e) { ENTRY(metric, metric_at(i), r->flags, NULL); }
static bool entry_penalty(int i, entry* e) { ENTRY(penalty, penalty_at(i), 0, NULL); }
static bool entry_constraint(int i, entry* e) { ENTRY(constraint, constraint_at(i), 0, NULL); }
static bool entry_schedule(int i, entry* e) { ENTRY(schedule, schedule_at(i), 0, NULL); }
static bool entry_optimizer(int i, entry* e) { ENTRY(optimizer_type, optimizer_at(i), 0, NULL); }
static bool entry_solver(int i, entry* e) { ENTRY(solver_type, solver_at(i), 0, NULL); }
static bool entry_layer(int i, entry* e) { ENTRY(layer_type, layer_at(i), 0, NULL); }

static const struct {
  const char* name;
  bool (*at)(int i, entry* e);
} registry_tables[] = {
    {"activations", entry_activation}, {"initializers", entry_initializer},
    {"losses", entry_loss},            {"metrics", entry_metric},
    {"penalties", entry_penalty},      {"constraints", entry_constraint},
    {"schedules", entry_schedule},     {"optimizers", entry_optimizer},
    {"solvers", entry_solver},         {"layers", entry_layer},
};

NN_PRIVATE bool registry_entry(const char* table, int i, const char** name,
                               const nn_hparam** hparams, int* flags, const char** text) {
  entry e = {.name = NULL};
  for (size_t k = 0; k < sizeof(registry_tables) / sizeof(*registry_tables); ++k) {
    if (strcmp(table, registry_tables[k].name) != 0) continue;
    if (!registry_tables[k].at(i, &e)) return false;
    *name = e.name;
    *hparams = e.hparams;
    *flags = e.flags;
    *text = e.text;
    return true;
  }
  return false;
}
