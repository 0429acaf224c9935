"""results.xlsx: text codes, frozen headings, words with their colour, no formula, nothing left out in silence."""

import re
import zipfile

import openpyxl
import pytest
from paperwork import CODES, HOSTILE_CELLS

from lvgeo.labels import issues
from lvgeo.outputs import workbook
from lvgeo.outputs.columns import AREA_COMPLIANCE, PLOT_ISSUES, Column
from lvgeo.outputs.palette import MARKS
from lvgeo.outputs.workbook import WorkbookHead, write_workbook

HEAD = WorkbookHead("模拟街道 & 2024-09", "内部工作用图", ("第一行", "第二行"), "zh")
CODE, NAME = Column("village_code", "行政代码", "Code"), Column("village", "村", "Village")
STATUS = Column("status", "是否达标", "Status", words="status")
AREA = Column("area_m2", "面积（㎡）", "Area", "float", "m²", 2)


def written(tmp_path, rows, columns=(CODE, NAME, AREA, STATUS), name="results.xlsx"):
    write_workbook(tmp_path / name, [("面积核查", columns, rows)], HEAD)
    return tmp_path / name


def opened(path):
    return openpyxl.load_workbook(path)


def row_of(code="441399001202", name="龙岗村", area=1443.6441, status="meets"):
    return {"village_code": code, "village": name, "area_m2": area, "status": status}


def test_codes_are_text_and_figures_are_numbers(tmp_path):
    sheet = opened(written(tmp_path, [row_of(code) for code in CODES]))["面积核查"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(CODES))]
    assert tuple(cell.value for cell in cells) == CODES
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert (sheet.cell(2, 3).value, sheet.cell(2, 3).number_format) == (1443.6441, "0.00")


def test_headings_stay_in_view_on_screen_and_on_paper(tmp_path):
    sheet = opened(written(tmp_path, [row_of()]))["面积核查"]
    assert sheet.freeze_panes == "C2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.paperSize == 9  # A4
    assert sheet.oddHeader.right.text == "内部工作用图"
    assert sheet.oddHeader.left.text == "模拟街道 && 2024-09"


@pytest.mark.parametrize("status", ["meets", "short", "borderline", "no_plots"])
def test_a_state_is_a_word_and_its_colour(tmp_path, status):
    cell = opened(written(tmp_path, [row_of(status=status)]))["面积核查"].cell(2, 4)
    assert cell.value in {"达标", "未达标", "临界（需复测）", "无地块"}
    assert cell.fill.start_color.rgb == "FF" + MARKS[f"status_{status}"].colour[1:].upper()


@pytest.mark.parametrize("code", issues.WORDS)
def test_an_issue_is_a_word_too_alone_and_counted(tmp_path, code):
    known = code.removeprefix("issue_")
    area = written(tmp_path, [{"issues": f"{known}×2; {known}×1"}], AREA_COMPLIANCE)
    plots = written(tmp_path, [{"issue": known}], PLOT_ISSUES, "plots.xlsx")
    counted = {cell.value for cell in opened(area)["面积核查"][2]} - {None}
    alone = {cell.value for cell in opened(plots)["面积核查"][2]} - {None}
    for said in (*counted, *alone):
        assert not re.search(r"[a-z]{3}|[{}]", said)
    assert [said.count("×") for said in counted] == [2]
    assert len(alone) == 1


def test_no_cell_is_a_formula_or_a_link(tmp_path):
    path = written(tmp_path, [row_of(name=text) for text in HOSTILE_CELLS])
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
        assert not any("hyperlink" in name for name in parts.namelist())
    assert [re.findall(r"<f[ >]", one) for one in sheets] == [[]] * len(sheets)
    assert "hyperlink" not in "".join(sheets)


def test_broken_characters_do_not_break_the_file(tmp_path):
    sheet = opened(written(tmp_path, [row_of(name="a\x00b\ud800c\x1b")]))["面积核查"]
    assert sheet.cell(2, 2).value == "abc"


def test_rows_beyond_a_sheet_are_named_and_left_to_the_csv(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    book = opened(written(tmp_path, [row_of(name=str(number)) for number in range(5)]))
    assert book["面积核查"].max_row == 1 + 3
    notes = [cell.value for cell in book["说明"]["A"] if cell.value]
    assert any("面积核查" in line and "3" in line and "5" in line and "CSV" in line for line in notes)


def test_a_sheet_holds_no_more_than_fifty_thousand_rows():
    assert workbook.MAX_ROWS == 50_000


def test_the_last_sheet_says_how_to_read_the_others(tmp_path):
    write_workbook(tmp_path / "a.xlsx", [("面积核查", AREA_COMPLIANCE, [])], HEAD)
    book = opened(tmp_path / "a.xlsx")
    assert book.sheetnames == ["面积核查", "说明"]
    told = [[cell.value for cell in row] for row in book["说明"].iter_rows()]
    assert told[0][0] == HEAD.title
    assert {"第一行", "第二行"} <= {line[0] for line in told}
    meant = {line[1]: line[2] for line in told if line[0] == "面积核查"}
    assert "椭球面" in meant["面积（㎡）"]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    one, two = (written(tmp_path, [row_of()], name=name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert one == two


def test_the_demo_has_every_sheet_filled(demo):
    book = opened(demo.last.folder / "results.xlsx")
    assert {"面积核查", "冠层变化", "地块问题", "连续月份", "说明"} <= set(book.sheetnames)
    assert book.sheetnames[-1] == "说明"
    assert book["面积核查"].max_row == book["冠层变化"].max_row == book["连续月份"].max_row == 24
    months = [cell.value for cell in book["连续月份"][1]]
    assert months[2:6] == ["2024-01", "2024-03", "2024-08", "2024-09"]
    assert {cell.value for cell in book["连续月份"]["F"][1:]} == {"进度正常", "进度滞后", "无法判断"}
    formulas = [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []
