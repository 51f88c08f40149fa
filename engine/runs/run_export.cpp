#include "engine/runs/run_export.h"

#include "engine/error.h"
#include "engine/files/csv.h"
#include "engine/files/store.h"
#include "engine/files/tensorboard.h"
#include "engine/runs/run_folder.h"

#include <charconv>
#include <chrono>
#include <filesystem>
#include <map>

namespace lora {

namespace fs = std::filesystem;

namespace {

std::string text(double value) {
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    return {digits, end};
}

double seconds_since_1970(const std::string& path) {
    std::error_code absent;
    const auto changed = fs::last_write_time(path, absent);
    if (absent) return 0;
    const auto since = fs::file_time_type::clock::to_sys(changed).time_since_epoch();
    return std::chrono::duration<double>(since).count();
}

} // namespace

std::string curves_csv(const RunRecord& run) {
    const std::vector<Curve> curves = run_curves(run);
    std::map<std::int64_t, std::vector<std::string>> rows;
    std::vector<std::string> header{"step"};
    for (std::size_t column = 0; column < curves.size(); ++column) {
        header.push_back(curves[column].name);
        for (const CurvePoint& point : curves[column].points) {
            auto& row = rows[point.step];
            row.resize(curves.size());
            row[column] = text(point.value);
        }
    }
    std::string csv = csv_line(header);
    for (auto& [step, cells] : rows) {
        cells.insert(cells.begin(), std::to_string(step));
        csv += csv_line(cells);
    }
    return csv;
}

std::vector<double> wall_times(const RunRecord& run, double begin) {
    std::vector<double> times;
    double now = begin;
    for (const StepRecord& step : run.steps) {
        now += seconds_of(step);
        times.push_back(now);
    }
    return times;
}

std::string tensorboard_events(const RunRecord& run, double begin) {
    const std::vector<double> times = wall_times(run, begin);
    std::map<std::int64_t, double> time_of; // a step's finish
    for (std::size_t i = 0; i < times.size(); ++i) time_of[run.steps[i].step] = times[i];
    const auto at = [&](std::int64_t step) {
        const auto after = time_of.upper_bound(step);
        return after == time_of.begin() ? begin : std::prev(after)->second;
    };
    TensorBoardEvents events(begin);
    for (const auto& curves : {run_curves(run), target_curves(run)})
        for (const Curve& curve : curves)
            for (const CurvePoint& point : curve.points)
                events.add(at(point.step), point.step, curve.name, point.value);
    return events.bytes();
}

std::string export_tensorboard(const RunRecord& run, const std::string& folder) {
    const double begin = seconds_since_1970(settings_path(run.folder));
    const fs::path home = fs::path(folder) / fs::path(run.folder).filename();
    std::error_code failure;
    fs::create_directories(home, failure);
    if (failure) fail(home.string(), failure.message(), "a folder that can be made");
    std::string path =
        (home
            / ("events.out.tfevents." + std::to_string(static_cast<std::int64_t>(begin)) + ".lora-workbench"))
            .string();
    write_file(path, tensorboard_events(run, begin));
    return path;
}

} // namespace lora
