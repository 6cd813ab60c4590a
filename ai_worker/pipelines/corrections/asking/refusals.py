"""A refusal in prose: the model explains why it does not do the work, and its explanation is no result."""

import regex

from ai_worker.llm.errors import Refused

_REFUSAL = regex.compile(
    r"""(?ix)\A[\s"'“„«*]*(?:
      (?:i(?:'m|’m|\ am)\ (?:really\ |very\ |so\ )?(?:sorry|afraid)|(?:i\ )?apologi[sz]e
        |sorry)\b[^.\n]{0,60}?\b
        (?:i\ (?:can(?:no|')?t|can’t|cannot|am\ (?:not\ able|unable)|won't|won’t|will\ not|must\ decline)
          |unable\ to|not\ able\ to|but)
    | i\ (?:can(?:no|')?t|can’t|cannot|won't|won’t|will\ not|am\ (?:not\ able|unable)\ to
      |must\ decline\ to)\s+(?:\w+\s+){0,2}
        (?:assist|help|correct|translate|fulfil?l|comply|provide|process|proceed|do\ that|complete|engage
          |produce|generate)
    | as\ an?\ (?:ai|artificial\ intelligence|(?:large\ )?language\ model)\b
    | (?:this|the)\ (?:text|request|content)\b[^.\n]{0,60}\b(?:violates|goes\ against
      |cannot\ be\ (?:processed|translated|corrected))
    | (?:przepraszam|przykro\ mi|niestety)\b[^.\n]{0,60}\bnie\ (?:mogę|jestem\ w\ stanie)
    | nie\ mogę\ (?:pomóc|przetłumaczyć|poprawić|wykonać|spełnić)
    | jako\ model\ (?:językowy|sztucznej)
    | (?:извините|простите|к\ сожалению|мне\ жаль)\b[^.\n]{0,60}\b(?:не\ могу|не\ в\ состоянии)
    | (?:я\ )?не\ могу\ (?:помочь|перевести|исправить|выполнить)
    | как\ (?:языковая\ модель|искусственный\ интеллект)
    | (?:es\ tut\ mir\ leid|entschuldigung|leider)\b[^.\n]{0,60}\bkann\ ich
    | (?:je\ suis\ désolée?|désolée?)\b[^.\n]{0,60}\bje\ ne\ (?:peux|suis)
    | (?:lo\ siento)\b[^.\n]{0,60}\bno\ puedo
    )"""
)
_WORD = regex.compile(r"[\p{L}\p{N}]+")
_SHARED = 0.5


def check_refusal(source: str, answer: str) -> None:
    """Nothing where the answer is a text.

    Raises:
        Refused: it begins as refusals do, and neither does the text nor do the two have most of their words
            in common.
    """
    if _REFUSAL.match(answer) is None or _REFUSAL.match(source):
        return
    words, others = set(_WORD.findall(source.casefold())), set(_WORD.findall(answer.casefold()))
    if len(words & others) >= _SHARED * max(1, len(others)) or _may_say_so(source):
        return
    raise Refused("the model refused in prose; the request log has its words")


_SORRY = regex.compile(
    r"(?i)\A[\s\"'“„«*]*(?:sorry|i(?:'m| am)|i can|przepraszam|przykro|niestety|nie mog|извин|прост"
    r"|к сожал|не мог|я не мог|leider|es tut|ich kann"
    r"|désol|je |lo siento|no puedo|als |jako |как |as an?\b|this |the |this)"
)


def _may_say_so(source: str) -> bool:
    """Return whether the text itself is an apology, in whatever language: then its translation is one."""
    return _SORRY.match(source) is not None and len(source) < 400
