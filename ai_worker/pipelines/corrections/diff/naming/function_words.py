"""Words and word endings that carry grammar rather than content, and words that deny, in the languages that
the first users write.
"""

from importlib.resources import files

_ENGLISH = """
a an the of to in on at by for from with without into onto about as than that this these those there it its he
she they we you i him her
them us me my your his our their who whom whose which what where when while if and or but so nor yet because
is are was were be been
being am do does did done has have had having will would shall should can could may might must over under up
down out off after before
between through during since until too very some any each every much many more most
"""

_POLISH = """
i a oraz lub albo ale lecz że żeby aby by bo gdyż jak jako niż się w we na z ze do od ode dla po pod nad przed
przez przy o u za to ten
ta te tego tej tym tych jest są był była było byli być będzie będą mam ma mają czy który która które którego
której go mu jej ją ich im
mnie mi ciebie ci jego on ona ono oni one ja ty my wy swój tu tam już jeszcze tylko też także
"""

_RUSSIAN = """
и а но или что чтобы как если бы же ли в во на с со к ко по о об обо от из у за для до под над при про через
между без это этот эта эти
того этого был была было были быть есть будет его её ее их ему ей им он она оно они я ты мы вы мне тебе
который которая которое которые
так тоже также уже ещё еще только
"""

_ENDINGS = """
s es 's d ed ing er est ly n en y ies ied
a ą e ę i o ó u y ie ia ią ię ii ów om ami ach em ej ego emu ym ymi ych im ich mi ek ka ki kę ką ko ł ła ło li
ły ć am asz my cie ją esz
а я о е ё и ы у ю ь й ов ев ей ам ям ами ями ах ях ом ем ой ый ий ая яя ое ее ые ие ого его ому ему ым им ых
их ую юю л ла ло ли ть ть ет
ит ют ут ат ят ешь ишь те ти ся сь
"""

FUNCTION_WORDS = frozenset((_ENGLISH + _POLISH + _RUSSIAN).split())
DENIALS = frozenset((files(__package__) / "denials.txt").read_text(encoding="utf-8").split())
ENDINGS = frozenset(["", *_ENDINGS.split()])
