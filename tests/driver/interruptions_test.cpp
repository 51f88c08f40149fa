// Runs, sweeps and saved files that are cut off at any call that changes the disk: killed there, or refused
// by the disk. Afterwards a run goes on to the same bytes, and a file is the old one or the new one, whole.
//
// Usually a sample is tried. LORA_INTERRUPTIONS=all tries every call, which takes longer than the five
// minutes after which Qt ends a test's function: QTEST_FUNCTION_TIMEOUT, in milliseconds, gives it more.

#include "engine/adapters/gguf_adapter.h"
#include "engine/adapters/gguf_adapter_file.h"
#include "engine/adapters/merge.h"
#include "engine/adapters/peft.h"
#include "engine/driver/sweep_queue.h"
#include "engine/error.h"
#include "engine/files/digest.h"
#include "engine/files/staging.h"
#include "engine/files/store.h"
#include "engine/runs/run_export.h"
#include "engine/runs/run_folder.h"
#include "tests/driver/file_calls.h"
#include "tests/training/tiny_run.h"

#include <QFloat16> // qmetatype.h only declares it, and templates ask for it
#include <QTest>
#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>

#include <sys/wait.h>

using namespace lora;

namespace fs = std::filesystem;

namespace {

constexpr int done = 0, refused = 3, other_failure = 4, full = 5;

/// What a process of its own came to that did this; −1: it was killed, −2: it broke.
int outcome_of(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        int code = done;
        try {
            work();
        } catch (const DiskFull&) {
            code = full;
        } catch (const Error&) {
            code = refused;
        } catch (const std::exception&) {
            code = other_failure;
        }
        ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return WTERMSIG(status) == SIGKILL ? -1 : -2;
}

/// Every file below the folder with its contents' digest.
std::map<std::string, std::string> contents_of(const std::string& folder) {
    std::map<std::string, std::string> contents;
    std::error_code failure;
    for (const auto& entry : fs::recursive_directory_iterator(folder, failure))
        if (entry.is_regular_file())
            contents[fs::relative(entry.path(), folder)] = sha256_of_file(entry.path());
    return contents;
}

std::map<std::string, std::string> without_left_overs(std::map<std::string, std::string> contents) {
    std::erase_if(contents, [](const auto& file) {
        const fs::path path(file.first);
        return std::any_of(
            path.begin(), path.end(), [](const fs::path& part) { return is_left_over(part.string()); });
    });
    return contents;
}

/// What a crash left of writes; none after the next one.
std::vector<std::string> left_overs_in(const std::string& folder) {
    std::vector<std::string> left;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (is_left_over(entry.path().filename().string())) left.push_back(entry.path().string());
    return left;
}

std::string words(const Interruption& interruption) {
    return "call " + std::to_string(interruption.at) + " of kind "
           + std::to_string(static_cast<int>(interruption.call)) + ", error "
           + std::to_string(interruption.error) + (interruption.lasts ? ", lasting" : "");
}

} // namespace

class InterruptionsTest : public QObject {
    Q_OBJECT

    using Work = std::function<void(const std::string& folder)>;

    RunBench bench_;
    bool all_ = qgetenv("LORA_INTERRUPTIONS") == "all";
    int tried_ = 0;
    std::string whole_; // the folder of an undisturbed run

    RunSettings settings() const {
        RunSettings settings = bench_.busy_settings();
        settings.training.epochs = 2;
        return settings;
    }

    void train(const std::string& folder) {
        const bool begun = fs::exists(settings_path(folder));
        const auto run = begun ? DrivenRun::resume(folder, bench_.loaded)
                               : DrivenRun::start(settings(), folder, bench_.loaded);
        while (!run->is_over()) run->advance();
    }

    void sweep(const std::string& folder) {
        SweepQueue queue(folder,
            [this](const RunSettings&, const std::stop_token&) -> LoadedModel& { return bench_.loaded; });
        while (!queue.is_over()) queue.advance();
    }

