"""Who speaks when.

::

    from hattama.diarization.diarizer import PyannoteDiarizer
    from hattama.diarization.options import DiarizationOptions
    from hattama.models.store import ModelStore

    diarizer = PyannoteDiarizer(ModelStore.default(), DiarizationOptions(max_speakers=8))
    for turn in diarizer.diarize(samples).turns:  # samples: 16 kHz mono, a `Samples`
        print(turn.start, turn.end, turn.speaker)

`hattama.diarization.microphones` does the same for recordings with one channel a microphone, and
`hattama.diarization.loading` picks a diarizer by name.
"""
