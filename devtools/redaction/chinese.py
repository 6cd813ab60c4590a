"""Chinese surnames."""

import importlib


def surnames() -> list[str]:
    """Surnames, the frequent ones first as Faker weighs them."""
    weighed = importlib.import_module("faker.providers.person.zh_CN").Provider.last_names
    return list(weighed)
