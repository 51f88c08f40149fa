#pragma once
// Tokens → text: what undoes the byte-level alphabet, byte fallback, and the marks that stand for spaces.
// Source: the behaviours of `tokenizers`' decoders of the same names.

#include "engine/text/normalizers.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lora {

struct ByteLevelDecoder {};
/// `<0xNN>` tokens become their bytes.
struct ByteFallbackDecoder {};
/// All tokens become one.
struct FuseDecoder {};
/// Up to `start` and `stop` times `content` go from the ends of every token.
struct StripDecoder {
    std::string content;
    std::size_t start = 0;
    std::size_t stop = 0;
};
/// `replacement` becomes a space; those of the first token go where the encoder put one in front.
struct MetaspaceDecoder {
    std::string replacement;
    bool has_prefix = true;
};

/// `prefix` goes from the front of tokens that have it, the others get a space in front; with `cleanup`, the
/// spaces before punctuation and English contractions go.
struct WordPieceDecoder {
    std::string prefix;
    bool cleanup = true;
};

/// `suffix`, which ends a word, becomes a space, at the end of the text nothing.
struct SuffixDecoder {
    std::string suffix;
};

/// Connectionist temporal classification: of equal neighbours one stays, `padding` goes, and with `cleanup`
/// the spaces as in WordPieceDecoder, and `delimiter` becomes a space.
struct CtcDecoder {
    std::string padding;
    std::string delimiter;
    bool cleanup = true;
};

using DecoderStep = std::variant<ByteLevelDecoder, ByteFallbackDecoder, FuseDecoder, StripDecoder,
    MetaspaceDecoder, Replace, WordPieceDecoder, SuffixDecoder, CtcDecoder>;

class TokenDecoder {
public:
    TokenDecoder() = default;
    explicit TokenDecoder(std::vector<DecoderStep> steps);

    /// The text of the tokens. Without steps they are joined by spaces. Bytes that are not UTF-8 stay as they
    /// are, so that a text cut inside a character can be joined again. Throws Error when a pattern passes its
    /// limits.
    std::string decoded(std::vector<std::string> tokens) const;

private:
    std::vector<DecoderStep> steps_;
};

} // namespace lora
