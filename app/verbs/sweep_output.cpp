#include "app/verbs/sweep_output.h"

#include "app/output.h"
#include "app/verbs/adapter_option.h"
#include "app/verbs/seed_groups_output.h"
#include "app/verbs/table.h"
#include "engine/runs/run_events.h"
#include "engine/sweeps/sweep_plot.h"
#include "engine/sweeps/sweep_ranking.h"

#include <algorithm>
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

/// The sweep's order; else the ranked ones first.
std::vector<std::size_t> order_of(const SweepTable& table, const SweepRanking& ranking, bool by_rank) {
    std::vector<std::size_t> order;
    if (by_rank) order = ranking.order;
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        if (std::find(order.begin(), order.end(), row) == order.end()) order.push_back(row);
    return order;
}

void print_rows(const SweepTable& table, const std::vector<std::size_t>& order) {
    Table rows(
        {"run", "state", "trained", "head", "eval loss", "accuracy", "best", "exact match", "seconds"});
    for (const std::size_t index : order) {
        const SweepRow& row = table.rows[index];
        rows.add({row.run, name(row.state), row.trainable ? std::to_string(*row.trainable) : "-",
            std::to_string(row.head), fixed(row.eval_loss, 4), fixed(row.accuracy, 4),
            fixed(row.best_accuracy ? row.best_accuracy : row.best_loss, 4), fixed(row.exact_match, 4),
            fixed(row.seconds, 1)});
    }
    rows.print();
}

void print_best(const SweepTable& table, const SweepRanking& ranking) {
    if (ranking.order.empty()) return;
    const SweepRow& best = table.rows[ranking.order.front()];
    std::cout << "best by " << in_words(ranking.by) << ": " << best.run << ", "
              << fixed(measure(best, ranking.by), 4) << '\n';
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

void show_results(const SweepTable& table, bool json, std::optional<SweepMeasure> by) {
    const SweepRanking ranking = usual_ranking(table, by);
    if (by && ranking.by != *by)
        print_warning("no finished run has " + name(*by) + "; ranked by " + name(ranking.by), json);
    if (json) {
        Json results{{"event", "results"}};
        results.update(to_json(table));
        results["ranked_by"] = name(ranking.by);
        results["ranking"] = Json::array();
        for (const std::size_t row : ranking.order) results["ranking"].push_back(table.rows[row].run);
        print_event(results);
    } else {
        print_rows(table, order_of(table, ranking, by.has_value()));
        print_best(table, ranking);
        print_groups(table, ranking);
    }
    show_d90(table, json);
}

} // namespace lora
