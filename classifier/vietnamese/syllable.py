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
_STOPPED_TONES = ("\u0301", "\u0323")


def is_syllable(word: str) -> bool:
    """Whether a word in NFC is spelled as one Vietnamese syllable: onset, rhyme, at most one tone, one it can have."""
    # Circumflex, breve and horn belong to the letter, so only the five tones are taken off.
    apart = unicodedata.normalize("NFD", word.lower())
    tones = _TONES.findall(apart)
    if len(tones) > 1:
        return False
    plain = unicodedata.normalize("NFC", _TONES.sub("", apart))
    if plain.endswith(("c", "ch", "p", "t")) and tones not in [[tone] for tone in _STOPPED_TONES]:
        return False
    return any(plain[:cut] in _ONSETS and plain[cut:] in _RHYMES for cut in range(4))


def is_bare_syllable(word: str) -> bool:
    """Whether a word in lower case is one typed without accents: `viet` for `việt`, `dang` for `đang`."""
    return any(word[:cut] in _BARE_ONSETS and word[cut:] in _BARE_RHYMES for cut in range(4))


def bare(text: str) -> str:
    """The text without accents, hooks and bars: what is left when Vietnamese is typed on another keyboard."""
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text)).replace("đ", "d").replace("Đ", "D")


_BARE_ONSETS = frozenset(map(bare, _ONSETS))
_BARE_RHYMES = frozenset(map(bare, _RHYMES))
