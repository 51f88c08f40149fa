#pragma once
// The fields of the worker's commands and events, as they cross the door.

#include "engine/door/setting_fields.h"
#include "engine/door/value_fields.h"
#include "engine/worker/messages.h"

namespace lora {

LORA_FIELDS(RunId, value)
LORA_FIELDS(RequestId, value)

// Commands.
LORA_FIELDS(LoadModel, path, device, dtype, quantized)
LORA_FIELDS(LoadDataset, data)
LORA_FIELDS(StartRun, settings, folder)
LORA_NO_FIELDS(PauseRun)
LORA_NO_FIELDS(ContinueRun)
LORA_NO_FIELDS(StopRun)
LORA_NO_FIELDS(SaveNow)
LORA_FIELDS(OpenRun, folder, best)
LORA_FIELDS(ResumeRun, folder)
LORA_FIELDS(StartSweep, sweep, folder)
LORA_FIELDS(ResumeSweep, folder, retry_failed)
LORA_FIELDS(LoadAdapter, path)
LORA_NO_FIELDS(UnloadAdapter)
LORA_FIELDS(SaveAdapter, folder)
LORA_FIELDS(Exchange, said, answers)
LORA_FIELDS(Generate, prompt, chat, system, before, beside, settings)
LORA_NO_FIELDS(StopGeneration)
LORA_FIELDS(CompareAdapters, path)
LORA_FIELDS(CompareWithWeights, questions, paths)
LORA_FIELDS(AdviseRank, data, batch, samples, ranks, spread)
LORA_NO_FIELDS(StopAnalysis)
LORA_FIELDS(SaveTruncated, folder, ranks)
LORA_FIELDS(MergeModel, path, gguf)
LORA_FIELDS(ExportGguf, file)
LORA_FIELDS(SurveyData, model, data, evaluation, tokens)
LORA_FIELDS(ShowRow, by, number, words)
LORA_NO_FIELDS(StopSurvey)
LORA_FIELDS(Request, id, command)

// Events.
LORA_FIELDS(StateChanged, state)
LORA_FIELDS(Progress, what, done, total)
LORA_FIELDS(ModelLoaded, model, request)
LORA_FIELDS(ModelClosed, why)
LORA_FIELDS(DatasetLoaded, train, eval, request)
LORA_FIELDS(AdapterChanged, name, targets, rank, alpha, parameters, weights, step)
LORA_FIELDS(RunStarted, run, folder, settings, total_steps, first_step, before, resumed)
LORA_FIELDS(
    StepDone, run, record, total_steps, seconds, seconds_left, memory_bytes, peak_memory_bytes, profile)
LORA_FIELDS(EvaluationDone, run, record)
LORA_FIELDS(AnswersGiven, run, record)
LORA_FIELDS(SpectraDone, run, spectra)
LORA_FIELDS(AlarmRaised, run, alarm)
LORA_FIELDS(DevicesFound, devices)
LORA_FIELDS(CheckpointSaved, run, step, folder, best)
LORA_FIELDS(RunEnded, run, finished, step, adapter, end, best)
LORA_FIELDS(RunOpened, record, model_is_open, best)
LORA_FIELDS(AdapterSaved, folder)
LORA_FIELDS(TokenChance, token, probability)
LORA_FIELDS(SaidToken, said, likeliest)
LORA_FIELDS(TextGenerated, pane, text, tokens, request)
LORA_FIELDS(GenerationEnded, pane, tokens, tokens_per_s, request)
LORA_FIELDS(AdaptersCompared, comparison, request)
LORA_FIELDS(AnalysisProgress, what, done, total, request)
LORA_FIELDS(WeightsCompared, comparisons, state, request)
LORA_FIELDS(RankAdvised, advice, finished, request)
LORA_FIELDS(ModelMerged, path, bytes, notes)
LORA_FIELDS(AdapterExported, file)
LORA_FIELDS(DataSurveyed, counts, state, done, fault, request)
LORA_FIELDS(RowShown, row, around, fault, request)
LORA_FIELDS(RowSought, done, total, request)
LORA_FIELDS(SweepChanged, folder, table, current, over)
LORA_FIELDS(Warning, text)
LORA_FIELDS(Refused, request, why)
LORA_FIELDS(Failed, run, why)

} // namespace lora
