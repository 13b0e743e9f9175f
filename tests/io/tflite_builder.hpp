// SPDX-License-Identifier: MIT
// Halftone tests: .tflite files made table by table, from front to back, and three that are legal.
#pragma once

#include "file_builder.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <stdexcept>

namespace halftone_test {

/// A field of a table: its number, and its value in `size` bytes, or what it points to.
struct flat_field {
  unsigned number;
  std::size_t size;
  std::uint64_t value = 0;
  std::string target{};
};

/// Writes tables, lists and strings, each with a label, whatever they say. Knows nothing of the library.
/// Labels: "x" for where a table, count or string starts, "x.vtable", "x/3" for field 3 of table x, "x[2]" for entry 2 of a list.
class flat_builder {
 public:
  flat_builder() {
    number(0, 4);
    refer(0, "model");
    for (const char c : {'T', 'F', 'L', '3'}) {
      file_.push_back(static_cast<std::uint8_t>(c));
    }
  }

  flat_builder& table(const std::string& name, const std::vector<flat_field>& fields) {
    unsigned count = 0;
    for (const flat_field& field : fields) {
      count = std::max(count, field.number + 1);
    }
    std::vector<std::size_t> places(count);
    std::size_t end = 4;
    std::size_t widest = 4;
    for (const flat_field& field : fields) {
      end = (end + field.size - 1) / field.size * field.size;
      places[field.number] = end;
      end += field.size;
      widest = std::max(widest, field.size);
    }
    align(2);
    label(name + ".vtable");
    number(4 + 2 * count, 2).number(end, 2);
    for (const std::size_t place : places) {
      number(place, 2);
    }
    align(widest);
    label(name);
    const std::size_t at = file_.size();
    number(at - labels_.at(name + ".vtable"), 4);
    for (const flat_field& field : fields) {
      file_.resize(at + places[field.number]);
      label(name + "/" + std::to_string(field.number));
      if (!field.target.empty()) {
        refer(file_.size(), field.target);
      }
      number(field.value, field.size);
    }
    return *this;
  }
  flat_builder& tables(const std::string& name, const std::vector<std::string>& targets) {
    align(4);
    label(name);
    number(targets.size(), 4);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      label(name + "[" + std::to_string(i) + "]");
      refer(file_.size(), targets[i]);
      number(0, 4);
    }
    return *this;
  }
  flat_builder& numbers(const std::string& name, std::size_t size, const std::vector<std::uint64_t>& values) {
    while (file_.size() % 4 != 0 || (file_.size() + 4) % size != 0) {
      file_.push_back(0);
    }
    label(name);
    number(values.size(), 4);
    for (std::size_t i = 0; i < values.size(); ++i) {
      label(name + "[" + std::to_string(i) + "]");
      number(values[i], size);
    }
    return *this;
  }
  flat_builder& text(const std::string& name, std::string_view value) {
    align(4);
    label(name);
    number(value.size(), 4);
    file_.insert(file_.end(), value.begin(), value.end());
    label(name + ".zero");
    file_.push_back(0);
    return *this;
  }
  flat_builder& align(std::size_t size) {
    file_.resize((file_.size() + size - 1) / size * size);
    return *this;
  }
  flat_builder& number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      file_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    return *this;
  }
  flat_builder& label(const std::string& name) {
    if (!labels_.emplace(name, file_.size()).second) {
      throw std::logic_error("two labels " + name);
    }
    return *this;
  }

  /// Fills in what points to labels. Changes come after it.
  flat_builder& finish() {
    for (const auto& [position, target] : references_) {
      set(position, at(target) - position, 4);
    }
    return *this;
  }
  [[nodiscard]] std::size_t at(const std::string& name) const { return labels_.at(name); }
  flat_builder& set(std::size_t position, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      file_.at(position + i) = static_cast<std::uint8_t>(value >> (8 * i));
    }
    return *this;
  }
  flat_builder& set(const std::string& name, std::uint64_t value, std::size_t size) { return set(at(name), value, size); }
  /// Removes a field from its table.
  flat_builder& drop(const std::string& table, unsigned number) { return set(at(table + ".vtable") + 4 + 2 * number, 0, 2); }
  flat_builder& cut(std::size_t size) {
    file_.resize(size);
    return *this;
  }
  /// Remembers the place that a failure is to name.
  flat_builder& here(std::size_t place) {
    place_ = place;
    return *this;
  }
  flat_builder& here(const std::string& name) { return here(at(name)); }
  /// The entry of a field in the vtable.
  flat_builder& here(const std::string& table, unsigned number) { return here(at(table + ".vtable") + 4 + 2 * number); }

  [[nodiscard]] const bytes& file() const { return file_; }
  [[nodiscard]] std::size_t place() const { return place_; }

 private:
  void refer(std::size_t position, const std::string& target) { references_.emplace_back(position, target); }

  bytes file_;
  std::map<std::string, std::size_t> labels_;
  std::vector<std::pair<std::size_t, std::string>> references_;
  std::size_t place_ = 0;
};

