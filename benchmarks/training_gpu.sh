#!/bin/sh
# TRL's defaults against ours on a machine with one NVIDIA GPU, in one go: an environment from PyPI, the embedded model,
# the benchmark for all weights and for an adapter. Run it anywhere; results go to the folder that is named, or ./gpu.
#
#     sh benchmarks/training_gpu.sh [FOLDER]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-gpu}
mkdir -p "$out"
out=$(cd "$out" && pwd)
nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader | tee "$out/gpu.txt"
"${PYTHON:-python3}" -m venv "$out/venv"
"$out/venv/bin/python" -m pip install --quiet --upgrade pip
"$out/venv/bin/python" -m pip install --quiet "$root[train]"
export CUDA_VISIBLE_DEVICES=0 # TRL refuses several in one process
for what in "" --lora; do
  "$out/venv/bin/python" "$root/benchmarks/training.py" --device cuda --rows 8000 --steps 100 --equal-steps 40 --repeats 3 $what \
    -o "$out/training$what.json" | tee "$out/training$what.txt"
done
