"""Names for containers that nobody has named: two words, as Docker gives them."""

from __future__ import annotations

_HOW_TEXT = """able agile airy amber apt avid bold brave brisk calm candid clear clever cosy crisp
deft eager early easy fair fine fond frank fresh glad good happy hardy jolly keen kind lively loyal
lucid mellow merry mild neat nimble noble patient plain prime proud pure quick quiet ready ripe shy
smart snug sober steady sunny swift tidy true vivid warm wise witty zesty"""

#: People who built networks.
_WHO_TEXT = """abramson baran bartik bellovin berners_lee cerf cheriton clark crocker davies deering
elz estrin feinler floyd hinden huitema jacobson kahn karels kleinrock licklider lynch mcquillan
metcalfe mills mockapetris moy nagle partridge perlman postel pouzin rekhter roberts rosen saltzer
shenker stallman taylor tomlinson varghese vixie wakeman zhang zimmermann"""

_HOW, _WHO = _HOW_TEXT.split(), _WHO_TEXT.split()


def name_of(number: int) -> str:
    """A name such as ``keen_perlman``; any number gives one."""
    who, how = divmod(number, len(_HOW))
    return f"{_HOW[how]}_{_WHO[who % len(_WHO)]}"
