"""Personal data made up by strategy: every value is valid, none belongs to anybody on purpose."""

import datetime

import phonenumbers
from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.pl import nip, pesel, regon
from stdnum.ru import inn

SPACES = st.sampled_from([" ", "\u00a0", "-", "\u202f"])


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def grouped(number: str, *shape: int) -> st.SearchStrategy[str]:
    """The number whole, or in groups of that shape with one separator throughout."""
    ends = [sum(shape[: index + 1]) for index in range(len(shape))]
    groups = [number[end - length : end] for end, length in zip(ends, shape, strict=True)]
    assert "".join(groups) == number
    return st.one_of(st.just(number), SPACES.map(lambda separator: separator.join(groups)))


@st.composite
def pesels(draw: st.DrawFn) -> str:
    born = draw(st.dates(datetime.date(1900, 1, 1), datetime.date(2024, 12, 31)))
    month = born.month + (20 if born.year >= 2000 else 0)
    body = f"{born.year % 100:02}{month:02}{born.day:02}{draw(digits(4))}"
    return draw(grouped(body + pesel.calc_check_digit(body), 6, 5))


@st.composite
def nips(draw: st.DrawFn) -> str:
    body = str(draw(st.integers(1, 9))) + draw(digits(8))
    checked = [body + check for check in "0123456789" if nip.is_valid(body + check)]
    return draw(grouped(checked[0] if checked else "5260001246", 3, 3, 2, 2))


@st.composite
def regons(draw: st.DrawFn) -> str:
    body = draw(digits(8).filter(lambda body: body != "0" * 8))
    return draw(grouped(body + regon.calc_check_digit(body), 3, 3, 3))


@st.composite
def inns(draw: st.DrawFn) -> str:
    body = str(draw(st.integers(1, 9))) + draw(digits(9))
    return body + inn.calc_personal_check_digits(body)


@st.composite
def snils(draw: st.DrawFn) -> str:
    body = str(draw(st.integers(1, 9))) + draw(digits(8))
    check = sum(int(digit) * weight for digit, weight in zip(body, range(9, 0, -1), strict=True)) % 101 % 100
    number = f"{body}{check:02}"
    return draw(st.sampled_from([number, f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"]))


@st.composite
def cards(draw: st.DrawFn) -> str:
    prefix, length = draw(
        st.sampled_from(
            [("4", 16), ("51", 16), ("2200", 16), ("2221", 16), ("6759", 16), ("37", 15), ("62", 19)]
        )
    )
    body = prefix + draw(digits(length - len(prefix) - 1))
    number = body + luhn.calc_check_digit(body)
    shape = {16: (4, 4, 4, 4), 15: (4, 6, 5), 19: (4, 4, 4, 4, 3)}[length]
    return draw(grouped(number, *shape))


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country, length = draw(st.sampled_from([("PL", 24), ("DE", 18), ("UA", 25), ("NO", 11), ("CZ", 20)]))
    bban = draw(digits(length))
    number = country + iban.calc_check_digits(f"{country}00{bban}") + bban
    fours = [number[start : start + 4] for start in range(0, len(number), 4)]
    return draw(st.sampled_from([number, " ".join(fours), "\u00a0".join(fours)]))


_STARTS = {
    "PL": ["50", "51", "53", "60", "66", "69", "72", "78", "79", "88", "22", "12", "58"],
    "RU": ["903", "916", "926", "495", "812"],
    "US": ["212", "415", "650"],
    "GB": ["7400", "7911", "20", "121"],
    "DE": ["151", "176", "30", "89"],
    "UA": ["50", "67", "44"],
}
_LENGTHS = {"PL": 9, "RU": 10, "US": 10, "GB": 10, "DE": 10, "UA": 9}
_FORMS = [
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
]


@st.composite
def phones(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(sorted(_STARTS)))
    start = draw(st.sampled_from(_STARTS[region]))
    national = start + draw(digits(_LENGTHS[region] - len(start)))
    number = phonenumbers.PhoneNumber(phonenumbers.country_code_for_region(region), int(national))
    if not phonenumbers.is_valid_number(number):
        example = phonenumbers.example_number(region)
        assert example is not None
        number = example
    written = phonenumbers.format_number(number, draw(st.sampled_from(_FORMS)))
    if draw(st.booleans()):
        written = written.replace(" ", draw(SPACES))
    return written


@st.composite
def emails(draw: st.DrawFn) -> str:
    letters = st.sampled_from("abcxyzABCżółćńЖжюя0123456789")
    word = st.text(letters, min_size=1, max_size=10)
    local = draw(word) + draw(st.sampled_from([".", "_", "-", "+", "'", ""])) + draw(word)
    domain = ".".join(
        draw(
            st.lists(
                st.text(st.sampled_from("abcxyzżюя019"), min_size=1, max_size=10), min_size=1, max_size=3
            )
        )
    )
    return f"{local}@{domain}.{draw(st.sampled_from(['pl', 'com.pl', 'ru', 'рф', 'museum', 'xn--p1ai']))}"


ADDRESSES = st.one_of(
    st.ip_addresses(v=4, network="88.0.0.0/6").map(str),
    st.ip_addresses(v=6, network="2a00::/12").map(str),
    st.ip_addresses(v=6, network="2a00::/12").map(lambda address: address.exploded.upper()),
)

PERSONAL = st.one_of(
    pesels(), nips(), regons(), inns(), snils(), cards(), ibans(), phones(), emails(), ADDRESSES
)

_SENTENCES = (
    "Mój numer to {}, proszę o kontakt.",
    "Dane klienta: {}; reszta bez zmian.",
    "Zażółć gęślą jaźń ({}) – napisał pan Łukasz!",
    "Czy {} jest poprawny?",
    "Proszę wysłać to na {}.",
    "Мои данные: {}, ответьте до пятницы.",
    "Вот: «{}» — так записано в анкете.",
    "Клиент сообщил {}.",
    "Это {}; ещё раз, ёлки-палки, проверьте!",
    "My details are {}, please reply.",
    "Contact ({}) as soon as you can!",
    "He wrote “{}” on the form.",
    "Send it to {}.",
    "PESEL/ИНН/ID: {}",
    "{} – to wszystko.",
    "{}",
)


@st.composite
def letters(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Texts of one request, and the personal data written into them."""
    values = draw(st.lists(PERSONAL, min_size=1, max_size=5))
    lines = [
        draw(st.sampled_from(_SENTENCES)).replace("{}", value)
        for value in values + draw(st.lists(st.sampled_from(values), max_size=2))
    ]
    split = draw(st.integers(0, len(lines)))
    return ["\n".join(lines[:split]), " ".join(lines[split:])], values
