/* The native core: the loops of segmentation and features, over arrays that numpy owns.

   Every function takes arrays through the buffer protocol, asks of each how long it is before it touches it, and keeps
   nothing when it returns; docs/core.md tells the arrays. Written for the stable ABI of Python 3.11, so that one build
   serves all later ones. What each function computes is defined by the numpy code beside its caller, to the last bit:
   sums go from left to right, and no product and sum may be contracted into one rounding (-ffp-contract=off). */

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)(address))
#endif

#define MULTIPLIER UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio: Fibonacci hashing, Knuth TAOCP 3, 6.4 */
#define AHEAD 16                                /* so many look-ups are under way at once */

/* ---- arrays ---------------------------------------------------------------------------------------------------- */

#define MOST_ARRAYS 24

/* The arrays that one call has taken; `release` gives them all back. */
typedef struct {
    Py_buffer views[MOST_ARRAYS];
    int taken;
} Arrays;

static void release(Arrays *arrays)
{
    while (arrays->taken > 0)
        PyBuffer_Release(&arrays->views[--arrays->taken]);
}

/* The items of an array that has at least `least` of them, each of `size` bytes, and in *length how many it has (NULL:
   nobody asks). NULL with an exception where it is something else. */
static void *take(Arrays *arrays, PyObject *from, Py_ssize_t size, Py_ssize_t least, int writable, Py_ssize_t *length)
{
    Py_buffer *view = &arrays->views[arrays->taken];
    if (arrays->taken == MOST_ARRAYS) {
        PyErr_SetString(PyExc_SystemError, "more arrays than the core has places for");
        return NULL;
    }
    if (PyObject_GetBuffer(from, view, writable ? PyBUF_CONTIG : PyBUF_CONTIG_RO) < 0)
        return NULL;
    arrays->taken++;
    if (view->itemsize != size || view->len < 0 || view->len / size < least) {
        PyErr_Format(PyExc_ValueError, "array %d has %zd bytes in items of %zd; %zd items of %zd are needed",
                     arrays->taken, view->len, view->itemsize, least, size);
        return NULL;
    }
    if (length != NULL)
        *length = view->len / size;
    return view->buf;
}

/* ---- texts ----------------------------------------------------------------------------------------------------- */

/* Whether a character stays as it is in tidy text whatever stands beside it: composed (NFC) for certain, no NUL, no
   carriage return, no surrogate. All below U+0300 are composed, as are the Vietnamese letters and common punctuation. */
static int is_plain(Py_UCS4 character)
{
    const int low = (character < 0x300) & (character != 0) & (character != '\r');
    return low | (character - 0x1EA0u <= 0x1EF9u - 0x1EA0u) | (character - 0x2010u <= 0x2027u - 0x2010u);
}

#define PLAIN_BLOCK 256

PyDoc_STRVAR(plain_doc, "plain(text): True where nothing has to be tidied in a text; False where Python must look.");

static PyObject *plain_text(PyObject *module, PyObject *text)
{
    (void)module;
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is no string");
        return NULL;
    }
    const Py_ssize_t length = PyUnicode_GetLength(text);
    Py_UCS4 *all = PyUnicode_AsUCS4Copy(text);
    if (all == NULL)
        return NULL;
    int plain = 1;
    for (Py_ssize_t at = 0; at < length && plain;) {
        const Py_ssize_t end = length - at > PLAIN_BLOCK ? at + PLAIN_BLOCK : length;
        for (; at < end; at++) /* without a branch, so that compilers look at several characters at once */
            plain &= is_plain(all[at]);
    }
    PyMem_Free(all);
    return PyBool_FromLong(plain);
}

PyDoc_STRVAR(clear_doc,
             "clear(text, odd): True where `odd` has a 0 for every character of the text; characters past its end are odd.");

static PyObject *clear_text(PyObject *module, PyObject *args)
{
    PyObject *text, *from;
    Arrays arrays = {.taken = 0};
    Py_ssize_t count;
    (void)module;
    if (!PyArg_ParseTuple(args, "UO", &text, &from))
        return NULL;
    const uint8_t *odd = take(&arrays, from, 1, 1, 0, &count);
    const Py_ssize_t length = PyUnicode_GetLength(text);
    Py_UCS4 *all = odd == NULL ? NULL : PyUnicode_AsUCS4Copy(text);
    if (all == NULL) {
        release(&arrays);
        return NULL;
    }
    unsigned found = 0;
    for (Py_ssize_t at = 0; at < length && !found;) {
        const Py_ssize_t end = length - at > PLAIN_BLOCK ? at + PLAIN_BLOCK : length;
        for (; at < end; at++)
            found |= all[at] < (size_t)count ? odd[all[at]] : 1u;
    }
    PyMem_Free(all);
    release(&arrays);
    return PyBool_FromLong(!found);
}

/* ---- runs ------------------------------------------------------------------------------------------------------ */

/* What `classes` says of a character; one beyond its end is none of these. */
enum { SPACE = 1, LETTER = 2, DIGIT = 4, CAPITAL = 8, STOP = 16, LINE = 32, SIGN = 64, ALONE = 128 };

/* What `state` holds, in this order. */
enum { ENTRIES, ARENA, TEXT, OFFSET, FOUND, NEED, KEY, STATE_ITEMS };

/* The parts that are known: entry e is lengths[e] code points from arena[at[e]] on; slots hold entries, -1 is free. */
typedef struct {
    const uint8_t *classes;
    int32_t *slots;
    uint64_t *hashes;
    int64_t *at;
    int32_t *lengths;
    uint8_t *uses;
    uint32_t *arena;
    int64_t *state;
    Py_ssize_t class_count, slot_count, room, arena_room;
    int shift;
} Parts;

static unsigned class_of(const Parts *parts, Py_UCS4 character)
{
    return character < (size_t)parts->class_count ? parts->classes[character] : 0;
}

/* A part of a text, from `begin` up to `end`. */
typedef struct {
    Py_ssize_t begin, end;
    uint64_t hash;
} Part;

#define MOST_PARTS 8
#define LONGEST_TITLE 3 /* letters of Tp., Mrs., ThS. */
#define PARTS_AHEAD 64 /* so many parts are on their way from memory at once */

/* The hash of a part grows by a character. Keyed, so that nobody who writes a text can know what falls into one slot;
   the shift brings the upper half, which the product mixes best, into the lower. */
static uint64_t hashed(uint64_t hash, Py_UCS4 character, uint64_t key)
{
    hash = (hash ^ character) * key;
    return hash ^ (hash >> 32);
}

static uint64_t hash_of(const Py_UCS4 *from, Py_ssize_t length, uint64_t key)
{
    uint64_t hash = key;
    for (Py_ssize_t at = 0; at < length; at++)
        hash = hashed(hash, from[at], key);
    return hash;
}

