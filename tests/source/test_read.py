"""What text a file's bytes spell, and that lines hold whatever the bytes."""

import codecs

import pytest

from decompose.source.read import decode

READ = {
    "plain": (b"x = 1\n", "x = 1\n", []),
    "no last line end": (b"x = 1", "x = 1", []),
    "UTF-8": ("é = 1\n".encode(), "é = 1\n", []),
    "UTF-8 with a mark": (codecs.BOM_UTF8 + b"x\n", "x\n", []),
    "UTF-16 with a mark": ("é\n".encode("utf-16"), "é\n", []),
    "UTF-16 the other way": (codecs.BOM_UTF16_BE + "é\n".encode("utf-16-be"), "é\n", []),
    "UTF-32 with a mark": ("é\n".encode("utf-32"), "é\n", []),
    "a cookie": ("# coding: latin-1\né\n".encode("latin-1"), "# coding: latin-1\né\n", []),
    "an Emacs cookie": (
        "#!/usr/bin/python\n# -*- coding: koi8-r -*-\nж\n".encode("koi8-r"),
        "#!/usr/bin/python\n# -*- coding: koi8-r -*-\nж\n",
        [],
    ),
    "a cookie on the third line is none": (
        "#\n#\n# coding: latin-1\né\n".encode(),
        "#\n#\n# coding: latin-1\né\n",
        [],
    ),
    "a cookie behind code is none": (
        "x = 1\n# coding: latin-1\né\n".encode(),
        "x = 1\n# coding: latin-1\né\n",
        [],
    ),
    "an unknown cookie": ("# coding: klingon\né\n".encode(), "# coding: klingon\né\n", [1]),
    "a cookie that is no text encoding": (b"# coding: rot13\nx\n", "# coding: rot13\nx\n", [1]),
    "a cookie that would take for ever": (b"# coding: idna\nx\n", "# coding: idna\nx\n", [1]),
    "a cookie for wide characters": (b"# coding: utf-16\nx\n", "# coding: utf-16\nx\n", [1]),
    "a wrong encoding": (b"x\ny = '\xe9'\n", "x\ny = 'é'\n", [2]),
    "a wrong cookie": (b"# coding: ascii\n\xe9\n", "# coding: ascii\né\n", [2]),
    "null bytes": (b"x\ny\0z\0\n", "x\nyz\n", [2]),
    "Windows line ends": (b"x\r\ny\r\n", "x\ny\n", []),
    "old Mac line ends": (b"x\ry\r", "x\ny\n", []),
    "all line ends": (b"a\r\nb\rc\n\r\n", "a\nb\nc\n\n", []),
    "a form feed is no line end": (b"x\n\fy\n", "x\n\fy\n", []),
    "empty": (b"", "", []),
}


@pytest.mark.parametrize("case", READ)
def test_bytes_are_read_as_python_reads_them(case: str) -> None:
    data, text, lines = READ[case]
    decoded = decode(data, "shop/cart.py")
    assert decoded.text == text
    assert [problem.line for problem in decoded.problems] == lines
    assert all(problem.path == "shop/cart.py" and problem.remedy for problem in decoded.problems)
