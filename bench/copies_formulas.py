"""Short formulaic items, made from templates: weather, lottery, stock tables, match reports, obituaries.

Each family has templates of several houses, and every item has facts of its own: it shares the words of its template
with the others, and is a copy of none.
"""

# ruff: noqa: E501, ISC004 - a template is a paragraph

import calendar
import random
from collections.abc import Callable
from itertools import cycle, islice

PLACES = (
    "Aldham", "Bexmoor", "Carrick", "Dunholm", "Eastry", "Farleigh", "Garrow", "Holt", "Inver", "Jarrow", "Kelby",
    "Lowick", "Marden", "Norham", "Otley", "Penrith", "Quarley", "Ripon", "Selby", "Thirsk", "Ulcombe", "Vowchurch",
    "Wooler", "Yarm",
)  # fmt: skip
NAMES = (
    "Anna", "Bernard", "Clara", "Dorothy", "Edgar", "Flora", "George", "Hilda", "Ivor", "Joan", "Kenneth", "Lydia",
    "Martin", "Nora", "Oscar", "Pauline", "Ralph", "Stella", "Thomas", "Vera", "Walter", "Yvonne",
)  # fmt: skip
SURNAMES = (
    "Abbott", "Barlow", "Cresswell", "Dawson", "Ellery", "Fenwick", "Graham", "Hartley", "Ingham", "Jessop", "Keane",
    "Lomax", "Marsden", "Nuttall", "Ormerod", "Pilling", "Quayle", "Rostron", "Sutcliffe", "Tattersall", "Unwin",
    "Varley", "Whittaker", "Yates",
)  # fmt: skip
SKIES = ("sunny", "mostly cloudy", "overcast", "partly cloudy", "clear", "foggy")
WINDS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
DAYS = tuple(calendar.day_name)
SECTORS = ("banks", "miners", "retailers", "utilities", "carmakers", "insurers", "builders", "airlines")
COMPANIES = ("Halden", "Corvex", "Britta", "Nordal", "Pentrex", "Solway", "Tarn", "Umbra", "Vestra", "Wyndham")
JOBS = ("teacher", "nurse", "farmer", "joiner", "postmaster", "machinist", "librarian", "signalman", "seamstress")


def formulaic_items(count: int, seed: int = 1) -> list[tuple[str, str, str]]:
    """Return so many items, each as family, headline and body."""
    rng = random.Random(seed)
    return [(name, *make(rng)) for name, make in islice(cycle(FAMILIES.items()), count)]


def _weather(rng: random.Random) -> tuple[str, str]:
    place, day, sky, wind, low, high = (
        rng.choice(PLACES), rng.choice(DAYS), rng.choice(SKIES), rng.choice(WINDS), rng.randint(-5, 12),
        rng.randint(13, 34),
    )  # fmt: skip
    chance, speed, rain = rng.randrange(0, 100, 5), rng.randint(3, 60), rng.choice(SKIES)
    bodies = (
        f"{place} will be {sky} on {day} with a high of {high} degrees and a low of {low}. Winds will be from the {wind} "
        f"at {speed} kilometres an hour. There is a {chance} percent chance of rain in the afternoon. {day} night will "
        f"be {rain}. Stay tuned to our hourly updates and remember to check road conditions before you travel.",
        f"Forecast for {place} and the surrounding area, issued at {rng.randint(4, 9)} this morning. {day}: {sky}, "
        f"highs near {high}. {wind.title()} wind around {speed} km/h. {day} night: {rain}, with a low around {low}. "
        f"Chance of precipitation is {chance} percent. New rainfall amounts between {rng.randint(1, 4)} and "
        f"{rng.randint(5, 30)} millimetres are possible, with higher amounts possible in thunderstorms.",
    )
    return f"{place} weather: {sky} {day}", rng.choice(bodies)


def _lottery(rng: random.Random) -> tuple[str, str]:
    numbers = ", ".join(str(one) for one in sorted(rng.sample(range(1, 50), 6)))
    day, bonus, million, winners = rng.choice(DAYS), rng.randint(1, 49), rng.randint(2, 95), rng.randint(2, 60)
    game = rng.choice(("Lotto", "Thunder Six", "Daily Millions"))
    bodies = (
        f"The winning numbers in {day} evening's drawing of the {game} game were: {numbers}, Bonus: {bonus}. Estimated "
        f"jackpot: {million} million. Nobody matched all six numbers, so the jackpot rolls over to the next drawing. "
        f"{winners} tickets matched five numbers and win {rng.randint(1, 9)},{rng.randint(100, 999)} each.",
        f"These are the {game} results for {day}. Numbers: {numbers}. Bonus ball: {bonus}. Ball set: "
        f"{rng.randint(1, 12)}. Machine: {rng.choice(NAMES)}. No ticket matched all the numbers, meaning that the top "
        f"prize of an estimated {million} million has not been won. Players are reminded to check their tickets "
        f"carefully and to claim prizes within 180 days of the draw. Please play responsibly.",
    )
    return f"Winning numbers drawn in {game}", rng.choice(bodies)


