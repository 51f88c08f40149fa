#pragma once
// A classifier's head among the tensors of a file, by its linears' names: `prefix`classifier.weight. What
// PEFT's modules_to_save names lies so, and a head that stands for itself.

#include "engine/adapters/classifier_head.h"
#include "engine/files/json.h"
#include "engine/files/safetensors.h"
#include "engine/models/safetensors_tensors.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

std::vector<NamedTensor> head_tensors(const ClassifierHead& head, const std::string& prefix);

/// The linears that lie inside modules whose names end so, as PEFT's modules_to_save means them; the last of
/// those inside "classifier" is the one to the labels, which stay empty. None without that one. Throws Error
/// for weights and biases that do not fit each other and for values that are not finite.
std::optional<ClassifierHead> read_head_tensors(const SafetensorsFile& file, const std::string& prefix,
    const std::vector<std::string>& modules, const at::Device& device);

/// What a file says of a head's problem; Unsaid for no word. Throws Error naming `where` for another one.
Problem problem_of_head(const std::string& word, const std::string& where);

/// Whether a tensor of a file is one of the head's.
bool is_head_tensor(const std::string& name, const ClassifierHead& head, const std::string& prefix);

/// What PEFT's modules_to_save says of an adapter with this head.
Json modules_to_save(const std::optional<ClassifierHead>& head);

} // namespace lora
