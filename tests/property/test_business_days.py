"""Business days agree with NumPy's for any holidays, any weekend and any window."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from referenda.terms.days import BusinessCalendar
from referenda.terms.holidays import Holiday

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
WEEKENDS = st.sets(st.integers(0, 6), max_size=5)


class Listed:
    """Holidays given one by one, free to leave years without any."""

    def __init__(self, days):
        self.days = days

    def in_year(self, year):
        return [Holiday(day, "a holiday", "Example Act § 1") for day in self.days if day.year == year]


@st.composite
def calendars(draw):
    start = draw(DAYS)
    offsets = draw(st.sets(st.integers(-400, 400), max_size=40))
    holidays = sorted(start + timedelta(days=offset) for offset in offsets)
    weekend = draw(WEEKENDS)
    peer = np.busdaycalendar(
        weekmask=[day not in weekend for day in range(7)], holidays=np.array(holidays, "datetime64[D]")
    )
    return start, BusinessCalendar([Listed(holidays)], weekend=weekend), peer


@given(calendars(), st.integers(1, 120))
def test_business_days_forward_agree_with_numpy(case, days):
    start, calendar, peer = case
    expected = np.busday_offset(np.datetime64(start), days, roll="backward", busdaycal=peer)
    assert expected == np.datetime64(calendar.add_business_days(start, days))


@given(calendars(), st.integers(1, 120))
def test_business_days_backward_agree_with_numpy(case, days):
    start, calendar, peer = case
    expected = np.busday_offset(np.datetime64(start), -days, roll="forward", busdaycal=peer)
    assert expected == np.datetime64(calendar.add_business_days(start, -days))


@given(calendars(), st.integers(-400, 400))
def test_a_day_is_a_business_day_where_it_is_one_for_numpy(case, offset):
    start, calendar, peer = case
    day = start + timedelta(days=offset)
    assert bool(np.is_busday(np.datetime64(day), busdaycal=peer)) is calendar.is_business_day(day)


@given(calendars(), st.integers(1, 60))
def test_the_nth_business_day_is_a_business_day_with_n_counted_up_to_it(case, days):
    start, calendar, _ = case
    end = calendar.add_business_days(start, days)
    assert calendar.is_business_day(end)
    assert days == _counted(calendar, start, end)


@given(calendars(), st.integers(1, 60))
def test_going_back_from_the_nth_business_day_returns_to_or_before_the_start(case, days):
    start, calendar, _ = case
    back = calendar.add_business_days(calendar.add_business_days(start, days), -days)
    assert back <= start
    assert _counted(calendar, back, start) == 0


def _counted(calendar, after, until):
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(calendar.is_business_day(day) for day in days)
