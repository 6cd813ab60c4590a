"""The words that stories are made of."""

PLACES = ["Harbour", "Orchard", "Lantern", "Copper", "Cloud", "River", "Glass", "Amber", "Moss", "Salt"]
ENDINGS = ["reach", "fall", "haven", "march", "mere", "holt", "spire", "ford", "wick", "deep"]
FIRST = [
    "Aria",
    "Bren",
    "Cora",
    "Dain",
    "Elva",
    "Finn",
    "Greta",
    "Hale",
    "Ines",
    "Joss",
    "Kira",
    "Lorn",
    "Mira",
]
LAST = ["Vale", "Thorn", "Quill", "Marsh", "Ember", "Stone", "Lark", "Frost", "Reed", "Hollow", "Wren", "Ash"]
TRADES = [
    "a ferry pilot who knows every current",
    "a clockmaker who repairs what others throw away",
    "a cook in the night market",
    "a map keeper who has never travelled",
    "a young teacher of the old songs",
    "a courier on the high bridges",
    "a retired storm watcher",
    "a gardener of the hanging terraces",
    "a puzzled newcomer from the plains",
    "an engineer of the water wheels",
]
TRAITS = ["curious", "patient", "stubborn", "generous", "sceptical", "cheerful", "quiet", "bold", "forgetful"]
INTERESTS = ["old maps", "river songs", "small repairs", "street food", "storms", "birds", "letters", "chess"]
MOODS = ["wonder", "calm", "worry", "joy", "longing", "mischief", "pride"]
TOPICS = [
    "the first lamp of the evening",
    "a parcel without a name",
    "what the tide left behind",
    "an argument at the market",
    "the longest queue of the year",
    "a song that nobody finished",
    "repairs after the storm",
    "a stranger's good advice",
    "the price of bread",
    "a view worth the climb",
]
OPENINGS = ["This morning", "Nobody told me", "I did not expect it:", "Third day in a row:", "Small news."]
CLOSINGS = [
    "Ask me again tomorrow.",
    "I kept a piece of it.",
    "You should have been there.",
    "More when I know more.",
]
STYLES = ["soft ink and watercolour", "warm gouache with long shadows", "clear lines and flat colours"]
