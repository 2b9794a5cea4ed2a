"""Rights: what the raw event, the response and the page state about the use of a page.

reading     the statements of one page, from everywhere
statements  collects them, and joins what they mean; the most restrictive one counts
publisher   statements in the raw event
response    statements in headers of the response
markup      statements in the page
robots      directives for robots, in headers and in `<meta>`
robots_txt  rules of a robots.txt that state rights
usage       preferences of AIPREF, content signals, and the Data Mining property
tdm         the TDM Reservation Protocol
odrl        policies in ODRL
rsl         Really Simple Licensing
links       the header `Link`
body        statements in the body that are the page's
microdata   properties of schema.org in elements of the body
surroundings  what stands around a place of the body
locations   which pages of a site a rule is about
json_ld     properties of schema.org
page_nodes  objects of JSON-LD that are the page, its story or its site
page_urls   the URLs of the page
dates       dates after which a page is unavailable
policy      which restrictions are honoured
"""
