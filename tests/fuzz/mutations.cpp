#include "tests/fuzz/mutations.h"

#include "tests/fuzz/input.h"

#include <cstring>

namespace lora::fuzz {

std::size_t below(std::size_t end, Chance& chance) { return static_cast<std::size_t>(chance() % end); }

std::uint64_t awkward_number(Chance& chance) {
    constexpr unsigned bits = 64;
    const std::uint64_t near = below(5, chance) - 2; // −2 to 2, around
    switch (below(3, chance)) {
    case 0: return below(20, chance);
    case 1: return near;
    default: return (std::uint64_t{1} << below(bits, chance)) + near;
    }
}

std::string mutated_safetensors(std::string_view bytes, Chance& chance) {
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length) return std::string(bytes);
    std::memcpy(&length, bytes.data(), sizeof length);
    bytes.remove_prefix(sizeof length);
    if (length > bytes.size()) return mutated_json(bytes, chance);
    const std::string header = mutated_json(bytes.substr(0, length), chance);
    const std::string_view data = bytes.substr(length);
    length = header.size();
    std::string whole(sizeof length, '\0');
    std::memcpy(whole.data(), &length, sizeof length);
    return whole.append(header).append(data);
}

namespace {

std::string of_shape(std::string_view bytes, Shape shape, Chance& chance) {
    switch (shape) {
    case Shape::Bytes: break;
    case Shape::Json: return mutated_json(bytes, chance);
    case Shape::Safetensors: return mutated_safetensors(bytes, chance);
    case Shape::Gguf: return mutated_gguf(bytes, chance);
    case Shape::Protobuf: return mutated_protobuf(bytes, chance);
    }
    return std::string(bytes);
}

} // namespace

std::string mutated(std::string_view bytes, Shape shape, Chance& chance) {
    // One of the input's files; the lines of a file of lines count as files.
    const std::string_view between = shape == Shape::Json && below(2, chance) == 0 ? "\n" : next_file;
    std::vector<std::string_view> files;
    for (std::size_t begin = 0;;) {
        const auto end = bytes.find(between, begin);
        files.push_back(bytes.substr(begin, end == std::string_view::npos ? end : end - begin));
        if (end == std::string_view::npos) break;
        begin = end + between.size();
    }
    const std::size_t chosen = below(files.size(), chance);
    std::string whole;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (i > 0) whole += between;
        whole += i == chosen ? of_shape(files[i], shape, chance) : std::string(files[i]);
    }
    return whole;
}

} // namespace lora::fuzz
