#include "engine/files/digest.h"

#include "engine/error.h"
#include "engine/files/descriptor.h"

#include <array>

#include <openssl/evp.h>

namespace lora {

namespace {

void check(bool worked) {
    if (!worked) throw Error("SHA-256 or SHA-1 is not available from OpenSSL on this machine");
}

} // namespace

Digest::Digest(DigestKind kind) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    const EVP_MD* algorithm = kind == DigestKind::Sha256 ? EVP_sha256() : EVP_sha1();
    check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1);
}

void Digest::add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Digest::hex() {
    static constexpr char digits[] = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned int size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

std::string sha256(std::string_view bytes) { return sha256(std::span(&bytes, 1)); }

std::string sha256(std::span<const std::string_view> pieces) {
    Digest digest(DigestKind::Sha256);
    for (const std::string_view piece : pieces) digest.add(piece);
    return digest.hex();
}

std::string sha256_of_file(const std::string& path) {
    static constexpr std::size_t piece_bytes = 1 << 20;
    const RegularFile file = open_regular(path);
    Digest digest(DigestKind::Sha256);
    for (;;) {
        const std::string piece = read_up_to(file.descriptor.number(), piece_bytes, path);
        digest.add(piece);
        if (piece.size() < piece_bytes) return digest.hex();
    }
}

} // namespace lora
