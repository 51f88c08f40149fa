#pragma once
// A folder for one test, and hostile files made from good ones.

#include <QTemporaryDir>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

/// A temporary folder with files that tests write and read without the code under test.
class Scratch {
public:
    std::string path(const std::string& name) const { return folder_.path().toStdString() + "/" + name; }

    std::string write(const std::string& name, std::string_view bytes) const {
        std::ofstream file(path(name), std::ios::binary);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path(name);
    }

    std::string read(const std::string& name) const {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    QTemporaryDir folder_;
};

/// A number's bytes, little-endian.
template <class Number>
std::string bytes_of(Number number) {
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
}

/// The message of the Error that `call` throws; "nothing was thrown" if it does not.
template <class Exception, class Call>
std::string message_of(Call call) {
    try {
        call();
    } catch (const Exception& error) {
        return error.what();
    }
    return "nothing was thrown";
}

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}
