"""The only road from stored answers to a number anyone sees.

`releases.release` gives the frozen, safe figures of a survey; `themes`, `gaps`, `choices` and
`people` turn them into safe tables. The statistics (`intervals`, `comparing`, `weighting`, ...)
are pure functions with their sources. Nothing that leaves this package holds a hidden number.
"""
