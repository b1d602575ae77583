"""The talk that every contender holds: six messages and what must come back to each."""

from __future__ import annotations

SAID = ("hi", "1", "1", "1", "1", "2")
HEARD = (
    "Is it safe",
    "Which language",
    "What would you like",
    "Which fits best",
    "What happened?",
    "Which comes closest",
)
ANSWERS = (
    "Hello, thank you for writing. This is not an emergency service. Is it safe to write just now? 1 Yes 2 Not now",
    "Which language suits you? 1 English 2 Urdu 3 Sindhi 4 Roman Urdu 5 Español",
    "What would you like to do? 1 Tell what happened 2 Tips for staying safe 3 Find help near you",
    "Thank you for telling. Which fits best? 1 It happened to me 2 I saw it 3 It was someone else",
    "What happened? Pick the nearest; you can change it later. 1 Words or looks 2 Touching or force",
    "Which comes closest? 1 Unwanted touching 2 Showing private parts 3 Hitting or hurting 4 Tried to force",
)