/* The entry of a part, a new one where it has none; the caller has seen to the room. -1 with an exception. */
static int32_t entry_of(Parts *parts, PyObject *text, const Py_UCS4 *all, Part part, PyObject *fresh)
{
    const Py_UCS4 *from = all + part.begin;
    const Py_ssize_t length = part.end - part.begin;
    const uint64_t hash = part.hash * MULTIPLIER;
    const uint64_t mask = (uint64_t)parts->slot_count - 1;
    uint64_t slot = hash >> parts->shift, probes = 0;
    int32_t entry;
    while ((entry = parts->slots[slot]) >= 0) {
        if (entry >= parts->state[ENTRIES] || probes++ > mask) {
            PyErr_SetString(PyExc_ValueError, "a slot holds no entry, or none is free");
            return -1;
        }
        if (parts->hashes[entry] == hash && parts->lengths[entry] == length) {
            const int64_t at = parts->at[entry];
            if (at < 0 || at > parts->state[ARENA] - length) {
                PyErr_SetString(PyExc_ValueError, "an entry lies outside of the arena");
                return -1;
            }
            if (memcmp(parts->arena + at, from, (size_t)length * sizeof(Py_UCS4)) == 0) {
                if (parts->uses[entry] < UINT8_MAX)
                    parts->uses[entry]++;
                return entry;
            }
        }
        slot = (slot + 1) & mask;
    }
    PyObject *string = PyUnicode_Substring(text, part.begin, part.end);
    if (string == NULL)
        return -1;
    const int failed = PyList_Append(fresh, string);
    Py_DECREF(string);
    if (failed)
        return -1;
    entry = (int32_t)parts->state[ENTRIES]++;
    parts->slots[slot] = entry;
    parts->hashes[entry] = hash;
    parts->at[entry] = parts->state[ARENA];
    parts->lengths[entry] = (int32_t)length;
    parts->uses[entry] = 1;
    memcpy(parts->arena + parts->state[ARENA], from, (size_t)length * sizeof(Py_UCS4));
    parts->state[ARENA] += length;
    return entry;
}

/* Whether a full stop behind the letters from `first` up to `end` may belong to them: `TP.`, `Mr.` (_BEFORE_EMAIL in
   syllables.py). */
static int may_abbreviate(const Parts *parts, const Py_UCS4 *all, Py_ssize_t first, Py_ssize_t end)
{
    if (!(class_of(parts, all[first]) & CAPITAL))
        return 0;
    Py_ssize_t at = first;
    while (at < end && (class_of(parts, all[at]) & CAPITAL))
        at++;
    return at == end || end - first <= LONGEST_TITLE;
}

/* Whether a sign is the beginning of one of more characters: `->`, `==>`, `>>`, or may stand within an address: `://`. */
static int begins_more(const Py_UCS4 *all, Py_ssize_t begin, Py_ssize_t at, Py_ssize_t length)
{
    const Py_UCS4 next = at + 1 < length ? all[at + 1] : ' ';
    switch (all[at]) {
    case '-':
    case '>':
        return next == '>';
    case '=':
        return next == '=';
    default:
        return at > begin && all[at - 1] == ':';
    }
}

/* The parts that the run from `begin` on is looked up as, 1 to MOST_PARTS of them; the last one ends where it ends:
   letters and digits, and each other character by itself, as `cut` (syllables.py) cuts most runs; a run of which that
   is not certain is one part, which Python cuts once. */
static int parts_of(const Parts *parts, const Py_UCS4 *all, Py_ssize_t begin, Py_ssize_t length, Part found[MOST_PARTS])
{
    const uint64_t key = (uint64_t)parts->state[KEY];
    Py_ssize_t at = begin;
    int count = 0;
    unsigned class = class_of(parts, all[at]);
    if (class & LINE) {
        found[0] = (Part){begin, begin + 1, hashed(key, all[begin], key)};
        return 1;
    }
    for (; !(class & (SPACE | LINE)); class = at < length ? class_of(parts, all[at]) : SPACE) {
        const Py_ssize_t first = at;
        uint64_t hash = key;
        if (count == MOST_PARTS)
            goto whole;
        if (class & LETTER) {
            unsigned last;
            do {
                last = class;
                hash = hashed(hash, all[at++], key);
                class = at < length ? class_of(parts, all[at]) : SPACE;
            } while (class & LETTER);
            if ((class & STOP) && may_abbreviate(parts, all, first, at))
                goto whole;
            if ((last & DIGIT) && at + 1 < length && (all[at] == '.' || all[at] == ',') &&
                (class_of(parts, all[at + 1]) & DIGIT))
                goto whole; /* 1,5 and 1.500 are one */
        } else if (class & STOP) {
            const int three = at + 2 < length && all[at + 1] == '.' && all[at + 2] == '.';
            at += three ? 3 : 1;
            hash = hash_of(all + first, at - first, key);
        } else if ((class & ALONE) || ((class & SIGN) && !begins_more(all, begin, at, length)))
            hash = hashed(hash, all[at++], key);
        else
            goto whole;
        found[count++] = (Part){first, at, hash};
    }
    return count;
whole:
    while (at < length && !(class_of(parts, all[at]) & (SPACE | LINE)))
        at++;
    found[0] = (Part){begin, at, hash_of(all + begin, at - begin, key)};
    return 1;
}

static int find_in_text(Parts *parts, PyObject *text, PyObject *fresh, int32_t *out, Py_ssize_t out_room)
{
    const Py_ssize_t length = PyUnicode_GetLength(text);
    int64_t *state = parts->state;
    Py_ssize_t at = (Py_ssize_t)state[OFFSET];
    if (length < 0)
        return -1;
    if (at < 0 || at > length) {
        PyErr_SetString(PyExc_ValueError, "the offset lies outside of the text");
        return -1;
    }
    Py_UCS4 *all = PyUnicode_AsUCS4Copy(text);
    if (all == NULL)
        return -1;
    int result = 0;
    while (at < length && result == 0) {
        Part found[PARTS_AHEAD];
        const Py_ssize_t begin = at;
        int count = 0;
        while (at < length && count + MOST_PARTS <= PARTS_AHEAD) {
            if (class_of(parts, all[at]) & SPACE) {
                at++;
                continue;
            }
            const int first = count;
            count += parts_of(parts, all, at, length, found + count);
            at = found[count - 1].end;
            for (int part = first; part < count; part++)
                PREFETCH(&parts->slots[(found[part].hash * MULTIPLIER) >> parts->shift]);
        }
        if (state[FOUND] + count > out_room || state[ENTRIES] + count > parts->room ||
            2 * (state[ENTRIES] + count) > parts->slot_count || at - begin > parts->arena_room - state[ARENA]) {
            state[NEED] = at - begin;
            at = begin;
            result = 1;
            break;
        }
        for (int part = 0; part < count; part++) {
            const int32_t entry = parts->slots[(found[part].hash * MULTIPLIER) >> parts->shift];
            if (entry >= 0 && entry < state[ENTRIES]) {
                PREFETCH(&parts->hashes[entry]);
                PREFETCH(&parts->lengths[entry]);
                PREFETCH(&parts->at[entry]);
            }
        }
        for (int part = 0; part < count && result == 0; part++) {
            const int32_t entry = found[part].end - found[part].begin > INT32_MAX
                                      ? -1
                                      : entry_of(parts, text, all, found[part], fresh);
            if (entry < 0) {
                if (!PyErr_Occurred())
                    PyErr_SetString(PyExc_OverflowError, "a run of more than 2^31 characters");
                result = -1;
            } else
                out[state[FOUND]++] = entry;
        }
    }
    state[OFFSET] = at;
    PyMem_Free(all);
    return result;
}

PyDoc_STRVAR(find_doc,
             "find(texts, classes, slots, hashes, at, lengths, uses, arena, state, out, ends, fresh): the entry of every\n"
             "part of the texts, new ones entered and appended to the list `fresh`. True when all is done; False where\n"
             "there is no room: call it again with larger arrays and the same state.");

