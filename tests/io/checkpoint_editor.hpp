// SPDX-License-Identifier: MIT
// Halftone tests: recorded checkpoints of checkpoint_golden/, whose tensors can be changed one by one.
#pragma once

#include <halftone/element/float_storage.hpp>
#include <halftone/io/checkpoint_tensor.hpp>
#include <halftone/io/safetensors_file.hpp>
#include <halftone/io/safetensors_writer.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace halftone_test {

/// The tensors of a file in memory: change them, and read the file that they make.
class checkpoint_editor {
 public:
  struct tensor {
    halftone::safetensors_type type;
    std::vector<std::uint64_t> shape;
    std::vector<std::uint8_t> bytes;
    friend bool operator==(const tensor&, const tensor&) = default;
  };
  std::map<std::string, tensor> tensors;

  checkpoint_editor() = default;
  explicit checkpoint_editor(const std::string& system) {
    const auto file =
        halftone::safetensors_file::open(HALFTONE_SOURCE_DIR "/tests/io/checkpoint_golden/" + system + ".safetensors").value();
    add(file);
  }
  explicit checkpoint_editor(const halftone::safetensors_writer& writer) {
    const std::vector<std::uint8_t> bytes = writer.to_bytes();
    add(halftone::safetensors_file::parse(bytes).value());
  }

  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    halftone::safetensors_writer writer;
    for (const auto& [name, each] : tensors) {
      writer.add(name, each.type, each.shape, std::span<const std::uint8_t>(each.bytes));
    }
    return writer.to_bytes();
  }
  /// Only the tensors whose names begin so, without those that the golden file adds.
  [[nodiscard]] std::map<std::string, tensor> layer(const std::string& prefix) const {
    std::map<std::string, tensor> found;
    for (const auto& [name, each] : tensors) {
      if (name.starts_with(prefix) && !name.ends_with(".x") && !name.ends_with(".real")) {
        found.emplace(name, each);
      }
    }
    return found;
  }
  [[nodiscard]] std::vector<float> floats(const std::string& name) const {
    const tensor& from = tensors.at(name);
    const halftone::safetensors_tensor whole{name, from.type, from.shape, from.bytes, 0};
    std::vector<float> values(from.bytes.size() * 8 / halftone::bits_of(from.type));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = halftone::detail::float_at(whole, i);
    }
    return values;
  }
  void text(const std::string& name, const std::string& content) {
    tensors[name] = {halftone::safetensors_type::U8, {content.size()}, {content.begin(), content.end()}};
  }
  void number(const std::string& name, std::size_t i, float value) {
    for (unsigned b = 0; b < 4; ++b) {
      tensors.at(name).bytes[4 * i + b] = static_cast<std::uint8_t>(halftone::fp32::encode(value) >> (8 * b));
    }
  }
  /// What `read` says of the file: its failure's code and text.
  template <class Read>
  [[nodiscard]] halftone::file_failure failure(const Read& read) const {
    const std::vector<std::uint8_t> content = bytes();
    const auto file = halftone::safetensors_file::parse(content);
    const auto got = read(file.value());
    REQUIRE(!got.has_value());
    return got.failure();
  }

 private:
  void add(const halftone::safetensors_file& file) {
    for (const halftone::safetensors_tensor& each : file.tensors()) {
      tensors[each.name] = {each.type, each.shape, {each.bytes.begin(), each.bytes.end()}};
    }
  }
};

/// The tensors of an editor in two files and an index, every second one in each, so that layers lie in both. The files go with it.
class split_checkpoint {
 public:
  explicit split_checkpoint(const checkpoint_editor& from) {
    halftone::safetensors_writer shards[2];
    std::string map;
    std::size_t i = 0;
    for (const auto& [name, each] : from.tensors) {
      map += (i == 0 ? "\"" : ", \"") + name + "\": \"" + paths[i % 2] + "\"";
      shards[i++ % 2].add(name, each.type, each.shape, std::span<const std::uint8_t>(each.bytes));
    }
    for (std::size_t shard = 0; shard < 2; ++shard) {
      REQUIRE(shards[shard].write(paths[shard]).has_value());
    }
    std::ofstream(paths[2]) << "{\"weight_map\": {" << map << "}}";
  }
  split_checkpoint(const split_checkpoint&) = delete;
  split_checkpoint& operator=(const split_checkpoint&) = delete;
  ~split_checkpoint() {
    for (const std::string& path : paths) {
      std::remove(path.c_str());
    }
  }
  [[nodiscard]] halftone::checkpoint open() const { return halftone::checkpoint::open(paths[2]).value(); }

 private:
  const std::string paths[3] = {"split-1.safetensors", "split-2.safetensors", "split.safetensors.index.json"};
};

/// Every real number of a matrix is the recorded one.
template <class Scheme>
void check_reals(const halftone::quantized_matrix<Scheme>& q, const std::vector<float>& reals) {
  REQUIRE(q.rows() * q.cols() == reals.size());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < reals.size(); ++i) {
    wrong += !(q.value_at(i / q.cols(), i % q.cols()) == reals[i]);
  }
  CHECK(wrong == 0);
}

}  // namespace halftone_test

#define CHECK_REFUSED(failure_, code_, words_)                        \
  do {                                                                \
    const halftone::file_failure got_failure_ = (failure_);           \
    CHECK(got_failure_.code == halftone::file_error::code_);          \
    CHECK_MESSAGE(got_failure_.text.find(words_) != std::string::npos, got_failure_.text); \
  } while (false)
