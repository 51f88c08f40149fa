#include "engine/files/fingerprint.h"

#include "engine/files/descriptor.h"
#include "engine/files/digest.h"

#include <cerrno>

#include <unistd.h>

namespace lora {

namespace {

constexpr std::int64_t pieces = 256;
constexpr std::int64_t piece_bytes = 16 << 10;

} // namespace

Fingerprint fingerprint_of(const std::string& path) {
    const RegularFile file = open_regular(path);
    Fingerprint print;
    print.size_bytes = static_cast<std::int64_t>(file.size_bytes);
    print.sampled = print.size_bytes > most_digested_bytes;
    if (!print.sampled) {
        print.sha256 = sha256_of_file(path);
        return print;
    }
    Digest digest(DigestKind::Sha256);
    const int number = file.descriptor.number();
    const std::int64_t room = print.size_bytes - piece_bytes; // the last piece ends where the file does
    for (std::int64_t i = 0; i < pieces; ++i) {
        const std::int64_t begin = room / (pieces - 1) * i + room % (pieces - 1) * i / (pieces - 1);
        if (::lseek(number, begin, SEEK_SET) < 0) fail_system(path, errno, "a file that can be read");
        digest.add(read_up_to(number, static_cast<std::size_t>(piece_bytes), path));
    }
    print.sha256 = digest.hex();
    return print;
}

} // namespace lora
