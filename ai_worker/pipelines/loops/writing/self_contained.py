"""Questions that point at their passage instead of naming what they ask about, and answers that are none.

A search for "the figure above" cannot succeed, however good the retrieval: such questions test nothing (AutoRAG calls them
passage-dependent).
"""

import regex

_POINTING = regex.compile(
    r"""
    \b(?:in|on|from|per|by|to|of)\ (?:the|this|that)\ (?:\w+\ )?(?:figure|diagram|picture|image|screenshot|passage|excerpt|paragraph)\b
    (?!\ (?:of|for|called|named|\d|[A-Z]))
    | \b(?:in|from|by|to|of)\ (?:the|this)\ (?:given\ |provided\ |above\ )?(?:text|passage|context|section|chapter|article|document|chunk)\b
    (?!\ (?:of|for|called|named|titled|\d|editor|field|box|file|store|database|mode|type|node|object))
    | \b(?:figure|table|list|text|passage|section|diagram|image|example|code|steps?|chapter)\ (?:shown\ |given\ )?(?:above|below)\b
    | \b(?:above|following)(?:-mentioned)?\ (?:figure|table|list|text|passage|section|diagram|image|code|example)\b
    | \baccording\ to\ (?:the|this)\ (?:table|figure|text|passage|document|section|author|article|context|chapter|excerpt|image)\b
    | \bas\ (?:shown|described|mentioned|stated|seen)\ (?:above|below|here|in\ (?:the|this))\b
    | \bmentioned\ (?:above|below|here|in\ (?:the|this)\ (?:text|passage|section|document))\b

    | 如图(?:所示)?|如(?:上|下)?表|(?:上|下|该|此|本|这张|这幅)(?:图|表)(?:中|里|所|的|，|显|展)|图中|表中所|图片中|截图中|(?:根据|依据|按照)(?:上|下)?(?:图|表|文)
    | 上述|上文|下文|文中|文章中|原文|本(?:文|节|章|段|页|文档)|(?:这|该)(?:一)?(?:段|节|章|篇)(?:文|内|话|落|中|里)|(?:该|此|这个)文档|材料中|所给

    | \b(?:на|в|по|из|с)\ (?:этом|этой|данном|данной|приведённ\w+|приведенн\w+|вышеприведённ\w+)\ (?:\w+\ )?(?:рисунк|схем|таблиц|текст|отрывк|раздел|документ|фрагмент|абзац|глав|стать)\w*
    | \bна\ (?:рисунке|схеме|картинке|изображении|скриншоте)(?!\ \d)\b
    | \b(?:в|из)\ (?:тексте|отрывке|таблице|разделе|документе|фрагменте|статье|абзаце)(?=\s*[?,.]|\ (?:выше|ниже|говорится|указано|указан|указана|описано|описан|сказано|упоминается|упомянут\w*|приведен\w*|приведён\w*))
    | \b(?:согласно|судя\ по)\ (?:тексту|таблице|рисунку|документу|отрывку|разделу|схеме|статье)\b
    | \b(?:выше|ниже)(?:указанн|приведённ|приведенн|описанн|упомянут)\w*

    | \b(?:na|w|z|według)\ (?:tym|tej|tego|powyższ\w+|poniższ\w+|danym|podanym|przedstawion\w+)\ (?:\w+\ )?(?:rysun|schema|tabel|tekst|fragmen|rozdzia|sekcj|dokumen|akapi|artyku|obraz|zdję|ilustrac)\w*
    | \bna\ (?:rysunku|schemacie|obrazku|ilustracji|zdjęciu|zrzucie\ ekranu)(?!\ \d)\b
    | \bw\ (?:tekście|tabeli|fragmencie|rozdziale|dokumencie|artykule|akapicie)(?=\s*[?,.]|\ (?:powyżej|poniżej|podano|opisano|wspomniano|wymieniono|jest\ mowa))
    | \b(?:zgodnie\ z|według)\ (?:tekst\w*|tabel\w*|rysunk\w*|dokument\w*|fragment\w*|rozdział\w*)(?=\s*[?,.]|\s+[a-ząćęłńóśźż]+)
    | \b(?:powyżej|poniżej)\b
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_NO_ANSWER = regex.compile(
    r"""
    ^\W*(?:
    (?:it\ is\ |this\ is\ )?(?:not|never)\ (?:explicitly\ |directly\ )?(?:stated|mentioned|specified|given|provided|known|available|defined|found)\b
    | (?:the\ |this\ )?(?:text|passage|document|section|chunk|context|information|answer)\ (?:does\ not|doesn't|is\ not|isn't|cannot|do\ not)\b
    | (?:there\ is\ )?(?:no|not\ enough|insufficient)\ (?:information|data|details?)\b
    | (?:cannot|can't|could\ not)\ (?:be\ )?(?:determined?|answer|said|found|tell)\b | unknown\W*$ | n/?a\W*$ | i\ (?:don't|do\ not)\ know\b
    | 无法(?:确定|判断|得知|回答|从)|未(?:提及|说明|提到|给出|明确|知|指定|提供)|没有(?:提及|说明|提到|给出|相关|提供)|不(?:清楚|知道|详)
    | (?:文中|原文|文本|本节|文档|该段)(?:中)?(?:并)?(?:未|没有|无)
    | не\ (?:указан|упомян|сказан|определ|приведен|приведён|извест|описан|уточн)\w* | (?:в\ (?:тексте|документе|разделе|отрывке)\ )не\ \w+
    | нет\ (?:информации|данных|сведений) | невозможно\ (?:определить|ответить|установить) | неизвестно\b
    | (?:текст|документ|раздел|отрывок)\ не\ (?:содержит|указывает|упоминает|сообщает)
    | nie\ (?:podano|określono|wspomniano|wiadomo|wskazano|opisano|wymieniono|jest\ (?:podan|określon|znan)\w*)
    | brak\ (?:informacji|danych) | nie\ (?:można|da\ się)\ (?:określić|ustalić|odpowiedzieć) | (?:tekst|dokument|fragment)\ nie\ (?:zawiera|podaje|określa|wspomina)
    )
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_SECONDS = 1.0


def points_at_passage(question: str) -> str | None:
    """The words by which a question points at its passage; None where it names what it asks about."""
    found = _POINTING.search(question, timeout=_SECONDS)
    return found[0].strip() if found else None


def is_no_answer(answer: str) -> bool:
    """True for an answer that says that there is none."""
    return not answer.strip() or _NO_ANSWER.search(answer.strip(), timeout=_SECONDS) is not None
