"""What Starling answers."""

from starling.assistant.answer import Action, Announcement, Answer
from starling.assistant.conversation import Assistant

__all__ = ["Action", "Announcement", "Answer", "Assistant"]