static PyObject *find(PyObject *module, PyObject *args)
{
    PyObject *texts, *from[10], *fresh;
    Arrays arrays = {.taken = 0};
    Parts parts;
    Py_ssize_t out_room, others[3];
    int64_t *ends;
    int32_t *out;
    int bits = 0, result = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!OOOOOOOOOOO!", &PyList_Type, &texts, &from[0], &from[1], &from[2], &from[3],
                          &from[4], &from[5], &from[6], &from[7], &from[8], &from[9], &PyList_Type, &fresh))
        return NULL;
    const Py_ssize_t count = PyList_Size(texts);
    if ((parts.classes = take(&arrays, from[0], 1, 0, 0, &parts.class_count)) == NULL ||
        (parts.slots = take(&arrays, from[1], 4, 2, 1, &parts.slot_count)) == NULL ||
        (parts.hashes = take(&arrays, from[2], 8, 0, 1, &parts.room)) == NULL ||
        (parts.at = take(&arrays, from[3], 8, parts.room, 1, &others[0])) == NULL ||
        (parts.lengths = take(&arrays, from[4], 4, parts.room, 1, &others[1])) == NULL ||
        (parts.uses = take(&arrays, from[5], 1, parts.room, 1, &others[2])) == NULL ||
        (parts.arena = take(&arrays, from[6], 4, 0, 1, &parts.arena_room)) == NULL ||
        (parts.state = take(&arrays, from[7], 8, STATE_ITEMS, 1, NULL)) == NULL ||
        (out = take(&arrays, from[8], 4, 0, 1, &out_room)) == NULL ||
        (ends = take(&arrays, from[9], 8, count, 1, NULL)) == NULL)
        goto failed;
    while (((Py_ssize_t)1 << bits) < parts.slot_count && bits < 32)
        bits++;
    parts.shift = 64 - bits;
    int64_t *state = parts.state;
    if (((Py_ssize_t)1 << bits) != parts.slot_count || state[ENTRIES] < 0 || 2 * state[ENTRIES] > parts.slot_count ||
        state[ENTRIES] > parts.room || state[ARENA] < 0 || state[ARENA] > parts.arena_room || state[TEXT] < 0 ||
        state[FOUND] < 0 || state[FOUND] > out_room || !(state[KEY] & 1)) {
        PyErr_SetString(PyExc_ValueError, "the state does not fit the arrays");
        goto failed;
    }
    while (state[TEXT] < count) {
        PyObject *text = PyList_GetItem(texts, (Py_ssize_t)state[TEXT]);
        if (text == NULL || !PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "a text is no string");
            goto failed;
        }
        result = find_in_text(&parts, text, fresh, out, out_room);
        if (result < 0)
            goto failed;
        if (result > 0)
            break;
        ends[state[TEXT]++] = state[FOUND];
        state[OFFSET] = 0;
    }
    release(&arrays);
    return PyBool_FromLong(result == 0);
failed:
    release(&arrays);
    return NULL;
}

PyDoc_STRVAR(enter_doc, "enter(hashes, slots): puts the entries 0, 1, … with these hashes into empty slots.");

static PyObject *enter(PyObject *module, PyObject *args)
{
    PyObject *from_hashes, *from_slots;
    Arrays arrays = {.taken = 0};
    const uint64_t *hashes;
    int32_t *slots;
    Py_ssize_t count, places;
    int bits = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO", &from_hashes, &from_slots))
        return NULL;
    if ((hashes = take(&arrays, from_hashes, 8, 0, 0, &count)) == NULL ||
        (slots = take(&arrays, from_slots, 4, 2, 1, &places)) == NULL)
        goto failed;
    while (((Py_ssize_t)1 << bits) < places && bits < 32)
        bits++;
    if (((Py_ssize_t)1 << bits) != places || 2 * count > places) {
        PyErr_SetString(PyExc_ValueError, "the slots are not a power of two, or too few");
        goto failed;
    }
    memset(slots, 0xFF, (size_t)places * sizeof(int32_t));
    for (Py_ssize_t entry = 0; entry < count; entry++) {
        uint64_t slot = hashes[entry] >> (64 - bits);
        while (slots[slot] >= 0)
            slot = (slot + 1) & ((uint64_t)places - 1);
        slots[slot] = (int32_t)entry;
    }
    release(&arrays);
    Py_RETURN_NONE;
failed:
    release(&arrays);
    return NULL;
}

PyDoc_STRVAR(spread_doc,
             "spread(found, ends, pieces, flat, out, pads): the syllable ids of the entries found, a pad (0) before each\n"
             "text and at the end, and where the pads stand. How many ids there are; where `out` is too short for them,\n"
             "nothing is written.");

static PyObject *spread(PyObject *module, PyObject *args)
{
    PyObject *from[6];
    Arrays arrays = {.taken = 0};
    const int32_t *found, *pieces, *flat;
    const int64_t *ends;
    int32_t *out;
    int64_t *pads;
    Py_ssize_t count, texts, entries, flat_count, room, total, to = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOOOO", &from[0], &from[1], &from[2], &from[3], &from[4], &from[5]))
        return NULL;
    if ((found = take(&arrays, from[0], 4, 0, 0, &count)) == NULL ||
        (ends = take(&arrays, from[1], 8, 0, 0, &texts)) == NULL ||
        (pieces = take(&arrays, from[2], 4, 0, 0, &entries)) == NULL ||
        (flat = take(&arrays, from[3], 4, 0, 0, &flat_count)) == NULL ||
        (out = take(&arrays, from[4], 4, 0, 1, &room)) == NULL ||
        (pads = take(&arrays, from[5], 8, texts + 1, 1, NULL)) == NULL)
        goto failed;
    total = texts + 1;
    for (Py_ssize_t at = 0; at < count; at++) {
        if (found[at] < 0 || found[at] >= entries)
            goto outside;
        const int32_t piece = pieces[found[at]];
        if (piece < 0) {
            const Py_ssize_t first = ~(Py_ssize_t)piece;
            if (first >= flat_count || flat[first] < 0 || flat[first] > flat_count - first - 1)
                goto outside;
            total += flat[first];
        } else
            total++;
    }
    if (total > room) {
        release(&arrays);
        return PyLong_FromSsize_t(total);
    }
    Py_ssize_t at = 0;
    for (Py_ssize_t text = 0; text < texts; text++) {
        if (ends[text] < at || ends[text] > count)
            goto outside;
        pads[text] = to;
        out[to++] = 0;
        for (; at < ends[text]; at++) {
            const int32_t piece = pieces[found[at]];
            if (piece >= 0)
                out[to++] = piece;
            else {
                const int32_t *list = flat + ~(Py_ssize_t)piece;
                memcpy(out + to, list + 1, (size_t)list[0] * sizeof(int32_t));
                to += list[0];
            }
        }
    }
    pads[texts] = to;
    out[to++] = 0;
    release(&arrays);
    return PyLong_FromSsize_t(to);
outside:
    PyErr_SetString(PyExc_ValueError, "an entry, a piece or an end lies outside of its array");
failed:
    release(&arrays);
    return NULL;
}

/* ---- lattice --------------------------------------------------------------------------------------------------- */

/* The weights of the two-label CRF, in the order of `weights`; segmenter.py derives the recursion. */
enum { BB, BI, IB, II, PAIR_FIRST, PAIR_SECOND, TRIPLE_FIRST, TRIPLE_LAST, WEIGHTS };

typedef struct {
    const uint8_t *bits, *filter;
    const int64_t *triples;
    int64_t words; /* numbers of listed syllables are below it, 0 is none */
    Py_ssize_t triple_count;
    int filter_bits;
} WordList;

static int is_pair(const WordList *list, int64_t first, int64_t second)
{
    const int64_t key = first * list->words + second; /* with 0, which is no word's number, its bit is not set */
    return (list->bits[key >> 3] >> (key & 7)) & 1;
}

