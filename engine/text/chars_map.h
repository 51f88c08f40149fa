#pragma once
// SentencePiece's table of replacements, such as nmt_nfkc: which text stands for which, found by its bytes.
// Format: u32 size of the trie in bytes; its units, u32 each, a double array as darts-clone writes it; then
// the replacements, each ended by a zero byte. All little-endian.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

class CharsMap {
public:
    /// No replacements.
    CharsMap() = default;
    /// `where` names the file and the field. Throws Error for sizes that do not fit.
    CharsMap(std::string_view blob, const std::string& where);

    struct Match {
        std::string_view replacement;
        std::size_t size_bytes = 0; ///< of the text that it stands for
    };
    /// The longest or shortest beginning of `text` that has a replacement.
    std::optional<Match> longest(std::string_view text) const { return find(text, true); }
    std::optional<Match> shortest(std::string_view text) const { return find(text, false); }

    bool empty() const { return units_.empty(); }

private:
    std::optional<Match> find(std::string_view text, bool longest) const;

    std::vector<std::uint32_t> units_;
    std::string replacements_;
};

/// `text` as `tokenizers` applies the table: to whole short graphemes first, then to single characters.
/// Throws Error when the text grows beyond most_grown().
std::string precompiled(std::string_view text, const CharsMap& map);

} // namespace lora