    /// How often each kind of call comes in this work.
    std::map<FileCall, int> calls_of(const std::function<void()>& work) {
        std::array<int, 2> ends = {};
        if (::pipe(ends.data()) != 0) return {};
        std::array<int, 10> counts = {};
        const int code = outcome_of([&] {
            count_file_calls(bench_.scratch.path(""));
            work();
            stop_counting();
            for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = file_calls(FileCall(i));
            if (::write(ends[1], counts.data(), sizeof counts) != sizeof counts) ::_exit(other_failure);
        });
        const bool told = code == done && ::read(ends[0], counts.data(), sizeof counts) == sizeof counts;
        for (const int end : ends) ::close(end);
        std::map<FileCall, int> calls;
        for (std::size_t i = 0; told && i < counts.size(); ++i) calls[FileCall(i)] = counts[i];
        return calls;
    }

    /// All calls of a kind, or so many spread over them.
    std::vector<Interruption> at_each(int calls, Interruption interruption, int sample) const {
        std::vector<Interruption> each;
        const int step = all_ ? 1 : std::max(1, calls / sample);
        for (interruption.at = 1 + (all_ ? 0 : step / 2); interruption.at <= calls; interruption.at += step)
            each.push_back(interruption);
        return each;
    }

    /// Kills in front of calls, then each kind of call failing, once and lasting.
    std::vector<Interruption> interruptions(const std::function<void()>& work, int kills, int faults) {
        const auto calls = calls_of(work);
        if (calls.empty()) return {};
        std::vector<Interruption> list = at_each(calls.at(FileCall::Any), {}, kills);
        for (const FileCall call : {FileCall::Open, FileCall::Write, FileCall::Sync, FileCall::Rename,
                 FileCall::MakeFolder, FileCall::Resize, FileCall::Remove, FileCall::Map})
            for (const bool lasts : {false, true}) {
                const int error = call == FileCall::Map ? ENOMEM : lasts ? ENOSPC : EIO;
                const auto some = at_each(calls.at(call), {call, 0, error, lasts}, faults);
                list.insert(list.end(), some.begin(), some.end());
            }
        return list;
    }

    int interrupted(const std::function<void()>& work, const Interruption& interruption) {
        ++tried_;
        return outcome_of([&] {
            count_file_calls(bench_.scratch.path(""), interruption);
            work();
        });
    }

    /// What the work makes in `folder` is the old or the new, whole, whatever cuts it off; done again, it is
    /// the new, and what a kill left is gone.
    void check_replacement(const std::string& name, const Work& old_work, const Work& new_work) {
        const auto folder_of = [&](const Work& work) {
            const std::string folder = bench_.new_folder();
            fs::create_directories(folder);
            outcome_of([&] { work(folder); });
            return folder;
        };
        const auto before = contents_of(folder_of(old_work)), after = contents_of(folder_of(new_work));
        QVERIFY(before != after);
        const std::string counted = folder_of(old_work);
        for (const Interruption& each : interruptions([&] { new_work(counted); }, 6, 1)) {
            const std::string folder = folder_of(old_work);
            const std::string where = name + ", " + words(each);
            const int code = interrupted([&] { new_work(folder); }, each);
            QVERIFY2(code == done || code == refused || code == full || (code == -1 && each.error == 0),
                where.c_str());
            const auto found = code == -1 ? without_left_overs(contents_of(folder)) : contents_of(folder);
            QVERIFY2(found == after || (code != done && found == before), where.c_str());
            QCOMPARE(outcome_of([&] { new_work(folder); }), done);
            const auto again = contents_of(folder);
            std::string names = where + ":";
            for (const auto& [path, content] : again)
                if (!after.contains(path) || after.at(path) != content) names += " " + path;
            QVERIFY2(again == after, names.c_str());
        }
    }

private Q_SLOTS:
    void initTestCase() {
        whole_ = bench_.new_folder();
        QCOMPARE(outcome_of([&] { train(whole_); }), done);
    }
    void cleanup() { qInfo("%d interruptions so far", tried_); }

    void a_run_goes_on_to_the_same_bytes() {
        const std::string counted = bench_.new_folder();
        const auto all = interruptions([&] { train(counted); }, 40, 3);
        QVERIFY(all.size() > 60);
        for (const Interruption& each : all) {
            const std::string folder = bench_.new_folder();
            const int code = interrupted([&] { train(folder); }, each);
            QVERIFY2(code == done || code == refused || code == full || (code == -1 && each.error == 0),
                (words(each) + ": ended by " + std::to_string(code)).c_str());
            QVERIFY2(outcome_of([&] { train(folder); }) == done, words(each).c_str());
            QVERIFY2(adapter_bytes(folder) == adapter_bytes(whole_), words(each).c_str());
            QVERIFY2(lasting_events(folder, false) == lasting_events(whole_, false), words(each).c_str());
            const auto left = left_overs_in(folder);
            QVERIFY2(left.empty(), (words(each) + ": left " + (left.empty() ? "" : left.front())).c_str());
            fs::remove_all(folder);
        }
    }