static int is_triple(const WordList *list, int64_t first, int64_t second, int64_t third)
{
    const int64_t key = (int64_t)(((uint64_t)first * (uint64_t)list->words + (uint64_t)second) * (uint64_t)list->words +
                                  (uint64_t)third);
    if (!list->filter[((uint64_t)key * MULTIPLIER) >> (64 - list->filter_bits)])
        return 0;
    Py_ssize_t low = 0, high = list->triple_count;
    while (low < high) {
        const Py_ssize_t middle = low + (high - low) / 2;
        if (list->triples[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->triple_count && list->triples[low] == key;
}

static double larger(double one, double other)
{
    return one > other ? one : other;
}

/* What joining asks about a syllable, together so that one look at memory brings all of it: its gains for itself, its
   right and its left neighbour, its number in the word list, whether words may be joined to it, whether it is titled. */
typedef struct {
    double here, for_next, for_last;
    int32_t listed;
    uint8_t plain, titled, unused[2];
} Facts;

PyDoc_STRVAR(join_doc,
             "join(ids, facts, bits, triples, filter, words, weights, scratch, out): whether each syllable continues the\n"
             "word of the one before it: the Viterbi path, and pyvi's conditions on top of it. `facts` has an item of\n"
             "32 bytes for each syllable.");

static PyObject *join(PyObject *module, PyObject *args)
{
    PyObject *from[8];
    Arrays arrays = {.taken = 0};
    WordList list;
    const int32_t *ids;
    const double *w;
    const Facts *facts;
    double *score;
    uint8_t *out;
    long long words;
    Py_ssize_t n, known, bytes, filter_size;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOOOLOOO", &from[0], &from[1], &from[2], &from[3], &from[4], &words, &from[5],
                          &from[6], &from[7]))
        return NULL;
    if ((ids = take(&arrays, from[0], 4, 0, 0, &n)) == NULL ||
        (facts = take(&arrays, from[1], sizeof(Facts), 1, 0, &known)) == NULL ||
        (list.bits = take(&arrays, from[2], 1, 0, 0, &bytes)) == NULL ||
        (list.triples = take(&arrays, from[3], 8, 0, 0, &list.triple_count)) == NULL ||
        (list.filter = take(&arrays, from[4], 1, 2, 0, &filter_size)) == NULL ||
        (w = take(&arrays, from[5], 8, WEIGHTS, 0, NULL)) == NULL ||
        (score = take(&arrays, from[6], 8, n, 1, NULL)) == NULL ||
        (out = take(&arrays, from[7], 1, n, 1, NULL)) == NULL)
        goto failed;
    list.words = words;
    for (list.filter_bits = 1; ((Py_ssize_t)1 << list.filter_bits) < filter_size && list.filter_bits < 40;)
        list.filter_bits++;
    if (((Py_ssize_t)1 << list.filter_bits) != filter_size || words < 1 || words > 2000000 ||
        words * words / 8 >= bytes) {
        PyErr_SetString(PyExc_ValueError, "the list of words does not fit its arrays");
        goto failed;
    }
    int64_t before = 0;
    for (Py_ssize_t t = 0; t < n; t++) {
        if (ids[t] < 0 || ids[t] >= known || facts[ids[t]].listed < 0 || facts[ids[t]].listed >= words) {
            PyErr_SetString(PyExc_ValueError, "a syllable has no facts");
            goto failed;
        }
        PREFETCH(&list.bits[(before * words + facts[ids[t]].listed) >> 3]);
        before = facts[ids[t]].listed;
    }
    const double to_inside = w[BI] - w[II], to_begin = w[BB] - w[IB];
    const double low = to_inside < to_begin ? to_inside : to_begin, high = larger(to_inside, to_begin);
    const double ends[2] = {w[BI] - w[BB], w[II] - w[IB]};
    const double smallest = ends[0] < ends[1] ? ends[0] : ends[1], largest = larger(ends[0], ends[1]);
    int second = 0;            /* whether syllables t - 1 and t are a listed word */
    int triple[2] = {0, 0};    /* whether a listed word of three begins at t - 2, and at t - 1 */
    int above = 0, below = 0;
    const Facts none = {.here = 0.0}, *last = &none, *here = n > 0 ? &facts[ids[0]] : &none;
    for (Py_ssize_t t = 0; t < n; t++) {
        const Facts *next = t + 1 < n ? &facts[ids[t + 1]] : &none;
        const int first = is_pair(&list, here->listed, next->listed);
        const int begins_triple =
            t + 2 < n && is_triple(&list, here->listed, next->listed, facts[ids[t + 2]].listed);
        double sum = here->here;
        if (t > 0)
            sum += last->for_next;
        if (t + 1 < n)
            sum += next->for_last;
        sum += first * w[PAIR_FIRST]; /* products with 0 and 1 are exact, and cheaper than branches */
        sum += second * w[PAIR_SECOND];
        sum += begins_triple * w[TRIPLE_FIRST];
        sum += triple[0] * w[TRIPLE_LAST];
        second = first;
        triple[0] = triple[1];
        triple[1] = begins_triple;
        const int begins = t == 0 || ids[t - 1] == 0;
        if (begins)
            score[t] = sum;
        else if (above || below)
            score[t] = sum + ends[above];
        else
            score[t] = sum + (larger(w[BI], score[t - 1] + w[II]) - larger(w[BB], score[t - 1] + w[IB]));
        above = sum + (begins ? 0.0 : smallest) > high;
        below = sum + (begins ? 0.0 : largest) <= low;
        last = here;
        here = next;
    }
    int label = 0;
    const int keep = to_begin >= to_inside;
    for (Py_ssize_t t = n - 1; t >= 0; t--) {
        const int is_last = (t == n - 1 || ids[t + 1] == 0) && ids[t] != 0;
        if (is_last)
            label = score[t] > 0;
        else if (score[t] > high || score[t] <= low || ids[t] == 0)
            label = score[t] > high;
        else if (!keep)
            label = !label;
        out[t] = (uint8_t)label;
    }
    for (Py_ssize_t t = n - 1; t > 0; t--)
        if (out[t]) {
            const Facts *one = &facts[ids[t]], *other = &facts[ids[t - 1]];
            out[t] = one->plain && other->plain && !(one->titled && !other->titled);
        }
    if (n > 0)
        out[0] = 0;
    release(&arrays);
    Py_RETURN_NONE;
failed:
    release(&arrays);
    return NULL;
}

PyDoc_STRVAR(write_doc,
             "write(texts, ids, joined, pads, syllables, spaced, glued): each text with its syllables behind a space, or\n"
             "behind `_` where joined; a text without any as it is.");

static PyObject *write_texts(PyObject *module, PyObject *args)
{
    PyObject *texts, *from[3], *syllables, *spaced, *glued, *result = NULL, *nothing = NULL;
    Arrays arrays = {.taken = 0};
    const int32_t *ids;
    const uint8_t *joined;
    const int64_t *pads;
    Py_ssize_t n;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!OOOO!O!O!", &PyList_Type, &texts, &from[0], &from[1], &from[2], &PyList_Type,
                          &syllables, &PyList_Type, &spaced, &PyList_Type, &glued))
        return NULL;
    const Py_ssize_t count = PyList_Size(texts), known = PyList_Size(syllables);
    if ((ids = take(&arrays, from[0], 4, 0, 0, &n)) == NULL || (joined = take(&arrays, from[1], 1, n, 0, NULL)) == NULL ||
        (pads = take(&arrays, from[2], 8, count + 1, 0, NULL)) == NULL)
        goto done;
    if (PyList_Size(spaced) != known || PyList_Size(glued) != known) {
        PyErr_SetString(PyExc_ValueError, "the lists of syllables differ in length");
        goto done;
    }
    if ((nothing = PyUnicode_FromString("")) == NULL || (result = PyList_New(count)) == NULL)
        goto done;
    for (Py_ssize_t text = 0; text < count; text++) {
        const int64_t begin = pads[text] + 1, end = pads[text + 1];
        PyObject *written = NULL;
        if (begin >= end) {
            written = PyList_GetItem(texts, text);
            Py_XINCREF(written);
        } else if (begin < 0 || end > n)
            PyErr_SetString(PyExc_ValueError, "a pad lies outside of the ids");
        else {
            PyObject *list = PyList_New((Py_ssize_t)(end - begin));
            for (int64_t at = begin; list != NULL && at < end; at++) {
                PyObject *lists = at == begin ? syllables : joined[at] ? glued : spaced;
                PyObject *piece = ids[at] < 0 ? NULL : PyList_GetItem(lists, ids[at]);
                if (piece == NULL) {
                    if (!PyErr_Occurred())
                        PyErr_SetString(PyExc_ValueError, "an id below 0");
                    Py_CLEAR(list);
                    break;
                }
                Py_INCREF(piece);
                PyList_SetItem(list, (Py_ssize_t)(at - begin), piece); /* takes the reference; cannot fail here */
            }
            if (list != NULL) {
                written = PyUnicode_Join(nothing, list);
                Py_DECREF(list);
            }
        }
        if (written == NULL) {
            Py_CLEAR(result);
            break;
        }
        PyList_SetItem(result, text, written);
    }
