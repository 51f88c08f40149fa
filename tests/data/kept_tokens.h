#pragma once
// A folder for kept tokens, from the first one on, as long as it lives; and what happens to files.

#include <QByteArray>
#include <QtGlobal>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

/// A variable of the environment, as long as it lives.
class Variable {
public:
    Variable(const char* name, const std::string& value)
        : name_(name), before_(qgetenv(name)), was_set_(qEnvironmentVariableIsSet(name)) {
        qputenv(name, QByteArray::fromStdString(value));
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() {
        if (was_set_)
            qputenv(name_, before_);
        else
            qunsetenv(name_);
    }

private:
    const char* name_;
    QByteArray before_;
    bool was_set_;
};

class KeptTokens {
public:
    explicit KeptTokens(std::string folder)
        : folder_(std::move(folder)), place_("LORA_TOKENS", folder_), from_("LORA_TOKENS_FROM_MB", "0") {}

    const std::string& folder() const { return folder_; }
    std::vector<std::string> files() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder_))
            if (entry.path().extension() == ".tokens") found.push_back(entry.path().string());
        return found;
    }
    std::string file() const { return files().at(0); }

    /// Cuts the file, and changes the byte at a share of its length; below 0: none.
    void damage(int cut_to_per_cent, int flipped_at_per_cent) const {
        std::ifstream in(file(), std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        if (flipped_at_per_cent >= 0)
            bytes[bytes.size() * static_cast<std::size_t>(flipped_at_per_cent) / 100] ^= 1;
        bytes.resize(bytes.size() * static_cast<std::size_t>(cut_to_per_cent) / 100);
        std::ofstream(file(), std::ios::binary) << bytes;
    }

private:
    std::string folder_;
    Variable place_, from_;
};
