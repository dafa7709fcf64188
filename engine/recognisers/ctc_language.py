"""Language of each word, from its letters and from the words around it.

A Kazakh court speaks both languages in one sentence. The evidence of a word is small and certain
(a letter that only Kazakh has, a function word) or large and uncertain (an ending); a chain over
the sentence carries it to words that have none. The weights are set by hand, not learned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from hattama.engine.document.model import Language
from hattama.engine.scoring.normalise import fold

_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_RUSSIAN_LETTERS = re.compile("[щъьцэфчв]")
"""Kazakh writes these in loanwords alone."""
_KAZAKH = (
    "мен сен ол біз сіз олар бұл осы сол бар жоқ және немесе үшін туралы деп дейді деген бойынша "
    "керек емес екі үш төрт бес алты жеті он жүз мың иә ал да де па ба ма бірақ кейін дейін сот "
    "бола болды болып болған еді екен қандай не кім қайда қашан неге маған саған оған бізге сізге "
    "айтамын айтты келді келдім барды жатыр тұр отыр талапкер жауапкер"
)
_RUSSIAN = (
    "и в на с к у о об от до из за по под над при про без для через не ни что как так это этот эта "
    "эти он она оно они я ты мы вы мне вам нам нас вас его ее их был была было были есть будет же "
    "бы ли но а или если когда где кто чего чем тоже уже еще только очень потом вчера сегодня да "
    "нет суд суда судья дело дела прошу истец конечно значит вообще короче просто сейчас идет да де"
)
_KAZAKH_WORDS, _RUSSIAN_WORDS = frozenset(_KAZAKH.split()), frozenset(_RUSSIAN.split())
_KAZAKH_ENDING = re.compile(
    "(?:лар|лер|дар|дер|тар|тер|ның|нің|дың|дің|тың|тің|ған|ген|қан|кен|мын|мін|сыз|сіз|ыңыз|іңіз"
    "|ады|еді|йды|йді|атын|етін|ымыз|іміз|ынан|інен|ында|інде|ына|іне|ды|ді|ты|ті|ып|іп)$"
)
_RUSSIAN_ENDING = re.compile(
    "(?:ого|его|ому|ему|ыми|ими|ая|яя|ое|ее|ые|ие|ый|ий|ой|ость|ости|ение|ения|ании|ании|ться|тся"
    "|ть|ли|ла|ло|ов|ев|ами|ями|ах|ях|ции|ция|ешь|ете|ует|ают|яют)$"
)
_LETTER, _WORD, _RARE, _ENDING = 6.0, 2.5, 1.5, 1.0
_BOTH = _KAZAKH_WORDS & _RUSSIAN_WORDS
_SWITCH = 1.5
"""Cost of a change of language between two words."""
_PRIOR = 0.7
"""Evidence of the language that the sound was taken for."""
_LEAST_LETTERS = 4
"""Shorter words tell nothing by their endings."""


def kazakh_evidence(word: str) -> float:
    """Natural logarithm of how much likelier the word is Kazakh than Russian; 0 is undecided."""
    text = fold(word)
    evidence = 0.0
    if _KAZAKH_LETTERS.search(text):
        evidence += _LETTER
    if text not in _BOTH:
        evidence += _WORD * ((text in _KAZAKH_WORDS) - (text in _RUSSIAN_WORDS))
    if _RUSSIAN_LETTERS.search(text):
        evidence -= _RARE
    if len(text) >= _LEAST_LETTERS:
        kazakh, russian = _KAZAKH_ENDING.search(text), _RUSSIAN_ENDING.search(text)
        evidence += _ENDING * (bool(kazakh) - bool(russian))
    return evidence


def word_languages(
    words: Sequence[str], languages: Sequence[Language], heard: Language | None = None
) -> tuple[Language, ...]:
    """Language of each word of a sentence: the likeliest sequence (Viterbi, two states).

    Parameters
    ----------
    words
        In order.
    languages
        Languages of the hearing; where it has one, every word is of that.
    heard
        Language that the sound was taken for, if anybody asked.
    """
    if len(languages) == 1 or not words:
        return (languages[0],) * len(words)
    prior = {"kk": _PRIOR, "ru": -_PRIOR}.get(heard or "", 0.0)
    score = np.zeros(2)
    backward = []
    for word in words:
        evidence = kazakh_evidence(word) + prior
        moved = score[::-1] - _SWITCH
        backward.append(moved > score)
        score = np.maximum(score, moved) + np.array([evidence, -evidence]) / 2
    # Without any evidence Russian, which every court speaks.
    state = 0 if score[0] > score[1] else 1
    found: list[Language] = []
    for moved_here in reversed(backward):
        found.append("kk" if state == 0 else "ru")
        state = 1 - state if moved_here[state] else state
    return tuple(reversed(found))
