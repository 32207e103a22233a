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

/* ---- terms ----------------------------------------------------------------------------------------------------- */

/* An open-addressing table of `mask` + 1 places: columns < 0 are free, keys are hashes. */
typedef struct {
    const uint64_t *keys;
    const int32_t *columns;
    uint64_t mask;
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
    uint64_t place = (hash * MULTIPLIER) >> table->shift;
    while (table->columns[place] >= 0 && table->keys[place] != hash)
        place = (place + 1) & table->mask;
    return table->columns[place];
}

static void prefetch_term(const TermTable *table, uint64_t hash)
{
    uint64_t place = (hash * MULTIPLIER) >> table->shift;
    PREFETCH(&table->columns[place]);
    PREFETCH(&table->keys[place]);
}

PyDoc_STRVAR(columns_doc, "columns(hashes, keys, columns, out): the column of each hash, -1 where there is none.");

static PyObject *columns(PyObject *module, PyObject *args)
{
    PyObject *from_hashes, *from_keys, *from_columns, *from_out;
    Arrays arrays = {.taken = 0};
    TermTable table;
    const uint64_t *hashes;
    int32_t *out;
    Py_ssize_t count, places, with_column;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOOO", &from_hashes, &from_keys, &from_columns, &from_out))
        return NULL;
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

/* ---- module ---------------------------------------------------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"columns", columns, METH_VARARGS, columns_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

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
