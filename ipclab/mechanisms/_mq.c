/* mq_receive(3) as `os.read` is read(2): it waits without the interpreter's lock, and lets out what a signal handler
   raises meanwhile. posix_ipc drops that, and ctypes costs more than all else in `PosixQueue.receive`, which goes by it
   (`_syscalls.mq_wait`) where there is no compiler to build this. */

#define Py_LIMITED_API 0x030b0000           /* one library for every Python from 3.11 on */
#include <Python.h>
#include <errno.h>
#include <mqueue.h>

static PyObject *receive(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    (void)module;
    if (count != 2)
        return PyErr_Format(PyExc_TypeError, "receive takes a descriptor and a size");
    long queue = PyLong_AsLong(arguments[0]);
    Py_ssize_t size = PyLong_AsSsize_t(arguments[1]), length;
    if (PyErr_Occurred())
        return NULL;
    char *room = PyMem_Malloc((size_t)size);
    if (room == NULL)
        return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS
    length = mq_receive((mqd_t)queue, room, (size_t)size, NULL);
    Py_END_ALLOW_THREADS
    PyObject *message = NULL;
    if (length >= 0)
        message = PyBytes_FromStringAndSize(room, length);
    else if (errno != EINTR)
        PyErr_SetFromErrno(PyExc_OSError);
    else if (PyErr_CheckSignals() == 0)
        message = Py_NewRef(Py_None);
    PyMem_Free(room);
    return message;
}

static PyMethodDef functions[] = {
    {"receive", (PyCFunction)(void (*)(void))receive, METH_FASTCALL,
     "receive(descriptor, size) -> bytes | None\n\n"
     "The message that comes out next, of at most `size` bytes, the queue's own limit. Blocks while there is none.\n"
     "None: a signal handler has run. It may have closed the queue."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "ipclab.mechanisms._mq", .m_methods = functions,
};

PyMODINIT_FUNC PyInit__mq(void)
{
    return PyModuleDef_Init(&module);
}