done:
    Py_XDECREF(nothing);
    release(&arrays);
    return result;
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

PyDoc_STRVAR(keep_doc,
             "keep(ids, joined, pads, lexicon, syllables, out_joined, broken, zone_ends): the syllables that the lexicon\n"
             "keeps (not 0), whether each continues a word, whether it is its zone's first, where the zones end; how many.");

static PyObject *keep(PyObject *module, PyObject *args)
{
    PyObject *from[8];
    Arrays arrays = {.taken = 0};
    const int32_t *ids, *lexicon;
    const uint8_t *joined;
    const int64_t *pads;
    int32_t *syllables;
    uint8_t *out_joined, *broken;
    int64_t *zone_ends;
    Py_ssize_t n, pad_count, known, kept = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOOOOOO", &from[0], &from[1], &from[2], &from[3], &from[4], &from[5], &from[6],
                          &from[7]))
        return NULL;
    if ((ids = take(&arrays, from[0], 4, 0, 0, &n)) == NULL ||
        (joined = take(&arrays, from[1], 1, n, 0, NULL)) == NULL ||
        (pads = take(&arrays, from[2], 8, 1, 0, &pad_count)) == NULL ||
        (lexicon = take(&arrays, from[3], 4, 0, 0, &known)) == NULL ||
        (syllables = take(&arrays, from[4], 4, n, 1, NULL)) == NULL ||
        (out_joined = take(&arrays, from[5], 1, n, 1, NULL)) == NULL ||
        (broken = take(&arrays, from[6], 1, n, 1, NULL)) == NULL ||
        (zone_ends = take(&arrays, from[7], 8, pad_count - 1, 1, NULL)) == NULL)
        goto failed;
    int64_t word = 0, word_before = -1; /* numbers of words, kept or not: what was joined to is perhaps left out */
    for (Py_ssize_t zone = 0; zone + 1 < pad_count; zone++) {
        int first = 1;
        if (pads[zone] < 0 || pads[zone] > pads[zone + 1] || pads[zone + 1] > n) {
            PyErr_SetString(PyExc_ValueError, "a pad lies outside of the ids");
            goto failed;
        }
        for (int64_t at = pads[zone]; at < pads[zone + 1]; at++) {
            word += !joined[at];
            if (ids[at] < 0 || ids[at] >= known) {
                PyErr_SetString(PyExc_ValueError, "a syllable is not in the lexicon");
                goto failed;
            }
            if (lexicon[ids[at]] == 0)
                continue;
            syllables[kept] = lexicon[ids[at]];
            out_joined[kept] = !first && word == word_before;
            broken[kept++] = (uint8_t)first;
            word_before = word;
            first = 0;
        }
        zone_ends[zone] = kept;
    }
    release(&arrays);
    return PyLong_FromSsize_t(kept);
failed:
    release(&arrays);
    return NULL;
}

PyDoc_STRVAR(tally_doc,
             "tally(flags, ids, ends, out): how many of the ids up to each end, from the end before, have a flag that is 1.");

static PyObject *tally(PyObject *module, PyObject *args)
{
    PyObject *from[4];
    Arrays arrays = {.taken = 0};
    const uint8_t *flags;
    const int32_t *ids;
    const int64_t *ends;
    int64_t *out;
    Py_ssize_t known, n, count;
    int64_t at = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOO", &from[0], &from[1], &from[2], &from[3]))
        return NULL;
    if ((flags = take(&arrays, from[0], 1, 0, 0, &known)) == NULL ||
        (ids = take(&arrays, from[1], 4, 0, 0, &n)) == NULL || (ends = take(&arrays, from[2], 8, 0, 0, &count)) == NULL ||
        (out = take(&arrays, from[3], 8, count, 1, NULL)) == NULL)
        goto failed;
    for (Py_ssize_t each = 0; each < count; each++) {
        int64_t found = 0;
        if (ends[each] < at || ends[each] > n) {
            PyErr_SetString(PyExc_ValueError, "an end lies outside of the ids");
            goto failed;
        }
        for (; at < ends[each]; at++) {
            if (ids[at] < 0 || ids[at] >= known) {
                PyErr_SetString(PyExc_ValueError, "an id has no flag");
                goto failed;
            }
            found += flags[ids[at]];
        }
        out[each] = found;
    }
    release(&arrays);
    Py_RETURN_NONE;
failed:
    release(&arrays);
    return NULL;
}

/* ---- terms ----------------------------------------------------------------------------------------------------- */

/* An open-addressing table of `mask` + 1 places: columns < 0 are free, keys are hashes. */
typedef struct {
    const uint64_t *keys;
    const int32_t *columns;
    uint64_t mask, multiplier; /* odd, of each table its own: no hashes can be chosen to want one place */
    int shift;
} TermTable;

/* 1 where the table can be probed: its length is a power of two, and one place at least is free. */
static int usable(TermTable *table, Py_ssize_t places, Py_ssize_t columns)
{
    Py_ssize_t at = 0;
    int bits = 0;
    while (((Py_ssize_t)1 << bits) < places && bits < 62)
        bits++;
    if (bits < 1 || ((Py_ssize_t)1 << bits) != places || columns < places) {
        PyErr_SetString(PyExc_ValueError, "the table of terms is not of a power of two places");
        return 0;
    }
    while (at < places && table->columns[at] >= 0)
        at++;
    if (at == places) {
        PyErr_SetString(PyExc_ValueError, "the table of terms is full");
        return 0;
    }
    table->mask = (uint64_t)places - 1;
    table->shift = 64 - bits;
    return 1;
}

static int32_t column_of(const TermTable *table, uint64_t hash)
{
    uint64_t place = (hash * table->multiplier) >> table->shift;
    while (table->columns[place] >= 0 && table->keys[place] != hash)
        place = (place + 1) & table->mask;
    return table->columns[place];
}

static void prefetch_term(const TermTable *table, uint64_t hash)
{
    uint64_t place = (hash * table->multiplier) >> table->shift;
    PREFETCH(&table->columns[place]);
    PREFETCH(&table->keys[place]);
}

PyDoc_STRVAR(columns_doc, "columns(hashes, multiplier, keys, columns, out): the column of each hash, -1 where there is none.");

