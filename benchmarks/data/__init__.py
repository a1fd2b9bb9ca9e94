"""
Data made for measurements: a large mixed table, and a labelled set of personal data.

Nothing here knows how the product recognises anything. Values are valid because
``checkdigits`` and ``values`` build them from the published rules, so that a detector
is measured against the rules and never against itself.
"""
