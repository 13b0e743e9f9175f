// SPDX-License-Identifier: MIT
// Halftone: all targets of the library, one after the other: for tables and for tools that take a target's name.
#pragma once

#include <halftone/format/target/bitsandbytes.hpp>
#include <halftone/format/target/llama_cpp.hpp>
#include <halftone/format/target/onnxruntime.hpp>
#include <halftone/format/target/tensorrt.hpp>
#include <halftone/format/target/tflite.hpp>
#include <halftone/format/target/this_cpu.hpp>
#include <halftone/format/target/tvm.hpp>

namespace halftone::inline v0_1::target {

namespace detail {
template <class... Rules, class Visitor>
constexpr void for_each_rule_of(rule_list<Rules...>, const Visitor& visit) {
  (visit(Rules::text), ...);
}
}  // namespace detail

/// Calls visit(sentence) for each rule of a target, in the order in which they are tried.
template <class Target, class Visitor>
constexpr void for_each_rule(const Visitor& visit) {
  detail::for_each_rule_of(typename Target::rules{}, visit);
}

/// Calls visit(target) for each target.
template <class Visitor>
constexpr void for_each_target(const Visitor& visit) {
  visit(onnxruntime{});
  visit(tflite{});
  visit(tensorrt{});
  visit(tvm{});
  visit(llama_cpp{});
  visit(bitsandbytes{});
  visit(this_cpu{});
  visit(this_cpu_integers{});
}

}  // namespace halftone::inline v0_1::target
