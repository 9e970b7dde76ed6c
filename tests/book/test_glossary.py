"""The glossary is a dictionary one can rely on: the courses' terms are in it, and the names that it gives exist."""

import builtins
import importlib
import re
from functools import reduce

import pytest
from pages import BOOK

import ipclab

TEXT = (BOOK / "glossary.md").read_text()
OURS = re.findall(r"ipclab `([\w.]+)`", TEXT)
PYTHONS = re.findall(r"Python `([\w.]+)`", TEXT)
TERMS = {line for line in TEXT.splitlines() if line and not line.startswith((" ", "#", "`", "-"))}

NOTES = """
    多进程协作, 隔离, 容错, 通信模型, 头部, 数据段, 通信过程, 发送, 接收, 远程过程调用, 回复, 零拷贝, 操作系统辅助传递,
    控制流转移, 单向, 双向, 同步, 异步, 阻塞, 非阻塞, 轮询, 回调, 超时机制, 直接通信, 通信链路, 间接通信, 消息队列,
    通信链路缓冲, 0 容量, 有限容量, 无限容量, 权限检查, 命名服务, 继承, 权限的分发, 数据抽象, 信号, 软件中断, 捕获, 忽略,
    默认, 屏蔽, 信号处理函数, 内核态, 用户态, 堆栈, 可重入, 嵌套, 匿名管道, 管道, 容量有限, 字节流, 命名管道, 类型抽象,
    System V 消息队列, 链表, 持久, 信号量, PV 原语, 原子, System V 信号量, 生产者消费者, 共享内存, 页表,
    同步互斥, 套接字, 三次握手
"""                                 # the terms of the lecture notes that the book teaches


@pytest.mark.parametrize("term", [term.strip() for term in NOTES.split(",")])
def test_every_term_of_the_notes_is_an_entry_and_has_its_section(term):
    assert term in TERMS
    assert re.search(rf"[|,] {re.escape(term)}[ ,]", (BOOK / "notes.md").read_text())


@pytest.mark.parametrize("name", sorted(set(OURS)))
def test_our_names_exist(name):
    start, *rest = name.split(".")
    found = importlib.import_module(f"ipclab.{start}") if start in ("mechanisms", "kernel", "measure", "processes") \
        else getattr(ipclab, start)
    for part in rest:
        found = getattr(found, part, None) or importlib.import_module(f"{found.__name__}.{part}")
    assert found.__doc__


@pytest.mark.parametrize("name", sorted(set(PYTHONS)))
def test_pythons_names_exist(name):
    start, *rest = name.split(".")
    found = getattr(builtins, start, None) or importlib.import_module(start)
    assert reduce(getattr, rest, found) is not None


def test_every_entry_has_both_languages():
    entries = re.findall(r"^(\S.*)\n(\S.*)\n  \S", TEXT[TEXT.index("```{glossary}"):], re.M)
    assert len(entries) >= 20
    assert all(english.isascii() and not chinese.isascii() for english, chinese in entries)


def test_the_sections_to_which_the_notes_lead_exist():
    for page, rest in re.findall(r"\{doc\}`(\w+)`: ([^|{]+)", (BOOK / "notes.md").read_text()):
        headings = " ".join(line for line in (BOOK / f"{page}.md").read_text().splitlines() if line.startswith("##"))
        for title in filter(None, map(str.strip, rest.split(";"))):
            assert title in headings or title.startswith(("How a shell", "the last section")), (page, title)
