# SPDX-License-Identifier: MIT
"""Writes the seeds of the fuzz targets json_reader and json_fields: texts that are JSON, nearly JSON, and indices of checkpoints.

usage: make_json_corpus.py <folder>
"""
import corpus


def index(tensors, more=""):
    return f'{{"metadata":{{"total_size":7}},"weight_map":{{{tensors}}}{more}}}'


texts = {
    "values": '[null,true,false,0,-1,1.5e3,"a"]',
    "integers": "[18446744073709551615,18446744073709551616,-9223372036854775809,9007199254740993,1e400,-0,0.1e-5]",
    "escapes": '{"\\u00e4\\ud83d\\ude00\\"\\\\\\/\\b\\f\\n\\r\\t":"\\u0001"}',
    "half_a_pair": '"\\ud83d"',
    "nested": '{"a":[{"b":[[],{}]},[1,[2,[3]]]]}',
    "sixteen_levels": "[" * 16 + "]" * 16,
    "seventeen_levels": "[" * 17 + "]" * 17,
    "twice": '{"a":1,"a":2}',
    "same_path": '{"a/b":1,"a":{"b":2}}',
    "long_path": '{"' + "k" * 257 + '":1}',
    "space": " \t\r\n{ } ",
    "rest": "1 2",
    "open": '{"a":[1,',
    "zero": "1\0",
    "latin": b'"\xe4"',
    "config": '{"quantization_config":{"config_groups":{"group_0":{"weights":{"num_bits":4,"symmetric":true,"group_size":null}}}}}',
    "index": index('"w":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"'),
    "index_empty": index(""),
    "index_folder": index('"w":"../model.safetensors"'),
    "index_backslash": index('"w":"..\\\\model.safetensors"'),
    "index_drive": index('"w":"c:model.safetensors"'),
    "index_control": index('"w":"a\\u0000b.safetensors"'),
    "index_ending": index('"w":".safetensors"'),
    "index_number": index('"w":1'),
    "index_list": '{"weight_map":["model.safetensors"]}',
    "index_none": '{"metadata":{}}',
}
corpus.write({name: text if isinstance(text, bytes) else text.encode() for name, text in texts.items()})
