#include "app/verbs/sweep_output.h"

#include "app/output.h"
#include "app/verbs/table.h"
#include "engine/runs/run_events.h"
#include "engine/sweeps/sweep_plot.h"

#include <filesystem>
#include <iostream>

namespace lora {

namespace {

std::string folder_name(const Run& run) { return std::filesystem::path(run.folder()).filename().string(); }

void print_of_run(Json event, const std::string& run) {
    event["run"] = run;
    print_event(event);
}

void show_json(const RunEvent& event, const std::string& run) {
    if (const auto* step = std::get_if<StepRecord>(&event)) print_of_run(step_event(*step), run);
    if (const auto* evaluation = std::get_if<EvaluationRecord>(&event))
        print_of_run(evaluation_event(*evaluation), run);
    if (const auto* answers = std::get_if<AnswersRecord>(&event)) print_of_run(answers_event(*answers), run);
    if (const auto* saved = std::get_if<CheckpointRecord>(&event))
        print_of_run(checkpoint_event(saved->step, saved->best), run);
}

std::string score_words(const SweepRow& row) {
    if (row.accuracy) return "accuracy " + fixed(row.accuracy, 4);
    if (row.eval_loss) return "evaluation loss " + fixed(row.eval_loss, 4);
    return "training loss " + fixed(row.training_loss, 4);
}

void show_words(const SweepRunBegan& began, const SweepQueue& sweep) {
    const SweepRow& row = sweep.table().rows[began.index];
    std::cout << "run " << began.index + 1 << '/' << sweep.table().rows.size() << "  " << row.run;
    const std::int64_t done = sweep.run()->run().steps_done();
    if (done > 0) std::cout << "  goes on after step " << done;
    std::cout << std::endl;
}

void show_words(const SweepRow& row) {
    if (row.state == SweepRunState::Failed)
        std::cout << "  failed: " << row.why << std::endl;
    else
        std::cout << "  " << score_words(row) << ", " << fixed(row.seconds, 1) << " s" << std::endl;
}

std::string with_spread(const std::optional<Spread>& spread, int digits) {
    if (!spread) return "-";
    return fixed(spread->mean, digits) + (spread->deviation ? " ± " + fixed(spread->deviation, digits) : "");
}

void print_rows(const SweepTable& table) {
    std::vector<std::string> titles{"run", "state"};
    for (const char* title : {"trained", "head", "eval loss", "accuracy", "best", "seconds"})
        titles.emplace_back(title);
    Table rows(std::move(titles));
    for (const SweepRow& row : table.rows)
        rows.add({row.run, name(row.state), row.trainable ? std::to_string(*row.trainable) : "-",
            std::to_string(row.head), fixed(row.eval_loss, 4), fixed(row.accuracy, 4),
            fixed(row.best_accuracy ? row.best_accuracy : row.best_loss, 4), fixed(row.seconds, 1)});
    rows.print();
}

std::string settings_words(const SweepTable& table, const SweepRow& row) {
    std::string words;
    for (std::size_t i = 0; i < table.settings.size(); ++i)
        if (table.settings[i] != "training.seed")
            words += (words.empty() ? "" : " ") + table.settings[i] + "=" + row.values[i];
    return words.empty() ? table.name : words;
}

void print_groups(const SweepTable& table) {
    const std::vector<SeedGroup> groups = seed_groups(table);
    if (groups.empty()) return;
    Table rows({"over seeds", "runs", "trained", "eval loss", "accuracy", "best accuracy"});
    for (const SeedGroup& group : groups)
        rows.add({settings_words(table, table.rows[group.rows.front()]), std::to_string(group.rows.size()),
            group.trainable ? std::to_string(*group.trainable) : "-",
            with_spread(spread_of(table, group, SweepMeasure::EvalLoss), 4),
            with_spread(spread_of(table, group, SweepMeasure::Accuracy), 4),
            with_spread(spread_of(table, group, SweepMeasure::BestAccuracy), 4)});
    std::cout << '\n';
    rows.print();
}

void show_d90(const SweepTable& table, bool json) {
    SweepQuestion question{"", "method", SweepMeasure::Accuracy};
    for (const SweepLine& line : sweep_plot(table, question).lines) {
        if (!line.d90) continue;
        if (json) {
            print_event({{"event", "d90"}, {"method", line.name}, {"threshold", line.d90->threshold},
                {"measured", line.d90->measured ? Json(*line.d90->measured) : Json(nullptr)},
                {"interpolated", line.d90->interpolated ? Json(*line.d90->interpolated) : Json(nullptr)}});
            continue;
        }
        std::cout << line.name << ": ";
        if (!line.d90->measured)
            std::cout << "nothing tried reaches";
        else
            std::cout << fixed(line.d90->measured, 0) << " trained parameters reach";
        std::cout << " 90 % of full fine-tuning's accuracy, " << fixed(line.d90->threshold, 4);
        if (line.d90->interpolated)
            std::cout << " (between the two that were tried, by a line over log d: "
                      << fixed(line.d90->interpolated, 0) << ")";
        std::cout << '\n';
    }
    std::cout << std::flush;
}

} // namespace

void show(const SweepEvent& event, const SweepQueue& sweep, bool json) {
    const std::vector<SweepRow>& rows = sweep.table().rows;
    if (const auto* began = std::get_if<SweepRunBegan>(&event)) {
        if (json)
            print_event(
                {{"event", "run_began"}, {"run", rows[began->index].run}, {"number", began->index + 1},
                    {"runs", rows.size()}, {"steps_done", sweep.run()->run().steps_done()},
                    {"total_steps", sweep.run()->run().total_steps()}});
        else
            show_words(*began, sweep);
    } else if (const auto* over = std::get_if<SweepRunOver>(&event)) {
        Json row{{"event", "run_over"}};
        row.update(to_json(rows[over->index], sweep.table().settings));
        if (json)
            print_event(row);
        else
            show_words(rows[over->index]);
    } else if (json) {
        show_json(std::get<RunNews>(event).event, folder_name(sweep.run()->run()));
    }
}

void show_results(const SweepTable& table, bool json) {
    if (json) {
        Json results{{"event", "results"}};
        results.update(to_json(table));
        print_event(results);
    } else {
        print_rows(table);
        print_groups(table);
    }
    show_d90(table, json);
}

} // namespace lora
