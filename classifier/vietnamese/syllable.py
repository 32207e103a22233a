"""What a syllable of Vietnamese is, written with its accents or without: the one definition."""

from __future__ import annotations

import re
import unicodedata

_ONSETS = frozenset(",b,c,ch,d,đ,g,gh,gi,h,k,kh,l,m,n,ng,ngh,nh,p,ph,q,qu,r,s,t,th,tr,v,x".split(","))  # noqa: SIM905  see below
# Rhymes without their tones; after `qu` and `gi` some stand that begin with the glide's own letter.
_RHYMES = frozenset(
    """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich im in ing inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc oong op ot oăc oăm oăn oăng
    oăt ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung uơ up ut uy uya uych uynh uyp uyt uyu uyên uyêt
    uâng uân uât uây uê uêch uênh uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yên yêm yêng yêt yêu ynh ych yt yp""".split()  # noqa: SIM905  as above
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_STOPS = ("c", "ch", "p", "t")
_STOPPED_TONES = ("\u0301", "\u0323")
_PLAIN = frozenset(onset + rhyme for onset in _ONSETS for rhyme in _RHYMES)
_MARKS = re.compile("[\u0300-\u036f]")
_LETTERS = [chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))]
"""Of Latin script with accents, as one character each."""


def is_syllable(word: str) -> bool:
    """Whether a word in NFC is spelled as one Vietnamese syllable: onset, rhyme, at most one tone, one it can have."""
    # Circumflex, breve and horn belong to the letter, so only the five tones are taken off.
    lower = word.lower()
    if lower.isascii():
        return lower in _PLAIN and not lower.endswith(_STOPS)
    if _MARKS.search(lower):  # what did not compose
        apart = unicodedata.normalize("NFD", lower)
        tones = "".join(_TONES.findall(apart))
        plain = unicodedata.normalize("NFC", _TONES.sub("", apart))
    else:
        tones = "".join([tone for letter in lower if (tone := _TONE_OF.get(letter))])
        plain = lower.translate(_UNTONED)
    return len(tones) <= 1 and plain in _PLAIN and (tones in _STOPPED_TONES or not plain.endswith(_STOPS))


def is_bare_syllable(word: str) -> bool:
    """Whether a word in lower case is one typed without accents: `viet` for `việt`, `dang` for `đang`."""
    return any(word[:cut] in _BARE_ONSETS and word[cut:] in _BARE_RHYMES for cut in range(4))


def bare(text: str) -> str:
    """The text without accents, hooks and bars: what is left when Vietnamese is typed on another keyboard."""
    if text.isascii():
        return text
    quick = text.translate(_BARED)
    return quick if quick.isascii() else _bare(text)


def _bare(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFD", text)).replace("đ", "d").replace("Đ", "D")


def _untoned(letter: str) -> tuple[str, str]:
    """A letter without its tones, and these."""
    apart = unicodedata.normalize("NFD", letter)
    return unicodedata.normalize("NFC", _TONES.sub("", apart)), "".join(_TONES.findall(apart))


_TONE_OF = {letter: tones for letter in _LETTERS if (tones := _untoned(letter)[1])}
_UNTONED = {ord(letter): _untoned(letter)[0] for letter in _TONE_OF}
_BARED = {ord(letter): plain for letter in _LETTERS if (plain := _bare(letter)).isascii()}
_BARE_ONSETS = frozenset(map(bare, _ONSETS))
_BARE_RHYMES = frozenset(map(bare, _RHYMES))
