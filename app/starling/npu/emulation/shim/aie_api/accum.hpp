// aie::accum: the wide registers that products are added up in.
#pragma once

#include "vector.hpp"

namespace aie {

namespace shim {

template <typename Tag> struct accum_lane;
template <> struct accum_lane<accfloat> { using type = float; };
template <> struct accum_lane<acc32> { using type = int32_t; };
template <> struct accum_lane<acc64> { using type = int64_t; };
template <typename Tag> using accum_lane_t = typename accum_lane<Tag>::type;

// What accauto stands for.
template <typename A, typename B> struct product_tag {
  using type = std::conditional_t<is_floating<A> || is_floating<B>, accfloat,
                                  std::conditional_t<(sizeof(A) + sizeof(B) > 4), acc64, acc32>>;
};
template <typename Tag, typename A, typename B>
using tag_for_t = std::conditional_t<std::is_same_v<Tag, accauto>, typename product_tag<A, B>::type, Tag>;

template <typename T> inline T saturated(int64_t value) {
  const int64_t high = std::is_signed_v<T> ? (int64_t(1) << (8 * sizeof(T) - 1)) - 1
                                           : int64_t((uint64_t(1) << (8 * sizeof(T))) - 1);
  int64_t low = std::is_signed_v<T> ? -high - 1 : 0;
  if (starling_saturation == static_cast<unsigned>(saturation_mode::symmetric) && low) ++low;
  return static_cast<T>(value > high ? high : value < low ? low : value);
}

inline int64_t shifted(int64_t value, int shift) {
  if (shift <= 0) return value << -shift;
  const int64_t down = value >> shift, rest = value - (down << shift), half = int64_t(1) << (shift - 1);
  if (starling_rounding == static_cast<unsigned>(rounding_mode::conv_even))
    return down + (rest > half || (rest == half && (down & 1)));
  if (starling_rounding == static_cast<unsigned>(rounding_mode::symmetric_inf))
    return down + (rest > half || (rest == half && value > 0));
  return down;
}

} // namespace shim

template <typename Tag, unsigned N> class accum {
public:
  using value_type = Tag;
  using lanes_type = shim::lanes_t<shim::accum_lane_t<Tag>, N>;
  lanes_type lanes; // the shim's own; cores do not touch it

  accum() : lanes{} {}
  accum(lanes_type value) : lanes(value) {}
  template <typename T> explicit accum(const vector<T, N> &v, int shift = 0) { from_vector(v, shift); }

  static constexpr unsigned size() { return N; }

  template <typename T> void from_vector(const vector<T, N> &v, int shift = 0) {
    if constexpr (std::is_same_v<Tag, accfloat>) {
      static_assert(shim::is_floating<T>);
      lanes = shim::floats<N>(v);
    } else {
      static_assert(!shim::is_floating<T>);
      lanes = __builtin_convertvector(v.lanes, lanes_type) << shift;
    }
  }
  template <typename T> accum &operator=(const vector<T, N> &v) {
    from_vector(v);
    return *this;
  }

  template <typename T> vector<T, N> to_vector(int shift = 0) const {
    if constexpr (std::is_same_v<Tag, accfloat>) {
      static_assert(shim::is_floating<T>);
      return shim::from_floats<T, N>(lanes);
    } else {
      static_assert(!shim::is_floating<T>);
      using Lanes = typename vector<T, N>::lanes_type;
      if (shift == 0 && starling_saturation == 0) return vector<T, N>(__builtin_convertvector(lanes, Lanes));
      Lanes result;
      for (unsigned i = 0; i < N; ++i) {
        const int64_t value = shim::shifted(lanes[i], shift);
        result[i] = starling_saturation ? shim::saturated<T>(value) : static_cast<T>(value);
      }
      return vector<T, N>(result);
    }
  }
  template <typename T>
  operator vector<T, N>() const
    requires(std::is_same_v<Tag, accfloat> && shim::is_floating<T> && N <= 32)
  {
    return to_vector<T>();
  }

  template <unsigned Out> accum<Tag, Out> extract(unsigned index) const {
    accum<Tag, Out> result;
    std::memcpy(&result.lanes, reinterpret_cast<const char *>(&lanes) + index * sizeof(result.lanes),
                sizeof(result.lanes));
    return result;
  }
  template <unsigned In> accum &insert(unsigned index, const accum<Tag, In> &part) {
    std::memcpy(reinterpret_cast<char *>(&lanes) + index * sizeof(part.lanes), &part.lanes, sizeof(part.lanes));
    return *this;
  }
};

namespace shim {
template <typename T> struct accum_traits : std::false_type {};
template <typename Tag, unsigned N> struct accum_traits<accum<Tag, N>> : std::true_type {};
} // namespace shim

template <typename A> concept Accum = shim::accum_traits<A>::value;

template <typename Tag, unsigned N, typename... Rest>
inline accum<Tag, N *(1 + sizeof...(Rest))> concat(const accum<Tag, N> &first, const Rest &...rest) {
  accum<Tag, N *(1 + sizeof...(Rest))> result;
  unsigned index = 0;
  result.template insert<N>(index++, first);
  (result.template insert<N>(index++, rest), ...);
  return result;
}

} // namespace aie
