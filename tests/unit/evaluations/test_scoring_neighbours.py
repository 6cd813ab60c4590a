"""Neighbours of answers that were once scored wrongly, each with the right verdict: target and answer."""

from typing import Any

import pytest

from ai_worker.pipelines.evaluations.scoring import Kind, Scored, score

RIGHT: list[tuple[Any, str]] = [
    ('5', '5.0'), ('5', '5.00'), ('1234567', '1,234,567'), ('1234567', '1.234.567'),
    ('1 234 567', '1234567'), ('-5', '−5'), ('5', '+5'), ('-x', '−x'), ('(0,1)', '(0,1)'),
    ('[2,5)', '[2, 5)'), ('{1,2}', '{1,2}'), ('C++', 'C++'), ('C#', 'C#'), ('C', 'C.'), ('C', '(C)'),
    ('A', 'A)'), ('B', 'b'), ('5!', '5!'), ('5', '5.'), ('yes', 'Yes!'), ('10²', '10²'), ('!x', '!x'),
    ('$5', '$5'), ('5 %', '5%'), ('5 kg', '5 kg'), ('a.b', 'a.b'), ('for a man', 'for a man.'),
    ('IT', 'it'), ('US', 'us'), ('A', '\\textbf{A}'), ('4', '\\boxed{\\boxed{4}}'), ('42', '$$42$$'),
    ('42', '\\(42\\)'), ('42', '\\[42\\]'), ('9500', '9{,}500'), ('9,500', '9{,}500'),
    ('9500.5', '9{,}500.5'), ('1234567', '1{,}234{,}567'), ('B', '<strong>B</strong>'), ('B', '<i>B</i>'),
    ('B', '"B"'), ('B', '“B”'), ('B', "'B'"), ('B', '__B__'), ('B', '*B*'), ('B', '\\mathrm{B}'),
    ('B', '\\boxed{\\textbf{(B)}}'), ('B', '$\\boxed{\\text{B}}$.'), ('5', '\\boxed{5}'), ('5', '$5$'),
    ('-5', '$-5$'), ('A', 'А'), ('C', 'С'), ('E', 'Е'), ('H', 'Н'), ('B', 'В)'), ('А', 'A'), ('c', 'с'),
    ('Paris', 'paris'), ('Łódź', 'łódź'), ('ё', 'е'), ('straße', 'STRASSE'), ('1/2', '1/2'), ('+1', '1'),
    (5, '5'), (-5, '−5'), (0, '0'), (0, '-0'), (1234.5, '1,234.5'), (1234.5, '1.234,5'), (0.5, '.5'),
    (0.5, '0,5'), (0.125, '0,125'), (0.125, '0.125'), (3.141, '3.141'), (12345.678, '12,345.678'),
    (True, 'true'), (True, 'True.'), (False, 'False'), (5, 'It is 5.'), (2024, 'In 2024.'), (5000, '5e3'),
    (5, '(5)'),
]  # fmt: skip
WRONG: list[tuple[Any, str]] = [
    ('-5', '5'), ('5', '-5'), ('x', '-x'), ('x', '+x'), ('(2,5)', '[2,5]'), ('[2,5)', '[2,5]'),
    ('(2,5]', '(2,5)'), (']2,5[', '[2,5]'), ('{1,2}', '(1,2)'), ('C', 'C++'), ('C++', 'C'), ('C#', 'C'),
    ('F#', 'F'), ('.NET', 'NET'), ('C#', 'C++'), ('A+', 'A'), ('A', 'A-'), ('A-', 'A'), ('A*', 'A'),
    ('n', 'n!'), ('n!', 'n'), ('x2', 'x²'), ('x²', 'x2'), ('m2', 'm²'), ('x', '¬x'), ('x', '~x'),
    ('x', 'not x'), ('true', 'not true'), ('true', '!true'), ('x', 'x!'), ('p', "p'"), ('f', 'f′'),
    ('5 kg', '5 g'), ('$5', '£5'), ('5 °C', '5 °F'), ('5 m', '5 mm'), ('a-b', 'ab'), ('a_b', 'ab'),
    ('foo()', 'foo'), ('a/b', 'ab'), ('a:b', 'ab'), ('a@b', 'ab'), ('a,b', 'ab'), ('a&b', 'ab'),
    ('a|b', 'ab'), ('<a>', 'a'), ('<=', '>='), ('<', '='), ('=', '=='), ('x<y', 'xy'), ('x=1', 'x1'),
    ('a', 'the'), ('an', 'a'), ('B', '$A$'), ('5', '$-5$'), ('B', 'б'), ('Б', 'B'), ('D', 'Д'),
    ('Paris', 'Paris is the capital'), ('Łódź', 'Lodz'), ('café', 'cafe'), ('naïve', 'naive'), ('й', 'и'),
    ('1/2', '12'), ('1:2', '12'), ('3-2', '32'), ('1e3', '13'), ('0x10', '10'), ('1..2', '12'),
    ('1.2', '12'), ('12', '1.2'), ('12', '1 2'), ('12', '1,2'), ('12:30', '1230'),
    ('192.168.1.1', '19216811'), ('1+1', '11'), ('a b', 'ab'), ('ice cream', 'icecream'), (5, '-5'),
    (1, '10'), (True, 'false'), (True, 'not true'), (5, '2.5'),
]  # fmt: skip
TWO_READINGS: list[tuple[Any, str]] = [
    ('1,000', '1000'), ('1,000', '1.000'), ('2,000', '2'), ('1234', '1,234'), (5, '5,000'),
    (5000, '5,000'), (5, 'five'), (3.141, '3,141'), (7, 'I have 7 of 10'),
]  # fmt: skip
"""Of which one is right: not read unless the task says how."""
NEVER_RIGHT: list[tuple[Any, str]] = [
    ('5', '±5'), ('6', '3!'), ('120', '5!'), ('102', '10^2'), ('102', '10₂'), ('1', '1²'), ('23', '2³'),
    ('2³', '8'), ('50%', '0.5'), ('5', '5 apples'), ('10', '0x10'), ('1.2.3', '123'),
    ('2024-01-02', '20240102'), (102, '10²'), (5, '5!'), (5, '3+2'), (True, '1'), (False, '0'),
    (5, 'It is not 5.'), (1, '1 million'), (1.5, '1.5k'), (5, '5×10³'), (5, '5e3'), (12, '1 2'),
    (5, '\\frac{5}{2}'), (5, '5/2'), (5, '√5'), (5, '5π'), (5, '> 5'), (5, '≥5'), (5, '5-6'),
]  # fmt: skip
"""Wrong, or read in no way that is sure."""


def kind(target: Any, answer: str) -> Kind:
    return score(Scored(text=answer, metric="accuracy", target=target)).kind


@pytest.mark.parametrize(("target", "answer"), RIGHT)
def test_right(target: Any, answer: str) -> None:
    assert kind(target, answer) is Kind.CORRECT


@pytest.mark.parametrize(("target", "answer"), WRONG)
def test_wrong(target: Any, answer: str) -> None:
    assert kind(target, answer) is Kind.WRONG


@pytest.mark.parametrize(("target", "answer"), TWO_READINGS)
def test_two_readings(target: Any, answer: str) -> None:
    assert kind(target, answer) is Kind.UNPARSABLE


@pytest.mark.parametrize(("target", "answer"), NEVER_RIGHT)
def test_never_right(target: Any, answer: str) -> None:
    assert kind(target, answer) in (Kind.WRONG, Kind.UNPARSABLE)
