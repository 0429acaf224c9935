"""What a real spreadsheet program makes of hostile cells, from CSV and from XLSX; skipped where there is none."""

import re
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree

import pytest
from paperwork import CODES, HOSTILE_CELLS

from lvgeo.outputs.columns import Column
from lvgeo.outputs.tables import write_csv
from lvgeo.outputs.workbook import WorkbookHead, write_workbook

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
COLUMNS = (Column("village_code", "行政代码", "Code"), Column("village", "村", "Village"))
ROWS = [{"village_code": CODES[n % len(CODES)], "village": text} for n, text in enumerate(HOSTILE_CELLS)]
OFFICE, TABLE = (
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice on this machine"),
]


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Both files as LibreOffice reads them, as OpenDocument; a CSV's codes are said to be text, as a person would."""
    folder = tmp_path_factory.mktemp("office")
    write_csv(folder / "table.csv", COLUMNS, ROWS, "zh")
    write_workbook(folder / "book.xlsx", [("表", COLUMNS, ROWS)], WorkbookHead("表", "", (), "zh"))
    done = folder / "done"
    for file, more in (("book.xlsx", []), ("table.csv", ["--infilter=CSV:44,34,76,1,1/2/2/1,0,false,true,false"])):
        subprocess.run(
            [SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", *more,
             "--convert-to", "fods", "--outdir", str(done), str(folder / file)],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
    return done


def cells(path):
    """(type, text, formula) of the first sheet's cells, row by row."""
    table = ElementTree.parse(path).getroot().find(f".//{TABLE}table")
    for row in table.iter(f"{TABLE}table-row"):
        yield [
            (
                cell.get(f"{OFFICE}value-type"),
                "\n".join("".join(p.itertext()) for p in cell),
                cell.get(f"{TABLE}formula"),
            )
            for cell in row.iter(f"{TABLE}table-cell")
        ]


@pytest.mark.parametrize("name", ["book.fods", "table.fods"])
def test_no_cell_is_a_formula_and_codes_are_as_they_were(converted, name):
    found = [row for row in cells(converted / name) if row and row[0][1]][1 : 1 + len(ROWS)]
    assert len(found) == len(HOSTILE_CELLS) == 23
    assert [cell for row in found for cell in row if cell[2]] == []
    assert [row[0][:2] for row in found] == [("string", one["village_code"]) for one in ROWS]
    assert {row[1][0] for row in found} == {"string"}


def test_the_guard_is_needed_and_the_program_would_have_run_them(converted, tmp_path):
    (tmp_path / "bare.csv").write_text('a\r\n"=1+2"\r\n', "utf-8")
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(converted.parent / 'profile').as_uri()}", "--headless",
         "--convert-to", "fods", "--outdir", str(tmp_path), str(tmp_path / "bare.csv")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    assert [cell[2] for row in cells(tmp_path / "bare.fods") for cell in row if cell[2]] == ["of:=1+2"]


def test_the_workbook_itself_holds_no_formula(converted):
    with zipfile.ZipFile(converted.parent / "book.xlsx") as parts:
        assert not any(re.search(rb"<f[ >]", parts.read(name)) for name in parts.namelist() if "worksheets/" in name)