constexpr std::uint64_t bits_of_float(float value) { return std::bit_cast<std::uint32_t>(value); }

/// One FULLY_CONNECTED: x [2, 3] int8, w [2, 3] int8 with a scale a row, b [2] int32, y [2, 2] int8, fused with ReLU.
inline flat_builder layer_file() {
  flat_builder f;
  f.table("model", {{0, 4, 3}, {1, 4, 0, "codes"}, {2, 4, 0, "graphs"}, {3, 4, 0, "about"}, {4, 4, 0, "buffers"}});
  f.tables("codes", {"code"}).table("code", {{0, 1, 9}, {1, 4, 0, "custom"}, {2, 4, 4}, {3, 4, 9}}).text("custom", "");
  f.tables("graphs", {"graph"}).text("about", "a layer");
  f.table("graph", {{0, 4, 0, "tensors"}, {1, 4, 0, "in"}, {2, 4, 0, "out"}, {3, 4, 0, "ops"}, {4, 4, 0, "main"}});
  f.text("main", "main").numbers("in", 4, {0}).numbers("out", 4, {3}).tables("tensors", {"x", "w", "b", "y"});
  f.table("x", {{0, 4, 0, "xs"}, {1, 1, 9}, {2, 4, 0}, {3, 4, 0, "xn"}, {4, 4, 0, "xq"}});
  f.numbers("xs", 4, {2, 3}).text("xn", "x").table("xq", {{2, 4, 0, "xq.s"}, {3, 4, 0, "xq.z"}});
  f.numbers("xq.s", 4, {bits_of_float(0.5f)}).numbers("xq.z", 8, {~std::uint64_t{0}});
  f.table("w", {{0, 4, 0, "ws"}, {1, 1, 9}, {2, 4, 1}, {3, 4, 0, "wn"}, {4, 4, 0, "wq"}});
  f.numbers("ws", 4, {2, 3}).text("wn", "w").table("wq", {{2, 4, 0, "wq.s"}, {3, 4, 0, "wq.z"}, {4, 1, 0}, {6, 4, 0}});
  f.numbers("wq.s", 4, {bits_of_float(0.5f), bits_of_float(0.25f)}).numbers("wq.z", 8, {0, 0});
  f.table("b", {{0, 4, 0, "bs"}, {1, 1, 2}, {2, 4, 2}, {3, 4, 0, "bn"}}).numbers("bs", 4, {2}).text("bn", "b");
  f.table("y", {{0, 4, 0, "ys"}, {1, 1, 9}, {3, 4, 0, "yn"}, {4, 4, 0, "yq"}}).numbers("ys", 4, {2, 2}).text("yn", "y");
  f.table("yq", {{2, 4, 0, "yq.s"}}).numbers("yq.s", 4, {bits_of_float(2.0f)});
  f.tables("ops", {"op"}).table("op", {{0, 4, 0}, {1, 4, 0, "op.i"}, {2, 4, 0, "op.o"}, {3, 1, 8}, {4, 4, 0, "op.f"}});
  f.numbers("op.i", 4, {0, 1, 2}).numbers("op.o", 4, {3}).table("op.f", {{0, 1, 1}, {1, 1, 0}});
  f.tables("buffers", {"none", "w.data", "b.data"}).table("none", {});
  f.table("b.data", {{0, 4, 0, "b.bytes"}}).numbers("b.bytes", 1, {1, 0, 0, 0, 254, 255, 255, 255});
  f.table("w.data", {{0, 4, 0, "w.bytes"}}).numbers("w.bytes", 1, {1, 2, 3, 253, 127, 128});
  return f.finish();
}

