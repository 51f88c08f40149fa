#pragma once
// SHA-256 and SHA-1, through OpenSSL.

#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace lora {

enum class DigestKind {
    Sha256,
    Sha1, ///< protects from accidents alone: for formats that name their contents by it, as git does
};

/// The digest of bytes that come piece by piece.
class Digest {
public:
    explicit Digest(DigestKind kind);
    void add(std::string_view bytes);
    /// Lower-case hex digits of all that was added. To be asked once, as the last.
    std::string hex();

private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

/// 64 lower-case hex digits.
std::string sha256(std::string_view bytes);
/// Of the pieces one after the other.
std::string sha256(std::span<const std::string_view> pieces);
/// Of a file's contents, read in pieces. Throws Error if it cannot be read.
std::string sha256_of_file(const std::string& path);

} // namespace lora
