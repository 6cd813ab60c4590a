"""The providers by the names that settings, `ai_model` and the models file use. The entry is `PROVIDERS`.

They may not know limits, money, redaction or rows.
"""

from ai_worker.llm.providers.anthropic import Anthropic
from ai_worker.llm.providers.gemini import Gemini
from ai_worker.llm.providers.offline import Offline
from ai_worker.llm.providers.openai import OpenAi
from ai_worker.llm.providers.prompt_api import PromptApi
from ai_worker.llm.providers.provider import Provider

PROVIDERS: dict[str, Provider] = {
    "gemini": Gemini(),
    "openai": OpenAi(),
    "anthropic": Anthropic(),
    "prompt_api": PromptApi(),
    "offline": Offline(),
}
"""A further provider is one file beside these and one entry here."""
