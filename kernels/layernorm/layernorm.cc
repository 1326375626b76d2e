// Layer normalisation of one row: float32 in, float32 or bfloat16 out.
#include "../common/rows.h"

#ifndef ROW_WIDTH
#error "ROW_WIDTH: values in a row, a multiple of 16"
#endif

using namespace rows;

static float mean_of(const float *x, float share) {
  Floats sum = aie::zeros<float, LANES>();
  for (int i = 0; i < ROW_WIDTH; i += LANES) sum = aie::add(sum, aie::load_v<LANES>(x + i));
  return aie::reduce_add(sum) * share;
}

static void subtract(const float *x, float mean, float *out) {
  for (int i = 0; i < ROW_WIDTH; i += LANES) aie::store_v(out + i, aie::sub(aie::load_v<LANES>(x + i), mean));
}

static float mean_square(const float *x, float share) {
  Floats sum = aie::zeros<float, LANES>();
  for (int i = 0; i < ROW_WIDTH; i += LANES)
    sum = aie::add(sum, floats_of(square(split(aie::load_v<LANES>(x + i)))));
  return aie::reduce_add(sum) * share;
}

static void store(float *out, const Sums &values) { aie::store_v(out, values.to_vector<float>()); }
static void store(bfloat16 *out, const Sums &values) { aie::store_v(out, values.to_vector<bfloat16>()); }

template <typename Out>
static void layernorm(const float *x, const float *weight_bias, float *centred, Out *out, float epsilon) {
  round_to_nearest();
  const float share = reciprocal(float(ROW_WIDTH));
  subtract(x, mean_of(x, share), centred);
  // The first mean is off by its rounding, which a row of equal values would show as if it were its variance.
  subtract(centred, mean_of(centred, share), centred);
  const Split scale = split(reciprocal_root(mean_square(centred, share) + epsilon));
  for (int i = 0; i < ROW_WIDTH; i += LANES) {
    const Floats normal = floats_of(multiply(split(aie::load_v<LANES>(centred + i)), scale));
    const Split weight = split(aie::load_v<LANES>(weight_bias + i));
    const Floats bias = aie::load_v<LANES>(weight_bias + ROW_WIDTH + i);
    store(out + i, multiply_add(sums_of(bias), split(normal), weight));
  }
}

extern "C" void layernorm_bf16(float *x, float *weight_bias, float *centred, bfloat16 *out, int32 epsilon_bits) {
  layernorm(x, weight_bias, centred, out, as_float(epsilon_bits));
}

extern "C" void layernorm_f32(float *x, float *weight_bias, float *centred, float *out, int32 epsilon_bits) {
  layernorm(x, weight_bias, centred, out, as_float(epsilon_bits));
}
