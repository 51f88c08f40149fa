// The list of readers.

#include "tests/fuzz/readers.h"

namespace lora::fuzz {

const std::vector<Reader>& readers() {
    static const std::vector<Reader> all{
        {"safetensors", Shape::Safetensors, read_safetensors},
        {"safetensors_header", Shape::Json, read_safetensors_header_text},
        {"gguf", Shape::Gguf, read_gguf},
        {"gguf_vocabulary", Shape::Gguf, read_gguf_vocabulary},
        {"tokenizer_json", Shape::Json, read_tokenizer_json},
        {"sentence_pieces", Shape::Protobuf, read_sentence_pieces},
        {"pattern", Shape::Bytes, read_pattern},
        {"chat_template", Shape::Bytes, read_chat_template},
        {"typed_number", Shape::Bytes, read_typed_number},
        {"json", Shape::Json, read_json},
        {"rows", Shape::Bytes, read_rows},
        {"compressed", Shape::Bytes, read_compressed},
        {"columns", Shape::Bytes, read_columns},
        {"column_mapping", Shape::Bytes, read_column_mapping},
        {"run_folder", Shape::Json, read_run_folder},
        {"events", Shape::Json, read_events},
        {"manifest", Shape::Json, read_manifest},
        {"sweep", Shape::Json, read_sweep},
        {"rank_pattern", Shape::Bytes, read_pattern_of_ranks},
        {"repository", Shape::Json, read_repository},
        {"found", Shape::Json, read_found},
        {"http_answer", Shape::Bytes, read_http_answer},
        {"frames", Shape::Bytes, read_frames},
    };
    return all;
}

} // namespace lora::fuzz