def _stocks(rng: random.Random) -> tuple[str, str]:
    first, second, third = rng.sample(COMPANIES, 3)
    up, down = rng.sample(SECTORS, 2)
    direction = rng.choice(("higher", "lower"))
    points, close = rng.randint(10, 300), rng.randint(5000, 9000)
    bodies = (
        f"Shares closed {direction} on {rng.choice(DAYS)}. The main index ended {points} points {direction} at {close}. "
        f"Gains among {up} were offset by losses among {down}. {first} rose {_percent(rng)} percent, {second} added "
        f"{_percent(rng)} percent and {third} fell {_percent(rng)} percent. Turnover was {rng.randint(2, 9)} billion. "
        f"Volume was below the average of the last thirty trading days.",
        f"The following are the closing prices of the most active stocks. {first} {_price(rng)} {second} {_price(rng)} "
        f"{third} {_price(rng)} {rng.choice(COMPANIES)} {_price(rng)}. Advancers outnumbered decliners by a ratio of "
        f"{rng.randint(1, 4)} to one. The benchmark index finished at {close}, {points} points {direction} than at the "
        f"previous close. Prices are delayed by at least fifteen minutes and are for information only.",
    )
    return f"Stocks close {direction}", rng.choice(bodies)


def _match(rng: random.Random) -> tuple[str, str]:
    home, away = rng.sample(PLACES, 2)
    scorers = [f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}" for _ in range(3)]
    score = f"{rng.randint(2, 5)}-{rng.randint(0, 1)}"
    bodies = (
        f"{home} beat {away} {score} on {rng.choice(DAYS)}. {scorers[0]} opened the scoring in the {rng.randint(2, 40)}"
        f"th minute, and {scorers[1]} doubled the lead shortly before half-time. {scorers[2]} pulled one back for the "
        f"visitors, but {home} held on for the three points. {home} are now {rng.randint(1, 20)}th in the table with "
        f"{rng.randint(10, 60)} points, while {away} remain in {rng.randint(1, 20)}th place.",
        f"{home} {score} {away}. Half-time: {rng.randint(0, 2)}-0. Goals: {scorers[0]} ({rng.randint(2, 44)}), "
        f"{scorers[1]} ({rng.randint(46, 60)}), {scorers[2]} ({rng.randint(61, 90)}). Attendance: "
        f"{rng.randint(1, 40)},{rng.randint(100, 999)}. Referee: {rng.choice(NAMES)} {rng.choice(SURNAMES)}. "
        f"{home} took all three points thanks to a strong performance in the second half and will travel to "
        f"{rng.choice(PLACES)} for their next game on {rng.choice(DAYS)}.",
    )
    return f"{home} {score} {away}", rng.choice(bodies)


def _obituary(rng: random.Random) -> tuple[str, str]:
    name, surname, place = rng.choice(NAMES), rng.choice(SURNAMES), rng.choice(PLACES)
    age, job = rng.randint(60, 103), rng.choice(JOBS)
    bodies = (
        f"{name} {surname}, {age}, of {place}, passed away peacefully on {rng.choice(DAYS)} surrounded by family. Born in "
        f"{rng.choice(PLACES)}, {name} worked as a {job} for {rng.randint(10, 45)} years. {name} is survived by "
        f"{rng.randint(2, 6)} children and {rng.randint(2, 15)} grandchildren. In lieu of flowers, donations may be made "
        f"to the hospice in {rng.choice(PLACES)}. A service will be held at {rng.randint(9, 12)} o'clock at the church "
        f"of {place}. Condolences may be left online at the website of the funeral home.",
        f"{surname}, {name}. Suddenly at home in {place}, aged {age} years. Beloved spouse of {rng.choice(NAMES)}, loving "
        f"parent of {rng.choice(NAMES)} and {rng.choice(NAMES)}, and a retired {job}. Will be sadly missed by all who "
        f"knew them. Funeral service at {rng.choice(PLACES)} crematorium on {rng.choice(DAYS)} at "
        f"{rng.randint(9, 16)}.{rng.choice((15, 30, 45))}. Family flowers only, please. Enquiries to the funeral "
        f"directors in {rng.choice(PLACES)}.",
    )
    return f"{name} {surname}, {age}", rng.choice(bodies)


def _percent(rng: random.Random) -> str:
    return f"{rng.randint(0, 9)}.{rng.randint(1, 9)}"


def _price(rng: random.Random) -> str:
    return f"{rng.randint(2, 400)}.{rng.randint(10, 99)} {rng.choice('+-')}{_percent(rng)}"


FAMILIES: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "weather": _weather,
    "lottery": _lottery,
    "stocks": _stocks,
    "match": _match,
    "obituary": _obituary,
}
"""Makers of an item, as headline and body, by family."""