static PyObject *columns(PyObject *module, PyObject *args)
{
    PyObject *from_hashes, *from_keys, *from_columns, *from_out;
    Arrays arrays = {.taken = 0};
    TermTable table;
    const uint64_t *hashes;
    int32_t *out;
    Py_ssize_t count, places, with_column;
    unsigned long long multiplier;
    (void)module;
    if (!PyArg_ParseTuple(args, "OKOOO", &from_hashes, &multiplier, &from_keys, &from_columns, &from_out))
        return NULL;
    table.multiplier = multiplier;
    if ((hashes = take(&arrays, from_hashes, 8, 0, 0, &count)) == NULL ||
        (table.keys = take(&arrays, from_keys, 8, 2, 0, &places)) == NULL ||
        (table.columns = take(&arrays, from_columns, 4, 2, 0, &with_column)) == NULL ||
        (out = take(&arrays, from_out, 4, count, 1, NULL)) == NULL || !usable(&table, places, with_column)) {
        release(&arrays);
        return NULL;
    }
    for (Py_ssize_t at = 0; at < count; at++) {
        if (at + AHEAD < count)
            prefetch_term(&table, hashes[at + AHEAD]);
        out[at] = column_of(&table, hashes[at]);
    }
    release(&arrays);
    Py_RETURN_NONE;
}

/* The finaliser of splitmix64 (`mixed` in terms.py). */
static uint64_t mixed(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

PyDoc_STRVAR(words_doc,
             "words(lexicon, syllables, joined, broken, zone_ends, powers, hashes, out_broken, ends): the hash of each\n"
             "word, whether it is its zone's first, and where the zones end, in words; how many words.");

static PyObject *words(PyObject *module, PyObject *args)
{
    PyObject *from[9];
    Arrays arrays = {.taken = 0};
    const uint64_t *lexicon, *powers;
    const int32_t *syllables;
    const uint8_t *joined, *broken;
    const int64_t *zone_ends;
    uint64_t *hashes;
    uint8_t *out_broken;
    int64_t *ends;
    Py_ssize_t known, n, zones, power_count, count = 0, zone = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOOOOOOO", &from[0], &from[1], &from[2], &from[3], &from[4], &from[5], &from[6],
                          &from[7], &from[8]))
        return NULL;
    if ((lexicon = take(&arrays, from[0], 8, 0, 0, &known)) == NULL ||
        (syllables = take(&arrays, from[1], 4, 0, 0, &n)) == NULL ||
        (joined = take(&arrays, from[2], 1, n, 0, NULL)) == NULL ||
        (broken = take(&arrays, from[3], 1, n, 0, NULL)) == NULL ||
        (zone_ends = take(&arrays, from[4], 8, 0, 0, &zones)) == NULL ||
        (powers = take(&arrays, from[5], 8, 1, 0, &power_count)) == NULL ||
        (hashes = take(&arrays, from[6], 8, n, 1, NULL)) == NULL ||
        (out_broken = take(&arrays, from[7], 1, n, 1, NULL)) == NULL ||
        (ends = take(&arrays, from[8], 8, zones, 1, NULL)) == NULL)
        goto failed;
    for (Py_ssize_t at = 0; at < n;) {
        uint64_t sum = 0;
        Py_ssize_t within = 0;
        for (; zone < zones && zone_ends[zone] <= at; zone++)
            ends[zone] = count;
        out_broken[count] = broken[at];
        do {
            if (syllables[at] < 0 || syllables[at] >= known) {
                PyErr_SetString(PyExc_ValueError, "a syllable is not in the lexicon");
                goto failed;
            }
            sum += lexicon[syllables[at++]] * powers[within];
            within = within + 1 == power_count ? 0 : within + 1;
        } while (at < n && joined[at]);
        hashes[count++] = mixed(sum);
    }
    for (; zone < zones; zone++)
        ends[zone] = count;
    release(&arrays);
    return PyLong_FromSsize_t(count);
failed:
    release(&arrays);
    return NULL;
}

#define CHUNK 128 /* so many terms are hashed before the first of them is looked up */
#define ZONES 4
#define MOST_COLUMNS ((Py_ssize_t)1 << 29)

PyDoc_STRVAR(cells_doc,
             "cells(hashes, broken, ends, size, salt, powers, multiplier, keys, columns, out, page_ends): the known terms\n"
             "of `size` units in a row, each as its column x 4 + its zone, in the order in which they stand; where each page's end.");

static PyObject *cells(PyObject *module, PyObject *args)
{
    PyObject *from[8];
    Arrays arrays = {.taken = 0};
    TermTable table;
    const uint64_t *hashes, *powers;
    const uint8_t *broken;
    const int64_t *ends;
    uint32_t *out;
    int64_t *page_ends;
    Py_ssize_t n, zones, places, with_column, size, found = 0, zone = 0;
    unsigned long long salt, multiplier;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOnKOKOOOO", &from[0], &from[1], &from[2], &size, &salt, &from[3], &multiplier,
                          &from[4], &from[5], &from[6], &from[7]))
        return NULL;
    table.multiplier = multiplier;
    if (size < 1) {
        PyErr_SetString(PyExc_ValueError, "a term has one unit at least");
        return NULL;
    }
    if ((hashes = take(&arrays, from[0], 8, 0, 0, &n)) == NULL ||
        (broken = take(&arrays, from[1], 1, n, 0, NULL)) == NULL ||
        (ends = take(&arrays, from[2], 8, 0, 0, &zones)) == NULL ||
        (powers = take(&arrays, from[3], 8, size, 0, NULL)) == NULL ||
        (table.keys = take(&arrays, from[4], 8, 2, 0, &places)) == NULL ||
        (table.columns = take(&arrays, from[5], 4, 2, 0, &with_column)) == NULL ||
        (out = take(&arrays, from[6], 4, n, 1, NULL)) == NULL ||
        (page_ends = take(&arrays, from[7], 8, zones / ZONES, 1, NULL)) == NULL || !usable(&table, places, with_column))
        goto failed;
    const Py_ssize_t last = n - size;
    for (Py_ssize_t at = 0; at <= last;) {
        uint64_t hash[CHUNK];
        Py_ssize_t first[CHUNK];
        int taken = 0;
        for (; at <= last && taken < CHUNK; at++) {
            uint64_t total = hashes[at] * powers[0];
            Py_ssize_t offset = 1;
            for (; offset < size && !broken[at + offset]; offset++)
                total += hashes[at + offset] * powers[offset];
            if (offset < size)
                continue;
            hash[taken] = mixed(total * (uint64_t)salt);
            first[taken] = at;
            prefetch_term(&table, hash[taken++]);
        }
        for (int term = 0; term < taken; term++) {
            for (; zone < zones && ends[zone] <= first[term]; zone++)
                if (zone % ZONES == ZONES - 1)
                    page_ends[zone / ZONES] = found;
            const int32_t column = column_of(&table, hash[term]);
            if (column < 0)
                continue;
            if (column >= MOST_COLUMNS || zone >= zones) {
                PyErr_SetString(PyExc_ValueError, "too many columns, or a term behind the last zone");
                goto failed;
            }
            out[found++] = (uint32_t)column * ZONES + (uint32_t)(zone % ZONES);
        }
    }
    for (; zone < zones; zone++)
        if (zone % ZONES == ZONES - 1)
            page_ends[zone / ZONES] = found;
    release(&arrays);
    return PyLong_FromSsize_t(found);
failed:
    release(&arrays);
    return NULL;
}

