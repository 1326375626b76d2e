// Scalars, accumulator tags and the core's rounding and saturation modes.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

using int8 = int8_t;
using int16 = int16_t;
using int32 = int32_t;
using uint8 = uint8_t;
using uint16 = uint16_t;
using uint32 = uint32_t;

struct accauto {};
struct acc32 {};
struct acc64 {};
struct accfloat {};

// Marks of the core's trace unit: nothing here traces.
static inline void event0() {}
static inline void event1() {}

namespace aie {

// Values of the hardware's control register. Only these are emulated.
enum class rounding_mode : unsigned { floor = 0, symmetric_inf = 11, conv_even = 12 };
enum class saturation_mode : unsigned { none = 0, saturate = 1, symmetric = 3 };

} // namespace aie

// The control registers of the core that runs now; they keep their values between calls, and the emulation exchanges
// them when another core runs the same code.
extern "C" {
__attribute__((weak, visibility("default"))) unsigned starling_rounding = 0;
__attribute__((weak, visibility("default"))) unsigned starling_saturation = 0;
// The alignment, in bytes, that an access of a vector since the last look at this did not have.
__attribute__((weak, visibility("default"))) unsigned starling_misaligned = 0;
}

namespace aie {

inline void set_rounding(rounding_mode mode) { starling_rounding = static_cast<unsigned>(mode); }
inline rounding_mode get_rounding() { return static_cast<rounding_mode>(starling_rounding); }
inline void set_saturation(saturation_mode mode) { starling_saturation = static_cast<unsigned>(mode); }
inline saturation_mode get_saturation() { return static_cast<saturation_mode>(starling_saturation); }

namespace shim {

template <typename Lane, unsigned N> struct lanes {
  typedef Lane type __attribute__((vector_size(N * sizeof(Lane))));
};
template <typename Lane, unsigned N> using lanes_t = typename lanes<Lane, N>::type;

// float32 -> bfloat16 of n lanes at once. By default the lower half is dropped, which is towards zero.
template <unsigned N> inline lanes_t<uint16_t, N> narrow(const lanes_t<float, N> &values) {
  using Bits = lanes_t<uint32_t, N>;
  const Bits bits = (Bits)values;
  Bits rounded = bits;
  if (starling_rounding == static_cast<unsigned>(rounding_mode::conv_even))
    rounded = bits + 0x7fffu + ((bits >> 16) & 1u); // carries exactly where IEEE 754 rounds to nearest, ties to even
  else if (starling_rounding == static_cast<unsigned>(rounding_mode::symmetric_inf))
    rounded = bits + 0x8000u;
  // A NaN must not carry into infinity, nor lose its payload and become one.
  const Bits nan = (Bits)((bits & 0x7fffffffu) > 0x7f800000u);
  rounded = (rounded & ~nan) | ((bits | 0x400000u) & nan);
  return __builtin_convertvector(rounded >> 16, lanes_t<uint16_t, N>);
}

template <unsigned N> inline lanes_t<float, N> widen(const lanes_t<uint16_t, N> &values) {
  using Bits = lanes_t<uint32_t, N>;
  return (lanes_t<float, N>)(__builtin_convertvector(values, Bits) << 16);
}

} // namespace shim
} // namespace aie

// Rounds as the core's mode says.
struct bfloat16 {
  uint16_t bits;

  bfloat16() = default;
  bfloat16(float value) : bits(aie::shim::narrow<1>(aie::shim::lanes_t<float, 1>{value})[0]) {}
  operator float() const { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }
};
using bfloat16_t = bfloat16;

namespace aie {
namespace shim {

template <typename T> struct lane { using type = T; };
template <> struct lane<bfloat16> { using type = uint16_t; };
template <typename T> using lane_t = typename lane<T>::type;

template <typename T> inline lane_t<T> to_lane(T value) {
  if constexpr (std::is_same_v<T, bfloat16>) return value.bits;
  else return value;
}
template <typename T> inline T from_lane(lane_t<T> value) {
  if constexpr (std::is_same_v<T, bfloat16>) {
    bfloat16 result;
    result.bits = value;
    return result;
  } else
    return value;
}

template <typename T> constexpr bool is_element =
    std::is_same_v<T, bfloat16> || std::is_same_v<T, float> ||
    (std::is_integral_v<T> && sizeof(T) <= 4 && !std::is_same_v<T, bool>);
template <typename T> constexpr bool is_floating = std::is_same_v<T, bfloat16> || std::is_same_v<T, float>;

// Vectors have 128 to 1024 bits, on AIE2P to 2048.
constexpr unsigned widest_vector = __AIE_ARCH__ == 21 ? 256 : 128; // bytes
template <typename T, unsigned N> constexpr bool fits_register =
    is_element<T> && std::has_single_bit(N) && N * sizeof(T) >= 16 && N * sizeof(T) <= widest_vector;

} // namespace shim
} // namespace aie
