// Softmax of one row: float32 in, bfloat16 out. Three passes: largest value, powers and their sum, division.
#include "../common/rows.h"

#ifndef ROW_WIDTH
#error "ROW_WIDTH: values in a row, a multiple of 16"
#endif

using namespace rows;

static constexpr float LOG2_E = 1.44269504f;

static aie::mask<LANES> dropped_at(const float *keep, int column) {
  return aie::eq(magnitudes_of(aie::load_v<LANES>(keep + column)), int32(0));
}

struct Extremes {
  int32 largest;   // of the columns that count, ordered
  int32 magnitude; // of the columns that count
  int32 keep;      // largest magnitude in keep
};

static Extremes extremes(const float *x, const float *keep) {
  Words largest = aie::broadcast<int32, LANES>(int32(0x80000000)), magnitude = aie::zeros<int32, LANES>();
  Words kept = magnitude;
  for (int i = 0; i < ROW_WIDTH; i += LANES) {
    const Floats values = aie::load_v<LANES>(x + i);
    const aie::mask<LANES> dropped = dropped_at(keep, i);
    largest = aie::max(largest, aie::select(ordered(values), int32(0x80000000), dropped));
    magnitude = aie::max(magnitude, aie::select(magnitudes_of(values), int32(0), dropped));
    kept = aie::max(kept, magnitudes_of(aie::load_v<LANES>(keep + i)));
  }
  return {aie::reduce_max(largest), aie::reduce_max(magnitude), aie::reduce_max(kept)};
}

static void fill_not_a_number(bfloat16 *out, const float *keep, bool dropped_too) {
  for (int i = 0; i < ROW_WIDTH; i += LANES) {
    Floats values = aie::broadcast<float, LANES>(as_float(NOT_A_NUMBER));
    if (!dropped_too) values = aie::select(values, 0.0f, dropped_at(keep, i));
    aie::store_v(out + i, sums_of(values).to_vector<bfloat16>());
  }
}

// Writes exp(scale * (x - largest)) to powers; their sum.
static float exponentials(const float *x, const float *keep, float *powers, float largest, float scale) {
  const Split factor = split(scale * LOG2_E);
  Floats sum = aie::zeros<float, LANES>();
  for (int i = 0; i < ROW_WIDTH; i += LANES) {
    const Floats below = aie::sub(aie::load_v<LANES>(x + i), largest);
    const Floats power = exp2(floats_of(multiply(split(below), factor)));
    const Floats counted = aie::select(power, 0.0f, dropped_at(keep, i));
    sum = aie::add(sum, counted);
    aie::store_v(powers + i, counted);
  }
  return aie::reduce_add(sum);
}

extern "C" void softmax_bf16(float *x, float *keep, float *powers, bfloat16 *out, int32 scale_bits) {
  round_to_nearest();
  const Extremes seen = extremes(x, keep);
  if (seen.keep == 0 || seen.keep >= INFINITE) return fill_not_a_number(out, keep, true);
  if (seen.magnitude > INFINITE || seen.largest == INFINITE) return fill_not_a_number(out, keep, false);
  const float sum = exponentials(x, keep, powers, from_ordered(seen.largest), as_float(scale_bits));
  const Split share = split(reciprocal(sum));
  for (int i = 0; i < ROW_WIDTH; i += LANES)
    aie::store_v(out + i, multiply(split(aie::load_v<LANES>(powers + i)), share).to_vector<bfloat16>());
}
