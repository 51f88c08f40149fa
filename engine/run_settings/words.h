#pragma once
// The words that stand for a setting's values in run.json and on the command line, and what the window calls
// them.

#include "engine/run_settings/run_settings.h"

#include <span>
#include <string>

namespace lora {

template <class T>
struct Word {
    T value;
    const char* word;  ///< "cosine"
    const char* label; ///< "cosine to zero"
};

/// All of a type; the argument only says which.
std::span<const Word<NumberType>> words_of(NumberType);
std::span<const Word<QuantizedWeights>> words_of(QuantizedWeights);
std::span<const Word<Schedule>> words_of(Schedule);
std::span<const Word<InitialA>> words_of(InitialA);
std::span<const Word<ProjectionKind>> words_of(ProjectionKind);
std::span<const Word<Problem>> words_of(Problem);

std::string name(NumberType type);
std::string name(QuantizedWeights quantized);
std::string name(Schedule schedule);
std::string name(InitialA init);
/// Each throws Error that lists the known words.
NumberType number_type(const std::string& word);
QuantizedWeights quantized_weights(const std::string& word);
Schedule schedule(const std::string& word);
InitialA initial_a(const std::string& word);

} // namespace lora