    void a_disk_without_room_for_a_folder_is_a_full_disk() {
        const std::string counted = bench_.new_folder();
        const int folders = calls_of([&] { train(counted); }).at(FileCall::MakeFolder);
        QVERIFY(folders >= 3); // the run's, the checkpoints', one of them
        for (const Interruption& each : at_each(folders, {FileCall::MakeFolder, 0, ENOSPC}, 4)) {
            const std::string folder = bench_.new_folder();
            const int code = interrupted([&] { train(folder); }, each);
            QVERIFY2(code == full, (words(each) + ": ended by " + std::to_string(code)).c_str());
        }
    }

    void a_sweep_goes_on_to_the_same_bytes() {
        Sweep two{.name = "two", .base = settings(), .axes = {{"lora.rank", {2, 4}}}};
        two.base.training.epochs = 1;
        const auto made = [&] {
            std::string folder = bench_.new_folder();
            create_sweep_folder(two, folder);
            return folder;
        };
        const std::string whole = made(), counted = made();
        QCOMPARE(outcome_of([&] { sweep(whole); }), done);
        const auto calls = calls_of([&] { sweep(counted); });
        for (const Interruption& each : at_each(calls.at(FileCall::Any), {}, 12)) {
            const std::string folder = made();
            QCOMPARE(interrupted([&] { sweep(folder); }, each), -1);
            QVERIFY2(outcome_of([&] { sweep(folder); }) == done, words(each).c_str());
            for (const PlannedRun& run : planned_runs(two))
                QVERIFY2(adapter_bytes(run_path(folder, run)) == adapter_bytes(run_path(whole, run)),
                    words(each).c_str());
            fs::remove_all(folder);
        }
    }

    void a_saved_adapter_is_the_old_or_the_new_one() {
        const Adapter adapter = read_peft(whole_ + "/adapter", at::kCPU);
        Adapter other = adapter;
        other.targets.pop_back();
        const auto save = [&](const Adapter& saved) -> Work {
            return [&](const std::string& folder) {
                write_peft(folder + "/adapter", saved, bench_.loaded.summary);
            };
        };
        check_replacement("adapter", save(adapter), save(other));
        const Json config = read_json(bench_.model + "/config.json");
        const auto write = [&](const Adapter& saved) -> Work {
            return [&](const std::string& folder) {
                write_gguf_adapter(folder + "/adapter.gguf", gguf_adapter_bytes(saved, config));
            };
        };
        check_replacement("GGUF adapter", write(adapter), write(other));
    }

    void a_merged_model_and_an_export_are_there_whole_or_not() {
        const Adapter adapter = read_peft(whole_ + "/adapter", at::kCPU);
        const auto nothing = [](const std::string&) {};
        check_replacement("merged model", nothing, [&](const std::string& folder) {
            if (!fs::exists(folder + "/merged")) merge(bench_.model, adapter, folder + "/merged");
        });
        const RunRecord record = read_run(whole_);
        check_replacement(
            "export", nothing, [&](const std::string& folder) { export_tensorboard(record, folder); });
    }

    void memory_that_is_refused_is_an_error_and_costs_no_step() {
        const std::string counted = bench_.new_folder();
        const auto calls = calls_of([&] { train(counted); });
        const int allocations = calls.at(FileCall::Memory), tries = all_ ? 1000 : 12;
        for (int i = 0; i < tries; ++i) {
            const Interruption each{
                FileCall::Memory, 1 + static_cast<int>(std::int64_t{allocations} * i / tries), ENOMEM};
            const std::string folder = bench_.new_folder();
            const int code = interrupted([&] { train(folder); }, each);
            QVERIFY2(code == done || code == refused || code == other_failure,
                (words(each) + ": ended by " + std::to_string(code)).c_str());
            QVERIFY2(outcome_of([&] { train(folder); }) == done, words(each).c_str());
            fs::remove_all(folder);
        }
    }
};

QTEST_GUILESS_MAIN(InterruptionsTest)
#include "interruptions_test.moc"
