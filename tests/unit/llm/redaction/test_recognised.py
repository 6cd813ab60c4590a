"""What is taken for personal data: the values of each sort as people write them."""

import pytest

from ai_worker.llm.redaction import redact

IBAN = "PL61 1090 1014 0000 0712 1981 2874"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # E-mail
        ("Napisz na jan.kowalski@firma.pl. Dzięki", "Napisz na ⟦PII_EMAIL_1⟧. Dzięki"),
        ("**jan@x.pl** _ola@y.com_ 'ala@z.co'", "**⟦PII_EMAIL_1⟧** _⟦PII_EMAIL_2⟧_ '⟦PII_EMAIL_3⟧'"),
        ("mailto:jan@x.pl?to=ola@x.pl&cc=ala@x.pl", "mailto:⟦PII_EMAIL_1⟧?to=⟦PII_EMAIL_2⟧&cc=⟦PII_EMAIL_3⟧"),
        ('"Jan Nowak"@example.org, o\'neil+x@a-b.co.uk', "⟦PII_EMAIL_1⟧, ⟦PII_EMAIL_2⟧"),
        ("<a href='mailto:пётр@почта.рф'>", "<a href='mailto:⟦PII_EMAIL_1⟧'>"),
        ("root@[192.168.1.1] jan@xn--e1afmkfd.xn--p1ai", "⟦PII_EMAIL_1⟧ ⟦PII_EMAIL_2⟧"),
        # Telephone
        (
            "tel. 501 234 567, 601-234-567 lub 22 123 45 67",
            "tel. ⟦PII_PHONE_1⟧, ⟦PII_PHONE_2⟧ lub ⟦PII_PHONE_3⟧",
        ),
        ("+48 501 234 567, +48501234567; 0048 501 234 567", "⟦PII_PHONE_1⟧, ⟦PII_PHONE_2⟧; ⟦PII_PHONE_3⟧"),
        ("(22) 123 45 67, (501 234 567), 48 501 234 567", "⟦PII_PHONE_1⟧, (⟦PII_PHONE_2⟧), ⟦PII_PHONE_3⟧"),
        (
            "+7 (916) 123-45-67, 8(916)1234567, 8 916 123 45 67, 79161234567",
            ", ".join(f"⟦PII_PHONE_{n}⟧" for n in (1, 2, 3, 4)),
        ),
        ("Звоните: 916 123-45-67", "Звоните: ⟦PII_PHONE_1⟧"),
        (
            "тел. 123-45-67, 12-34-56; моб.: 765-43-21",
            "тел. ⟦PII_PHONE_1⟧, ⟦PII_PHONE_2⟧; моб.: ⟦PII_PHONE_3⟧",
        ),
        (
            "Call (212) 555-0123, 212.555.0188 or 1-800-234-5678",
            "Call ⟦PII_PHONE_1⟧, ⟦PII_PHONE_2⟧ or ⟦PII_PHONE_3⟧",
        ),
        (
            "+44 (0)20 7946 0958, 07400 123456, 020\u00a07946\u00a00958",
            "⟦PII_PHONE_1⟧, ⟦PII_PHONE_2⟧, ⟦PII_PHONE_3⟧",
        ),
        (
            "030 123456, 01512 3456789, 050 123 4567, +380501234567",
            ", ".join(f"⟦PII_PHONE_{n}⟧" for n in (1, 2, 3, 4)),
        ),
        (
            "501234567/601234567, ul. Długa 5 501 234 567",
            "⟦PII_PHONE_1⟧/⟦PII_PHONE_2⟧, ⟦PII_ADDRESS_1⟧ ⟦PII_PHONE_3⟧",
        ),
        ("(0-22) 123-45-67, 0-501-234-567, 22/123-45-67", "⟦PII_PHONE_1⟧, ⟦PII_PHONE_2⟧, ⟦PII_PHONE_3⟧"),
        (
            "44 20 7946 0958, 9261234567, <b>501&nbsp;234&nbsp;567</b>",
            "⟦PII_PHONE_1⟧, ⟦PII_PHONE_2⟧, <b>⟦PII_PHONE_3⟧</b>",
        ),
        (
            "Zadzwoń 501 234 567 osobiście, 601 234 567 złożyłem",
            "Zadzwoń ⟦PII_PHONE_1⟧ osobiście, ⟦PII_PHONE_2⟧ złożyłem",
        ),
        ("916 123-45-67 человек ждёт, 501-234-567 ludzi", "⟦PII_PHONE_1⟧ человек ждёт, ⟦PII_PHONE_2⟧ ludzi"),
        ("tel_501234567_a, skan_44051401359.pdf", "tel_⟦PII_PHONE_1⟧_a, skan_⟦PII_PESEL_1⟧.pdf"),
        # Poland
        ("PESEL: 44051401359, pesel 440514 01359", "PESEL: ⟦PII_PESEL_1⟧, pesel ⟦PII_PESEL_2⟧"),
        ("PESEL44051401359; PESEL 4 4 0 5 1 4 0 1 3 5 9", "PESEL⟦PII_PESEL_1⟧; PESEL ⟦PII_PESEL_2⟧"),
        ("mój PESEL to 44051401358", "mój PESEL to ⟦PII_PESEL_1⟧"),
        ("PESEL i NIP: 44051401359, 526-000-12-46", "PESEL i NIP: ⟦PII_PESEL_1⟧, ⟦PII_NIP_1⟧"),
        ("NIP PL5260001246, 526–000–12–46", "NIP PL⟦PII_NIP_1⟧, ⟦PII_NIP_2⟧"),
        ("REGON 123456785, 12345678512347", "REGON ⟦PII_REGON_1⟧, ⟦PII_REGON_2⟧"),
        ("dowód ABA300000 i ABA 300000", "dowód ⟦PII_IDCARD_1⟧ i ⟦PII_IDCARD_2⟧"),
        (
            "44051401359,501234567\n5260001246;501234567",
            "⟦PII_PESEL_1⟧,⟦PII_PHONE_1⟧\n⟦PII_NIP_1⟧;⟦PII_PHONE_1⟧",
        ),
        # Cards and accounts
        ("4111 1111 1111 1111, 5555-5555-5555-4444", "⟦PII_CARD_1⟧, ⟦PII_CARD_2⟧"),
        ("378282246310005 3782 822463 10005 30569309025904", "⟦PII_CARD_1⟧ ⟦PII_CARD_2⟧ ⟦PII_CARD_3⟧"),
        ("карта 4276 1111 2222 3333", "карта ⟦PII_CARD_1⟧"),
        (f"{IBAN}, {IBAN[2:]} i {IBAN.replace(' ', '')}", "⟦PII_IBAN_1⟧, ⟦PII_IBAN_2⟧ i ⟦PII_IBAN_3⟧"),
        ("DE89370400440532013000 GB29 NWBK 6016 1331 9268 19 oraz", "⟦PII_IBAN_1⟧ ⟦PII_IBAN_2⟧ oraz"),
        ("de89 3704 0044 0532 0130 00, DE-89 3704 0044 0532 0130 00", "⟦PII_IBAN_1⟧, ⟦PII_IBAN_2⟧"),
        ("AB12 DE89370400440532013000", "AB12 ⟦PII_IBAN_1⟧"),
        ("счёт 40817810099910004312", "счёт ⟦PII_ACCOUNT_1⟧"),
        # Elsewhere
        ("ИНН 500100732259, ИНН: 7707083893", "ИНН ⟦PII_INN_1⟧, ИНН: ⟦PII_INN_2⟧"),
        ("СНИЛС 112-233-445 95", "СНИЛС ⟦PII_SNILS_1⟧"),
        (
            "паспорт 4509 123456, паспорт серии 45 09 № 123456",
            "паспорт ⟦PII_PASSPORT_1⟧, паспорт серии ⟦PII_PASSPORT_2⟧",
        ),
        ("РНОКПП 1759013776", "РНОКПП ⟦PII_INN_1⟧"),
        ("IdNr 36 574 261 809", "IdNr ⟦PII_STEUERID_1⟧"),
        ("SSN 536904399 or 536-90-4398, NHS 943 476 5919", "SSN ⟦PII_SSN_1⟧ or ⟦PII_SSN_2⟧, NHS ⟦PII_NHS_1⟧"),
        ("NINO AB 12 34 56 C, AB123456C", "NINO ⟦PII_NINO_1⟧, ⟦PII_NINO_2⟧"),
        (
            "DNI 54362315K, NIE X2482300W, HETU 131052-308T",
            "DNI ⟦PII_DNI_1⟧, NIE ⟦PII_NIE_1⟧, HETU ⟦PII_HETU_1⟧",
        ),
        ("RCCMNL83S18D969H, 2 95 11 78 234 567 84", "⟦PII_CODICEFISCALE_1⟧, ⟦PII_ID_1⟧"),
        (
            "710319/2745, 850709-9805, 756.9217.0769.85, 85.07.30-033.28",
            ", ".join(f"⟦PII_ID_{n}⟧" for n in (1, 2, 3, 4)),
        ),
        # IP
        ("192.168.1.1, 10.0.0.1:8080, 172.16.0.0/12.", "⟦PII_IP_1⟧, ⟦PII_IP_2⟧:8080, ⟦PII_IP_3⟧/12."),
        (
            "2a01:db8::1, fe80::1%eth0, ::ffff:88.0.2.1, [2A01:DB8::2]:80",
            "⟦PII_IP_1⟧, ⟦PII_IP_2⟧%eth0, ⟦PII_IP_3⟧, [⟦PII_IP_4⟧]:80",
        ),
        ("adres 2a01:db8::1: działa", "adres ⟦PII_IP_1⟧: działa"),
        # Handles
        ("My insta is now baker.tilly_9, cheers", "My insta is now ⟦PII_HANDLE_1⟧, cheers"),
        (
            "pisz na telegram @bartek_wola albo skype live:bw_2",
            "pisz na telegram ⟦PII_HANDLE_1⟧ albo skype ⟦PII_HANDLE_2⟧",
        ),
        (
            "Ich bin als hoppel.w auf Instagram zu finden",
            "Ich bin als ⟦PII_HANDLE_1⟧ auf Instagram zu finden",
        ),
        (
            "на форуме под ником «Сова» спросил u/tikhon_88",
            "на форуме под ником «⟦PII_HANDLE_1⟧» спросил ⟦PII_HANDLE_2⟧",
        ),
        ("加我微信hua_7788或者QQ52013145", "加我微信⟦PII_HANDLE_1⟧或者QQ⟦PII_HANDLE_2⟧"),
        ("discord: mops#4417, strona bartek.github.io", "discord: ⟦PII_HANDLE_1⟧, strona ⟦PII_HANDLE_2⟧"),
        # Secrets
        (
            "The door code's 4471 and my PIN is 2093",
            "The door code's ⟦PII_SECRET_1⟧ and my PIN is ⟦PII_SECRET_2⟧",
        ),
        ("wifi heslo je Kocour77", "wifi heslo je ⟦PII_SECRET_1⟧"),
        (
            "новый код домофона: 2517#",
            "новый код домофона: ⟦PII_SECRET_1⟧",
        ),
        ("kod do furtki to 2580#", "kod do furtki to ⟦PII_SECRET_1⟧"),
        ("das Tor geht mit 1904 auf", "das Tor geht mit ⟦PII_SECRET_1⟧ auf"),
        ("门禁密码是3690#", "门禁密码是⟦PII_SECRET_1⟧"),
        # Addresses
        ("bytem Lhota č.p. 37, 783 53 Bystřice", "bytem ⟦PII_ADDRESS_1⟧"),
        ("wohnt Lindenstr. 14a, 3. OG links, 50674 Köln", "wohnt ⟦PII_ADDRESS_1⟧"),
        ("its 41 gladstone road, leicester LE2 1AB ok", "its ⟦PII_ADDRESS_1⟧ ok"),
        ("快递寄到南山区科技园南路56号A座1902", "快递寄到⟦PII_ADDRESS_1⟧"),
    ],
)
def test_recognised(text: str, expected: str) -> None:
    assert redact([text]).texts == (expected,)


def test_a_value_known_by_its_label_is_hidden_wherever_else_it_stands() -> None:
    redacted = redact(["Pytanie o 123-45-67", "tel. 123-45-67"])
    assert redacted.texts == ("Pytanie o ⟦PII_PHONE_1⟧", "tel. ⟦PII_PHONE_1⟧")
