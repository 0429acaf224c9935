"""Months and mu."""

from __future__ import annotations

from datetime import date

import pytest

from lvgeo.units import MU_M2, Month, m2_to_mu, mu_to_m2


def test_a_mu_is_two_thousand_thirds_and_not_666_67():
    """2 mu are 1333.33… m²; with the rounded mu, 1333.335 m² would fall short of them."""
    assert MU_M2 * 3 == 2000.0
    assert m2_to_mu(1333.335) > 2.0
    assert 1333.335 < 2 * 666.67
    assert mu_to_m2(3.0) == pytest.approx(2000.0)


@pytest.mark.parametrize(("text", "month"), [("2024-03", Month(2024, 3)), (" 2024-12 ", Month(2024, 12))])
def test_months_are_read_and_written(text, month):
    assert Month.parse(text) == month
    assert str(month) == text.strip()


@pytest.mark.parametrize("text", ["", "2024", "2024-3", "2024-00", "2024-13", "2024-03-01", "24-03", "2024/03", "三月"])
def test_what_is_no_month_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write it as YYYY-MM"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("month", "first", "last", "following"),
    [
        (Month(2024, 2), date(2024, 2, 1), date(2024, 2, 29), Month(2024, 3)),
        (Month(2023, 2), date(2023, 2, 1), date(2023, 2, 28), Month(2023, 3)),
        (Month(2024, 12), date(2024, 12, 1), date(2024, 12, 31), Month(2025, 1)),
        (Month(2024, 11), date(2024, 11, 1), date(2024, 11, 30), Month(2024, 12)),
    ],
)
def test_days_of_a_month(month, first, last, following):
    assert (month.first_day, month.last_day, month.following()) == (first, last, following)
    assert Month.of(first) == Month.of(last) == month


def test_months_are_in_calendar_order():
    assert sorted([Month(2024, 10), Month(2023, 12), Month(2024, 2)]) == [
        Month(2023, 12), Month(2024, 2), Month(2024, 10),
    ]  # fmt: skip
