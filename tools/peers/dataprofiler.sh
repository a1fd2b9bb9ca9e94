#!/usr/bin/env bash
# DataProfiler without the extras of its labeler, which need TensorFlow.
set -euo pipefail
exec "$(dirname "$0")/environment.sh" dataprofiler DataProfiler==0.14.0 pandas==2.3.3
