"""`f1`, `bleu`, `chrf`: how much of the text and of the expected text is the same, from 0 to 1."""

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from ai_worker.pipelines.evaluations.scoring.extraction import answer_of
from ai_worker.pipelines.evaluations.scoring.reading.comparing import normalise
from ai_worker.pipelines.evaluations.scoring.reading.texts import fold
from ai_worker.pipelines.evaluations.scoring.registry import scorer
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.targets import as_text, expected
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, Verdict

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

_PUNCTUATION = regex.compile(r"[\p{P}$+<=>^`|~]")
_ARTICLE = regex.compile(r"\b(?:a|an|the)\b")
_TOKEN = regex.compile(r"(?V1)[\p{Han}\p{Hiragana}\p{Katakana}]|[\S--[\p{Han}\p{Hiragana}\p{Katakana}]]+")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")


@scorer("f1")
def f1(scored: Scored) -> Verdict:
    """Harmonic mean of token precision and recall, the best of several targets.

    The official evaluation of SQuAD (Rajpurkar et al. 2016, `evaluate-v1.1.py`, `f1_score`): lower case, no
    punctuation, no articles, split at white space. Chinese and Japanese are split by character, as in MLQA
    (Lewis et al. 2020).
    """
    answer = answer_of(scored)
    return Verdict(
        Kind.GRADED, max(token_f1(answer, as_text(option)) for option in expected(scored.target)), answer
    )


def token_f1(answer: str, target: str) -> float:
    """F1 over the tokens of two texts; 1 or 0, by comparing the texts, where one of them has no token (the
    answer "A").
    """
    ours, theirs = _tokens(answer), _tokens(target)
    if not ours or not theirs:
        return float(normalise(answer) == normalise(target))
    same = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * same / (len(ours) + len(theirs))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_ARTICLE.sub(" ", _PUNCTUATION.sub("", fold(text))))


@scorer("bleu")
def bleu(scored: Scored) -> Verdict:
    """Sentence BLEU of sacrebleu (Post 2018) over 100; the verdict's detail holds its signature, for citing.

    Tokens by sacrebleu's `13a`; by `zh` where a target is Chinese, by `char` where it is Japanese. The mean
    over a task is a mean of sentences, which is not the BLEU of a corpus.
    """
    answer, targets = answer_of(scored), _references(scored)
    return _graded(_bleu(_tokenizer(targets)), answer, targets)


@scorer("chrf")
def chrf(scored: Scored) -> Verdict:
    """Sentence chrF2 of sacrebleu (Popović 2015) over 100; the verdict's detail holds its signature, for
    citing.
    """
    answer, targets = answer_of(scored), _references(scored)
    return _graded(_chrf(), answer, targets)


def _graded(metric: "BLEU | CHRF", answer: str, targets: list[str]) -> Verdict:
    degree = metric.sentence_score(answer, targets).score / 100
    # Rounding takes a perfect BLEU a hair above 100.
    return Verdict(Kind.GRADED, min(1.0, degree), answer, str(metric.get_signature()))


def _references(scored: Scored) -> list[str]:
    return [as_text(option) for option in expected(scored.target)]


def _tokenizer(targets: list[str]) -> str:
    if any(map(_KANA.search, targets)):
        return "char"
    return "zh" if any(map(_HAN.search, targets)) else "13a"


# Imported when first needed: sacrebleu brings numpy and lxml, a fifth of a second and 40 MB that most
# workers never use.
@lru_cache(maxsize=3)
def _bleu(tokens: str) -> "BLEU":
    from sacrebleu.metrics.bleu import BLEU  # noqa: PLC0415

    return BLEU(tokenize=tokens, effective_order=True)


@lru_cache(maxsize=1)
def _chrf() -> "CHRF":
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415

    return CHRF()
