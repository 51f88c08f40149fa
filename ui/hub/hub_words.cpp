#include "ui/hub/hub_words.h"

#include "ui/elements/quantities.h"
#include "ui/elements/words.h"

#include <QStringList>
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostCardCharacters = 20'000;

QString bytes(std::uint64_t count) { return bytesText(static_cast<std::int64_t>(count)); }

ResultCell number(std::int64_t count, const QString& words) { return {words, static_cast<double>(count)}; }

QString licenceWords(const std::string& licence) { return licence.empty() ? tr("not told") : text(licence); }

/// Whether it may stand in a plain text: nothing that moves what stands around it.
bool isHarmless(QChar letter) {
    if (letter == u'\n' || letter == u'\t') return true;
    const bool turnsDirection = (letter >= QChar(0x202a) && letter <= QChar(0x202e))
                                || (letter >= QChar(0x2066) && letter <= QChar(0x2069));
    return letter.category() != QChar::Other_Control && !turnsDirection;
}

QString withoutFrontMatter(const QString& card) {
    if (!card.startsWith("---\n"_L1)) return card;
    const qsizetype end = card.indexOf("\n---"_L1, 3);
    const qsizetype line = end < 0 ? -1 : card.indexOf(u'\n', end + 1);
    return end < 0 ? card : line < 0 ? QString() : card.sliced(line + 1);
}

} // namespace

ResultRows foundRows(const std::vector<FoundRepository>& found) {
    ResultRows rows;
    rows.columns = {{tr("Name"), tr("As the hub names it"), false},
        {tr("Downloads"), tr("Of the last month"), true},
        {tr("Stored"),
            tr("All that it keeps on the hub, earlier versions too. What a download takes is told beside."),
            true},
        {tr("Licence"), tr("As its card names it"), false},
        {tr("Access"), tr("Of a gated one its owner wants to be asked first, on its page"), false}};
    for (const FoundRepository& each : found)
        rows.rows.push_back({{text(each.name)}, number(each.downloads, countText(each.downloads)),
            number(each.stored_bytes, each.stored_bytes > 0 ? bytesText(each.stored_bytes) : u"—"_s),
            {licenceWords(each.license)}, {each.is_gated ? tr("gated") : tr("open")}});
    return rows;
}

std::optional<Repository> repositoryNamed(RepositoryKind kind, const QString& typed) {
    const QString trimmed = typed.trimmed();
    const qsizetype at = trimmed.indexOf(u'@');
    Repository repository{kind, (at < 0 ? trimmed : trimmed.first(at)).toStdString()};
    if (repository.name.find('/') == std::string::npos || !is_repository_name(repository.name))
        return std::nullopt;
    if (at >= 0) repository.revision = trimmed.sliced(at + 1).toStdString();
    return repository;
}

QString factsLine(const RepositoryInfo& info) {
    QStringList facts{tr("Licence: %1").arg(licenceWords(info.license)),
        info.gate.empty() ? tr("open to all") : tr("gated"),
        tr("%1 downloads last month").arg(countText(info.downloads))};
    if (info.is_private) facts << tr("private");
    if (info.repository.revision != "main") facts << tr("revision %1").arg(text(info.repository.revision));
    facts << tr("commit %1").arg(text(info.commit.substr(0, 7)));
    return facts.join(u" · "_s);
}

QString gateAdvice(const RepositoryInfo& info, const HubSettings& settings) {
    if (info.gate.empty()) return {};
    const QString page = text(settings.endpoint + page_path(info.repository));
    QString advice = tr("Its owner grants access: ask for it on %1 in a browser.").arg(page);
    if (settings.token.empty())
        advice += u' '
                  + tr("The download then needs a token of that account: “hf auth login” keeps one, or start "
                       "this program with HF_TOKEN set.");
    return advice;
}

QString offerLine(const FileOffer& offer) {
    const QString size = bytes(offer.size_bytes());
    if (offer.files.size() == 1) return u"%1: %2"_s.arg(text(offer.name), size);
    return tr("%1: %2 files, %3")
        .arg(text(offer.name), countText(static_cast<std::int64_t>(offer.files.size())), size);
}

QString cardText(const std::string& card) {
    QString all = QString::fromStdString(card).replace("\r\n"_L1, "\n"_L1);
    all = withoutFrontMatter(all).trimmed();
    all.erase(
        std::remove_if(all.begin(), all.end(), [](QChar letter) { return !isHarmless(letter); }), all.end());
    if (all.size() > mostCardCharacters) all = all.first(mostCardCharacters) + u"\n…"_s;
    return all;
}

QString progressLine(const DownloadProgress& progress, double bytesPerSecond) {
    QStringList parts{tr("%1 of %2").arg(bytes(progress.done_bytes), bytes(progress.total_bytes))};
    if (progress.total_files > 1)
        parts << tr("%1 of %2 files").arg(progress.done_files).arg(progress.total_files);
    if (bytesPerSecond >= 1) {
        parts << tr("%1 a second").arg(bytesText(static_cast<std::int64_t>(bytesPerSecond)));
        const auto left = static_cast<double>(progress.total_bytes - progress.done_bytes);
        parts << tr("%1 left").arg(durationText(left / bytesPerSecond));
    }
    return parts.join(u" · "_s);
}

int progressShare(const DownloadProgress& progress) {
    constexpr int whole = 1000;
    if (progress.total_bytes == 0) return 0;
    const double share = static_cast<double>(progress.done_bytes) / static_cast<double>(progress.total_bytes);
    return static_cast<int>(std::clamp(share, 0.0, 1.0) * whole);
}

QString whereLine(const HubSettings& settings) {
    if (settings.offline) return tr("HF_HUB_OFFLINE is set: nothing is asked of any server.");
    const QString as = settings.token.empty() ? tr("without a token") : tr("with your token");
    return tr("Asked is %1, %2; what is downloaded is kept in %3, where other programs find it too.")
        .arg(text(settings.endpoint), as, text(settings.cache));
}

} // namespace lora
