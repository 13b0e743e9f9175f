// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as a GGUF file, whatever it accepts read to the last element and written again.
#include <halftone/io/gguf_encoding.hpp>
#include <halftone/io/gguf_file.hpp>

#include <cstdlib>

using namespace halftone;

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// Reads a value in every way, which must agree.
void use(const gguf_value& value) {
  unsigned ways = 0;
  value.visit([&]<class T>(const T& got) {
    ++ways;
    require(value.get<T>().has_value());
    if constexpr (std::is_same_v<T, gguf_array>) {
      std::size_t size = 0;
      for (const gguf_value element : got) {
        require(element.type() == got.element_type());
        use(element);
        ++size;
      }
      require(size == got.size());
      require(!got.template get<std::string>(size));
      if (const auto strings = value.get<std::vector<std::string_view>>()) {
        require(strings->size() == size &&
                (size == 0 || got.template get<std::string_view>(size - 1) == strings->back()));
      }
      if (const auto table = value.get<std::vector<std::vector<std::uint16_t>>>()) {
        require(table->size() == size);
      }
    }
  });
  require(ways == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = gguf_file::parse({data, size});
  if (!parsed) {
    require(parsed.failure().text.starts_with("gguf: ") && parsed.failure().offset <= size);
    return 0;
  }
  const gguf_file& file = parsed.value();
  for (const gguf_entry& entry : file.metadata()) {
    require(!entry.key.empty() && file.value(entry.key)->offset() == entry.value.offset());
    use(entry.value);
    // What it says, written again, is what stands there: nothing was read otherwise than it was written.
    std::vector<std::uint8_t> again;
    detail::append_gguf_value(again, entry.value, file.byte_order());
    require(again.size() <= size - entry.value.offset() &&
            std::equal(again.begin(), again.end(), data + entry.value.offset()));
  }
  std::uint64_t total = 0;
  for (const gguf_tensor& tensor : file.tensors()) {
    require(tensor.offset + tensor.bytes.size() <= size && tensor.bytes.data() == data + tensor.offset);
    require(tensor.offset % file.alignment() == 0 && tensor.cols() % elements_of_block(tensor.type) == 0);
    require(file.find(tensor.name)->offset == tensor.offset);
    total += tensor.bytes.size();
    require(tensor.bytes.empty() ||
            tensor.rows() * (tensor.cols() / elements_of_block(tensor.type)) * bytes_of_block(tensor.type) ==
                tensor.bytes.size());
  }
  require(total <= size);
  return 0;
}
