"""
DataProfiler's profile of a file with its defaults; runs in its own environment.

It samples: by default a fifth of the rows, at least 5,000. It answers no checks, so
no counts are compared; the number of rows it looked at is printed. Its recognizer of
personal data needs TensorFlow and stays off.
"""

from collections.abc import Mapping
from pathlib import Path

import dataprofiler as dp

from benchmarks.peers.figures import report


def profile(path: Path) -> Mapping[str, int]:
    """Read and profile the file; return the rows and how many of them were looked at."""
    options = dp.ProfilerOptions()
    options.set({"data_labeler.is_enabled": False})
    made = dp.Profiler(dp.Data(str(path)), options=options)
    found = made.report(report_options={"output_format": "compact"})["data_stats"]
    sampled = max(each["statistics"].get("sample_size", 0) for each in found)
    return {"rows": made.total_samples, "sampled_rows": sampled}


if __name__ == "__main__":
    report(profile, note="samples a fifth of the rows")
