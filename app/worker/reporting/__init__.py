"""Reports made in the worker: frozen as data, drawn, and set as Word and PDF.

Drawing and setting are imported when a report is made, and never by a web process.
"""
