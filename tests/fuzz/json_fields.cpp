// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as a JSON document, and as the index of a checkpoint: whatever is accepted keeps its promises.
#include <halftone/io/safetensors_index.hpp>

#include <cmath>
#include <cstdlib>

using namespace halftone;

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

void check_fields(const json_fields& fields) {
  require(!fields.values().empty() && fields.values().size() <= json_fields::most_values);
  for (const auto& [path, field] : fields.values()) {
    require(path.size() <= json_fields::longest_path && fields.find(path) == &field.value && fields.offset_of(path) == field.offset);
    const double* number = fields.get<double>(path);
    const std::optional<std::uint64_t> count = fields.count(path);
    require(!count || (number != nullptr && static_cast<double>(*count) == *number));
    require(number == nullptr || std::isfinite(*number));
    const std::string* text = fields.get<std::string>(path);
    require(text == nullptr || detail::first_invalid_utf8(*text) == text->size());
  }
}

void check_index(const safetensors_index& index) {
  const std::vector<std::string> shards = index.shards();
  require(std::is_sorted(shards.begin(), shards.end()) && shards.size() <= index.tensors().size());
  for (const auto& [tensor, shard] : index.tensors()) {
    require(index.shard_of(tensor) != nullptr && *index.shard_of(tensor) == shard);
    require(std::binary_search(shards.begin(), shards.end(), shard));
  }
  for (const std::string& shard : shards) {  // a file beside the index
    require(shard.find_first_of(std::string_view("/\\:\0", 4)) == std::string::npos && shard != "." && shard != "..");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto fields = json_fields::parse(text, "config.json");
  if (fields) {
    check_fields(fields.value());
  } else {
    require(fields.failure().text.starts_with("config.json: ") && fields.failure().offset <= size);
  }
  const auto index = safetensors_index::parse(text);
  if (index) {
    require(fields.has_value());
    check_index(index.value());
  } else {
    require(index.failure().text.starts_with("safetensors index: ") && index.failure().offset <= size);
  }
  return 0;
}
