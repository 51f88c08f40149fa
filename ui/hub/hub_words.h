#pragma once
// What the window says of the hub's answers. Plain values, no widget.

#include "engine/hub/file_offers.h"
#include "engine/hub/hub_settings.h"
#include "engine/hub/search.h"
#include "engine/hub/snapshot_download.h"
#include "ui/elements/result_table.h"

#include <QString>
#include <optional>
#include <vector>

namespace lora {

/// A row each, in their order.
ResultRows foundRows(const std::vector<FoundRepository>& found);

/// What "org/name" or "org/name@revision" names; nothing for words to search by.
std::optional<Repository> repositoryNamed(RepositoryKind kind, const QString& typed);

/// "apache-2.0 · open to all · 12,345 downloads last month · private"; the licence first.
QString factsLine(const RepositoryInfo& info);
/// What is to be done before a gated repository can be downloaded; empty where nothing is.
QString gateAdvice(const RepositoryInfo& info, const HubSettings& settings);
/// "safetensors: 5 files, 270 MB".
QString offerLine(const FileOffer& offer);

/// The card without its front matter, as plain text: control signs and those that turn the direction of
/// writing are left out, and what is longer than 20,000 characters is cut.
QString cardText(const std::string& card);

/// "12.3 MB of 93.1 MB · 5.1 MB a second · 16 s left"; the speed in bytes, 0 where it is not known yet.
QString progressLine(const DownloadProgress& progress, double bytesPerSecond);
/// Thousandths of the bytes that are here.
int progressShare(const DownloadProgress& progress);

/// Where is asked, as whom, and where what comes is kept.
QString whereLine(const HubSettings& settings);

} // namespace lora
