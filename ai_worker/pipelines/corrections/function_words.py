"""Words that carry grammar rather than content, and words that deny, in the languages that the first users write."""

_ENGLISH = """
a an the of to in on at by for from with without into onto about as than that this these those there it its he she they we you i him her
them us me my your his our their who whom whose which what where when while if and or but so nor yet because is are was were be been
being am do does did done has have had having will would shall should can could may might must over under up down out off after before
between through during since until too very some any each every much many more most
"""

_POLISH = """
i a oraz lub albo ale lecz że żeby aby by bo gdyż jak jako niż się w we na z ze do od ode dla po pod nad przed przez przy o u za to ten
ta te tego tej tym tych jest są był była było byli być będzie będą mam ma mają czy który która które którego której go mu jej ją ich im
mnie mi ciebie ci jego on ona ono oni one ja ty my wy swój tu tam już jeszcze tylko też także
"""

_RUSSIAN = """
и а но или что чтобы как если бы же ли в во на с со к ко по о об обо от из у за для до под над при про через между без это этот эта эти
того этого был была было были быть есть будет его её ее их ему ей им он она оно они я ты мы вы мне тебе который которая которое которые
так тоже также уже ещё еще только
"""

_DENIALS = """
no not never none nothing nobody nowhere neither nor without cannot can't cant don't dont doesn't doesnt didn't didnt isn't isnt aren't
arent wasn't wasnt weren't werent won't wont wouldn't wouldnt shouldn't shouldnt couldn't couldnt hasn't hasnt haven't havent hadn't
hadnt mustn't mustnt
nie nigdy nic nikt nigdzie żaden żadna żadne bez ani
не нет никогда ничего никто нигде ни без нельзя
"""

FUNCTION_WORDS = frozenset((_ENGLISH + _POLISH + _RUSSIAN).split())
DENIALS = frozenset(_DENIALS.split())
