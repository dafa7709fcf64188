"""Words that every court says: Whisper is told them before it listens.

General terms of procedure, in the order in which a hearing tends to use them. A case's own names
come from its glossary.
"""

from __future__ import annotations

from hattama.engine.document.model import Language

COURT_TERMS: dict[Language, str] = {
    "ru": (
        "Судебное заседание. Председательствующий, секретарь, истец, ответчик, прокурор, "
        "защитник, подсудимый, потерпевший, свидетель, эксперт, представитель, переводчик. "
        "Ходатайство, отвод, исковые требования, приобщить к материалам дела."
    ),
    "kk": (
        "Сот отырысы. Төрағалық етуші, хатшы, талапкер, жауапкер, прокурор, қорғаушы, "
        "сотталушы, жәбірленуші, куә, сарапшы, өкіл, аудармашы. "
        "Өтінішхат, қарсылық білдіру, талап қою, іс материалдарына қоса тіркеу."
    ),
}
"""One short passage a language."""
