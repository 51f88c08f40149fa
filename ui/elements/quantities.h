#pragma once
// Numbers as people read them: counts with separators, sizes, durations, shares.

#include <QString>
#include <QStringList>
#include <cstdint>
#include <optional>

namespace lora {

/// One locale for everything that is shown, whatever the desktop's: decimal points, commas between thousands.
/// Before the first widget is made.
void useOneLocale();

/// "460,800"
QString countText(std::int64_t count);
/// "134.5 M", "2.4 k"; below a thousand the number itself.
QString shortCountText(std::int64_t count);
/// "1.84 MB", in powers of 1000.
QString bytesText(std::int64_t bytes);
/// "1 h 04 min", "3 min 20 s", "12 s".
QString durationText(double seconds);
/// Per cent with three significant digits: "0.343 %".
QString shareText(double share);
/// Three significant digits; an em dash where there is no value.
QString measureText(std::optional<double> value);
/// "layers.3.q_proj" of "model.layers.3.self_attn.q_proj": short, still unique to a reader.
QString shortPath(const std::string& path);
/// Names without the words that all of them begin with; as they are where one would be empty.
QStringList withoutCommonBeginning(const QStringList& names);

} // namespace lora
