"""Reports as data: frozen safe tables, and sentences that re-compute from their cells.

`builders` gathers safe tables of `app.figures` into a `Snapshot`; `claims` makes every sentence
from its cells; `layout` turns a snapshot into headings, paragraphs, tables and pictures, which
pages, Word and PDF print alike. No quoted word is ever inside: only where to look it up.
"""
