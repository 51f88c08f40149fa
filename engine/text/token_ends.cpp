#include "engine/text/token_ends.h"

#include "engine/text/byte_level.h"
#include "engine/text/byte_token.h"
#include "engine/text/unicode.h"

#include <string>

namespace lora {

namespace {

// How far on a token is looked for behind characters that have none.
constexpr std::size_t furthest = 256;

/// Where in its piece a token stands.
struct Standing {
    bool first = false;
    bool last = false;
};

std::string without_affixes(std::string_view token, std::string_view prefix, std::string_view suffix) {
    if (!prefix.empty() && token.starts_with(prefix)) {
        token.remove_prefix(prefix.size());
    }
    if (!suffix.empty() && token.ends_with(suffix)) {
        token.remove_suffix(suffix.size());
    }
    return std::string(token);
}

template <typename Model>
std::string surface_of(const Model&, std::string_view token, Standing) {
    return std::string(token);
}

std::string surface_of(const Bpe& model, std::string_view token, Standing standing) {
    const BpeOptions& options = model.options();
    return options.byte_level ? from_byte_level(token).value_or("")
                              : without_affixes(token, standing.first ? "" : options.prefix,
                                  standing.last ? options.suffix : "");
}

std::string surface_of(const WordPiece& model, std::string_view token, Standing standing) {
    return without_affixes(token, standing.first ? "" : model.options().prefix, "");
}

/// The token's bytes as they stand in `rest`; empty where it is not written there.
std::string bytes_of(const TokenModel& model, const TokenTable& vocabulary, TokenId id, Standing standing,
    std::string_view rest) {
    const std::string_view token = vocabulary.text(id);
    std::string bytes =
        std::visit([&](const auto& kind) { return surface_of(kind, token, standing); }, model);
    if (rest.starts_with(bytes)) {
        return bytes;
    }
    if (const auto byte = byte_of_token(token)) {
        bytes.assign(1, static_cast<char>(*byte));
    }
    return rest.substr(0, furthest).find(bytes) != std::string_view::npos ? bytes : std::string();
}

} // namespace

std::vector<std::size_t> token_ends(
    const TokenModel& model, std::string_view piece, std::span<const TokenId> ids) {
    const TokenTable& vocabulary =
        std::visit([](const auto& kind) -> const TokenTable& { return kind.vocabulary(); }, model);
    const auto written_in = [&](std::size_t i, std::string_view rest) {
        return bytes_of(model, vocabulary, ids[i], {i == 0, i + 1 == ids.size()}, rest);
    };
    std::vector<std::size_t> ends;
    ends.reserve(ids.size());
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
        const std::string_view rest = piece.substr(at);
        if (const std::string bytes = written_in(i, rest); !bytes.empty()) {
            at += rest.find(bytes) + bytes.size();
        } else if (const std::string next = written_in(i + 1, rest); !next.empty()) {
            at += rest.find(next);
        } else if (!rest.empty()) {
            at += code_point_at(rest, 0).size_bytes;
        }
        ends.push_back(at);
    }
    if (!ids.empty()) {
        ends.push_back(piece.size());
    }
    return ends;
}

} // namespace lora
