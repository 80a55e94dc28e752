#include <Python.h>

int third(void);

static PyObject *depth(PyObject *self, PyObject *none) { return PyLong_FromLong(third() + 1); }

static PyMethodDef functions[] = {{"depth", depth, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "chain", NULL, -1, functions};

PyMODINIT_FUNC PyInit_chain(void) { return PyModule_Create(&module); }
