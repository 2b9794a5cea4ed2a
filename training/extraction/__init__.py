"""Models of extraction.

train        what to run
pages        page sets: pages whose story is known
further      pages of other extractors' tests, and which of their texts are the story
labels       which texts of a page belong to its story
examples     pages as texts with columns and labels
boosting     CatBoost in, trees out
page_types   articles told from other pages
scores       the benchmark's metric
"""
