"""Small pages that show what real pages do, and what a reader expects of them.

cases.jsonl      a case a line: its page, the address and fields of the raw page, and what is expected
pages/           the pages
archives.jsonl, archives/   the same for web archives
urls.jsonl       URLs, and whether they are one page or two; test_urls_of_cases reads it
names.jsonl      sentences, and the names that a reader finds in them; test_names reads it
expectations     what an expectation means
test_cases, test_archives   a test for each case

Where we side with another reading than the case was written with, `reading` says why.

The pages were written for this project. Most re-create public reports of defects of extractors.
"""
