"""When a story was published and last changed. Dates are kept as precise as the page writes them.

page_dates    the dates of a page: stated for machines, shown to readers, in its address
stated        dates in fields for machines
meta_names    names of `<meta>` with dates
address       the day in an address
visible       dates that an HTML page shows, and where
blocks        the short blocks of a page that may hold a date
in_text       dates in the lines of a text page
choice        the choice among the dates that are shown
written       dates as people write them, with time of day and label
numeric       dates whose month is a number
named         dates whose month is a word
days          days in the Gregorian calendar
calendars     other calendars
clock, zones  times of day and their offsets
relative      times relative to the fetching: `3 hours ago`
labels        words that say what a date is the date of
conventions   what language, country and time of fetching say about dates
names         names of months and weekdays, of `cldr.json` and `words.toml`
folding       the form in which dates are read
"""

from wiredesk.extractor.metadata.dates.page_dates import (
    PageDates,
    TextDates,
    is_dated,
    parse_machine_date,
    parse_written_date,
)

__all__ = ["PageDates", "TextDates", "is_dated", "parse_machine_date", "parse_written_date"]
