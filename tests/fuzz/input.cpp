#include "tests/fuzz/input.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>

#include <unistd.h>

namespace lora::fuzz {

namespace fs = std::filesystem;

std::vector<std::string_view> files_of(std::string_view bytes, std::size_t count) {
    std::vector<std::string_view> files;
    while (files.size() + 1 < count) {
        const auto end = bytes.find(next_file);
        files.push_back(bytes.substr(0, end));
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + next_file.size());
    }
    files.push_back(bytes);
    return files;
}

InputFolder::InputFolder() {
    const fs::path memory = "/dev/shm";
    const bool is_there = ::access(memory.c_str(), W_OK | X_OK) == 0;
    path_ = (is_there ? memory : fs::temp_directory_path()) / "lora-input-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
}

InputFolder::~InputFolder() {
    std::error_code failure;
    fs::remove_all(path_, failure);
}

std::string InputFolder::write(const std::string& name, std::string_view bytes) const {
    std::string path = path_ + "/" + name;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
    if (file == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
        std::abort();
    return path;
}

void InputFolder::remove(const std::string& name) const { ::unlink((path_ + "/" + name).c_str()); }

const InputFolder& input_folder() {
    static const InputFolder folder;
    return folder;
}

void look_at(std::string_view bytes) {
    [[maybe_unused]] volatile unsigned seen = std::accumulate(bytes.begin(), bytes.end(), 0U,
        [](unsigned sum, char byte) { return sum + static_cast<unsigned char>(byte); });
}

} // namespace lora::fuzz
