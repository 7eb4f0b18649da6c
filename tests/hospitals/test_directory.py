"""Reading a directory: pure, line by line, each fault named."""

import io
import tracemalloc
from decimal import Decimal

import pytest

from hospitals.directory import KEPT, Reading

HEADER = "Sr_No,Location_Coordinates,Hospital_Name,District,Address_First_Line,State,Pincode,Telephone,,,"


def read(*lines, header=HEADER, encoding="utf-8", end="\n"):
    text = end.join([header, *lines]) + end
    return of(text.encode(encoding))


def of(content):
    reading = Reading(io.BytesIO(content))
    return list(reading), reading


def line(number=1, name="Apollo Hospital", city="Lucknow", place="", street="", state="", pin="", phone=""):
    return f'{number},"{place}",{name},{city},{street},{state},{pin},{phone},,,'


def told(notices):
    return [(notice.line, notice.column, notice.sentence) for notice in notices]


class TestRows:
    def test_a_row_as_it_will_be(self):
        rows, reading = read(
            line(
                17, place="26.8466937, 80.946166", street="4 Station Road", state="Uttar Pradesh", pin="226001"
            ).replace("226001,", "226001,0522  2205555")
        )
        assert rows[0]._asdict() == {
            "number": 17,
            "name": "Apollo Hospital",
            "city": "Lucknow",
            "region": "Uttar Pradesh",
            "street": "4 Station Road",
            "postcode": "226001",
            "phone": "+915222205555",
            "latitude": Decimal("26.846694"),
            "longitude": Decimal("80.946166"),
            "line": 2,
        }
        assert not reading.faults and not reading.warnings

    def test_columns_may_stand_in_any_order_under_other_names(self):
        rows, reading = read("Pune,Care,7,411001", header="City, NAME ,Number,PIN code")
        assert (rows[0].number, rows[0].name, rows[0].city, rows[0].postcode) == (7, "Care", "Pune", "411001")
        assert not reading.warnings

    def test_a_city_comes_before_a_district(self):
        rows, _reading = read("1,Care,Haveli,Pune", header="id,name,district,city")
        assert rows[0].city == "Pune"

    @pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\n"), ("utf-8-sig", "\r\n")])
    def test_utf_8_with_and_without_its_mark(self, encoding, end):
        rows, reading = read(line(name="अपोलो अस्पताल"), encoding=encoding, end=end)
        assert rows[0].name == "अपोलो अस्पताल"
        assert not reading.faults

    def test_empty_lines_and_missing_ends_do_no_harm(self):
        rows, reading = read("", line(1), ",,,,,,,,,,", "2,,Care,Pune")
        assert [row.number for row in rows] == [1, 2]
        assert reading.rows == 2

    def test_a_field_may_hold_a_comma_and_a_new_line(self):
        rows, _reading = read('1,,Care,Pune,"4, Main\nRoad",,,,,,', line(2))
        assert rows[0].street == "4, Main Road"
        assert [row.line for row in rows] == [2, 4]

    @pytest.mark.parametrize("nothing", ["", "0", "-", "NA", "nil"])
    def test_what_says_nothing_is_nothing(self, nothing):
        rows, reading = read(line(street=nothing, pin=nothing, phone=nothing, place=nothing))
        assert (rows[0].street, rows[0].postcode, rows[0].phone, rows[0].latitude) == ("", "", "", None)
        assert not reading.warnings


class TestWarnings:
    @pytest.mark.parametrize(
        ("field", "value", "column", "sentence"),
        [
            ("pin", "5000082", "Pincode", "“5000082” is no PIN code and is left out."),
            ("pin", "012345", "Pincode", "“012345” is no PIN code and is left out."),
            ("phone", "253703", "Telephone", "“253703” is no phone number and is left out."),
            ("phone", "call us", "Telephone", "“call us” is no phone number and is left out."),
            (
                "place",
                "somewhere",
                "Location_Coordinates",
                "“somewhere” is no place such as 26.85, 80.95 and is left out.",
            ),
            ("place", "91, 10", "Location_Coordinates", "“91, 10” is no place such as 26.85, 80.95 and is left out."),
            ("street", "x" * 201, "Address_First_Line", "This is longer than 200 characters and is cut."),
        ],
    )
    def test_what_makes_no_sense_is_left_out_and_said(self, field, value, column, sentence):
        rows, reading = read(line(**{field: value}))
        assert told(reading.warnings) == [(2, column, sentence)]
        assert not reading.faults
        assert (rows[0].postcode, rows[0].phone, rows[0].latitude) == ("", "", None)

    def test_the_first_of_several_phones_is_taken(self):
        rows, reading = read('1,,Care,Pune,,,,"033    26782283, 26783881,",,,')
        assert rows[0].phone == "+913326782283"
        assert not reading.warnings

    def test_a_missing_city_is_the_state(self):
        rows, reading = read(line(city="", state="Goa"))
        assert rows[0].city == "Goa"
        assert told(reading.warnings) == [(2, "District", "There is no city; the state stands in for it.")]

    def test_a_line_that_a_comma_has_moved_is_named(self):
        _rows, reading = read("1,,Care,Pune,4 Main Road, Camp,Maharashtra,411001,0522 2205555,,")
        assert (
            2,
            "",
            "There is something behind the last column: a comma may have moved the rest of this line.",
        ) in told(reading.warnings)

    def test_the_same_name_and_pin_twice_is_a_likely_double(self):
        rows, reading = read(line(1, pin="226001"), line(2, name="APOLLO hospital", pin="226001"), line(3), line(4))
        assert len(rows) == 4
        assert told(reading.warnings) == [(3, "Hospital_Name", "Line 2 has the same name and PIN code.")]

    def test_control_characters_and_marks_of_direction_are_taken_out(self):
        rows, _reading = read(line(name="Care\u202e\x07 Clinic"))
        assert rows[0].name == "Care Clinic"