/* Sorts cells by their bytes, least first (Knuth TAOCP 3, 5.2.5); the result is in what it returns, `from` or `to`. */
static uint32_t *sorted_cells(uint32_t *from, uint32_t *to, Py_ssize_t count)
{
    uint32_t all = 0;
    for (Py_ssize_t at = 0; at < count; at++)
        all |= from[at];
    for (int shift = 0; shift < 32 && all >> shift; shift += 8) {
        Py_ssize_t places[257] = {0};
        for (Py_ssize_t at = 0; at < count; at++)
            places[((from[at] >> shift) & 255) + 1]++;
        for (int byte = 0; byte < 256; byte++)
            places[byte + 1] += places[byte];
        for (Py_ssize_t at = 0; at < count; at++)
            to[places[(from[at] >> shift) & 255]++] = from[at];
        uint32_t *swapped = from;
        from = to;
        to = swapped;
    }
    return from;
}

PyDoc_STRVAR(add_up_doc,
             "add_up(cells, page_ends, zone_weights, scratch, indptr, columns, values): the sums of the weights of equal\n"
             "columns, page by page, columns ascending. `cells` and `page_ends` are tuples, an array a kind of term.");

static PyObject *add_up(PyObject *module, PyObject *args)
{
    PyObject *all_cells, *all_ends, *from[5];
    Arrays arrays = {.taken = 0};
    const uint32_t *cells_of[MOST_ARRAYS];
    const int64_t *ends_of[MOST_ARRAYS];
    const double *weights;
    uint32_t *scratch;
    int64_t *indptr;
    int32_t *out;
    float *values;
    Py_ssize_t counts[MOST_ARRAYS], room, rows, column_room, found = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!OOOOO", &PyTuple_Type, &all_cells, &PyTuple_Type, &all_ends, &from[0], &from[1],
                          &from[2], &from[3], &from[4]))
        return NULL;
    const Py_ssize_t kinds = PyTuple_Size(all_cells);
    if (PyTuple_Size(all_ends) != kinds || 2 * kinds + 5 > MOST_ARRAYS) {
        PyErr_SetString(PyExc_ValueError, "more kinds of terms than the core has places for");
        return NULL;
    }
    if ((weights = take(&arrays, from[0], 8, ZONES, 0, NULL)) == NULL ||
        (scratch = take(&arrays, from[1], 4, 0, 1, &room)) == NULL ||
        (indptr = take(&arrays, from[2], 8, 1, 1, &rows)) == NULL ||
        (out = take(&arrays, from[3], 4, 0, 1, &column_room)) == NULL ||
        (values = take(&arrays, from[4], 4, column_room, 1, NULL)) == NULL)
        goto failed;
    for (Py_ssize_t kind = 0; kind < kinds; kind++)
        if ((cells_of[kind] = take(&arrays, PyTuple_GetItem(all_cells, kind), 4, 0, 0, &counts[kind])) == NULL ||
            (ends_of[kind] = take(&arrays, PyTuple_GetItem(all_ends, kind), 8, rows - 1, 0, NULL)) == NULL)
            goto failed;
    indptr[0] = 0;
    for (Py_ssize_t row = 0; row + 1 < rows; row++) {
        Py_ssize_t count = 0;
        for (Py_ssize_t kind = 0; kind < kinds; kind++) {
            const int64_t begin = row ? ends_of[kind][row - 1] : 0, end = ends_of[kind][row];
            if (begin < 0 || begin > end || end > counts[kind] || end - begin > room / 2 - count) {
                PyErr_SetString(PyExc_ValueError, "a page ends outside of its cells, or there is no room to sort it");
                goto failed;
            }
            memcpy(scratch + count, cells_of[kind] + begin, (size_t)(end - begin) * sizeof(uint32_t));
            count += (Py_ssize_t)(end - begin);
        }
        const uint32_t *sorted = sorted_cells(scratch, scratch + room / 2, count);
        for (Py_ssize_t at = 0; at < count;) {
            const uint32_t column = sorted[at] / ZONES;
            double sum = 0.0;
            for (; at < count && sorted[at] / ZONES == column; at++)
                sum += weights[sorted[at] % ZONES];
            if (found == column_room) {
                PyErr_SetString(PyExc_ValueError, "there is no room for all columns");
                goto failed;
            }
            out[found] = (int32_t)column;
            values[found++] = (float)sum;
        }
        indptr[row + 1] = found;
    }
    release(&arrays);
    return PyLong_FromSsize_t(found);
failed:
    release(&arrays);
    return NULL;
}

/* 1 where the rows that `indptr` cuts lie one after the other within `count` items. */
static int rows_fit(const int64_t *indptr, Py_ssize_t rows, Py_ssize_t count)
{
    for (Py_ssize_t row = 0; row + 1 < rows; row++)
        if (indptr[row] < 0 || indptr[row] > indptr[row + 1] || indptr[row + 1] > count) {
            PyErr_SetString(PyExc_ValueError, "a row lies outside of the values");
            return 0;
        }
    return 1;
}

PyDoc_STRVAR(weigh_doc,
             "weigh(indptr, columns, values, idf): makes each row's (damped) counts tf-idf of unit length, in place.");

static PyObject *weigh(PyObject *module, PyObject *args)
{
    PyObject *from[4];
    Arrays arrays = {.taken = 0};
    const int64_t *indptr;
    const int32_t *of;
    const float *idf;
    float *values;
    Py_ssize_t rows, count, terms;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOO", &from[0], &from[1], &from[2], &from[3]))
        return NULL;
    if ((indptr = take(&arrays, from[0], 8, 1, 0, &rows)) == NULL ||
        (of = take(&arrays, from[1], 4, 0, 0, &count)) == NULL ||
        (values = take(&arrays, from[2], 4, count, 1, NULL)) == NULL ||
        (idf = take(&arrays, from[3], 4, 0, 0, &terms)) == NULL || !rows_fit(indptr, rows, count))
        goto failed;
    for (Py_ssize_t row = 0; row + 1 < rows; row++) {
        double squares = 0.0;
        for (int64_t at = indptr[row]; at < indptr[row + 1]; at++) {
            if (of[at] < 0 || of[at] >= terms) {
                PyErr_SetString(PyExc_IndexError, "a column has no idf");
                goto failed;
            }
            values[at] = values[at] * idf[of[at]];
            const float square = values[at] * values[at];
            squares += (double)square;
        }
        const double length = squares > 0 ? sqrt(squares) : 1.0;
        for (int64_t at = indptr[row]; at < indptr[row + 1]; at++)
            values[at] = (float)((double)values[at] / length);
    }
    release(&arrays);
    Py_RETURN_NONE;
failed:
    release(&arrays);
    return NULL;
}

PyDoc_STRVAR(score_doc, "score(indptr, columns, values, weights, out): each row times the (terms, labels) weights.");

