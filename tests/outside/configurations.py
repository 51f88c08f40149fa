"""The decoders of architectures.py: each architecture once as it usually is, then with what configurations turn on and off."""

WIDE = dict(vocab_size=49152, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
            max_position_embeddings=512, bos_token_id=1, eos_token_id=2, pad_token_id=0)


def wide(*left_out, **own):
    return {key: value for key, value in WIDE.items() if key not in left_out} | own


def rope(kind, **fields):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": 10000.0} | fields}


EXPERTS = dict(num_local_experts=4, num_experts_per_tok=2)
DELTA = dict(head_dim=16, num_hidden_layers=4, linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=16, linear_value_head_dim=16)
LATENT = dict(kv_lora_rank=16, qk_rope_head_dim=8, qk_nope_head_dim=16, n_routed_experts=4, num_experts_per_tok=2, moe_intermediate_size=48,
              first_k_dense_replace=1, num_key_value_heads=4)
LENDING = dict(head_dim=24, global_head_dim=32, sliding_window=6, vocab_size_per_layer_input=49152)
# Dropout that the architecture itself asks for would make the two sides draw different masks.
STILL = dict(attn_pdrop=0.0, embd_pdrop=0.0, resid_pdrop=0.0)
UNGROUPED = ("num_key_value_heads", "intermediate_size")

