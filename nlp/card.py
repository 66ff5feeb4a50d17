"""The card written beside every model: what it learned from, what it scores, what it is not."""

from nlp.coder.model import Model


def model_card(model: Model) -> str:
    """Markdown for people; `{digest}` stands for the version and is filled in when saving."""
    facts = model.facts
    scores = "\n".join(
        f"| {name} | {own.get('answers', 0)} | {own.get('micro_f1', '-')} | "
        f"{own.get('micro_f1_surest_70', '-')} | {own.get('calibration_error', '-')} |"
        for name, own in facts["cross_fitted"].items()
    )
    themes = ", ".join(model.book.ids)
    return f"""# Coder {{digest}}

Codes free-text answers into {len(model.book.ids)} themes: {themes}.

## Learned from
- {facts["labelled"]} reviewed answers given to `train`, {facts["unlabelled"]} unlabelled ones.
- {facts["corpus"]} answers of the project corpus (synthetic, `nlp/corpora/README.md`), which teach
  polarity, sentiment and gaps{", and the themes" if facts["corpus_teaches_themes"] else ""}.
- {facts["seeds"]} seed phrases of the codebook.
- Data SHA-256 {facts["data_sha256"]}; seed {facts["seed"]}; vectors {model.encoder or "none"}.

## Scores by cross-fitting on those answers
| variant | answers | micro F1 | micro F1, surest 70% | calibration error |
|---|---|---|---|---|
{scores}

Cross-fitting judges each answer by a model that did not see it, but the answers come from the same
writers: expect less on others. `python -m nlp evaluate` prints intervals on a file of your own.

## Not for
Deciding anything about a person. Codes are suggestions until someone accepts them; safeguarding
scores order a queue for people. The stored vocabulary comes from redacted text and leaves out words
that fewer than three answers hold.
"""
