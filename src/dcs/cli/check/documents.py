"""The report as a text to keep or to hand on: JSON, HTML, SARIF, or plain lines."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dcs.validation import Report


def text_of(report: "Report", form: str, *, whole: bool) -> str:
    """
    Return the report in one of its forms.

    Args:
        form: ``json``, ``html``, ``sarif`` or ``table``.
        whole: In a table, whether every finding stands by itself.
    """
    match form:
        case "json":
            return json.dumps(report.to_json(), indent=2, ensure_ascii=False)
        case "html":
            from dcs.validation import to_html

            return to_html(report)
        case "sarif":
            from dcs.validation import to_sarif

            return json.dumps(to_sarif(report), indent=2, ensure_ascii=False)
        case _:
            from dcs.cli.check.lines import lines_of

            return "\n".join(line.plain for line in lines_of(report, whole=whole))