# What stands before the first dash is the model_type.
CONFIGURATIONS = {
    "llama": wide(rope_theta=5e4),
    "mistral": wide(sliding_window=7, head_dim=24),
    "ministral3": wide(head_dim=16),
    "qwen2": wide(),
    "qwen3": wide(head_dim=24),
    "gemma": wide(head_dim=24, hidden_activation="gelu_pytorch_tanh"),
    "gemma2": wide(head_dim=24, sliding_window=6, query_pre_attn_scalar=20, final_logit_softcapping=30.0, attn_logit_softcapping=50.0),
    "gemma3_text": wide(head_dim=24, sliding_window=6, sliding_window_pattern=2, num_hidden_layers=4, query_pre_attn_scalar=20),
    "gemma4_text": wide(**LENDING, num_hidden_layers=8, num_kv_shared_layers=4, use_double_wide_mlp=True, hidden_size_per_layer_input=24,
                        final_logit_softcapping=30.0, layer_types=["sliding_attention", "full_attention"] * 4),
    "phi3": wide(partial_rotary_factor=0.5),
    "phi": wide(partial_rotary_factor=0.5),
    "olmo2": wide(),
    "olmo3": wide(sliding_window=6, num_hidden_layers=4),
    "granite": wide(embedding_multiplier=3.0, logits_scaling=2.0, residual_multiplier=0.5, attention_multiplier=0.2),
    "smollm3": wide(num_hidden_layers=4, no_rope_layer_interval=2),
    "glm4": wide(head_dim=16, partial_rotary_factor=0.5),
    "starcoder2": wide(),
    "stablelm": wide(partial_rotary_factor=0.25),
    "cohere2": wide(sliding_window=6, num_hidden_layers=4),
    "exaone4": wide(sliding_window=6, num_hidden_layers=4, sliding_window_pattern=4),
    "nemotron": wide(),
    "gpt2": dict(vocab_size=49152, n_embd=64, n_layer=2, n_head=4, n_positions=256, bos_token_id=1, eos_token_id=2, **STILL),
    "gpt_neox": wide("num_key_value_heads", rotary_pct=0.25, use_parallel_residual=True),
    "opt": wide(*UNGROUPED, ffn_dim=96, word_embed_proj_dim=64, dropout=0.0),
    "falcon": wide(*UNGROUPED, new_decoder_architecture=False, multi_query=True, parallel_attn=True, bias=False, alibi=False),
    "bloom": dict(vocab_size=49152, hidden_size=64, n_layer=2, n_head=4),
    "mixtral": wide(**EXPERTS),
    "qwen3_moe": wide(head_dim=16, moe_intermediate_size=48, num_experts=4, num_experts_per_tok=2, norm_topk_prob=True),
    "gpt_oss": wide(head_dim=16, sliding_window=6, **EXPERTS),
    "granitemoe": wide(**EXPERTS),
    "olmoe": wide(num_experts=4, num_experts_per_tok=2),
    "lfm2": wide(block_ff_dim=96, full_attn_idxs=[1], num_hidden_layers=3),
    "qwen3_5_text": wide(**DELTA),
    "qwen3_next": wide(**DELTA, moe_intermediate_size=48, shared_expert_intermediate_size=48, num_experts=4, num_experts_per_tok=2),
    "deepseek_v3": wide(**LATENT, q_lora_rank=24, v_head_dim=16, n_group=2, topk_group=1, n_shared_experts=1),
    # Rotary positions of each kind.
    "llama-linear": wide(**rope("linear", factor=3.0)),
    "llama-llama3": wide(**rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)),
    "llama-yarn": wide(**rope("yarn", factor=4.0, original_max_position_embeddings=64)),
    "qwen3-yarn-windows": wide(head_dim=24, use_sliding_window=True, sliding_window=6, max_window_layers=1,
                               **rope("yarn", factor=4.0, original_max_position_embeddings=32)),
    "olmo3-yarn": wide(sliding_window=6, num_hidden_layers=4, **rope("yarn", factor=4.0, original_max_position_embeddings=64,
                                                                     attention_factor=1.2, beta_fast=32, beta_slow=1)),
    "ministral3-growing": wide(head_dim=16, **rope("yarn", factor=4.0, original_max_position_embeddings=8, beta_fast=2.0, beta_slow=0.05,
                                                   mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.3)),
    "phi3-longrope": wide(original_max_position_embeddings=10, max_position_embeddings=80,
                          **rope("longrope", partial_rotary_factor=1.0, short_factor=[1 + 0.1 * i for i in range(8)],
                                 long_factor=[1.5 + 0.3 * i for i in range(8)])),
    "gemma3_text-linear": wide(head_dim=24, sliding_window=6, num_hidden_layers=3,
                               layer_types=["sliding_attention", "full_attention", "sliding_attention"],
                               rope_parameters={"full_attention": {"rope_type": "linear", "rope_theta": 1e6, "factor": 8.0},
                                                "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}),
    "gemma4_text-keys": wide(**LENDING, num_hidden_layers=3, hidden_size_per_layer_input=0, attention_k_eq_v=True, num_global_key_value_heads=1,
                             layer_types=["full_attention", "sliding_attention", "full_attention"]),
    # Windows, ties, biases and norms.
    "llama-tied": wide(tie_word_embeddings=True),
    "llama-biases": wide(attention_bias=True, mlp_bias=True),
    "llama-one-key": wide(head_dim=32, num_key_value_heads=1),
    "mistral-no-window": wide(sliding_window=None, tie_word_embeddings=True),
    "qwen2-windows": wide(use_sliding_window=True, sliding_window=5, max_window_layers=1, tie_word_embeddings=True),
    "qwen3-biases": wide(head_dim=24, attention_bias=True, tie_word_embeddings=True),
    "gemma2-no-caps": wide(head_dim=24, sliding_window=4, query_pre_attn_scalar=24, final_logit_softcapping=None, attn_logit_softcapping=None),
    "olmo2-biases": wide(tie_word_embeddings=True, attention_bias=True),
    "granite-biases": wide(attention_bias=True, mlp_bias=True, tie_word_embeddings=True, embedding_multiplier=12.0, logits_scaling=8.0,
                           residual_multiplier=0.22, attention_multiplier=0.0156),
    "starcoder2-window": wide(sliding_window=6, use_bias=False),
    "stablelm-parallel": wide(partial_rotary_factor=0.5, use_parallel_residual=True, use_qkv_bias=True),
    "glm4-biases": wide(head_dim=32, partial_rotary_factor=0.25, attention_bias=True),
    "gpt_neox-sequential": wide("num_key_value_heads", rotary_pct=0.5, use_parallel_residual=False, attention_bias=False),
    "falcon-grouped": wide(*UNGROUPED, new_decoder_architecture=True, num_kv_heads=2, bias=False, alibi=False),
    "falcon-sequential": wide(*UNGROUPED, new_decoder_architecture=False, multi_query=False, parallel_attn=False, bias=True, alibi=False),
    "nemotron-biases": wide(head_dim=16, partial_rotary_factor=0.25, attention_bias=True, mlp_bias=True),
    "cohere2-scaled": wide(sliding_window=5, layer_types=["full_attention", "sliding_attention"], logit_scale=0.5),
    "smollm3-windows": wide(num_hidden_layers=4, no_rope_layers=[1, 0, 1, 0], use_sliding_window=True, sliding_window=6,
                            layer_types=["sliding_attention", "full_attention"] * 2),
    "mixtral-window": wide(num_local_experts=3, num_experts_per_tok=1, sliding_window=5, tie_word_embeddings=True),
    "lfm2-untied": wide(block_ff_dim=96, layer_types=["full_attention", "conv", "conv"], num_hidden_layers=3, conv_bias=True,
                        tie_word_embeddings=False),
    "deepseek_v3-direct": wide(**LATENT, q_lora_rank=None, v_head_dim=24, n_group=1, topk_group=1, n_shared_experts=2, norm_topk_prob=False),
}