class TestFaults:
    def faults(self, *lines, **how):
        _rows, reading = read(*lines, **how)
        return told(reading.faults)

    def test_each_bad_row_is_named_with_line_and_column(self):
        assert self.faults(line(1), line(2, name=""), line("x"), line(1), line(0), line(name="123", number=9)) == [
            (3, "Hospital_Name", "The name is missing."),
            (4, "Sr_No", "The row has no number of its own, such as 17."),
            (5, "Sr_No", "Line 2 has the number 1 already."),
            (6, "Sr_No", "The row has no number of its own, such as 17."),
            (7, "Hospital_Name", "The name is missing."),
        ]

    @pytest.mark.parametrize("number", ["-1", "1.5", "1e3", "NaN", "10" * 15, "٣", "2147483648", "17 a"])
    def test_odd_numbers(self, number):
        assert self.faults(line(number)) == [(2, "Sr_No", "The row has no number of its own, such as 17.")]

    def test_a_long_name_is_not_cut(self):
        assert self.faults(line(name="x" * 161)) == [(2, "Hospital_Name", "The name is longer than 160 characters.")]

    def test_each_missing_column_is_named(self):
        assert self.faults("1", header="Something") == [
            (1, "Sr_No", "This column is missing. It may be called Sr_No or Number."),
            (1, "Hospital_Name", "This column is missing. It may be called Hospital_Name or Name."),
            (1, "City", "This column is missing. It may be called City or District."),
        ]

    @pytest.mark.parametrize("content", [b"", b"\n\n", HEADER.encode(), HEADER.encode() + b"\n,,,\n"])
    def test_nothing_in_it(self, content):
        rows, reading = of(content)
        assert not rows and reading.fault_count >= 1

    def test_a_wrong_encoding_is_named_with_its_line(self):
        content = (HEADER + "\n" + line(1) + "\n").encode() + line(2, name="Clínica").encode("latin-1") + b"\n"
        rows, reading = of(content)
        assert told(reading.faults) == [
            (3, "", "This line is not UTF-8 (byte 0xed). Save the file as CSV UTF-8."),
        ]
        assert len(rows) == 1

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
    def test_utf_16_is_refused(self, encoding):
        rows, reading = read(line(), encoding=encoding)
        assert not rows and reading.fault_count and reading.faults[0].line == 1

    def test_a_picture_is_refused(self):
        rows, reading = of(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
        assert not rows and reading.fault_count

    def test_a_quotation_mark_in_the_wrong_place_is_named_and_the_rest_is_read(self):
        _rows, reading = read('1,,"Care" x,Pune,,,,,,,', line(2, name=""), line(3))
        assert told(reading.faults) == [
            (2, "", "This line is not CSV: a quotation mark opens or closes in the wrong place."),
            (3, "Hospital_Name", "The name is missing."),
        ]

    def test_a_quotation_mark_that_never_closes_is_refused(self):
        _rows, reading = read('1,,"Care,Pune,,,,,,,', *(line(n) for n in range(2, 50)))
        assert reading.fault_count == 1

    def test_a_line_without_end_is_refused_in_little_memory(self):
        class Endless(io.RawIOBase):
            def readline(self, size=-1):
                assert 0 < size < 10**6
                return b"x" * size

        reading = Reading(Endless())
        assert not list(reading)
        assert reading.faults[0].sentence == "This line is longer than a line of a directory can be."

    def test_only_the_first_hundreds_are_kept_and_all_are_counted(self):
        _rows, reading = read(*(line(n, name="") for n in range(1, 1001)))
        assert (len(reading.faults), reading.fault_count) == (KEPT, 1000)


def test_ten_times_the_rows_take_little_more_memory():
    def most(rows):
        class File(io.RawIOBase):
            def __init__(self):
                self.n = 0

            def readline(self, size=-1):
                self.n += 1
                if self.n == 1:
                    return HEADER.encode() + b"\n"
                return line(self.n, street="x" * 150).encode() + b"\n" if self.n <= rows else b""

        tracemalloc.start()
        for _row in Reading(File()):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    # The file would be 5 MB; what grows is a number and a line for each row.
    assert most(20_000) - most(2_000) < 3_000_000
