// lora fetch, lora search: models and datasets from the hub, by their names.

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/hub/search.h"
#include "engine/hub/snapshot_download.h"

#include <chrono>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace lora {

namespace {

struct FetchOptions {
    Repository repository;
    bool dataset = false;
    std::vector<std::string> files;
    bool json = false;
};

struct SearchOptions {
    std::vector<std::string> words;
    bool dataset = false;
    int limit = 20;
    bool json = false;
};

/// "93.1 MB".
std::string in_megabytes(std::uint64_t bytes) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(1) << static_cast<double>(bytes) / 1e6 << " MB";
    return text.str();
}

void tell_what_comes(const RepositoryInfo& info, const WantedFiles& wanted, bool json) {
    for (const HubFile& pickle : wanted.pickles) {
        const std::string warning = pickle.name + " is a pickle, which can run code: it is not downloaded";
        if (json)
            print_event({{"event", "warning"}, {"message", warning}});
        else
            std::cerr << "lora: warning: " << warning << '\n';
    }
    std::uint64_t bytes = 0;
    for (const HubFile& file : wanted.files) bytes += file.size_bytes;
    if (json)
        print_event({{"event", "fetch"}, {"name", info.repository.name}, {"commit", info.commit},
            {"license", info.license}, {"gated", !info.gate.empty()}, {"files", wanted.files.size()},
            {"bytes", bytes}});
    else
        std::cerr << "lora: " << info.repository.name << " at " << info.commit << ", licence "
                  << (info.license.empty() ? "not told" : info.license) << ": " << wanted.files.size()
                  << " files, " << in_megabytes(bytes) << '\n';
}

/// Speaks about once a second, and at the end.
class ProgressLines {
public:
    explicit ProgressLines(bool json) : json_(json) {}

    void show(const DownloadProgress& at) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < std::chrono::seconds(1) && at.done_files < at.total_files) return;
        last_ = now;
        if (json_)
            print_event({{"event", "progress"}, {"bytes", at.done_bytes}, {"total_bytes", at.total_bytes},
                {"files", at.done_files}, {"total_files", at.total_files}, {"file", at.file}});
        else
            std::cerr << "lora: " << in_megabytes(at.done_bytes) << " of " << in_megabytes(at.total_bytes)
                      << ", " << at.done_files << " of " << at.total_files << " files, " << at.file << '\n';
    }

private:
    bool json_;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

int fetch(const FetchOptions& options) {
    watch_signals();
    const std::stop_source interrupt;
    const std::jthread watcher = stop_on_signal(interrupt);
    Repository repository = options.repository;
    if (options.dataset) repository.kind = RepositoryKind::Dataset;
    ProgressLines lines(options.json);
    const FetchNews news{
        .begins = [&](const RepositoryInfo& info,
                      const WantedFiles& wanted) { tell_what_comes(info, wanted, options.json); },
        .progress = [&](const DownloadProgress& at) { lines.show(at); }};
    try {
        const std::string folder =
            fetch_repository(hub_settings(), repository, options.files, news, interrupt.get_token());
        if (options.json)
            print_event({{"event", "fetched"}, {"folder", folder}});
        else
            std::cout << folder << std::endl;
        return exit_done;
    } catch (const Error& failure) {
        if (signal_received() == 0) throw;
        std::cerr << "lora: " << failure.what() << "; the same command goes on with it\n";
        return 128 + signal_received();
    }
}

int search(const SearchOptions& options) {
    std::string words;
    for (const std::string& word : options.words) words.append(words.empty() ? "" : " ").append(word);
    HubClient hub(hub_settings());
    const auto kind = options.dataset ? RepositoryKind::Dataset : RepositoryKind::Model;
    for (const FoundRepository& found : search_hub(hub, kind, words, options.limit, {})) {
        if (options.json) {
            print_event({{"event", "found"}, {"name", found.name}, {"downloads", found.downloads},
                {"likes", found.likes}, {"license", found.license}, {"gated", found.is_gated}});
            continue;
        }
        std::cout << std::left << std::setw(60) << found.name << std::right << std::setw(12)
                  << found.downloads << " downloads  " << (found.license.empty() ? "-" : found.license)
                  << (found.is_gated ? "  gated" : "") << '\n';
    }
    std::cout << std::flush;
    return exit_done;
}

} // namespace

void add_fetch(CLI::App& command, Action& action) {
    auto options = std::make_shared<FetchOptions>();
    CLI::App* verb = command.add_subcommand(
        "fetch", "Download a model or dataset from the hub into the cache that huggingface_hub keeps too");
    verb->add_option("name", options->repository.name, "Its name on the hub, org/name")->required();
    verb->add_option("--revision", options->repository.revision, "A branch, a tag or a commit")
        ->capture_default_str();
    verb->add_flag("--dataset", options->dataset, "It is a dataset");
    verb->add_option("--files", options->files,
            "Only files whose name matches, such as '*Q4_K_M.gguf'; may be given several times")
        ->allow_extra_args(false);
    verb->add_flag("--json", options->json, "Print JSON, one object a line");
    verb->footer(
        "Prints the folder. What is cut off goes on at the next call. HF_TOKEN, HF_HOME, HF_ENDPOINT, "
        "HF_HUB_OFFLINE and the proxies' variables hold here too.\n"
        "Example:\n  lora fetch HuggingFaceTB/SmolLM2-135M-Instruct && lora inspect "
        "HuggingFaceTB/SmolLM2-135M-Instruct");
    verb->callback([options, &action] { action = [options] { return fetch(*options); }; });
}

void add_search(CLI::App& command, Action& action) {
    auto options = std::make_shared<SearchOptions>();
    CLI::App* verb = command.add_subcommand("search", "What the hub has under some words");
    verb->add_option("words", options->words, "Words of its name")->required();
    verb->add_flag("--dataset", options->dataset, "Datasets instead of models");
    verb->add_option("--limit", options->limit, "How many")->capture_default_str()->check(CLI::Range(1, 100));
    verb->add_flag("--json", options->json, "Print JSON, one object a line");
    verb->footer("Example:\n  lora search SmolLM2 instruct");
    verb->callback([options, &action] { action = [options] { return search(*options); }; });
}

} // namespace lora
