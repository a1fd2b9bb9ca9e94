#!/usr/bin/env bash
# What the guide's pipeline stands on: pandas, scipy, Great Expectations, and Presidio on spaCy's blank English pipeline.
# GX's checks alone and Presidio's speed are measured in the same environment. No language model is fetched.
set -euo pipefail
exec "$(dirname "$0")/environment.sh" guide \
  great_expectations==1.24.1 pandas==3.1.1 scipy==1.17.1 presidio-analyzer==2.2.366 spacy==3.8.18
