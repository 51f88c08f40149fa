#pragma once
// Text ↔ token ids, as the `tokenizers` package gives them for the same tokenizer.json, and SentencePiece for
// the same tokenizer.model.

#include "engine/text/pattern.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

class GgufFile;
struct AddedToken;
struct TokenizerParts;

using TokenId = std::int32_t;

struct MarkedTokens {
    std::vector<TokenId> ids;
    std::vector<bool> marked; ///< one for each id
};

struct NamedText {
    std::string name;
    std::string text;
    bool operator==(const NamedText&) const = default;
};

/// What the post-processor puts around two texts that belong together.
struct PairFrame {
    std::vector<TokenId> before, between, behind;
    /// Of the tokens between the texts the first of the second type (token_type_ids), as the second text is;
    /// their number where that begins with the text. None: all are of the first type.
    std::optional<std::size_t> first_type = {};

    std::size_t tokens() const { return before.size() + between.size() + behind.size(); }
};

/// A loaded vocabulary. Immutable and cheap to copy; safe to use from several threads at once.
class Tokenizer {
public:
    /// From a Hugging Face folder: tokenizer.json, or where there is none SentencePiece's tokenizer.model,
    /// with added tokens, eos, bos and the chat templates of tokenizer_config.json (also
    /// generation_config.json, chat_template.jinja, additional_chat_templates/*.jinja). Throws Error for a
    /// model type or a normalizer, pre-tokenizer or decoder that is not known, ids outside the vocabulary, a
    /// pattern that PCRE2 refuses.
    static Tokenizer from_folder(const std::string& folder);
    /// From the vocabulary inside a GGUF file (tokenizer.ggml.*). Throws Error for an unknown model or
    /// pre-tokenizer.
    static Tokenizer from_gguf(const GgufFile& file);

    /// This one with added tokens more, each at the id that it says. Throws Error for a text or an id that it
    /// has already, and for ids that leave a gap.
    Tokenizer with_added(const std::vector<AddedToken>& more) const;

    /// Ids of the bytes as they are, no special token added; added tokens written in the text are recognised.
    std::vector<TokenId> encode(std::string_view text) const;
    /// The same of a text that stands behind another one: without what a tokenizer puts in front of a text.
    std::vector<TokenId> encode_further(std::string_view text) const;
    /// The same ids, and which of them have a byte in one of the ranges (of bytes of the text, ascending,
    /// none overlapping), by the places that `tokenizers` gives them.
    MarkedTokens encode_marked(std::string_view text, std::vector<TextRange> ranges) const;
    /// The text of the ids, special tokens left out unless asked for. Ids outside the vocabulary are left
    /// out.
    std::string decode(const std::vector<TokenId>& ids, bool with_special = false) const;

    /// Number of ids (highest id + 1).
    std::int64_t size() const;
    std::string_view token(TokenId id) const; ///< as the vocabulary writes it; "" outside
    std::optional<TokenId> find(std::string_view token) const;

    std::optional<TokenId> eos() const; ///< the end token that training appends
    std::optional<TokenId> bos() const;
    bool adds_bos() const; ///< whether the model wants its begin token in front of every text
    /// What the post-processor puts behind a text, such as [SEP]; none for most.
    std::optional<TokenId> closing() const;
    /// None where the tokenizer says nothing of pairs, or what is not known here.
    const std::optional<PairFrame>& pair_frame() const;
    /// All tokens that end what the model says: eos() first, then those that generation_config.json (else
    /// config.json) or the GGUF file names beside it.
    const std::vector<TokenId>& ends() const;
    /// "bos_token", "eos_token" and the like with their texts, as far as the model names them.
    const std::vector<NamedText>& special_tokens() const;
    /// The chat templates that the model carries (Jinja), by their names; the usual one is "default".
    const std::vector<NamedText>& chat_templates() const;
    /// The default one; empty if there is none.
    std::string chat_template() const;
    /// SHA-256 of all that it was read from.
    const std::string& sha256() const;

    /// What it is made of, for who writes it into a file.
    const TokenizerParts& parts() const { return *parts_; }

private:
    explicit Tokenizer(std::shared_ptr<const TokenizerParts> parts);

    std::shared_ptr<const TokenizerParts> parts_;
};

} // namespace lora
