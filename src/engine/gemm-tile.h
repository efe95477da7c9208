/* The micro-kernel of the matrix product: a tile of C that stays in registers while k products
 * are added to it. */
#ifndef NN_GEMM_TILE_H
#define NN_GEMM_TILE_H

#include "simd.h"

enum { TILE_ROWS = NN_TILE_VECTORS * LANES, TILE_COLUMNS = NN_TILE_COLUMNS };

/* Whether a part of a vector is loaded as fast as all of it. */
enum { TILE_PARTS = NN_VECTOR_BYTES > 16 };

/* What will be needed next and is far away: `pieces` stretches of `size` numbers, `piece_step`
 * apart, asked for by each of TILE_STAGES stages of the work on a tile, `stage_step` apart.
 * Nothing is read, so that a part need not be there. */
enum { TILE_STAGES = NN_TILE_COLUMNS };

typedef struct {
  const real* from;
  size_t at;         /* where this tile's part of it begins: tile_step later each time */
  size_t pieces, piece_step, size, stage_step, tile_step;
} gemm_ahead;

/* c(i, j) = start + sum over p < k of a(i, p) b(p, j), with i over vectors of rows */
typedef struct {
  size_t k;
  const real* a;     /* number (i, p) at p * a_step + i */
  size_t a_step;
  const real* b;     /* number (p, j) at p * b_step + j * b_column */
  size_t b_step, b_column;
  real* c;           /* number (i, j) at j * c_column + i */
  size_t c_column;
  const real* bias;  /* start: one number for each row; or NULL */
  bool add;          /* start: what is in c; else, without bias, 0 */
  size_t last;       /* rows of the last vector, 1 .. LANES */
  bool filled;       /* the last vector may be read from a as a whole */
  bool staged;       /* next and ahead are asked for: by whole columns, while the sums are taken */
  const real* next;  /* the tile of C after this one */
  gemm_ahead ahead;
} gemm_tile;

/* vectors: 1 .. NN_TILE_VECTORS, columns: 1 .. NN_TILE_COLUMNS; unless `filled`, last is LANES
 * where there are no TILE_PARTS. */
NN_PRIVATE void tile_run(const gemm_tile* t, int vectors, int columns);

#endif
