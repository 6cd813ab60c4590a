"""The commonest words of languages, those that no other language of the list shares first, and the letters of
alphabets.
"""

_WORDS = {
    "en": (
        "the of and is are was were with that this have has not you for from they which would there "
        "their will been what when"
    ),
    "pl": (
        "się nie jest że na do jak ale czy są przez dla który która które oraz był była było może bardzo "
        "już także tylko jego jej"
    ),
    "ru": (
        "и в не на что это как он она они был была было для из по но все так же мы вы его её если или "
        "уже только бы"
    ),
    "uk": (
        "і не на що це як він вона вони був була було для із та але ми ви його її якщо або вже тільки "
        "під є ще"
    ),
    "de": (
        "der die das und ist nicht ein eine einen mit auf für von dem den sich auch wird sind war wir "
        "ihr sie bei nach oder wurde"
    ),
    "fr": (
        "le la les des est une et dans pour que qui pas sur avec vous nous sont ce cette il elle au aux "
        "être été ne"
    ),
    "es": "el los las una es y en que por con para del se no su sus está son pero más como al lo fue muy",
    "it": (
        "il lo gli della è un una di che per con non sono del nel alla più anche questo questa come ma "
        "si dei delle"
    ),
    "pt": (
        "o os uma é não para com que do da dos das em no na você mais são foi como mas ao pelo pela seu sua"
    ),
    "nl": (
        "de het een van en is niet op te dat die voor met zijn aan er ook maar naar wordt bij deze "
        "worden heeft"
    ),
    "cs": (
        "se je že na v a jsem jsou ale jako pro který která které nebo byl byla bylo také jeho jen už "
        "při podle ještě"
    ),
    "sk": (
        "sa je že na v a som sú ale ako pre ktorý ktorá ktoré alebo bol bola bolo tiež jeho len už pri "
        "podľa ešte"
    ),
    "sv": "och att det är en ett inte som på för med av till den har jag du vi de kan men om var från",
    "tr": "ve bir bu için ile olarak da de çok daha ne var gibi olan kadar sonra ama değil mi en",
}

COMMON_WORDS = {code: frozenset(words.split()) for code, words in _WORDS.items()}
ALPHABETS = {
    "Latin": r"\p{Latin}",
    "Cyrillic": r"\p{Cyrillic}",
    "Greek": r"\p{Greek}",
    "Hebrew": r"\p{Hebrew}",
    "Arabic": r"\p{Arabic}",
    "Han": r"\p{Han}",
    "Kana": r"\p{Hiragana}\p{Katakana}",
    "Hangul": r"\p{Hangul}",
    "Thai": r"\p{Thai}",
    "Devanagari": r"\p{Devanagari}",
}
