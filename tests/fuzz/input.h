#pragma once
// What a reader is given: a folder of this process with the files that an input is made of.

#include "engine/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace lora::fuzz {

/// Between the files of an input that is more than one.
inline constexpr std::string_view next_file = "\n=====\n";

/// The input's files, at least `count`; those that it lacks are empty.
std::vector<std::string_view> files_of(std::string_view bytes, std::size_t count);

/// A folder in memory where there is one, the same one for each input, removed with the process.
class InputFolder {
public:
    InputFolder();
    InputFolder(const InputFolder&) = delete;
    InputFolder& operator=(const InputFolder&) = delete;
    ~InputFolder();

    const std::string& path() const { return path_; }
    /// Gives the file's path.
    std::string write(const std::string& name, std::string_view bytes) const;
    void remove(const std::string& name) const;

private:
    std::string path_;
};

const InputFolder& input_folder();

/// Has every byte of these looked at, so that a sanitizer sees one that is not there.
void look_at(std::string_view bytes);

/// What bad bytes should end in.
template <class Read>
void refusable(const Read& read) {
    try {
        read();
    } catch (const Error&) {
        return;
    }
}

} // namespace lora::fuzz
