// One core's part of C = A @ B: a tile of C is summed up over the tiles of K in float32 (int8: in int32), then biased,
// optionally put through GELU, and stored.
//
// TILE_M, TILE_K, TILE_N: the tiles of A (TILE_M x TILE_K) and B (TILE_K x TILE_N). The DMA has cut both into the
// matrix unit's fragments, each row-major and the fragments row-major too. With B_TRANSPOSED the tile of B came as
// TILE_N x TILE_K and each fragment is a transposed one. INPUT_I8, OUT_F32, OUT_I32, WITH_COLUMNS (a bias for each
// column; with int8 also a scale) and WITH_GELU choose the variant.
#include <aie_api/aie.hpp>

#include "../common/gelu.h"

#if INPUT_I8
using In = int8;
using Sum = int32;
using Tag = acc32;
constexpr unsigned T = 8;
#else
using In = bfloat16;
using Sum = float;
using Tag = accfloat;
constexpr unsigned T = __AIE_ARCH__ == 21 ? 8 : 4;
#endif
constexpr unsigned R = INPUT_I8 && __AIE_ARCH__ == 21 ? 8 : 4;
constexpr unsigned S = 8;

#if OUT_F32
using Out = float;
#elif OUT_I32
using Out = int32;
#else
using Out = bfloat16;
#endif

using Unit = aie::mmul<R, S, T, In, In, accauto>;
constexpr unsigned ROWS = TILE_M / R, STEPS = TILE_K / S, COLUMNS = TILE_N / T;
static_assert(TILE_M % R == 0 && TILE_K % S == 0 && TILE_N % T == 0);

// Fragments of C that are summed up at once, so that each loaded fragment of A and B is used twice or more.
constexpr unsigned HIGH = ROWS % 2 ? 1 : 2;
constexpr unsigned WIDE = COLUMNS % 4 == 0 && Unit::size_C <= 16 ? 4 : COLUMNS % 2 ? 1 : 2;

static inline aie::vector<In, Unit::size_B> load_b(const In *fragment) {
  const aie::vector<In, Unit::size_B> loaded = aie::load_v<Unit::size_B>(fragment);
#if B_TRANSPOSED
  return aie::transpose(loaded, T, S);
#else
  return loaded;
#endif
}

// Where element `flat` of the tile of B, counted in the order of its rows in memory, lies after the DMA's cutting.
static inline unsigned place(unsigned flat) {
#if B_TRANSPOSED
  const unsigned row = flat / TILE_K, column = flat % TILE_K;
  return ((column / S * COLUMNS + row / T) * T + row % T) * S + column % S;
#else
  const unsigned row = flat / TILE_N, column = flat % TILE_N;
  return ((row / S * COLUMNS + column / T) * S + row % S) * T + column % T;
#endif
}

extern "C" {

void gemm_zero(Sum *__restrict sums) {
  for (unsigned i = 0; i < TILE_M * TILE_N; i += Unit::size_C)
    aie::store_v(sums + i, aie::zeros<Sum, Unit::size_C>());
}

void gemm_mac(const In *__restrict a, const In *__restrict b, Sum *__restrict sums) {
  event0();
  for (unsigned row = 0; row < ROWS; row += HIGH)
    for (unsigned column = 0; column < COLUMNS; column += WIDE) {
      Unit units[HIGH][WIDE];
      for (unsigned i = 0; i < HIGH; ++i)
        for (unsigned j = 0; j < WIDE; ++j)
          units[i][j] = Unit(aie::load_v<Unit::size_C>(sums + ((row + i) * COLUMNS + column + j) * Unit::size_C));
      for (unsigned step = 0; step < STEPS; ++step) {
        aie::vector<In, Unit::size_A> left[HIGH];
        aie::vector<In, Unit::size_B> right[WIDE];
        for (unsigned i = 0; i < HIGH; ++i)
          left[i] = aie::load_v<Unit::size_A>(a + ((row + i) * STEPS + step) * Unit::size_A);
        for (unsigned j = 0; j < WIDE; ++j)
          right[j] = load_b(b + (step * COLUMNS + column + j) * Unit::size_B);
        for (unsigned i = 0; i < HIGH; ++i)
          for (unsigned j = 0; j < WIDE; ++j)
            units[i][j].mac(left[i], right[j]);
      }
      for (unsigned i = 0; i < HIGH; ++i)
        for (unsigned j = 0; j < WIDE; ++j)
          aie::store_v(sums + ((row + i) * COLUMNS + column + j) * Unit::size_C,
                       units[i][j].template to_vector<Sum>());
    }
  event1();
}

#if WITH_COLUMNS
// Takes what belongs to the columns of a tile out of an object that came through B's fifo: TILE_N float32 biases; with
// int8 TILE_N scales before them. Each is kept as often as a fragment of C has rows, in the order of such a fragment.
void gemm_columns(const In *__restrict object, float *__restrict columns) {
  constexpr unsigned PER_FLOAT = sizeof(float) / sizeof(In);
  constexpr unsigned COUNT = INPUT_I8 ? 2 * TILE_N : TILE_N;
  for (unsigned i = 0; i < COUNT; ++i) {
    // The DMA never parts the elements that make up one float: fragments are wider.
    const float value = *reinterpret_cast<const float *>(object + place(i * PER_FLOAT));
    const unsigned fragment = i / T, column = i % T;
    for (unsigned row = 0; row < R; ++row)
      columns[fragment * Unit::size_C + row * T + column] = value;
  }
}
#endif

void gemm_store(const Sum *__restrict sums, const float *__restrict columns, Out *__restrict c) {
  constexpr unsigned PART = rows::LANES;
  aie::set_rounding(aie::rounding_mode::conv_even);
  for (unsigned at = 0; at < TILE_M * TILE_N; at += PART) {
    const aie::vector<Sum, PART> sum = aie::load_v<PART>(sums + at);
#if OUT_I32
    aie::store_v(c + at, sum);
#else
#if INPUT_I8
    aie::vector<float, PART> value = aie::to_float(sum);
#else
    aie::vector<float, PART> value = sum;
#endif
#if WITH_COLUMNS
    const float *own = columns + at / Unit::size_C % COLUMNS * Unit::size_C + at % Unit::size_C;
#if INPUT_I8
    const aie::accum<accfloat, PART> bias(aie::load_v<PART>(own + TILE_N * R));
    const rows::Floats scale = aie::load_v<PART>(own);
    value = rows::floats_of(rows::multiply_add(bias, rows::split(value), rows::split(scale)));
#else
    value = aie::add(value, aie::load_v<PART>(own));
#endif
#endif
#if WITH_GELU
    value = rows::gelu(value);
#endif
    const aie::accum<accfloat, PART> result(value);
    aie::store_v(c + at, result.template to_vector<Out>());
#endif
  }
}

} // extern "C"
