"""KMZ and XLSX files that are broken in each way an archive can be: refused by name, never a traceback."""

import struct
import zipfile

import openpyxl
import pytest

from lvgeo.errors import InputRefusedError
from lvgeo.land.read_kml import read_kml
from lvgeo.land.read_rows import read_sheets

KML = b'<kml xmlns="http://www.opengis.net/kml/2.2">' + b"<!-- filler -->" * 2000 + b"</kml>"
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def kmz(tmp_path, how):
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("doc.kml", KML)
    return path


def xlsx(tmp_path, **parts):
    """A workbook, some of whose parts are written over."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for number in range(400):
        book.active.append([number, "城南社区", number * 1.5])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        whole = {one.filename: archive.read(one) for one in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (whole | {NAMES[key]: body for key, body in parts.items()}).items():
            archive.writestr(name, body)
    return path


NAMES = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml", "types": "[Content_Types].xml"}


def at(raw, mark, name):
    """Where a part's header begins."""
    length, start = (26, 30) if mark == LOCAL else (28, 46)
    place = raw.index(mark)
    while True:
        (size,) = struct.unpack_from("<H", raw, place + length)
        if raw[place + start : place + start + size].decode() == name:
            return place
        place = raw.index(mark, place + 4)


def spoil(path, name, how):
    raw = bytearray(path.read_bytes())
    how(raw, at(raw, LOCAL, name), at(raw, CENTRAL, name))
    path.write_bytes(raw)
    return path


def damage(raw, local, _central):
    name, extra = struct.unpack_from("<HH", raw, local + 26)
    start = local + 30 + name + extra + 6
    raw[start : start + 30] = b"\xff" * 30


def lock(raw, local, central):
    raw[local + 6] |= 1
    raw[central + 8] |= 1


def pack_strangely(raw, local, central):
    struct.pack_into("<H", raw, local + 8, 98)
    struct.pack_into("<H", raw, central + 10, 98)


def say_longer(raw, local, central):
    for place in (local + 18, local + 22, central + 20, central + 24):
        struct.pack_into("<I", raw, place, 10**6)


DEFLATED, STORED, BZIP2, LZMA = zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA


@pytest.mark.parametrize(
    ("packed", "how", "said"),
    [
        (DEFLATED, damage, "decompressing"), (STORED, damage, "CRC"), (BZIP2, damage, "Invalid data"),
        (LZMA, damage, "Corrupt"), (DEFLATED, lock, "encrypted"), (DEFLATED, pack_strangely, "not supported"),
        (STORED, say_longer, "EOFError"),
    ],
    ids=["deflate", "stored", "bzip2", "lzma", "password", "unknown", "longer"],
)  # fmt: skip
def test_a_kmz_broken_in_any_way_is_refused_by_name(tmp_path, packed, how, said):
    path = spoil(kmz(tmp_path, packed), "doc.kml", how)
    with pytest.raises(InputRefusedError) as refused:
        read_kml(path, [])
    (one,) = refused.value.refusals
    assert (one.code, one.file) == ("file_broken", str(path))
    assert said in one.value


@pytest.mark.parametrize("part", NAMES)
@pytest.mark.parametrize("how", [damage, lock, pack_strangely])
def test_a_workbook_broken_in_any_part_is_refused_by_name(tmp_path, part, how):
    path = spoil(xlsx(tmp_path), NAMES[part], how)
    with pytest.raises(InputRefusedError) as refused:
        read_sheets(path)
    assert [(one.code, one.file) for one in refused.value.refusals] == [("file_broken", str(path))]
    assert refused.value.refusals[0].value


@pytest.mark.parametrize("part", NAMES)
def test_a_workbook_with_a_part_that_is_no_xml_is_refused_by_name(tmp_path, part):
    path = xlsx(tmp_path, **{part: b"<<<no"})
    with pytest.raises(InputRefusedError) as refused:
        read_sheets(path)
    assert refused.value.refusals[0].code == "file_broken"


def test_a_workbook_without_a_sheet_is_refused_and_not_taken_for_an_empty_one(tmp_path):
    path = xlsx(tmp_path, book=b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>')
    with pytest.raises(InputRefusedError) as refused:
        read_sheets(path)
    assert refused.value.refusals[0].value == "0 sheets"


def test_the_same_files_unbroken_are_read(tmp_path):
    assert len(read_sheets(xlsx(tmp_path))[0].rows) == 400
    for packed in (DEFLATED, STORED, BZIP2, LZMA):
        assert read_kml(kmz(tmp_path, packed), []) is not None
