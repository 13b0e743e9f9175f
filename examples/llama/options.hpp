// SPDX-License-Identifier: MIT
// Halftone example: the command line.
#pragma once

#include "sampler.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace llama {

struct options {
  std::filesystem::path model;
  std::vector<std::string> schemes;  ///< names, checked; never empty
  std::string prompt = "And it came to pass";
  std::size_t tokens = 200;
  sampler::options sampling{.temperature = 0.6f, .top_k = 40, .seed = 1};
  std::optional<std::filesystem::path> save;
  std::optional<std::filesystem::path> load;
  std::size_t threads = 1;
  std::size_t held_out_bytes = 65536;
  double seconds = 0.3;  ///< for each number of speed
  std::optional<std::filesystem::path> gguf;       ///< run this file instead of the checkpoint
  std::optional<std::string> chat;                 ///< a message to answer
  std::string activations = "int8";                ///< or "float"
  std::size_t context = 2048;
  bool commands = false;
  std::optional<std::filesystem::path> save_gguf;  ///< write the checkpoint with all matrices in `type`
  std::string type = "Q4_K";
};

/// Reads the command line. Where it asks for help or is wrong, prints that and returns the exit status instead.
struct parsed {
  std::optional<int> exit_status;
  options chosen;
};
[[nodiscard]] parsed parse_command_line(int argc, char** argv);

}  // namespace llama
