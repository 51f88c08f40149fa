#include "engine/hub/repository.h"

#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

constexpr std::size_t longest_part = 255; // of a path, on the disks that are in use
constexpr std::size_t longest_path = 1024;

bool is_alphanumeric(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
           || (letter >= '0' && letter <= '9');
}

bool is_name_part(std::string_view part) {
    constexpr std::size_t longest = 96;
    if (part.empty() || part.size() > longest) return false;
    const bool letters_alone = std::all_of(part.begin(), part.end(), [](char letter) {
        return is_alphanumeric(letter) || letter == '-' || letter == '_' || letter == '.';
    });
    const auto is_edge = [](char letter) { return is_alphanumeric(letter) || letter == '_'; };
    // "--" stands for "/" in the cache.
    return letters_alone && is_edge(part.front()) && is_edge(part.back())
           && part.find("--") == std::string_view::npos && part.find("..") == std::string_view::npos
           && !part.ends_with(".git");
}

/// What is wrong with a path that is to lie inside a folder; empty if nothing is.
std::string_view fault_of_path(std::string_view path) {
    if (path.empty()) return "an empty name";
    if (path.size() > longest_path) return "a name of more than 1024 bytes";
    const auto is_control = [](char letter) {
        return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
    };
    if (std::any_of(path.begin(), path.end(), is_control)) return "a control character in a name";
    if (path.find('\\') != std::string_view::npos) return "a backslash in a name";
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, end - begin);
        if (part.empty()) return "a path that is not inside the repository";
        if (part == "." || part == "..") return "a path that is not inside the repository";
        if (part.size() > longest_part) return "a name of more than 255 bytes";
        begin = end + 1;
    }
    return {};
}

} // namespace

std::string_view word(RepositoryKind kind) { return kind == RepositoryKind::Model ? "model" : "dataset"; }

bool is_repository_name(std::string_view name) {
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) return is_name_part(name);
    return is_name_part(name.substr(0, slash)) && is_name_part(name.substr(slash + 1));
}

bool is_hex(std::string_view text, std::size_t digits) {
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_commit(std::string_view revision) { return is_hex(revision, 40); }

void check_repository(const Repository& repository) {
    if (!is_repository_name(repository.name))
        fail("'" + shown(repository.name) + "'", "a name that nothing on the hub can have", "org/name",
            "letters, digits, '-', '_' and '.' only");
    const std::string_view fault = fault_of_path(repository.revision);
    if (!fault.empty())
        fail(repository.name + ": revision '" + shown(repository.revision) + "'", fault,
            "a branch, a tag or a commit");
}

void check_file_name(std::string_view name, const std::string& where) {
    const std::string_view fault = fault_of_path(name);
    if (!fault.empty())
        fail(where + ": '" + shown(name) + "'", fault, "the name of a file in the repository",
            "nothing of it is downloaded");
}

std::string folder_name(const Repository& repository) {
    std::string name = std::string(word(repository.kind)) + "s--";
    for (const char letter : repository.name) {
        if (letter == '/')
            name += "--";
        else
            name += letter;
    }
    return name;
}

std::string api_path(const Repository& repository) {
    return "/api/" + std::string(word(repository.kind)) + "s/" + repository.name;
}

std::string page_path(const Repository& repository) {
    return (repository.kind == RepositoryKind::Dataset ? "/datasets/" : "/") + repository.name;
}

std::string percent_encoded(std::string_view text, bool keeps_slashes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (is_alphanumeric(letter) || letter == '-' || letter == '_' || letter == '.' || letter == '~'
            || (letter == '/' && keeps_slashes)) {
            encoded += letter;
        } else {
            encoded += '%';
            encoded += digits[byte >> 4];
            encoded += digits[byte & 15];
        }
    }
    return encoded;
}

} // namespace lora
