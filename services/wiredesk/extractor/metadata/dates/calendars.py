"""Calendars other than the Gregorian one, as pages in their countries write dates."""

from collections.abc import Mapping
from datetime import date, timedelta

from hijridate import Hijri

from wiredesk.extractor.metadata.dates.folding import fold_date

ERAS: Mapping[str, int] = {
    "明治": 1867,
    "大正": 1911,
    "昭和": 1925,
    "平成": 1988,
    "令和": 2018,
    "民国": 1911,
    "民國": 1911,
}
"""The Gregorian year before the first year of an era, of Japan and of Taiwan."""

ERA_LETTERS: Mapping[str, str] = {"s": "昭和", "h": "平成", "r": "令和"}
"""Japanese eras by the letter that stands for them: `R6.1.16`."""

BUDDHIST = 543
"""Years by which the calendar of Thailand is ahead."""

BUDDHIST_YEARS = range(2450, 2650)
"""Years that are taken for Thai ones in a Thai text."""

SHORT_BUDDHIST_YEARS = range(50, 100)
"""Two-digit years that are taken for Thai ones of the 26th century: 67 is 2567, which is 2024; 24 is 2024."""

MINGUO_YEARS = range(90, 150)
"""Years that are taken for Taiwan's in a text from there."""

PERSIAN_YEARS = range(1360, 1450)
"""Years that are taken for Persian ones."""

PERSIAN_LANGUAGES = frozenset({"fa", "ps"})
"""Languages in which a year of these is a Persian one."""

HIJRI_YEARS = range(1400, 1500)
"""Years that are taken for Islamic ones; the tables of Umm al-Qura end with 1500."""

_PERSIAN_EPOCH = date(622, 3, 21)
"""The first day of the Persian calendar, as ICU counts it; in the Gregorian calendar."""

_FIRST_HALF = 6
"""Months of 31 days with which a Persian year begins; the others have 30, and the last one 29 or 30."""

_PERSIAN_MONTHS = (
    "فروردین farvardin حمل وری", "اردیبهشت ordibehesht ثور غویی", "خرداد khordad جوزا غبرګولی", "تیر tir سرطان چنګاښ",
    "مرداد امرداد mordad اسد زمری", "شهریور shahrivar سنبله وږی", "مهر mehr میزان تله", "آبان aban عقرب لړم",
    "آذر azar قوس لیندۍ", "دی dey جدی مرغومی", "بهمن bahman دلو سلواغه", "اسفند esfand حوت کب",
)  # fmt: skip
"""Names of the Persian months in Iran, in Latin letters, and in Afghanistan in Dari and Pashto."""

_HIJRI_MONTHS = (
    "محرم|محرم الحرام|muharram", "صفر|safar", "ربيع الاول|ربيع اول|rabi al-awwal|rabi' al-awwal",
    "ربيع الآخر|ربيع الثاني|ربيع ثاني|rabi al-thani|rabi al-akhir",
    "جمادى الأولى|جمادى الاول|جمادى اول|jumada al-awwal|jumada al-ula",
    "جمادى الآخرة|جمادى الثانية|جمادى الثاني|jumada al-thani|jumada al-akhirah", "رجب|رجب المرجب|rajab",
    "شعبان|شعبان المعظم|shaban|shaaban", "رمضان|رمضان المبارك|ramadan|ramazan", "شوال|شوال المكرم|shawwal",
    "ذو القعدة|ذي القعدة|ذوالقعده|ذیقعده|dhu al-qadah|dhul qadah",
    "ذو الحجة|ذي الحجة|ذوالحجه|ذیحجه|dhu al-hijjah|dhul hijjah",
)  # fmt: skip
"""Names of the Islamic months in Arabic, Persian and Urdu, and in Latin letters."""

PERSIAN_MONTHS: Mapping[str, int] = {
    fold_date(name): number for number, names in enumerate(_PERSIAN_MONTHS, 1) for name in names.split()
}
"""Numbers of the Persian months by their names."""

HIJRI_MONTHS: Mapping[str, int] = {
    fold_date(name).replace("-", " "): number
    for number, names in enumerate(_HIJRI_MONTHS, 1)
    for name in names.split("|")
}
"""Numbers of the Islamic months by their names."""


def from_persian(year: int, month: int, day: int) -> date:
    """Return the date of a day of the Persian (solar Hijri) calendar.

    Leap years by the cycle of 33 years, as in ICU's `PersianCalendar`; it agrees with the astronomical calendar from
    1178 to 1633.

    Raises:
        ValueError: there is no such day.
    """
    if year not in PERSIAN_YEARS or not 1 <= month <= 12 or not 1 <= day <= _persian_days(year, month):  # noqa: PLR2004 - months of a year
        raise ValueError(f"no such day: {year}-{month}-{day}")
    before = 31 * (month - 1) - max(0, month - 1 - _FIRST_HALF)
    days = 365 * (year - 1) + (8 * year + 21) // 33 + before + day - 1
    return _PERSIAN_EPOCH + timedelta(days=days)


def from_hijri(year: int, month: int, day: int) -> date:
    """Return the date of a day of the Islamic calendar of Umm al-Qura.

    Raises:
        ValueError: there is no such day.
    """
    if year not in HIJRI_YEARS:
        raise ValueError(f"not in the tables: {year}")
    try:
        return Hijri(year, month, day).to_gregorian()
    except OverflowError as error:
        raise ValueError(str(error)) from error


def _persian_days(year: int, month: int) -> int:
    if month <= _FIRST_HALF:
        return 31
    is_leap = (25 * year + 11) % 33 < 8  # noqa: PLR2004 - 8 leap years in 33
    return 30 if month < 12 or is_leap else 29  # noqa: PLR2004 - the last month
