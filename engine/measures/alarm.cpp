#include "engine/measures/alarm.h"

namespace lora {

std::string name(AlarmKind kind) {
    switch (kind) {
    case AlarmKind::StillZero: return "still_zero";
    case AlarmKind::Jump: return "jump";
    case AlarmKind::OneDirection: return "one_direction";
    case AlarmKind::Starved: return "starved";
    case AlarmKind::WorseThanBefore: return "worse_than_before";
    case AlarmKind::LossRises: return "loss_rises";
    case AlarmKind::LossSpikes: return "loss_spikes";
    case AlarmKind::NanNear: return "nan_near";
    case AlarmKind::BeyondWeights: return "beyond_weights";
    case AlarmKind::Overfits: return "overfits";
    case AlarmKind::EndedWorse: return "ended_worse";
    case AlarmKind::LearnsNothing: return "learns_nothing";
    case AlarmKind::MemoryNearEnd: return "memory_near_end";
    case AlarmKind::GrowsForNothing: break;
    }
    return "grows_for_nothing";
}

bool is_advice(AlarmKind kind) { return kind == AlarmKind::OneDirection || kind == AlarmKind::Starved; }

Json to_json(const Alarm& alarm) {
    return {{"kind", name(alarm.kind)}, {"step", alarm.step}, {"targets", alarm.targets},
        {"sentence", alarm.sentence}, {"advice", alarm.advice}};
}

} // namespace lora
