"""A notebook's cells, run one after the other in this process, without Jupyter.

    python tests/notebooks/cells.py notebooks/01-tour.ipynb           # prints what each gave
    python tests/notebooks/cells.py --jupyter notebooks/01-tour.ipynb # by Jupyter's kernel
    python tests/notebooks/cells.py --write notebooks/*.ipynb         # puts that into the files

Of what a cell shows only the text is kept, as IPython would write it: `notebooks/README.md` says
why. The Python blocks of the texts run as well, where they stand: they are the answers to what
there is to try.
"""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def code(notebook: Json) -> list[Json]:
    """The cells that are run."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def text(outputs: list[Json]) -> str:
    """What outputs of a cell say in plain text. What was printed comes in as many pieces as
    Jupyter's timing had it."""
    found = [""]
    for each in outputs:
        if "text" in each:
            found[-1] += "".join(each["text"])
        else:
            found += ["".join(each["data"]["text/plain"]), ""]
    return "\n".join(each.rstrip("\n") for each in found if each)


def run(notebook: Json) -> list[list[Json]]:
    """The outputs of each code cell. Raises what a cell raises."""
    names: dict[str, Any] = {"__name__": "__main__"}
    outputs: list[list[Json]] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            outputs.append(_outputs(source, names, len(outputs) + 1))
        else:
            for block in _BLOCK.findall(source):
                _outputs(block, names, 0)
    return outputs


def _outputs(source: str, names: dict[str, Any], number: int) -> list[Json]:
    tree, value = ast.parse(source), None
    with redirect_stdout(io.StringIO()) as said:
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    outputs: list[Json] = []
    if said.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(said.getvalue())})
    if value is not None:
        shown = {"data": {"text/plain": _lines(_plain(value))}, "execution_count": number}
        outputs.append({**shown, "metadata": {}, "output_type": "execute_result"})
    return outputs


def _plain(value: object) -> str:
    bundle = getattr(value, "_repr_mimebundle_", None)
    return repr(value) if bundle is None else str(bundle()["text/plain"])


def _lines(said: str) -> list[str]:
    return said.splitlines(keepends=True)


def run_in_jupyter(path: str) -> list[list[Json]]:
    """The same by Jupyter, with the pictures."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [each for cell in notebook.cells for each in _answers(cell) or [cell]]
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    return [cell["outputs"] for cell in code(notebook) if "answer" not in cell["metadata"]]


def _answers(cell: Json) -> list[Json]:
    """The Python blocks of a text, as cells."""
    from nbformat.v4 import new_code_cell

    blocks = [] if cell["cell_type"] == "code" else _BLOCK.findall(cell["source"])
    return [new_code_cell(block, metadata={"answer": True}) for block in blocks]


def write(path: Path) -> None:
    """Run a notebook and keep its text in the file."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, (cell, outputs) in enumerate(zip(code(notebook), run(notebook), strict=True), 1):
        cell["outputs"], cell["execution_count"] = outputs, number
    said = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(said + "\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """A process for each file, so that their labs end."""
    if arguments[0] == "--one":
        write(Path(arguments[1]))
    elif arguments[0] == "--write":
        for name in arguments[1:]:
            subprocess.run([sys.executable, __file__, "--one", name], check=True)
    elif arguments[0] == "--jupyter":
        print(json.dumps(run_in_jupyter(arguments[1]), ensure_ascii=False))
    else:
        notebook = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        print(json.dumps(run(notebook), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