/// Weights of 16-bit floats that are dequantized, and constants behind the FlatBuffer; 4-bit codes whose rows share bytes.
inline flat_builder float_file() {
  flat_builder f;
  f.table("model", {{0, 4, 3}, {1, 4, 0, "codes"}, {2, 4, 0, "graphs"}, {4, 4, 0, "buffers"}});
  f.tables("codes", {"code"}).table("code", {{0, 1, 6}});
  f.tables("graphs", {"graph"}).table("graph", {{0, 4, 0, "tensors"}, {2, 4, 0, "out"}, {3, 4, 0, "ops"}}).numbers("out", 4, {1});
  f.tables("tensors", {"h", "f", "q"});
  f.table("h", {{0, 4, 0, "hs"}, {1, 1, 1}, {2, 4, 1}}).numbers("hs", 4, {1, 2});
  f.table("f", {{0, 4, 0, "hs2"}, {1, 1, 0}}).numbers("hs2", 4, {1, 2});
  f.table("q", {{0, 4, 0, "qs"}, {1, 1, 17}, {2, 4, 2}, {4, 4, 0, "qq"}}).numbers("qs", 4, {3, 3});
  f.table("qq", {{2, 4, 0, "qq.s"}}).numbers("qq.s", 4, {bits_of_float(0.125f)});
  f.tables("ops", {"op"}).table("op", {{1, 4, 0, "op.i"}, {2, 4, 0, "op.o"}}).numbers("op.i", 4, {0}).numbers("op.o", 4, {1});
  f.tables("buffers", {"none", "half", "nibbles"}).table("none", {});
  f.table("nibbles", {{0, 4, 0, "nibbles.bytes"}}).numbers("nibbles.bytes", 1, {0x21, 0x43, 0x65, 0x87, 0x09});
  f.table("half", {{1, 8, 0}, {2, 8, 4}}).align(16).label("behind").number(0xc0003e00u, 4);  // 1.5, -2
  return f.finish().set("half/1", f.at("behind"), 8);
}

/// Weights [2, 4] of 4 bits in blocks of 2, whose scales are tensor 1.
inline flat_builder block_file() {
  flat_builder f;
  f.table("model", {{0, 4, 3}, {2, 4, 0, "graphs"}, {4, 4, 0, "buffers"}}).tables("graphs", {"graph"});
  f.table("graph", {{0, 4, 0, "tensors"}}).tables("tensors", {"w", "s"});
  f.table("w", {{0, 4, 0, "ws"}, {1, 1, 17}, {2, 4, 1}, {3, 4, 0, "wn"}, {4, 4, 0, "wq"}}).numbers("ws", 4, {2, 4}).text("wn", "w");
  f.table("wq", {{4, 1, 2}, {5, 4, 0, "wb"}}).table("wb", {{0, 4, 1}, {1, 4, 0xffffffff}, {2, 4, 2}});
  f.table("s", {{0, 4, 0, "ss"}, {1, 1, 1}, {2, 4, 2}, {3, 4, 0, "sn"}}).numbers("ss", 4, {2, 2}).text("sn", "s");
  f.tables("buffers", {"none", "codes", "scales"}).table("none", {}).table("codes", {{0, 4, 0, "codes.bytes"}});
  f.numbers("codes.bytes", 1, {0x21, 0x8f, 0x70, 0x00}).table("scales", {{0, 4, 0, "scales.bytes"}});
  f.numbers("scales.bytes", 1, {0x00, 0x38, 0x00, 0x3c, 0x00, 0x40, 0x00, 0x00});  // 0.5, 1, 2, 0
  return f.finish();
}

/// As little as possible.
inline flat_builder smallest_file() { return flat_builder().table("model", {{0, 4, 3}}).finish(); }

inline std::vector<bytes> legal_tflite_files() { return {layer_file().file(), float_file().file(), block_file().file(), smallest_file().file()}; }

}  // namespace halftone_test
