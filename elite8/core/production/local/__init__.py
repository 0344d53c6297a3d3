"""The local engine: art, voice, music, captions, on this machine with no account."""
