// Sums and products of vectors, elements and accumulators.
#pragma once

#include "accum.hpp"

namespace aie {

namespace shim {

// bfloat16 is computed in float32 and rounded back once, as the accumulator path of the hardware does.
template <typename T, unsigned N, typename Operation>
inline vector<T, N> elementwise(const vector<T, N> &a, const vector<T, N> &b, Operation operation) {
  if constexpr (is_floating<T>) return from_floats<T, N>(operation(floats<N>(a), floats<N>(b)));
  else return vector<T, N>((typename vector<T, N>::lanes_type)operation(a.lanes, b.lanes));
}

constexpr auto plus = [](auto a, auto b) { return a + b; };
constexpr auto minus = [](auto a, auto b) { return a - b; };

// The cores have no float32 multiplier. aie::mul takes float vectors all the same: on AIE2 the program then does not link
// (Xilinx/llvm-aie, pull request 1249), on AIE2P, with mlir-aie 1.4.2, it is reported to compute zeros.
template <typename A, typename B> constexpr bool has_multiplier = !std::is_same_v<A, float> && !std::is_same_v<B, float>;

template <typename Tag, typename A, typename B, unsigned N>
inline lanes_t<accum_lane_t<Tag>, N> product(const vector<A, N> &a, const vector<B, N> &b) {
  static_assert(has_multiplier<A, B>, "the core has no multiplier of float32: split the factors into bfloat16");
  if constexpr (std::is_same_v<Tag, accfloat>) return floats<N>(a) * floats<N>(b);
  else {
    using Lanes = lanes_t<accum_lane_t<Tag>, N>;
    return __builtin_convertvector(a.lanes, Lanes) * __builtin_convertvector(b.lanes, Lanes);
  }
}

} // namespace shim

template <typename T, unsigned N> inline vector<T, N> add(const vector<T, N> &a, const vector<T, N> &b) {
  return shim::elementwise(a, b, shim::plus);
}
template <typename T, unsigned N> inline vector<T, N> add(const vector<T, N> &a, std::type_identity_t<T> b) {
  return add(a, broadcast<T, N>(b));
}
template <typename T, unsigned N> inline vector<T, N> add(std::type_identity_t<T> a, const vector<T, N> &b) {
  return add(broadcast<T, N>(a), b);
}
template <typename Tag, unsigned N> inline accum<Tag, N> add(const accum<Tag, N> &a, const accum<Tag, N> &b) {
  return accum<Tag, N>(a.lanes + b.lanes);
}
template <typename Tag, typename T, unsigned N>
inline accum<Tag, N> add(const accum<Tag, N> &a, const vector<T, N> &b) {
  return add(a, accum<Tag, N>(b));
}

template <typename T, unsigned N> inline vector<T, N> sub(const vector<T, N> &a, const vector<T, N> &b) {
  return shim::elementwise(a, b, shim::minus);
}
template <typename T, unsigned N> inline vector<T, N> sub(const vector<T, N> &a, std::type_identity_t<T> b) {
  return sub(a, broadcast<T, N>(b));
}
template <typename T, unsigned N> inline vector<T, N> sub(std::type_identity_t<T> a, const vector<T, N> &b) {
  return sub(broadcast<T, N>(a), b);
}
template <typename Tag, unsigned N> inline accum<Tag, N> sub(const accum<Tag, N> &a, const accum<Tag, N> &b) {
  return accum<Tag, N>(a.lanes - b.lanes);
}
template <typename Tag, typename T, unsigned N>
inline accum<Tag, N> sub(const accum<Tag, N> &a, const vector<T, N> &b) {
  return sub(a, accum<Tag, N>(b));
}

template <typename Tag = accauto, typename A, typename B, unsigned N>
inline auto mul(const vector<A, N> &a, const vector<B, N> &b) {
  using Chosen = shim::tag_for_t<Tag, A, B>;
  return accum<Chosen, N>(shim::product<Chosen>(a, b));
}
template <typename Tag = accauto, typename T, unsigned N>
inline auto mul(const vector<T, N> &a, std::type_identity_t<T> b) {
  return mul<Tag>(a, broadcast<T, N>(b));
}
template <typename Tag = accauto, typename T, unsigned N>
inline auto mul(std::type_identity_t<T> a, const vector<T, N> &b) {
  return mul<Tag>(broadcast<T, N>(a), b);
}

template <typename Tag, typename A, typename B, unsigned N>
inline accum<Tag, N> mac(const accum<Tag, N> &sum, const vector<A, N> &a, const vector<B, N> &b) {
  return accum<Tag, N>(sum.lanes + shim::product<Tag>(a, b));
}
template <typename Tag, typename T, unsigned N>
inline accum<Tag, N> mac(const accum<Tag, N> &sum, const vector<T, N> &a, std::type_identity_t<T> b) {
  return mac(sum, a, broadcast<T, N>(b));
}
template <typename Tag, typename T, unsigned N>
inline accum<Tag, N> mac(const accum<Tag, N> &sum, std::type_identity_t<T> a, const vector<T, N> &b) {
  return mac(sum, broadcast<T, N>(a), b);
}

template <typename Tag, typename A, typename B, unsigned N>
inline accum<Tag, N> msc(const accum<Tag, N> &sum, const vector<A, N> &a, const vector<B, N> &b) {
  return accum<Tag, N>(sum.lanes - shim::product<Tag>(a, b));
}
template <typename Tag, typename T, unsigned N>
inline accum<Tag, N> msc(const accum<Tag, N> &sum, const vector<T, N> &a, std::type_identity_t<T> b) {
  return msc(sum, a, broadcast<T, N>(b));
}

template <typename T, unsigned N> inline vector<T, N> neg(const vector<T, N> &v) {
  if constexpr (std::is_same_v<T, bfloat16>) return vector<T, N>(v.lanes ^ uint16_t(0x8000));
  else return vector<T, N>(-v.lanes);
}

template <typename T, unsigned N> inline vector<T, N> abs(const vector<T, N> &v) {
  if constexpr (std::is_same_v<T, bfloat16>) return vector<T, N>(v.lanes & uint16_t(0x7fff));
  else if constexpr (std::is_same_v<T, float>) {
    using Bits = shim::lanes_t<uint32_t, N>;
    return vector<T, N>((typename vector<T, N>::lanes_type)((Bits)v.lanes & 0x7fffffffu));
  } else
    return vector<T, N>(v.lanes < 0 ? -v.lanes : v.lanes);
}

} // namespace aie
