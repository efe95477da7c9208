#include "objective.h"

#include "vector.h"

/* Products of second derivatives with a vector, forward over reverse: the tangents of all outputs
 * along v, their image under the Hessians of the losses, and from there
 *
 *   the tangent of the backward pass       H v
 *   the backward pass itself               J' H_loss J v
 *
 * Penalties of parameters add their own Hessian to either; those of outputs count as losses.
 *
 * Gradients of single samples and outputs: the backward pass knows the gradient by each sample's
 * outputs, so that a layer asked again for one sample gives that sample's part. */

static void tangents_forward(objective* f, const double* v) {
  trainer* t = f->t;
  objective_differentiate(f);
  vector_fill(t->net->n_w, 0, f->wdot);
  trainable_set(f, v, f->wdot);
  network_jvp(&t->ws, t->w, t->w + t->net->n_w, f->tangents.x, f->wdot, f->tangents.y);
}

/* Seeds the tangent of the gradient by the output that the loss works on. */
static void output_turn(objective* f, int o) {
  trainer* t = f->t;
  const output* out = t->outputs + o;
  loss_args a = output_args(t, out, out->node, out->h);
  size_t values = out->loss->flags & NN_LOSS_WHOLE ? 1 : a.cols;
  loss_scales(out->loss, &a, t->data.weight[o].values ? out->weight : NULL, out->reduction, t->s);
  vector_scale(values, (real) out->loss_weight, t->s);
  real* dydot = network_seed(&f->tangents, out->node);
  out->loss->hessian(&a, t->s, f->tangents.y[out->node], dydot);
  network_seeded(&f->tangents, out->node, dydot);
}

static void penalty_turn(const slot_rule* rule, const tensor* dims, size_t at, void* data) {
  objective* f = data;
  if (!rule->penalty) return;
  rule->penalty->hessian(dims, rule->penalty_h, 1, f->t->w + at, f->wdot + at, f->gdot + at);
}

/* All that both products begin with. */
static void product_begin(objective* f, const double* v) {
  tangents_forward(f, v);
  network_unseed(&f->tangents);
  for (int o = 0; o < f->t->n_outputs; ++o) output_turn(f, o);
  network_seed_activity_jvp(&f->t->ws, &f->tangents);
  vector_fill(f->t->net->n_w, 0, f->gdot);
  rules_visit(f->t->net, penalty_turn, f);
}

NN_PRIVATE void objective_hessian(objective* f, const double* v, double* to) {
  trainer* t = f->t;
  product_begin(f, v);
  network_backward_jvp(&t->ws, &f->tangents, t->w, t->w + t->net->n_w, f->wdot, f->gdot);
  trainable_get(f, f->gdot, 1, to);
}

/* The pass of the loss with other gradients than the loss's. */
static workspace other_gradients(const objective* f) {
  workspace ws = f->t->ws;
  ws.dy = f->tangents.dy;
  ws.seeded = f->tangents.seeded;
  ws.spare = f->tangents.spare;
  return ws;
}

NN_PRIVATE void objective_gauss_newton(objective* f, const double* v, double* to) {
  trainer* t = f->t;
  product_begin(f, v);
  workspace ws = other_gradients(f);
  network_backward(&ws, t->w, t->w + t->net->n_w, f->gdot);
  trainable_get(f, f->gdot, 1, to);
}

/* Row j of a matrix of `rows` rows: the part of sample j in the gradient of the pass. */
static void sample_row(objective* f, const workspace* ws, int j, size_t rows, double* to) {
  trainer* t = f->t;
  vector_fill(t->net->n_w, 0, f->gdot);
  network_backward_sample(ws, j, t->w, t->w + t->net->n_w, f->gdot);
  trainable_get(f, f->gdot, rows, to);
}

NN_PRIVATE void objective_rows(objective* f, double* to) {
  objective_differentiate(f);
  for (int j = 0; j < f->t->data.n; ++j) {
    sample_row(f, &f->t->ws, j, (size_t) f->t->data.n, to + j);
  }
}

static int output_node(const objective* f, int o, bool logits) {
  return logits ? f->t->outputs[o].node : f->t->net->outputs[o];
}

NN_PRIVATE size_t objective_output_size(const objective* f, int o, bool logits) {
  return shape_size(network_shape(f->t->net, output_node(f, o, logits)));
}

NN_PRIVATE void objective_jvp(objective* f, int o, bool logits, const double* v, double* to) {
  int from = output_node(f, o, logits), n = f->t->data.n;
  tangents_forward(f, v);
  array_export(network_shape(f->t->net, from), f->tangents.y[from], n, 0, n, to);
}

/* The backward pass from number i of the node's output, of sample j, or of all of them (-1). */
static void number_backward(objective* f, workspace* ws, int from, size_t i, int j) {
  trainer* t = f->t;
  size_t size = shape_size(network_shape(t->net, from)), n = (size_t) t->data.n;
  network_unseed(ws);
  real* dy = network_seed(ws, from);
  vector_fill(size * n, 0, dy);
  for (size_t q = 0; q < n; ++q) dy[q * size + i] = j < 0 || q == (size_t) j;
  network_seeded(ws, from, dy);
  vector_fill(t->net->n_w, 0, f->gdot);
  network_backward(ws, t->w, t->w + t->net->n_w, f->gdot);
}

/* Rows go by samples first, then by numbers of the output in R's order. Where samples depend on
 * each other, each number of each sample takes a pass of its own. */
NN_PRIVATE void objective_jacobian(objective* f, int o, bool logits, double* to) {
  objective_differentiate(f);
  workspace ws = other_gradients(f);
  int from = output_node(f, o, logits), n = f->t->data.n;
  const shape* s = network_shape(f->t->net, from);
  size_t size = shape_size(s), rows = size * (size_t) n;
  bool couples = network_couples(&ws);
  for (size_t i = 0; i < size; ++i) {
    double* first = to + (s->rank > 1 ? shape_offset(s, i) : i) * (size_t) n;
    if (!couples) number_backward(f, &ws, from, i, -1);
    for (int j = 0; j < n; ++j) {
      if (couples) {
        number_backward(f, &ws, from, i, j);
        trainable_get(f, f->gdot, rows, first + j);
      } else {
        sample_row(f, &ws, j, rows, first + j);
      }
    }
  }
}
