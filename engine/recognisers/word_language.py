"""Language of each word, from its letters and from the words around it.

A Kazakh court speaks both languages in one sentence. The evidence of a word is certain (a letter
that only Kazakh has), strong (a common word) or weak (an ending, the build of its syllables); a
chain over the sentence carries it to words that have little. The weights are set by hand, not
learned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from hattama.engine.document.model import Language
from hattama.engine.recognisers.common_words import KAZAKH_WORDS, RUSSIAN_WORDS
from hattama.engine.scoring.normalise import fold

_EDGES = re.compile(r"^\W+|\W+$")
_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_RUSSIAN_LETTERS = re.compile("[щъьцэфчв]")
"""Kazakh writes these in loanwords alone."""
_KAZAKH_ENDING = re.compile(
    "(?:[дтл]ар|[дтл]ер|[бпм]айды|[бпм]ейді|ады|йды|еді|йді|[дт]ы|ып|[дт]ым|[дт]ық|[бпм]ын|мыз|сыз"
    "|[дтн]ан|[дтн]ен|[дт]а|[дт]е|ында|асында|[бпм]ай|[бпм]ей|[бпм]а[дс]ы?|[дт]ай|[дт]ей|атын|сын"
    "|ым|ымыз|[мбп]ен|сам|сем|са|се|лы|шы|ша|ше|ар|ер|мас|мес|ба|бе|ау)$"
)
_RUSSIAN_ENDING = re.compile(
    "(?:[аяо]го|его|[оае]му|[ыи]ми|[ая]я|[уюь]ю|[ое]е|[ыи]е|[ыиоуе]й|[ое]м|ость|ости|ени[еяюй]|ани[еяюй]"
    "|[тч]ся|ть|ти|[аяиеуы]л[аио]?|[аяеоы]н[аоы]?|[оеё]в|[аяо]ми|[ая]х|ци[ияюей]|[еиа]шь|[еи]те|[уюая]т"
    "|[еи]т|ск[аиоу][йемх]?|тел[ьяюеи]|ик[аиуе]?|[еи]ц|[ое]к|но|ко|ла|ли|ло)$"
)
_CLUSTER = re.compile("^[бвгджзклмнпрстфхцчшщ]{2}")
"""No Kazakh word begins with two consonants."""
_LATE_O = re.compile("[аеиоуыэюя][^аеиоуыэюя]+о")
"""Kazakh has «о» in first syllables alone."""
_FRONT, _BACK = re.compile("е"), re.compile("[аоы]")
_WITH = re.compile("[мбп]ен$")
"""«Олармен»: the one ending that does not follow the vowels of its word."""
_LETTER, _WORD, _RARE, _ENDING, _BUILD = 6.0, 4.0, 1.5, 1.0, 1.5
_BOTH = KAZAKH_WORDS & RUSSIAN_WORDS
_SWITCH = 1.5
"""Cost of a change of language between two words."""
_PRIOR = 0.7
"""Evidence of the language that the sound was taken for."""
_LEAST_LETTERS = 4
"""Shorter words tell nothing by their endings and syllables."""


def kazakh_evidence(word: str) -> float:
    """Natural logarithm of how much likelier the word is Kazakh than Russian; 0 is undecided."""
    text = _EDGES.sub("", fold(word))
    if text in _BOTH:
        return 0.0
    evidence = _WORD * ((text in KAZAKH_WORDS) - (text in RUSSIAN_WORDS))
    if _KAZAKH_LETTERS.search(text):
        evidence += _LETTER
    if _RUSSIAN_LETTERS.search(text):
        evidence -= _RARE
    if len(text) >= _LEAST_LETTERS:
        kazakh, russian = _KAZAKH_ENDING.search(text), _RUSSIAN_ENDING.search(text)
        evidence += _ENDING * (bool(kazakh) - bool(russian))
        evidence -= _BUILD * _foreign_build(text)
    return evidence


def _foreign_build(text: str) -> int:
    """How many rules of Kazakh syllables the word breaks."""
    harmony = _WITH.sub("", text)
    mixed = bool(_FRONT.search(harmony)) and bool(_BACK.search(harmony))
    return bool(_CLUSTER.search(text)) + bool(_LATE_O.search(text)) + mixed


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
