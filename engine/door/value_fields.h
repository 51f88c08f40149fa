#pragma once
// The fields of what events tell: summaries, records and measures, as they cross the door.

#include "engine/checkpoints/summary.h"
#include "engine/data/summary.h"
#include "engine/door/described.h"
#include "engine/machine/device_info.h"
#include "engine/machine/profile.h"
#include "engine/measures/alarm.h"
#include "engine/measures/rank_advice.h"
#include "engine/measures/similarity_values.h"
#include "engine/measures/weight_comparison_values.h"
#include "engine/runs/run_record.h"
#include "engine/survey/counts.h"
#include "engine/survey/readable_row.h"
#include "engine/sweeps/sweep_table.h"

namespace lora {

// The machine.
LORA_FIELDS(DeviceInfo, id, description, memory_bytes)
LORA_FIELDS(Devices, found, why_no_gpu, cores)
LORA_FIELDS(PhaseTime, seconds, times)
LORA_FIELDS(Profile, phases)

// Model and data.
LORA_FIELDS(LinearInfo, path, layer, module, group, in, out)
LORA_FIELDS(ModelSummary, path, name, model_type, task, format, parameters, layers, hidden_size, vocab_size,
    context_length, device, dtype, weight_bytes, packable_values, packable_bytes, packed, kept_values,
    has_chat_template, linears, inner_head, made)
LORA_FIELDS(Packing, packs, fill)
LORA_FIELDS(PreviewSpan, text, learned)
LORA_FIELDS(DatasetSummary, path, read_as, plain_text, has_lines, rows, samples, held_out, also_trained, cut,
    dropped, repeated, tokens, learned_tokens, labels, problem, label_flags, packing, lengths, preview,
    warnings, kept_in)
LORA_FIELDS(ValueRange, lowest, highest, sum)
LORA_FIELDS(SurveyCounts, path, read_as, notes, plain_text, max_length, rows, samples, held_out, cut,
    left_out, duplicates, repeated_left_out, kept_in, duplicates_among, tokens, learned_tokens, cut_off,
    left_over, longest, labels, problem, per_label, values, lengths, packing, is_packed)
LORA_FIELDS(ReadableToken, id, text, learned, special, cut_off)
LORA_FIELDS(RowHead, index, line, place, beginning, length, learned, label, cut, left_out, duplicate)
LORA_FIELDS(ReadableRow, head, tokens, more)

// A run's record.
LORA_FIELDS(StepRecord, step, loss, lr, grad_norm, tokens, tokens_per_s)
LORA_FIELDS(Score, name, value)
LORA_FIELDS(EvaluationRecord, step, loss, perplexity, learned_tokens, accuracy, confusion, scores)
LORA_FIELDS(BestCheckpoint, step, loss, folder)
LORA_FIELDS(Answer, prompt, text, expected)
LORA_FIELDS(AnswersRecord, step, answers)
LORA_FIELDS(RankMeasures, frobenius, relative_norm, effective_rank, stable_rank, participation_ratio, rank_90,
    rank_99, rank)
LORA_FIELDS(Spectrum, path, singular_values, measures)
LORA_FIELDS(SpectraOfStep, step, seconds, spectra)
LORA_FIELDS(RunRecord, folder, settings, total_steps, labels, steps, evaluations, answers, spectra, end,
    finished, checkpoint, best, adapter, fault)
LORA_FIELDS(Alarm, kind, targets, step, sentence, advice)
LORA_FIELDS(SweepRow, run, state, why, values, trainable, head, steps_done, total_steps, training_loss,
    eval_loss, accuracy, best_loss, best_accuracy, exact_match, seconds)
LORA_FIELDS(SweepTable, name, settings, rows)

// The laboratory.
LORA_FIELDS(SimilarityMap, rows, columns, values)
LORA_FIELDS(TargetComparison, path, in, out, A, inputs, outputs, input_angles, output_angles, cosine,
    shared_inputs, shared_outputs, dot, norm_1, norm_2, row_cosine, same_start)
LORA_FIELDS(AdapterComparison, first, second, seconds, targets, only_first, only_second, other_shapes)
LORA_FIELDS(TunedDirection, value, best_cosine, intruder)
LORA_FIELDS(Intruders, directions, count, share)
LORA_FIELDS(WeightComparison, path, in, out, rank, weight_norm, update_norm, projected_norm, random_norm,
    top_norm, amplification, inputs, outputs, intruders)
LORA_FIELDS(WeightComparisons, questions, seconds, targets)
LORA_FIELDS(RankCandidate, path, singular_values, cost)
LORA_FIELDS(AdvicePoint, rank, ranks, parameters, kept_energy, loss)
LORA_FIELDS(RankAdvice, spread, candidates, points, seconds, rows, samples)

} // namespace lora
