"""The model card: what a model learnt from, what it scores, and where it must not be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_SEEDS = """Only examples that the project wrote itself: short accounts composed from hand-written phrases
(`workers/classify/seeds/phrases`), in {languages}. No real person's account is among them."""
_STORIES = "A city's own table of stories, as given to `farola train --stories`."
_CARD = """# Label model `{model}`

Proposes categories for the redacted words of a report. A proposal, never a verdict: a person decides.

## Data

{data} {examples} examples.

## Method

Folded words (lower case, no accents): character 2-6 grams inside them, the words, and pairs of words at most
three apart; sublinear tf-idf, each of these parts of a fixed length; the {ngrams} features found in the most texts.
{method} Stored as arrays and a vocabulary, without pickle: {megabytes:.1f} MB. Retrain with `farola train`; the same examples give the same model.

## Figures

{measure}: {figures}.
{apart}
| category | examples | {choice} | F1 |
|---|---|---|---|
{rows}

## Limits

{limits}
- It never sees names, places or numbers: redaction takes them out first.
- Irony, quotation and denial ("he did not touch me") are read as the words they use.
- Scores are comparable within a category, less so between categories.
"""
_FIGURES = "macro-F1 {macro_f1:.3f}, Hamming {hamming:.3f}, exact match {exact:.3f}"
_ONE_BY_ONE = """One logistic regression per category on naive-Bayes log-count ratios; one threshold per category,
the best {f_beta} on examples held out of the fit."""
_TOGETHER = """Logistic regressions on naive-Bayes log-count ratios, one per category and one per set of categories, are
mixed by a regression on examples held out of the fit into one linear score for every set; the set with the best score
is proposed, after one offset per category, chosen on such examples for Hamming, exact match and macro-F1 at once.
The model is the mean of {folds} folds."""
_SEED_LIMITS = """- Composed examples are tidier than people. On 990 real stories of one project (three behaviours, in English),
  which it never learnt from but on which its errors were looked at: macro-F1 0.636; the bare names of the three as
  keywords 0.568, a careful keyword list 0.610; a model that learnt from 7,201 such stories 0.70.
- The phrases of English are many, those of the other languages few: of romanised Hindi least.
- Rare place categories rest on six to fifteen phrases a language: expect misses.
- A city with a few thousand decided reports should train its own model."""
_STORY_LIMITS = """- It knows the {labels} categories of the table and the language of its stories, and nothing else.
- What people left unmarked, or marked without a word for it in the text, it learns as it stands."""


def write_card(folder: Path, told: dict[str, Any]) -> None:
    """Write MODEL.md beside a model from the figures of its training."""
    (folder / "MODEL.md").write_text(card(told), encoding="utf-8")


def card(told: dict[str, Any]) -> str:
    """Return the card's Markdown."""
    own = told["learnt_from"] == "seeds"
    languages = ", ".join(f"{code} {count}" for code, count in told["languages"].items())
    limits = _SEED_LIMITS if own else _STORY_LIMITS.format(labels=len(told["labels"]))
    measure = "On phrases the model had not seen (3 folds by phrase)" if own else "Cross-validated"
    choice = "offset" if told["together"] else "threshold"
    f_beta = "F0.5 (a wrong proposal weighs more than a missing one)" if own else "F1"
    method = (_TOGETHER if told["together"] else _ONE_BY_ONE).format(f_beta=f_beta, folds=told["together"])
    return _CARD.format(
        model=told["model"], data=_SEEDS.format(languages=languages) if own else _STORIES,
        examples=told["examples"], ngrams=told["ngrams"], megabytes=told["bytes"] / 1e6, measure=measure,
        method=method, figures=_FIGURES.format(**told["cross_validated"]), apart=_apart(told.get("apart")),
        rows=_rows(told["labels"], choice), choice=choice, limits=limits,
    )  # fmt: skip


def _rows(labels: dict[str, dict[str, float]], choice: str) -> str:
    return "\n".join(
        f"| {code} | {row['examples']} | {row[choice]:.2f} | {row['f1']:.2f} |"
        for code, row in labels.items()
    )


def _apart(told: dict[str, Any] | None) -> str:
    if told is None:
        return ""
    words = f" A keyword list: macro-F1 {told['keywords']['macro_f1']:.3f}." if "keywords" in told else ""
    new = (
        f" Of {told['unseen']['rows']} not among those learnt from: {_FIGURES.format(**told['unseen'])}."
        if "unseen" in told
        else ""
    )
    return f"On {told['rows']} examples apart: {_spread(told)}.{new}{words}\n"


def _spread(told: dict[str, Any]) -> str:
    """The three figures, each with its 95 % interval."""
    names = {"macro_f1": "macro-F1", "hamming": "Hamming", "exact": "exact match"}
    return ", ".join(
        f"{name} {told[key]:.3f} ({told['intervals'][key][0]:.3f} to {told['intervals'][key][1]:.3f})"
        for key, name in names.items()
    )