static PyObject *score(PyObject *module, PyObject *args)
{
    PyObject *from[5];
    Arrays arrays = {.taken = 0};
    const int64_t *indptr;
    const int32_t *of;
    const float *values, *weights;
    double *out;
    Py_ssize_t rows, count, weight_count, room;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOOO", &from[0], &from[1], &from[2], &from[3], &from[4]))
        return NULL;
    if ((indptr = take(&arrays, from[0], 8, 2, 0, &rows)) == NULL ||
        (of = take(&arrays, from[1], 4, 0, 0, &count)) == NULL ||
        (values = take(&arrays, from[2], 4, count, 0, NULL)) == NULL ||
        (weights = take(&arrays, from[3], 4, 0, 0, &weight_count)) == NULL ||
        (out = take(&arrays, from[4], 8, 0, 1, &room)) == NULL || !rows_fit(indptr, rows, count))
        goto failed;
    const Py_ssize_t labels = room / (rows - 1);
    if (labels < 1 || labels * (rows - 1) != room) {
        PyErr_SetString(PyExc_ValueError, "the scores are not rows times labels");
        goto failed;
    }
    const Py_ssize_t terms = weight_count / labels;
    for (Py_ssize_t row = 0; row + 1 < rows; row++) {
        double *sums = out + row * labels;
        for (Py_ssize_t label = 0; label < labels; label++)
            sums[label] = 0.0;
        for (int64_t at = indptr[row]; at < indptr[row + 1]; at++) {
            if (at + AHEAD < indptr[row + 1] && of[at + AHEAD] >= 0 && of[at + AHEAD] < terms)
                PREFETCH(weights + (Py_ssize_t)of[at + AHEAD] * labels);
            if (of[at] < 0 || of[at] >= terms) {
                PyErr_SetString(PyExc_IndexError, "a column has no weights");
                goto failed;
            }
            const float *of_term = weights + (Py_ssize_t)of[at] * labels;
            for (Py_ssize_t label = 0; label < labels; label++) {
                const float product = values[at] * of_term[label];
                sums[label] += (double)product;
            }
        }
    }
    release(&arrays);
    Py_RETURN_NONE;
failed:
    release(&arrays);
    return NULL;
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

/* A probability to six digits as Python writes it (`repr(round(p, 6))`), into 24 bytes; how many. -1 with an exception.
   From the nearest whole number of millionths, unless that lies so near to the middle of two that only Python's exact
   arithmetic can tell. */
static int write_probability(double p, char *out)
{
    const double millionths = p * 1e6, below = floor(millionths), over = millionths - below;
    if (!(p >= 0 && p <= 1) || fabs(over - 0.5) < 1e-6) {
        PyObject *number = PyFloat_FromDouble(p);
        PyObject *rounded = number == NULL ? NULL : PyObject_CallMethod(number, "__round__", "i", 6);
        PyObject *written = rounded == NULL ? NULL : PyObject_Repr(rounded);
        Py_ssize_t length = 0;
        const char *text = written == NULL ? NULL : PyUnicode_AsUTF8AndSize(written, &length);
        if (text != NULL && length > 23) {
            PyErr_SetString(PyExc_ValueError, "a probability of more than 23 digits");
            text = NULL;
        }
        if (text != NULL)
            memcpy(out, text, (size_t)length);
        Py_XDECREF(number);
        Py_XDECREF(rounded);
        Py_XDECREF(written);
        return text == NULL ? -1 : (int)length;
    }
    long value = (long)below + (over > 0.5);
    int length = 0;
    if (value == 0 || value == 1000000) {
        memcpy(out, value ? "1.0" : "0.0", 3);
        return 3;
    }
    if (value < 100) { /* below 0.0001 with an exponent */
        if (value >= 10) {
            out[length++] = (char)('0' + value / 10);
            if (value % 10) {
                out[length++] = '.';
                out[length++] = (char)('0' + value % 10);
            }
        } else
            out[length++] = (char)('0' + value);
        memcpy(out + length, value >= 10 ? "e-05" : "e-06", 4);
        return length + 4;
    }
    out[0] = '0';
    out[1] = '.';
    for (length = 7; length >= 2; length--, value /= 10)
        out[length] = (char)('0' + value % 10);
    for (length = 8; out[length - 1] == '0';)
        length--;
    return length;
}

PyDoc_STRVAR(shares_doc,
             "shares(probabilities, order, before, after, between): a text for each row: its labels in that order, each as\n"
             "what stands before it, its probability to six digits, and `after`; with `between` between them.");

static PyObject *shares(PyObject *module, PyObject *args)
{
    PyObject *from[2], *before, *result = NULL;
    Arrays arrays = {.taken = 0};
    const double *probabilities;
    const int64_t *order;
    const char *after, *between, **texts = NULL;
    Py_ssize_t *lengths = NULL;
    Py_ssize_t after_length, between_length, count, most = 0;
    char *row = NULL;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOO!s#s#", &from[0], &from[1], &PyList_Type, &before, &after, &after_length, &between,
                          &between_length))
        return NULL;
    const Py_ssize_t labels = PyList_Size(before);
    if ((probabilities = take(&arrays, from[0], 8, 0, 0, &count)) == NULL ||
        (order = take(&arrays, from[1], 8, count, 0, NULL)) == NULL)
        goto done;
    if (labels < 1 || count % labels) {
        PyErr_SetString(PyExc_ValueError, "the probabilities are not rows times labels");
        goto done;
    }
    texts = PyMem_Calloc((size_t)labels, sizeof(char *));
    lengths = PyMem_Calloc((size_t)labels, sizeof(Py_ssize_t));
    if (texts == NULL || lengths == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t label = 0; label < labels; label++) {
        PyObject *text = PyList_GetItem(before, label);
        if (text == NULL || (texts[label] = PyUnicode_AsUTF8AndSize(text, &lengths[label])) == NULL)
            goto done;
        most += lengths[label] + 24 + after_length + between_length;
    }
    if ((row = PyMem_Malloc((size_t)most)) == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    if ((result = PyList_New(count / labels)) == NULL)
        goto done;
    for (Py_ssize_t first = 0; first < count; first += labels) {
        Py_ssize_t length = 0;
        for (Py_ssize_t at = 0; at < labels; at++) {
            const int64_t label = order[first + at];
            if (label < 0 || label >= labels || length + lengths[label] + 24 + after_length + between_length > most) {
                PyErr_SetString(PyExc_ValueError, "the order names a label that is not there, or one twice");
                Py_CLEAR(result);
                goto done;
            }
            memcpy(row + length, texts[label], (size_t)lengths[label]);
            length += lengths[label];
            const int written = write_probability(probabilities[first + label], row + length);
            if (written < 0) {
                Py_CLEAR(result);
                goto done;
            }
            length += written;
            memcpy(row + length, after, (size_t)after_length);
            length += after_length;
            if (at + 1 < labels) {
                memcpy(row + length, between, (size_t)between_length);
                length += between_length;
            }
        }
        PyObject *text = PyUnicode_DecodeUTF8(row, length, "strict");
        if (text == NULL) {
            Py_CLEAR(result);
            goto done;
        }
        PyList_SetItem(result, first / labels, text);
    }
done:
    PyMem_Free(row);
    PyMem_Free(texts);
    PyMem_Free(lengths);
    release(&arrays);
    return result;
}

/* ---- module ---------------------------------------------------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"plain", plain_text, METH_O, plain_doc},
    {"clear", clear_text, METH_VARARGS, clear_doc},
    {"find", find, METH_VARARGS, find_doc},
    {"enter", enter, METH_VARARGS, enter_doc},
    {"spread", spread, METH_VARARGS, spread_doc},
    {"join", join, METH_VARARGS, join_doc},
    {"write", write_texts, METH_VARARGS, write_doc},
    {"keep", keep, METH_VARARGS, keep_doc},
    {"tally", tally, METH_VARARGS, tally_doc},
    {"columns", columns, METH_VARARGS, columns_doc},
    {"words", words, METH_VARARGS, words_doc},
    {"cells", cells, METH_VARARGS, cells_doc},
    {"add_up", add_up, METH_VARARGS, add_up_doc},
    {"weigh", weigh, METH_VARARGS, weigh_doc},
    {"score", score, METH_VARARGS, score_doc},
    {"shares", shares, METH_VARARGS, shares_doc},
    {NULL, NULL, 0, NULL},
};

#define INTERFACE 5 /* as in core/__init__.py: raised there and here with every change of what a function takes or gives */

static int say_interface(PyObject *module)
{
    return PyModule_AddIntConstant(module, "INTERFACE", INTERFACE);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)say_interface}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_native",
    .m_doc = "The loops of segmentation and features; see docs/core.md.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
