// What libFuzzer calls. One program for all readers: --reader=NAME says which.

#include "tests/fuzz/mutations.h"
#include "tests/fuzz/readers.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);

namespace {

const lora::fuzz::Reader* chosen = nullptr;

const lora::fuzz::Reader* named(std::string_view name) {
    for (const auto& reader : lora::fuzz::readers())
        if (reader.name == name) return &reader;
    return nullptr;
}

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

} // namespace

int LLVMFuzzerInitialize(int* count, char*** arguments) {
    static constexpr std::string_view option = "--reader=";
    for (int i = 1; i < *count; ++i)
        if (const std::string_view word = (*arguments)[i]; word.starts_with(option))
            chosen = named(word.substr(option.size()));
    if (chosen != nullptr) return 0;
    std::fprintf(stderr, "--reader= one of");
    for (const auto& reader : lora::fuzz::readers()) std::fprintf(stderr, " %s", reader.name);
    std::fprintf(stderr, "\n");
    std::exit(2);
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    chosen->read(text_of(data, size));
    return 0;
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    lora::fuzz::Chance chance(seed);
    if (chosen->shape == lora::fuzz::Shape::Bytes || lora::fuzz::below(3, chance) == 0)
        return LLVMFuzzerMutate(data, size, most);
    const std::string changed = lora::fuzz::mutated(text_of(data, size), chosen->shape, chance);
    if (changed.size() > most || changed.empty()) return LLVMFuzzerMutate(data, size, most);
    std::copy(changed.begin(), changed.end(), data);
    return changed.size();
}
