"""Reasons why an answer cannot be handed to a judge. Other software reads these texts, letter for letter."""

WITHOUT_MODEL = "Задача RtA без rta_model"
WITHOUT_PROMPT = "Задача RtA без rta_prompt"
WITHOUT_RESPONSE = "Задача RtA без response"
BAD_PROMPT = "Ошибка форматирования prompt"
DUPLICATE = "Дубликат в rta_queue"


class NotTransferable(Exception):
    """The answer cannot be handed to a judge; the message is stored as the entry's `error`."""
